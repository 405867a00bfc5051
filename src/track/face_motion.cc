// SPDX-License-Identifier: MIT
#include "track/face_motion.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace screenalytics {
namespace {

constexpr double kFadeS = 1.0;
// Standard deviations, in face heights; ByteTrack's h / 20 for an observation.
constexpr double kPlaceSigma = 0.05, kSpeedSigma = 1.5;
constexpr double kHeightSigma = 0.05, kHeightSpeedSigma = 0.3;
constexpr double kAspectSigma = 0.05, kAspectSpeedSigma = 0.1;
constexpr double kMinHeight = 1;  // pixels
constexpr double kMinAspect = 0.1;

double height_of(const Box& box) { return std::max(kMinHeight, static_cast<double>(box.height())); }
double aspect_of(const Box& box) {
  return std::max(kMinAspect, static_cast<double>(box.width()) / height_of(box));
}

}  // namespace

void AxisFilter::start(double value, double sigma, double speed_sigma) {
  *this = {value, 0, sigma * sigma, 0, speed_sigma * speed_sigma};
}

void AxisFilter::predict(double dt_s, double fade_s, double speed_sigma) {
  const double e = std::exp(-dt_s / fade_s);
  const double g = fade_s * (1 - e);
  const double power = speed_sigma * speed_sigma;
  x += g * v;
  v *= e;
  xx += 2 * g * xv + g * g * vv +
        power * fade_s * fade_s * std::max(0.0, 2 * dt_s / fade_s - 3 + 4 * e - e * e);
  xv = e * (xv + g * vv) + power * fade_s * (1 - e) * (1 - e);
  vv = e * e * vv + power * (1 - e * e);
}

void AxisFilter::correct(double value, double sigma) {
  const double total = xx + sigma * sigma;
  const double gain_x = xx / total, gain_v = xv / total;
  const double innovation = value - x;
  x += gain_x * innovation;
  v += gain_v * innovation;
  vv -= gain_v * xv;
  xv -= gain_x * xv;
  xx -= gain_x * xx;
}

FaceMotion::FaceMotion(const Box& box) {
  const double h = height_of(box);
  const Point c = box.center();
  x_.start(static_cast<double>(c.x), kPlaceSigma * h, kSpeedSigma * h);
  y_.start(static_cast<double>(c.y), kPlaceSigma * h, kSpeedSigma * h);
  aspect_.start(aspect_of(box), kAspectSigma, kAspectSpeedSigma);
  height_.start(h, kHeightSigma * h, kHeightSpeedSigma * h);
}

void FaceMotion::predict(double dt_s) {
  SA_CHECK(dt_s >= 0);
  const double h = std::max(kMinHeight, height_.x);
  x_.predict(dt_s, kFadeS, kSpeedSigma * h);
  y_.predict(dt_s, kFadeS, kSpeedSigma * h);
  aspect_.predict(dt_s, kFadeS, kAspectSpeedSigma);
  height_.predict(dt_s, kFadeS, kHeightSpeedSigma * h);
}

void FaceMotion::move_with_camera(const Affine& motion) {
  const double x = x_.x, y = y_.x, vx = x_.v, vy = y_.v;
  x_.x = motion.a * x + motion.b * y + motion.c;
  y_.x = motion.d * x + motion.e * y + motion.f;
  x_.v = motion.a * vx + motion.b * vy;
  y_.v = motion.d * vx + motion.e * vy;
  const double area = std::abs(motion.a * motion.e - motion.b * motion.d);
  const double scale = std::sqrt(area);
  height_.x *= scale;
  height_.v *= scale;
  // A camera's turn between two observations is too small to mix the spreads of x and y.
  for (AxisFilter* axis : {&x_, &y_, &height_}) {
    axis->xx *= area;
    axis->xv *= area;
    axis->vv *= area;
  }
}

void FaceMotion::correct(const Box& box) {
  const double h = height_of(box);
  const Point c = box.center();
  x_.correct(static_cast<double>(c.x), kPlaceSigma * h);
  y_.correct(static_cast<double>(c.y), kPlaceSigma * h);
  aspect_.correct(aspect_of(box), kAspectSigma);
  height_.correct(h, kHeightSigma * h);
}

Box FaceMotion::box() const {
  const double h = std::max(kMinHeight, height_.x);
  const double w = h * std::max(kMinAspect, aspect_.x);
  return {static_cast<float>(x_.x - w / 2), static_cast<float>(y_.x - h / 2),
          static_cast<float>(x_.x + w / 2), static_cast<float>(y_.x + h / 2)};
}

}  // namespace screenalytics
