// Alignment of a face to the five-point template that face embedders are trained with.
// SPDX-License-Identifier: MIT
#pragma once

#include "base/geometry.h"

namespace screenalytics {

inline constexpr int kCropSize = 112;

// Where ArcFace (Deng et al., CVPR 2019) expects the landmarks in a 112 x 112 crop.
Landmarks arcface_template();

// The similarity (rotation, uniform scale, shift; never a reflection) that brings the template to
// the landmarks with the least squared error: Umeyama, PAMI 1991. Landmarks that all coincide
// give a scale of zero; such a crop is one colour.
// Returns: the map from pixels of a crop x crop picture to pixels of the landmarks' frame.
// Pure. Threads: any.
Affine frame_from_crop(const Landmarks& landmarks, int crop = kCropSize);

}  // namespace screenalytics
