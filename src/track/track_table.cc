// SPDX-License-Identifier: MIT
#include "track/track_table.h"

#include <utility>

namespace screenalytics {

void TrackTable::add(const TrackerUpdate& update) {
  for (const Reassignment& move : update.reassignments) {
    moves_from_[move.from_segment].emplace_back(move_count_++, move);
  }
  for (const SegmentEnd& end : update.ended) {
    ends_[end.segment] = end;
    if (end.reason == EndReason::appearance_split) ++identity_changes_;
  }
}

int TrackTable::final_segment(int segment, int64_t frame_idx) const {
  int next_move = 0;
  for (;;) {
    const auto moves = moves_from_.find(segment);
    if (moves == moves_from_.end()) return segment;
    const Reassignment* found = nullptr;
    for (const auto& [order, move] : moves->second) {
      if (order < next_move || frame_idx < move.first_frame || frame_idx >= move.end_frame) {
        continue;
      }
      found = &move;
      next_move = order + 1;
      break;
    }
    if (found == nullptr) return segment;
    segment = found->to_segment;
  }
}

int TrackTable::confirmed_segment(int segment, int64_t frame_idx) const {
  const int final = final_segment(segment, frame_idx);
  const auto end = ends_.find(final);
  return end != ends_.end() && end->second.confirmed ? final : -1;
}

std::optional<SegmentEnd> TrackTable::end_of(int segment) const {
  const auto it = ends_.find(segment);
  if (it == ends_.end()) return std::nullopt;
  return it->second;
}

std::vector<int> TrackTable::confirmed_segments() const {
  std::vector<int> result;
  for (const auto& [segment, end] : ends_) {
    if (end.confirmed) result.push_back(segment);
  }
  return result;
}

}  // namespace screenalytics
