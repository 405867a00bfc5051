// From tracks to identities and their screen time: the last stages of a run, without the video.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "artifacts/episode_paths.h"
#include "artifacts/screentime_file.h"
#include "config/settings.h"
#include "pipeline/artifact_builder.h"
#include "summarize/screen_time.h"

namespace screenalytics {

// Clusters the tracks, adds up screen time, and writes identities.json and the files under
// analytics/. Tracks without a face vector belong to nobody.
// Requires: the episode's folders. Throws: unsupported for too many
// tracks, io.
ScreenTimeReport build_people(const EpisodePaths& paths, const BuildResult& built,
                              const TimeSpan& video, const ClusteringSettings& clustering,
                              const ScreenTimeSettings& screen_time);

}  // namespace screenalytics
