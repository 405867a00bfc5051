// What a run finds of an earlier one in the episode's folder: what must not be lost, and what need
// not be done again. SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "artifacts/episode_paths.h"
#include "decode/video_source.h"
#include "pipeline/episode_run.h"

namespace screenalytics {

// A name that was made from the video's may be that of another video. Throws: conflict where it is;
// corrupt_input where run.json cannot tell.
void check_episode_is_this_videos(const RunRequest& request, const EpisodePaths& paths);

// The progress file is rewritten all the time: it must be nothing that somebody needs.
// Throws: invalid_argument where another file is there.
void check_progress_file(const std::filesystem::path& path);

// Whether the episode has the results of a run that came to its end.
bool has_finished_results(const EpisodePaths& paths);

// Whether these results are what the requested run would find once more.
bool nothing_changed(const RunRequest& request, const EpisodePaths& paths, const VideoInfo& video);

}  // namespace screenalytics
