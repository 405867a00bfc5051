// ShotDetector: finds hard cuts on tiny pictures of every decoded frame.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/geometry.h"
#include "base/image.h"

namespace screenalytics {

// A frame begins a shot when it differs from the one before it, after the best global shift, by a
// certain amount and by several times what its neighbours differ (the adaptive threshold of Yusoff,
// Christmas and Kittler, BMVC 2000), and when the frames after it stay different from the frame
// before (a flash does not).
// Threads: one. Memory: 2 * kLookahead + 2 pictures. Cost: about 0.1 ms a frame.
class ShotDetector {
 public:
  // How many frames later a frame's verdict is known.
  static constexpr int kLookahead = 4;
  static constexpr Size kPictureSize{48, 27};

  // Takes the next frame's picture: kPictureSize, Y, U, V interleaved.
  // Returns: whether the frame pushed kLookahead calls ago begins a shot; nothing before that.
  std::optional<bool> push(Image yuv);

  // At the end of the video: the verdict of the oldest frame that has none yet, or nothing.
  std::optional<bool> flush();

 private:
  struct Entry {
    Image picture;
    double change = 0;        // mean, against the picture before it
    double changed_part = 0;  // of its pixels
  };

  bool begins_shot(size_t at) const;
  std::optional<bool> verdict(size_t pending);

  std::deque<Entry> entries_;
  size_t judged_ = 0;  // entries at the front that have their verdict
};

}  // namespace screenalytics
