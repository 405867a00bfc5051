// Screen time for other programs: subtitles that say who is there, boxes to look at, edit lists.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/episode_paths.h"
#include "artifacts/screentime_file.h"
#include "summarize/screen_time.h"

namespace screenalytics {

// The person of this name (capitals do not matter where that is clear), id or identity
// ("identity-00003", or "3"). Throws: not_found, naming the nearest; conflict where several are.
const PersonRow& person_named(const ScreenTimeReport& report, std::string_view name);

using People = std::vector<const PersonRow*>;

People everyone(const ScreenTimeReport& report);
// Throws: as person_named().
People people_named(const ScreenTimeReport& report, const std::vector<std::string>& names);

std::vector<TimeSpan> appearances_of(const PersonRow& person);

// When all of `with` and none of `without` are on screen for at least min_s at a time.
// Requires: `with` is not empty. Pure.
std::vector<TimeSpan> appearances_where(const People& with, const People& without, double min_s);

// In all but the table, times count from the first picture of the video, as players count them.

// One cue for every change of who is there (WebVTT, W3C Candidate Recommendation 2019). Pure.
std::string web_vtt(const ScreenTimeReport& report, const People& people);

// One line an appearance: person,start_s,end_s,duration_s. Pure.
std::string appearances_csv(const People& people);

// CMX 3600: one event an appearance, in the order of time, with timecodes at `fps`; drop-frame
// timecodes at 29.97 and 59.94. Requires: fps > 0. Pure.
std::string edit_list(const ScreenTimeReport& report, const People& people, double fps);

// Subtitles in the ASS format that draw every face's box, with the name above it, until the next
// analysed frame. `write` gets the text piece by piece.
// Throws: as DetectionReader. Memory: the faces of two frames.
void write_ass(const EpisodePaths& paths, const ScreenTimeReport& report, const People& people,
               const std::function<void(std::string_view)>& write);

}  // namespace screenalytics
