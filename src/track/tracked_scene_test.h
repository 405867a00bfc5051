// Runs synthetic scenes through the tracker, for its tests.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "testing/synthetic_tracks.h"
#include "track/track_table.h"
#include "track/tracker.h"

namespace screenalytics {

class SceneFaces : public AppearanceSource {
 public:
  explicit SceneFaces(const SyntheticSceneFrame& frame) : frame_(frame) {}
  std::vector<Embedding> embed(std::span<const int> indices) override {
    ++calls;
    std::vector<Embedding> result;
    for (const int i : indices) result.push_back(frame_.faces[static_cast<size_t>(i)]);
    faces += static_cast<int>(indices.size());
    return result;
  }
  int calls = 0, faces = 0;

 private:
  const SyntheticSceneFrame& frame_;
};

struct Outcome {
  std::vector<TrackerUpdate> updates;
  TrackTable table;
  int faces_looked_at = 0, most_calls = 0;
  // [person][frame index] -> confirmed segment, -1 where there is none.
  std::map<int, std::map<int64_t, int>> segments;

  std::set<int> segments_of(int person) const {
    std::set<int> result;
    for (const auto& [frame, segment] : segments.at(person)) result.insert(segment);
    result.erase(-1);
    return result;
  }
  int tracked(int person) const {
    int count = 0;
    for (const auto& [frame, segment] : segments.at(person)) count += segment >= 0 ? 1 : 0;
    return count;
  }
};

inline Outcome track_scene(const std::vector<SyntheticSceneFrame>& frames,
                           const TrackerOptions& options = {}) {
  Outcome outcome;
  Tracker tracker(options);
  for (const SyntheticSceneFrame& frame : frames) {
    SceneFaces faces(frame);
    outcome.updates.push_back(tracker.update({frame.frame_idx,
                                              frame.ts,
                                              frame.detections,
                                              frame.motion,
                                              frame.starts_shot,
                                              {1920, 1080}},
                                             faces));
    outcome.table.add(outcome.updates.back());
    outcome.faces_looked_at += faces.faces;
    outcome.most_calls = std::max(outcome.most_calls, faces.calls);
  }
  outcome.updates.push_back(tracker.finish());
  outcome.table.add(outcome.updates.back());
  for (size_t f = 0; f < frames.size(); ++f) {
    for (size_t d = 0; d < frames[f].detections.size(); ++d) {
      outcome.segments[frames[f].person[d]][frames[f].frame_idx] = outcome.table.confirmed_segment(
          outcome.updates[f].segment_of_detection[d], frames[f].frame_idx);
    }
  }
  return outcome;
}

inline Box face_at(double cx, double cy, double width = 120) {
  const auto x = static_cast<float>(cx), y = static_cast<float>(cy);
  const auto w = static_cast<float>(width / 2), h = static_cast<float>(width * 0.65);
  return {x - w, y - h, x + w, y + h};
}

inline SyntheticActor standing(int person, double cx, double cy, double width = 120) {
  return {.person = person, .box = [=](double) { return face_at(cx, cy, width); }};
}

}  // namespace screenalytics
