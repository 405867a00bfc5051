// CropChooser: which faces of a track, beyond those that its gate looks at, are worth embedding.
// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>

#include "base/timestamp.h"

namespace screenalytics {

// Of every interval of a track one face is embedded, and a later one of the same interval that is
// clearly better. While all faces of a track were refused, the best of them is: a track never ends
// without a vector. Which vectors are kept is decided when the track is complete
// (face_selection.h).
// Threads: one, in the order of the frames. Memory: a few numbers for each live segment.
class CropChooser {
 public:
  explicit CropChooser(double interval_s) : interval_s_(interval_s) {}

  // Whether a face of this score (0..1) should be embedded.
  bool wants(int segment, Timestamp ts, float score, bool refused) const;
  // Takes in a face that was embedded. Returns whether it is the best of its segment so far.
  bool embedded(int segment, Timestamp ts, float score, bool refused);
  // The segment has ended.
  void forget(int segment) { segments_.erase(segment); }

 private:
  struct Segment {
    std::optional<Timestamp> interval_start;  // of the face that was embedded last for a new one
    float best_of_interval = 0, best = 0, best_refused = 0;
    bool any = false;
  };
  double interval_s_;
  std::map<int, Segment> segments_;
};

}  // namespace screenalytics
