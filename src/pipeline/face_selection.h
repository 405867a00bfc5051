// Which of a track's embedded faces are kept: few, good, and spread over the track.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "base/timestamp.h"
#include "config/settings.h"

namespace screenalytics {

// A face with a vector.
struct FaceCandidate {
  int64_t frame_idx = 0;
  int detection = 0;  // index in its frame
  Timestamp ts;
  float score = 0;       // quality, 0..1
  bool refused = false;  // it missed a limit of quality
};

enum class SamplingMode {
  quality_weighted,  // the best ones, a second one of the same moment counting for less
  uniform,           // evenly spread in time, whatever their quality
  stratified,        // the best of each of max_crops_per_track equal parts of the track
};

struct SelectionOptions {
  SamplingMode mode = SamplingMode::quality_weighted;
  int max_crops_per_track = 50;
  int max_faces_per_episode = 0;  // 0: no limit
};

SelectionOptions selection_options(const FaceSettings& settings);

enum class FaceChoice {
  kept,
  fallback,      // refused, and kept all the same: its track has no better one
  refused,       // it missed a limit of quality
  track_full,    // max_crops_per_track others were preferred
  episode_full,  // so were max_faces_per_episode others
};

// tracks: the candidates of each, in the order of time. Every track with a candidate keeps one,
// also where there are more tracks than max_faces_per_episode. Returns the choice for each
// candidate. Pure. Cost: max_crops_per_track times the candidates of a track.
std::vector<std::vector<FaceChoice>> choose_faces(
    const std::vector<std::vector<FaceCandidate>>& tracks, const SelectionOptions& options);

}  // namespace screenalytics
