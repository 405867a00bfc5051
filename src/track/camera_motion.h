// CameraMotion: how the camera moved between two small luma images, as a similarity.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "base/geometry.h"
#include "base/image.h"

namespace screenalytics {

struct CameraMotionOptions {
  int max_points = 96;      // corners followed from one image to the next
  int window_radius = 3;    // optical flow compares squares of 2 r + 1 pixels
  double inlier_px = 0.35;  // largest distance from the map at which a corner agrees with it
  int min_inliers = 10;     // fewer agreeing corners: the motion is unknown
  double min_inlier_fraction = 0.35;
};

// Sparse pyramidal Lucas-Kanade flow (Bouguet, "Pyramidal implementation of the affine Lucas Kanade
// feature tracker", 2001) of Shi-Tomasi corners (CVPR 1994), then RANSAC (Fischler and Bolles,
// 1981) for the 4-parameter similarity that most corners agree on. Threads: one at a time. Memory:
// two pyramids of one image. Cost: about 0.2 ms at 192 x 108. The result depends only on the last
// two images.
class CameraMotion {
 public:
  // Throws: invalid_argument where an option is out of range.
  explicit CameraMotion(const CameraMotionOptions& options = {});
  ~CameraMotion();
  CameraMotion(CameraMotion&&) noexcept;
  CameraMotion& operator=(CameraMotion&&) noexcept;

  // Requires: 1 channel, at least 1 x 1.
  // Returns the map from the previous image's coordinates to this one's (pixel i spans [i, i+1));
  // the identity for the first image, after a change of size, and where the motion is unknown
  // (see known()): too little texture, or no map that enough corners agree on.
  Affine update(const Image& luma);

  // Whether the last update could estimate the motion.
  bool known() const;

  // Forgets the previous image, as at a cut.
  void reset();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Pure. The same motion in the coordinates of the same picture at another size.
// Requires: sizes above 0.
Affine rescale_motion(const Affine& motion, Size from, Size to);

}  // namespace screenalytics
