// Points, boxes, landmarks and affine maps, in pixels of the shown frame unless a name says other.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>

namespace screenalytics {

struct Point {
  float x = 0, y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

// Half-open [x1, x2) x [y1, y2).
struct Box {
  float x1 = 0, y1 = 0, x2 = 0, y2 = 0;

  float width() const { return x2 - x1; }
  float height() const { return y2 - y1; }
  float area() const { return std::max(0.f, width()) * std::max(0.f, height()); }
  float shorter_side() const { return std::min(width(), height()); }
  Point center() const { return {(x1 + x2) / 2, (y1 + y2) / 2}; }
  friend bool operator==(const Box&, const Box&) = default;
};

inline Box intersection(const Box& a, const Box& b) {
  return {std::max(a.x1, b.x1), std::max(a.y1, b.y1), std::min(a.x2, b.x2), std::min(a.y2, b.y2)};
}

// Intersection over union; 0 where either box is empty.
inline float iou(const Box& a, const Box& b) {
  const Box both = intersection(a, b);
  if (both.width() <= 0 || both.height() <= 0) return 0;
  const float shared = both.area();
  return shared / (a.area() + b.area() - shared);
}

inline Box clip(const Box& b, float width, float height) {
  return {std::clamp(b.x1, 0.f, width), std::clamp(b.y1, 0.f, height), std::clamp(b.x2, 0.f, width),
          std::clamp(b.y2, 0.f, height)};
}

// Left eye, right eye, nose, left mouth corner, right mouth corner, as seen in the image.
using Landmarks = std::array<Point, 5>;

// Maps (x, y) to (a x + b y + c, d x + e y + f).
struct Affine {
  double a = 1, b = 0, c = 0, d = 0, e = 1, f = 0;

  Point apply(Point p) const {
    return {static_cast<float>(a * static_cast<double>(p.x) + b * static_cast<double>(p.y) + c),
            static_cast<float>(d * static_cast<double>(p.x) + e * static_cast<double>(p.y) + f)};
  }
  friend bool operator==(const Affine&, const Affine&) = default;
};

// The map that applies `inner` first, then `outer`.
inline Affine compose(const Affine& outer, const Affine& inner) {
  return {outer.a * inner.a + outer.b * inner.d,
          outer.a * inner.b + outer.b * inner.e,
          outer.a * inner.c + outer.b * inner.f + outer.c,
          outer.d * inner.a + outer.e * inner.d,
          outer.d * inner.b + outer.e * inner.e,
          outer.d * inner.c + outer.e * inner.f + outer.f};
}

// Requires: a non-zero determinant.
inline Affine inverse(const Affine& m) {
  const double det = m.a * m.e - m.b * m.d;
  const double ia = m.e / det, ib = -m.b / det, id = -m.d / det, ie = m.a / det;
  return {ia, ib, -(ia * m.c + ib * m.f), id, ie, -(id * m.c + ie * m.f)};
}

struct Size {
  int width = 0, height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

}  // namespace screenalytics
