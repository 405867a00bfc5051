// SPDX-License-Identifier: MIT
#include "decode/frame_sampler.h"

#include "base/check.h"

namespace screenalytics {
namespace {

// Timestamps are rounded by containers (Matroska to 1 ms): a frame this close to the grid is on it.
constexpr double kGridTolerance_s = 0.0015;

}  // namespace

FrameSampler::FrameSampler(int stride, double max_fps)
    : stride_(stride), period_s_(max_fps > 0 ? 1 / max_fps : 0) {
  SA_CHECK(stride >= 1);
}

bool FrameSampler::take(int64_t frame_idx, Timestamp ts) {
  if (frame_idx % stride_ != 0) return false;
  if (period_s_ == 0) return true;
  const double now = ts.seconds();
  if (!next_due_s_) next_due_s_ = now;
  if (now < *next_due_s_ - kGridTolerance_s) return false;
  *next_due_s_ += period_s_;
  // After a gap the grid starts anew, or the frames behind it would all be due at once.
  if (*next_due_s_ <= now) *next_due_s_ = now + period_s_;
  return true;
}

}  // namespace screenalytics
