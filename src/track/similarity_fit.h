// The similarity that most of a set of moved points agree on.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>

#include "base/geometry.h"

namespace screenalytics {

struct PointMove {
  Point from, to;
};

struct SimilarityFitOptions {
  double inlier_px = 0.35;
  int min_inliers = 10;
  double min_inlier_fraction = 0.35;
  double min_spread_px = 10;  // inliers closer together than this (root mean square) only give a
                              // shift, since turn and scale would be noise
};

// RANSAC (Fischler and Bolles, 1981) with a fixed sequence of samples, then least squares over the
// inliers. A camera at rest is tried first and wins near-ties, because a large face that moves may
// hold nearly as many corners as the room behind it.
// Returns nothing where too few points agree, or on a turn, zoom or shift no camera makes between
// two frames. Pure.
std::optional<Affine> fit_similarity(std::span<const PointMove> moves,
                                     const SimilarityFitOptions& options);

}  // namespace screenalytics
