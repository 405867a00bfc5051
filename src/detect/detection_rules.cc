// SPDX-License-Identifier: MIT
#include "detect/detection_rules.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace screenalytics {
namespace {

constexpr float kDarkLuma = 40;
constexpr float kBrightLuma = 120;

// How far the tip of the nose stands out of the plane of the eyes, in distances between the eyes:
// about 32 mm of 63 mm in an adult face.
constexpr double kNoseDepth = 0.5;

// The part of a side that must be left for the rest to be a bar: a portrait video in a wide frame
// keeps a third.
constexpr float kLeastContent = 0.25f;

bool dark_row(const Image& luma, int y, int threshold) {
  const uint8_t* const row = luma.row(y);
  return std::all_of(row, row + luma.width, [&](uint8_t value) { return value <= threshold; });
}

bool dark_column(const Image& luma, int x, int top, int bottom, int threshold) {
  for (int y = top; y < bottom; ++y) {
    if (luma.row(y)[x] > threshold) return false;
  }
  return true;
}

}  // namespace

float confidence_threshold(const ConfidenceOptions& options, float mean_luma) {
  if (!options.adaptive) return options.confidence_th;
  const float light = std::clamp((mean_luma - kDarkLuma) / (kBrightLuma - kDarkLuma), 0.0f, 1.0f);
  return options.min_confidence + light * (options.max_confidence - options.min_confidence);
}

float yaw_degrees(const Landmarks& landmarks) {
  const Point left = landmarks[0], right = landmarks[1], nose = landmarks[2];
  const double ex = static_cast<double>(right.x) - static_cast<double>(left.x);
  const double ey = static_cast<double>(right.y) - static_cast<double>(left.y);
  const double nx = static_cast<double>(nose.x) - (static_cast<double>(left.x) + ex / 2);
  const double ny = static_cast<double>(nose.y) - (static_cast<double>(left.y) + ey / 2);
  // Turned by yaw, the eyes are cos(yaw) apart and the nose is depth * sin(yaw) off their middle,
  // measured along their line, which makes the ratio free of roll and size.
  const double across = nx * ex + ny * ey;
  const double along = kNoseDepth * (ex * ex + ey * ey);
  if (across == 0 && along == 0) return 0;
  return static_cast<float>(std::atan2(across, along) * 180 / std::numbers::pi);
}

Box content_box(const Image& luma, int letterbox_threshold) {
  SA_CHECK(luma.channels == 1);
  const Box whole{0, 0, static_cast<float>(luma.width), static_cast<float>(luma.height)};
  int top = 0, bottom = luma.height, left = 0, right = luma.width;
  while (top < bottom && dark_row(luma, top, letterbox_threshold)) ++top;
  while (bottom > top && dark_row(luma, bottom - 1, letterbox_threshold)) --bottom;
  while (left < right && dark_column(luma, left, top, bottom, letterbox_threshold)) ++left;
  while (right > left && dark_column(luma, right - 1, top, bottom, letterbox_threshold)) --right;
  const Box content{static_cast<float>(left), static_cast<float>(top), static_cast<float>(right),
                    static_cast<float>(bottom)};
  const bool enough = content.width() >= kLeastContent * whole.width() &&
                      content.height() >= kLeastContent * whole.height();
  return enough && is_lit(luma, letterbox_threshold) ? content : whole;
}

bool is_lit(const Image& luma, int letterbox_threshold) {
  return std::ranges::any_of(luma.pixels,
                             [&](uint8_t value) { return value > 2 * letterbox_threshold; });
}

float min_face_px(double min_size, bool absolute, int frame_height) {
  return static_cast<float>(absolute ? min_size : min_size * frame_height / 1080);
}

}  // namespace screenalytics
