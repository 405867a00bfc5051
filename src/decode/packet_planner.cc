// SPDX-License-Identifier: MIT
#include "decode/packet_planner.h"

namespace screenalytics {

PacketPlanner::PacketPlanner(FrameSampler sampler, double time_base_s, int64_t first_idx,
                             std::optional<int64_t> after_pts)
    : sampler_(sampler),
      time_base_s_(time_base_s),
      next_idx_(first_idx),
      after_pts_(after_pts),
      last_next_due_s_(sampler.next_due_s()) {}

std::optional<PlannedFrame> PacketPlanner::plan(int64_t pts) {
  while (!unranked_.empty() && *unranked_.begin() <= pts) {
    const int64_t p = *unranked_.begin();
    unranked_.erase(unranked_.begin());
    PlannedFrame frame;
    frame.warm_up = after_pts_ && p <= *after_pts_;
    if (!frame.warm_up) {
      frame.frame_idx = next_idx_++;
      frame.sampled = sampler_.take(frame.frame_idx,
                                    Timestamp::from_seconds(static_cast<double>(p) * time_base_s_));
    }
    ranked_.insert_or_assign(p, Entry{frame, sampler_.next_due_s()});
  }
  const auto it = ranked_.find(pts);
  if (it == ranked_.end()) return std::nullopt;
  return it->second.frame;
}

std::optional<PlannedFrame> PacketPlanner::take(int64_t pts) {
  const auto it = ranked_.find(pts);
  if (it == ranked_.end()) return std::nullopt;
  const PlannedFrame frame = it->second.frame;
  last_next_due_s_ = it->second.next_due_s;
  ranked_.erase(ranked_.begin(), std::next(it));
  return frame;
}

}  // namespace screenalytics
