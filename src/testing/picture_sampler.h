// PictureSampler: the part of a photo that a camera sees, at sub-pixel precision.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "base/geometry.h"
#include "base/image.h"

namespace screenalytics {

// What a camera sees, in pixels of the photo; x and y of the top left corner.
struct CameraWindow {
  double x = 0, y = 0, width = 0, height = 0;
};

// The place in a frame of `frame` pixels of a box of the photo.
Box frame_from_photo(const Box& box, const CameraWindow& window, Size frame);

// Scales a window to a frame: bilinear where it grows, a triangle over the source pixels that fall
// into one target pixel where it shrinks, so that slow moves neither jump nor shimmer.
// Threads: one. Memory: some rows. Pure but for its buffers: no result depends on an earlier call.
class PictureSampler {
 public:
  // Outside the photo its border pixels go on.
  // Requires: a photo and a frame of 3 channels, a window with an area.
  void sample(const Image& photo, const CameraWindow& window, Image& frame);

 private:
  struct Taps {
    int count = 0;
    std::vector<int> first;         // [target] first source pixel
    std::vector<uint32_t> weights;  // [target][count], sum 256
  };
  static void fill_taps(double start, double length, int target, int source, Taps& taps);
  const uint16_t* scaled_row(const Image& photo, int y, int width);

  Taps across_, down_;
  std::vector<std::vector<uint16_t>> rows_;  // a ring of rows scaled across
  std::vector<int> held_;                    // the photo's row in each
  std::vector<uint32_t> sums_;
};

}  // namespace screenalytics
