// Corners of a small luma image, and where each of them went in the next one.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "base/geometry.h"
#include "base/image.h"

namespace screenalytics {

// A luma image and its halvings; positions are pixel indices (a pixel's centre is a whole number).
class LumaPyramid {
 public:
  // Requires: 1 channel.
  void build(const Image& luma);
  int levels() const { return count_; }
  const Image& level(int i) const { return levels_[static_cast<size_t>(i)]; }
  bool empty() const { return count_ == 0; }

 private:
  std::vector<Image> levels_;  // kept from call to call, to spare allocations
  int count_ = 0;
};

// Pure. Returns at most max_points positions in level 0, at most one per cell of an even grid, so
// that no textured part of the picture outvotes the rest. Shi and Tomasi, CVPR 1994: the strength
// of a corner is the smaller eigenvalue of its gradient matrix.
std::vector<Point> find_corners(const LumaPyramid& pyramid, int max_points);

// Pure. Returns where `from` went; nothing where its surroundings have too little texture, left the
// picture, or look different. A change of brightness does not matter.
std::optional<Point> follow_point(const LumaPyramid& previous, const LumaPyramid& current,
                                  Point from, int window_radius);

}  // namespace screenalytics
