// Non-maximum suppression: one detection a face.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "base/face.h"

namespace screenalytics {

enum class NmsMode { hard, soft };

struct NmsOptions {
  NmsMode mode = NmsMode::hard;
  float iou_th = 0.5f;       // hard: a box that overlaps a better one by more than this goes
  float soft_sigma = 0.5f;   // soft: confidence *= exp(-iou^2 / soft_sigma)
  float min_confidence = 0;  // what falls below goes, in both modes
};

// Soft: Gaussian Soft-NMS, Bodla et al., ICCV 2017, equation 3; the confidences returned are the
// decayed ones. Ties keep the order of the input.
// Returns: what remains, the best first. Pure. Cost: quadratic in the number of detections.
std::vector<Detection> non_max_suppression(std::vector<Detection> detections,
                                           const NmsOptions& options);

}  // namespace screenalytics
