// SPDX-License-Identifier: MIT
#include "detect/decode_heads.h"

#include <algorithm>
#include <cmath>

namespace screenalytics {
namespace {

constexpr int kRetinaFaceAnchors = 2;
constexpr int kScrfdAnchors = 2;

// RetinaFace's anchors are squares of these sides, the larger first.
float retinaface_anchor_side(int stride, int anchor) {
  const int scale = stride == 32 ? 32 : stride == 16 ? 8 : 2;
  return 16.0f * static_cast<float>(anchor == 0 ? scale : scale / 2);
}

Box around(float cx, float cy, float width, float height) {
  return {cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2};
}

}  // namespace

void decode_retinaface(const StrideHeads& heads, Size input, float landmark_scale,
                       float min_confidence, std::vector<Detection>& faces) {
  const int columns = input.width / heads.stride, rows = input.height / heads.stride;
  const auto plane = static_cast<size_t>(columns) * static_cast<size_t>(rows);
  for (int anchor = 0; anchor < kRetinaFaceAnchors; ++anchor) {
    const auto a = static_cast<size_t>(anchor);
    const float side = retinaface_anchor_side(heads.stride, anchor);
    const auto scores = heads.score.subspan((kRetinaFaceAnchors + a) * plane, plane);
    const auto boxes = heads.box.subspan(4 * a * plane, 4 * plane);
    const auto points = heads.landmarks.subspan(10 * a * plane, 10 * plane);
    for (size_t i = 0; i < plane; ++i) {
      if (!(scores[i] >= min_confidence)) continue;
      // The network counts from the middle of the first pixel, where the centre is
      // cell * stride + 7.5; here the first pixel begins at 0.
      const size_t column = i % static_cast<size_t>(columns);
      const size_t line = i / static_cast<size_t>(columns);
      const float cx = static_cast<float>(column * static_cast<size_t>(heads.stride)) + 8;
      const float cy = static_cast<float>(line * static_cast<size_t>(heads.stride)) + 8;
      Detection face;
      face.confidence = scores[i];
      face.box =
          around(cx + boxes[i] * side, cy + boxes[plane + i] * side,
                 std::exp(boxes[2 * plane + i]) * side, std::exp(boxes[3 * plane + i]) * side);
      for (size_t p = 0; p < 5; ++p) {
        face.landmarks[p] = {cx + points[2 * p * plane + i] * side * landmark_scale,
                             cy + points[(2 * p + 1) * plane + i] * side * landmark_scale};
      }
      faces.push_back(face);
    }
  }
}

void decode_scrfd(const StrideHeads& heads, Size input, float min_confidence,
                  std::vector<Detection>& faces) {
  const auto columns = static_cast<size_t>(input.width / heads.stride);
  const auto stride = static_cast<float>(heads.stride);
  for (size_t i = 0; i < heads.score.size(); ++i) {
    if (!(heads.score[i] >= min_confidence)) continue;
    const size_t cell = i / kScrfdAnchors;
    const float cx = static_cast<float>(cell % columns) * stride;
    const auto line = cell / columns;
    const float cy = static_cast<float>(line) * stride;
    const auto sides = heads.box.subspan(4 * i, 4);
    const auto points = heads.landmarks.subspan(10 * i, 10);
    Detection face;
    face.confidence = heads.score[i];
    face.box = {cx - sides[0] * stride, cy - sides[1] * stride, cx + sides[2] * stride,
                cy + sides[3] * stride};
    for (size_t p = 0; p < 5; ++p) {
      face.landmarks[p] = {cx + points[2 * p] * stride, cy + points[2 * p + 1] * stride};
    }
    faces.push_back(face);
  }
}

void decode_yunet(const StrideHeads& heads, Size input, float min_confidence,
                  std::vector<Detection>& faces) {
  const auto columns = static_cast<size_t>(input.width / heads.stride);
  const auto stride = static_cast<float>(heads.stride);
  for (size_t i = 0; i < heads.score.size(); ++i) {
    const float confidence = std::sqrt(std::clamp(heads.score[i], 0.0f, 1.0f) *
                                       std::clamp(heads.objectness[i], 0.0f, 1.0f));
    if (!(confidence >= min_confidence)) continue;
    const float cx = static_cast<float>(i % columns) * stride;
    const auto line = i / columns;
    const float cy = static_cast<float>(line) * stride;
    const auto box = heads.box.subspan(4 * i, 4);
    const auto points = heads.landmarks.subspan(10 * i, 10);
    Detection face;
    face.confidence = confidence;
    face.box = around(cx + box[0] * stride, cy + box[1] * stride, std::exp(box[2]) * stride,
                      std::exp(box[3]) * stride);
    for (size_t p = 0; p < 5; ++p) {
      face.landmarks[p] = {cx + points[2 * p] * stride, cy + points[2 * p + 1] * stride};
    }
    faces.push_back(face);
  }
}

}  // namespace screenalytics
