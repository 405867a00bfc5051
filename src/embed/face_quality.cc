// SPDX-License-Identifier: MIT
#include "embed/face_quality.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "detect/detection_rules.h"
#include "embed/align.h"

namespace screenalytics {
namespace {

// Hair and background at the edges of the crop say nothing of the face.
constexpr int kMargin = kCropSize / 8;
// Detail over contrast, of a face blurred with a sigma of 3 pixels and of a sharp one.
constexpr double kNoDetail = 0.05, kFullDetail = 0.30;
constexpr double kFullContrast = 40;  // standard deviation of an evenly lit face, of 255
constexpr double kFullTurn_degrees = 60;
// How far the tip of the nose lies from the eyes towards the mouth: the median of a sample episode
// (half of its faces are within 0.05 of that), and how much more or less it is where a face looks
// up or down so far that half of it is hidden.
constexpr double kNoseDrop = 0.62, kFullNod = 0.4;

double part(double value, double none, double full) {
  return std::clamp((value - none) / (full - none), 0.0, 1.0);
}

double luma_at(const Image& crop, int x, int y) {
  const uint8_t* p = crop.row(y) + 3 * x;
  return 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
}

struct Spread {
  double sum = 0, squares = 0, count = 0;
  void add(double v) {
    sum += v;
    squares += v * v;
    ++count;
  }
  double deviation() const {
    const double mean = sum / count;
    return std::sqrt(std::max(0.0, squares / count - mean * mean));
  }
};

double nose_drop(const Landmarks& m) {
  const double ex = (static_cast<double>(m[0].x) + static_cast<double>(m[1].x)) / 2;
  const double ey = (static_cast<double>(m[0].y) + static_cast<double>(m[1].y)) / 2;
  const double dx = (static_cast<double>(m[3].x) + static_cast<double>(m[4].x)) / 2 - ex;
  const double dy = (static_cast<double>(m[3].y) + static_cast<double>(m[4].y)) / 2 - ey;
  const double squared = dx * dx + dy * dy;
  if (squared <= 0) return 0;
  return ((static_cast<double>(m[2].x) - ex) * dx + (static_cast<double>(m[2].y) - ey) * dy) /
         squared;
}

double pose_part(const Landmarks& landmarks) {
  const double yaw = std::abs(static_cast<double>(yaw_degrees(landmarks)));
  const double nod = std::abs(nose_drop(landmarks) - kNoseDrop);
  return part(yaw, kFullTurn_degrees, 0) * part(nod, kFullNod, 0);
}

Refusal refusal(std::string_view reason, float value, float limit) {
  return {reason, static_cast<double>(value), static_cast<double>(limit)};
}

}  // namespace

FaceQuality face_quality(const Image& crop, const Detection& detection) {
  SA_CHECK(crop.channels == 3 && crop.width == kCropSize && crop.height == kCropSize);
  std::vector<double> luma(static_cast<size_t>(kCropSize) * kCropSize);
  const auto at = [&](int x, int y) -> double& {
    return luma[static_cast<size_t>(y) * kCropSize + static_cast<size_t>(x)];
  };
  for (int y = kMargin - 1; y <= kCropSize - kMargin; ++y) {
    for (int x = kMargin - 1; x <= kCropSize - kMargin; ++x) at(x, y) = luma_at(crop, x, y);
  }
  Spread light, detail;
  for (int y = kMargin; y < kCropSize - kMargin; ++y) {
    for (int x = kMargin; x < kCropSize - kMargin; ++x) {
      light.add(at(x, y));
      detail.add(at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * at(x, y));
    }
  }
  const double contrast = light.deviation();
  FaceQuality q;
  q.sharpness = static_cast<float>(
      contrast > 0 ? part(detail.deviation() / contrast, kNoDetail, kFullDetail) : 0);
  q.size = std::clamp(detection.box.shorter_side() / static_cast<float>(kCropSize), 0.F, 1.F);
  q.pose = static_cast<float>(pose_part(detection.landmarks));
  q.confidence = std::clamp(detection.confidence, 0.F, 1.F);
  q.contrast = static_cast<float>(part(contrast, 0, kFullContrast));
  return q;
}

std::optional<Refusal> refuse_shape(const Detection& detection, const QualityLimits& limits) {
  const float px = detection.box.shorter_side();
  if (px < limits.min_face_px) return refusal("too_small", px, limits.min_face_px);
  const float yaw = std::abs(yaw_degrees(detection.landmarks));
  if (yaw > limits.max_yaw_degrees) return refusal("extreme_pose", yaw, limits.max_yaw_degrees);
  return std::nullopt;
}

std::optional<Refusal> refuse_face(const Detection& detection, const FaceLook& look,
                                   const QualityLimits& limits) {
  if (auto refusal = refuse_shape(detection, limits)) return refusal;
  const FaceQuality& q = look.quality;
  if (q.confidence < limits.min_confidence) {
    return refusal("low_confidence", q.confidence, limits.min_confidence);
  }
  if (q.sharpness < limits.min_sharpness) {
    return refusal("blurry", q.sharpness, limits.min_sharpness);
  }
  if (q.contrast < limits.min_contrast) {
    return refusal("low_contrast", q.contrast, limits.min_contrast);
  }
  if (q.score() < limits.min_quality) {
    return refusal("low_quality", q.score(), limits.min_quality);
  }
  if (!look.vector.empty() && look.norm < limits.min_norm) {
    return refusal("unclear", look.norm, limits.min_norm);
  }
  return std::nullopt;
}

bool tells_who(const Detection& detection, const FaceLook& look, const QualityLimits& limits) {
  return !look.vector.empty() && look.norm >= limits.min_norm && !refuse_shape(detection, limits);
}

}  // namespace screenalytics
