// warp: resamples an image through an affine map.
// SPDX-License-Identifier: MIT
#pragma once

#include "base/geometry.h"
#include "base/image.h"

namespace screenalytics {

// Bilinear resampling; what lies outside the source is black. Pixel (i, j) covers
// [i, i+1) x [j, j+1), so its centre is (i + 0.5, j + 0.5) on both sides of the map, and the
// identity map copies. Where one output pixel covers more than 1.5 source pixels along either
// output axis, it is the mean of n x n samples (n = the covered pixels rounded up, at most 8),
// so that shrinking does not alias.
// Requires: a source that is not empty, a finite map, and an output of at least 1 x 1.
// Returns: an image of `output` with the channels of `source` (1 or 3). Pure. Threads: any.
Image warp(const Image& source, const Affine& source_from_output, Size output);

}  // namespace screenalytics
