// Tracker: faces of consecutive analysed frames become segments of one face each.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/face.h"
#include "base/geometry.h"
#include "base/timestamp.h"

namespace screenalytics {

struct TrackerOptions {
  // ByteTrack (Zhang et al., ECCV 2022), section 3.
  double track_thresh = 0.70;      // detections at least this sure are associated first
  double new_track_thresh = 0.85;  // and at least this sure may begin a track
  double match_thresh = 0.85;      // largest cost 1 - IoU accepted on overlap alone
  double low_thresh = 0.10;        // detections below it are not looked at
  double keep_lost_s = 3;          // how long a track that is not seen may be taken up again
  double max_keep_lost_s = 10;     // keep_lost_s is cut to this

  // Appearance: cosine similarities of face vectors. gate_enabled = false: the tracker never asks
  // for a vector, follows by place and size alone, and never splits.
  bool gate_enabled = true;
  double gate_hard = 0.10;  // below it at two checks running: another person
  double gate_soft = 0.20;  // below it at gate_streak checks running: another person
  int gate_streak = 3;
  double gate_interval_s = 0.5;   // between two checks of one track
  double join_similarity = 0.30;  // at least this: the same person
};

// Throws: invalid_argument, naming the option that is out of range.
void validate(const TrackerOptions& options);

struct FrameObservation {
  int64_t frame_idx = 0;  // of the source; grows from call to call
  Timestamp ts;           // does not decrease
  std::span<const Detection> detections;
  Affine motion;             // camera motion from the previous observed frame, in frame pixels
  bool starts_shot = false;  // a cut lies between the previous observed frame and this one
  Size frame_size;           // above 0
};

// Gives face vectors for the frame that is being updated.
class AppearanceSource {
 public:
  virtual ~AppearanceSource() = default;
  // Requires: distinct indices into the observation's detections, ascending.
  // Returns one unit vector per index, empty where that face cannot be used (blurred, too small).
  // Called at most once a frame.
  virtual std::vector<Embedding> embed(std::span<const int> detection_indices) = 0;
};

// The detections of from_segment in source frames [first_frame, end_frame) belong to to_segment.
// Applies to detections reported by earlier updates; several are applied in the order given.
struct Reassignment {
  int from_segment = 0;
  int to_segment = 0;
  int64_t first_frame = 0;
  int64_t end_frame = 0;
};

enum class EndReason {
  lost,              // not seen for keep_lost_s
  shot_cut,          // its shot ended
  appearance_split,  // another person took its place
  end_of_video,
  joined,  // all its detections were given to other segments; it has none left
};

struct SegmentEnd {
  int segment = 0;
  EndReason reason{};
  // Two detections or more; or a single one so late in its shot that it could not be seen again.
  // A face seen once although its shot went on is a flicker and is not confirmed.
  bool confirmed = false;
};

struct TrackerUpdate {
  std::vector<int> segment_of_detection;  // per detection; -1: in no segment
  std::vector<Reassignment> reassignments;
  std::vector<SegmentEnd> ended;  // every segment ends exactly once
};

// Segments are numbered from 0 in the order of their birth. In one frame a segment has at most one
// detection and a detection at most one segment, also after all reassignments.
// Threads: one at a time, frames in order. Memory: live and lost tracks only.
// Deterministic: the results depend on the observations and vectors alone, so a run is resumed by
// replaying them through a new Tracker.
class Tracker {
 public:
  // Throws: as validate().
  explicit Tracker(const TrackerOptions& options);
  ~Tracker();
  Tracker(Tracker&&) noexcept;
  Tracker& operator=(Tracker&&) noexcept;

  // Throws: whatever the source throws; the tracker must not be used after that.
  TrackerUpdate update(const FrameObservation& observation, AppearanceSource& appearance);

  // Ends every segment that is left (end_of_video). Call once, last.
  TrackerUpdate finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace screenalytics
