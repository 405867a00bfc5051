// TrackTable: what became of every segment, once the tracker's updates are all known.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "track/tracker.h"

namespace screenalytics {

// Threads: one writer, or any number of readers. Memory: one entry per segment and reassignment.
class TrackTable {
 public:
  // Takes in the reassignments and ends of one update; call in the order of the updates.
  void add(const TrackerUpdate& update);

  // Returns the segment to which a detection reported as `segment` in that source frame belongs
  // in the end. -1 stays -1.
  int final_segment(int segment, int64_t frame_idx) const;

  // Same, but -1 where that segment is not confirmed or has not ended.
  int confirmed_segment(int segment, int64_t frame_idx) const;

  // Returns how a segment ended; nothing while it lives.
  std::optional<SegmentEnd> end_of(int segment) const;

  // Ascending, i.e. in the order of birth.
  std::vector<int> confirmed_segments() const;

  // How often another person was found inside a segment and split off.
  int identity_changes() const { return identity_changes_; }

 private:
  std::map<int, std::vector<std::pair<int, Reassignment>>> moves_from_;  // with their order
  int move_count_ = 0;
  std::map<int, SegmentEnd> ends_;
  int identity_changes_ = 0;
};

}  // namespace screenalytics
