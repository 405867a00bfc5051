// From the output tensors of a detector's network to candidate faces, one function a family.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "base/face.h"
#include "base/geometry.h"

namespace screenalytics {

// What one stride of the network says. Grid: input.width / stride by input.height / stride cells.
struct StrideHeads {
  int stride = 0;
  std::span<const float> score, box, landmarks;
  std::span<const float> objectness;  // yunet only
};

// All of them: Requires: spans of the sizes given. Effects: appends candidates of at
// least min_confidence in pixels of the network's input. Pure otherwise. Threads: any.

// RetinaFace (Deng et al., CVPR 2020) as exported from its MXNet authors: planes [4|8|20, h, w] of
// two anchors; background scores first, then face scores, both after the softmax.
void decode_retinaface(const StrideHeads& heads, Size input, float landmark_scale,
                       float min_confidence, std::vector<Detection>& faces);

// SCRFD (Guo et al., ICLR 2022): rows [h * w * 2, 1|4|10], distances from the anchor's centre to
// the four sides in strides.
void decode_scrfd(const StrideHeads& heads, Size input, float min_confidence,
                  std::vector<Detection>& faces);

// YuNet (Wu et al., Machine Intelligence Research 2023): rows [h * w, 1|4|10]; the confidence is
// the geometric mean of class and object scores.
void decode_yunet(const StrideHeads& heads, Size input, float min_confidence,
                  std::vector<Detection>& faces);

}  // namespace screenalytics
