// FrameSampler: which source frames are analysed, by stride and by frames per second.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "base/timestamp.h"

namespace screenalytics {

// Threads: one. Frames must be offered in presentation order. Neither rule changes a timestamp.
class FrameSampler {
 public:
  // stride: every Nth source frame, >= 1. max_fps: analysed frames per second of video at the most,
  // on a grid of 1 / max_fps seconds that starts at the first frame; 0 means no limit.
  FrameSampler(int stride, double max_fps);

  bool take(int64_t frame_idx, Timestamp ts);

  // When the next frame is due by max_fps, in seconds; what a resumed run hands to resume_at().
  std::optional<double> next_due_s() const { return next_due_s_; }
  void resume_at(std::optional<double> next_due_s) { next_due_s_ = next_due_s; }

 private:
  int stride_;
  double period_s_;
  std::optional<double> next_due_s_;
};

}  // namespace screenalytics
