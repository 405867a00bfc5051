// Tuning: which knobs give how much speed for how much agreement, on a user's own video.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "config/settings.h"
#include "pipeline/episode_run.h"

namespace screenalytics {

// A set of knobs to try: a profile, and what is changed of it.
struct TuningCandidate {
  std::string profile;
  std::map<std::string, std::string> knobs;  // by key

  // "fast_cpu, stride 5".
  std::string name() const;
};

// The profiles that are shipped, and steps between them in the knobs that matter most: how many
// frames are analysed, and how large the detector sees them. The first is the reference.
std::vector<TuningCandidate> tuning_candidates();

struct TuningResult {
  TuningCandidate candidate;
  double speed = 0;      // seconds of video a second
  double agreement = 0;  // of its screen time with the reference's, 0..1
  int people = 0;
  bool reference = false;
};

struct TuningRequest {
  std::filesystem::path video;
  double start_s = -1;  // of the part that is tried; below 0: from the middle
  double length_s = 60;
  // A request with the settings of a candidate; no pictures are saved whatever they say.
  std::function<RunRequest(const TuningCandidate&)> request;
  std::function<void(size_t done, size_t all, const TuningCandidate& next)> on_progress;
};

struct Tuning {
  double start_s = 0, length_s = 0;   // of what was tried
  std::vector<TuningResult> results;  // the fastest first
  // The fastest that agrees enough, or else the one that agrees most, the reference apart.
  size_t recommended = 0;
};

// enough: agreement from which a candidate may be recommended.
// Throws: as copy_clip(), run_episode(); conflict where it was cancelled.
Tuning tune(const TuningRequest& request, double enough, const CancelToken& cancel);

}  // namespace screenalytics
