// PacketPlanner: numbers frames in presentation order and says, before they are decoded, which of
// them anybody needs.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "base/timestamp.h"
#include "decode/frame_sampler.h"

namespace screenalytics {

struct PlannedFrame {
  int64_t frame_idx = 0;
  bool sampled = false;
  bool warm_up = false;  // at or before the resume point
};

// Packets come in decode order; a frame's index is its rank by presentation time. A packet's rank
// is known once every packet that may precede it has been seen, which a window of packets read
// ahead (longer than any codec's reordering) gives. Threads: one. Memory: the window.
class PacketPlanner {
 public:
  // first_idx: the index of the first frame after `after_pts`, if given: frames up to after_pts are
  // warm-up.
  PacketPlanner(FrameSampler sampler, double time_base_s, int64_t first_idx,
                std::optional<int64_t> after_pts);

  // A packet was read ahead.
  void saw(int64_t pts) { unranked_.insert(pts); }

  // A packet is about to be decoded: ranks it and all that precede it in presentation order.
  // Returns: nothing for a second packet of a time whose frame is already out.
  std::optional<PlannedFrame> plan(int64_t pts);

  // A frame came out of the decoder. Forgets it and all before it.
  // Returns: nothing when no packet had this time.
  std::optional<PlannedFrame> take(int64_t pts);

  std::optional<double> sampler_next_due_s() const { return last_next_due_s_; }

 private:
  struct Entry {
    PlannedFrame frame;
    std::optional<double> next_due_s;
  };

  FrameSampler sampler_;
  double time_base_s_;
  int64_t next_idx_;
  std::optional<int64_t> after_pts_;
  std::multiset<int64_t> unranked_;
  std::map<int64_t, Entry> ranked_;
  std::optional<double> last_next_due_s_;
};

}  // namespace screenalytics
