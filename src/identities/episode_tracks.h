// EpisodeTracks: what clustering and screen time need of an episode, read from its artifacts.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "artifacts/episode_paths.h"
#include "base/face.h"
#include "summarize/screen_time.h"

namespace screenalytics {

struct EpisodeTrack {
  TimeSpan seen;
  int64_t detections = 0;
  double avg_conf = 0;
  Embedding vector;       // of unit length; empty: no face of it was embedded
  bool fallback = false;  // the vector comes from a face that missed the limits of quality
  double quality = 0;     // of its best face, 0..1
  std::string thumb;      // picture of that, relative to the output root; empty: none
};

struct EpisodeTracks {
  TimeSpan video;                                  // the part that was analysed
  std::vector<EpisodeTrack> tracks;                // the one of number n at n - 1
  std::vector<std::pair<int, int>> seen_together;  // numbers of tracks with a frame in common
};

// Throws: not_found where the episode has no tracks; io, corrupt_input.
// Memory: a vector a track, and a pair for every two that meet.
EpisodeTracks read_episode_tracks(const EpisodePaths& paths);

}  // namespace screenalytics
