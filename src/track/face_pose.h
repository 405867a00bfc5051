// FacePose: how far a head is turned, as far as five landmarks can tell.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "base/geometry.h"

namespace screenalytics {

// Lengths along the line of the eyes, in units of the distance from eyes to mouth, which a head
// that turns to the side keeps.
struct FacePose {
  bool known = false;
  float nose = 0;  // from the middle between the eyes; 0 for a face seen from the front
  float eyes = 0;  // from eye to eye; 0.87 seen from the front (ArcFace's alignment template)

  // Past some 45 degrees; there a face vector says little about who it is.
  bool turned() const { return known && (std::abs(nose) > 0.38F || eyes < 0.5F); }
};

// Pure. Not known where eyes and mouth coincide.
inline FacePose face_pose(const Landmarks& marks) {
  const Point eyes{(marks[0].x + marks[1].x) / 2, (marks[0].y + marks[1].y) / 2};
  const Point mouth{(marks[3].x + marks[4].x) / 2, (marks[3].y + marks[4].y) / 2};
  const float down_x = mouth.x - eyes.x, down_y = mouth.y - eyes.y;
  const float squared = down_x * down_x + down_y * down_y;
  if (squared < 1) return {};
  const auto across = [&](float x, float y) { return (x * down_y - y * down_x) / squared; };
  return {true, across(marks[2].x - eyes.x, marks[2].y - eyes.y),
          across(marks[1].x - marks[0].x, marks[1].y - marks[0].y)};
}

// 0 where either is not known.
inline float pose_change(const FacePose& a, const FacePose& b) {
  if (!a.known || !b.known) return 0;
  return std::abs(a.nose - b.nose) + std::abs(a.eyes - b.eyes) / 2;
}

}  // namespace screenalytics
