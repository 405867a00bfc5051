// SPDX-License-Identifier: MIT
#include "pipeline/crop_chooser.h"

#include <algorithm>

namespace screenalytics {
namespace {

// What makes another vector of the same moment worth its time.
constexpr float kClearlyBetter = 0.1F;

}  // namespace

bool CropChooser::wants(int segment, Timestamp ts, float score, bool refused) const {
  const auto found = segments_.find(segment);
  if (found == segments_.end()) return true;
  const Segment& s = found->second;
  if (refused) return !s.interval_start && score > s.best_refused + kClearlyBetter;
  return !s.interval_start || seconds_between(*s.interval_start, ts) >= interval_s_ ||
         score > s.best_of_interval + kClearlyBetter;
}

bool CropChooser::embedded(int segment, Timestamp ts, float score, bool refused) {
  Segment& s = segments_[segment];
  const bool first = !s.any;
  s.any = true;
  if (refused) {
    const bool best = first || (!s.interval_start && score > s.best_refused);
    s.best_refused = std::max(s.best_refused, score);
    return best;
  }
  const bool best = !s.interval_start || score > s.best;
  if (!s.interval_start || seconds_between(*s.interval_start, ts) >= interval_s_) {
    s.interval_start = ts;
    s.best_of_interval = score;
  }
  s.best_of_interval = std::max(s.best_of_interval, score);
  s.best = std::max(s.best, score);
  return best;
}

}  // namespace screenalytics
