// The timeline of report.html: one lane a person, the shots above them.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "artifacts/rows.h"
#include "artifacts/screentime_file.h"

namespace screenalytics {

// As many lanes as a printed page has room for; more are no longer a picture.
inline constexpr size_t kMaxLanes = 36;

// Of a person's bars, by place in the list of people. Pure.
const char* person_colour(size_t person);

// "0:01.5 to 0:03.0", counted from the start of the video. Pure.
std::string span_text(const ScreenTimeReport& time, Timestamp from, Timestamp to);

// Returns a section of the page; nothing where nobody was seen. Pure.
std::string timeline_html(const ScreenTimeReport& time, const std::vector<ShotRow>& shots);

}  // namespace screenalytics
