// FaceMotion: where a face is expected to be, from where it was seen.
// SPDX-License-Identifier: MIT
#pragma once

#include "base/geometry.h"

namespace screenalytics {

// Position and velocity (per second) of one number. Between observations the velocity fades with a
// time constant, so that a guess made from two noisy observations is never carried far: an
// Ornstein-Uhlenbeck velocity, whose exact discrete form makes one step of 0.4 s equal to twelve of
// 1/30 s (Bar-Shalom, Li and Kirubarajan, "Estimation with Applications to Tracking and
// Navigation", 2001, section 8.2).
struct AxisFilter {
  double x = 0, v = 0;
  double xx = 0, xv = 0, vv = 0;  // covariance

  void start(double value, double sigma, double speed_sigma);
  void predict(double dt_s, double fade_s, double speed_sigma);
  void correct(double value, double sigma);
};

// A Kalman filter over centre, aspect and height of a face box, and their speeds: ByteTrack's eight
// states, as four independent pairs. All noise is given per second and in face heights.
class FaceMotion {
 public:
  explicit FaceMotion(const Box& box);
  // Requires: dt_s >= 0.
  void predict(double dt_s);
  void move_with_camera(const Affine& motion);
  void correct(const Box& box);
  Box box() const;

 private:
  AxisFilter x_, y_, aspect_, height_;
};

}  // namespace screenalytics
