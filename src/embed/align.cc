// SPDX-License-Identifier: MIT
#include "embed/align.h"

namespace screenalytics {

Landmarks arcface_template() {
  // Published for coordinates that count from the middle of the first pixel; half a pixel more
  // where, as here, the first pixel begins at 0.
  return {{{38.7946f, 52.1963f},
           {74.0318f, 52.0014f},
           {56.5252f, 72.2366f},
           {42.0493f, 92.8655f},
           {71.2299f, 92.7041f}}};
}

Affine frame_from_crop(const Landmarks& landmarks, int crop) {
  Landmarks from = arcface_template();
  const float zoom = static_cast<float>(crop) / static_cast<float>(kCropSize);
  double fx = 0, fy = 0, tx = 0, ty = 0;
  for (size_t i = 0; i < from.size(); ++i) {
    from[i] = {from[i].x * zoom, from[i].y * zoom};
    fx += static_cast<double>(from[i].x) / 5;
    fy += static_cast<double>(from[i].y) / 5;
    tx += static_cast<double>(landmarks[i].x) / 5;
    ty += static_cast<double>(landmarks[i].y) / 5;
  }
  // In two dimensions Umeyama's singular value decomposition collapses to one complex number:
  // the best (scale * rotation) is sum(conj(from) * to) / sum(|from|^2) of the centred points.
  double re = 0, im = 0, spread = 0;
  for (size_t i = 0; i < from.size(); ++i) {
    const double px = static_cast<double>(from[i].x) - fx, py = static_cast<double>(from[i].y) - fy;
    const double qx = static_cast<double>(landmarks[i].x) - tx;
    const double qy = static_cast<double>(landmarks[i].y) - ty;
    re += px * qx + py * qy;
    im += px * qy - py * qx;
    spread += px * px + py * py;
  }
  re /= spread;
  im /= spread;
  return {re, -im, tx - re * fx + im * fy, im, re, ty - im * fx - re * fy};
}

}  // namespace screenalytics
