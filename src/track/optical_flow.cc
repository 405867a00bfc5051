// SPDX-License-Identifier: MIT
#include "track/optical_flow.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/check.h"

namespace screenalytics {
namespace {

constexpr int kMaxLevels = 4;
constexpr int kSmallestSide = 12;
constexpr int kCellPx = 8;            // of the half-size image in which corners are sought
constexpr int kCornerMargin = 4;      // there too: room for the window of the flow
constexpr float kMinEigenvalue = 30;  // per pixel of the window, grey levels squared
constexpr float kRelativeEigenvalue = 0.005F;
constexpr int kMaxRadius = 7;
constexpr int kMaxSide = 2 * kMaxRadius + 3;
constexpr int kMaxIterations = 12;
constexpr float kMinTexture = 4;    // smaller eigenvalue per pixel below which flow is noise
constexpr float kMaxResidual = 14;  // mean grey-level difference of a window that still fits

void halve(const Image& from, Image& to) {
  const int width = from.width / 2, height = from.height / 2;
  if (to.width != width || to.height != height) to = Image(width, height, 1);
  for (int y = 0; y < height; ++y) {
    const uint8_t* upper = from.row(2 * y);
    const uint8_t* lower = from.row(2 * y + 1);
    uint8_t* out = to.row(y);
    for (int x = 0; x < width; ++x) {
      const int sum = upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1];
      out[x] = static_cast<uint8_t>((sum + 2) / 4);
    }
  }
}

float smaller_eigenvalue(float xx, float xy, float yy) {
  const float half_difference = (xx - yy) / 2;
  return (xx + yy) / 2 - std::sqrt(half_difference * half_difference + xy * xy);
}

// Bilinear samples on a grid of `side` x `side` whose first sample is at (x, y).
// Requires: the grid and the pixels to the right of and below it lie inside the image.
void sample(const Image& image, float x, float y, int side, float* out) {
  const int left = static_cast<int>(x), top = static_cast<int>(y);
  const float fx = x - static_cast<float>(left), fy = y - static_cast<float>(top);
  const float w00 = (1 - fx) * (1 - fy), w01 = fx * (1 - fy), w10 = (1 - fx) * fy, w11 = fx * fy;
  for (int j = 0; j < side; ++j) {
    const uint8_t* upper = image.row(top + j) + left;
    const uint8_t* lower = image.row(top + j + 1) + left;
    for (int i = 0; i < side; ++i) {
      out[j * side + i] =
          w00 * static_cast<float>(upper[i]) + w01 * static_cast<float>(upper[i + 1]) +
          w10 * static_cast<float>(lower[i]) + w11 * static_cast<float>(lower[i + 1]);
    }
  }
}

bool inside(const Image& image, float x, float y, int side) {
  return x >= 0 && y >= 0 && x + static_cast<float>(side) < static_cast<float>(image.width) &&
         y + static_cast<float>(side) < static_cast<float>(image.height);
}

// The previous image around one point of one level: values, and gradients without their mean (so
// that a change of brightness cancels out of every sum with them).
struct Template {
  std::array<float, kMaxSide * kMaxSide> value, gx, gy;
  float xx = 0, xy = 0, yy = 0;
};

bool make_template(const Image& image, Point centre, int radius, Template& out) {
  const int side = 2 * radius + 1, outer = side + 2;
  const float x = centre.x - static_cast<float>(radius) - 1;
  const float y = centre.y - static_cast<float>(radius) - 1;
  if (!inside(image, x, y, outer)) return false;
  std::array<float, kMaxSide * kMaxSide> patch;
  sample(image, x, y, outer, patch.data());
  float mean_x = 0, mean_y = 0;
  for (int j = 0; j < side; ++j) {
    for (int i = 0; i < side; ++i) {
      const float* at = &patch[static_cast<size_t>((j + 1) * outer + i + 1)];
      const auto k = static_cast<size_t>(j * side + i);
      out.value[k] = at[0];
      out.gx[k] = (at[1] - at[-1]) / 2;
      out.gy[k] = (at[outer] - at[-outer]) / 2;
      mean_x += out.gx[k];
      mean_y += out.gy[k];
    }
  }
  const auto count = static_cast<size_t>(side * side);
  mean_x /= static_cast<float>(count);
  mean_y /= static_cast<float>(count);
  out.xx = out.xy = out.yy = 0;
  for (size_t k = 0; k < count; ++k) {
    out.gx[k] -= mean_x;
    out.gy[k] -= mean_y;
    out.xx += out.gx[k] * out.gx[k];
    out.xy += out.gx[k] * out.gy[k];
    out.yy += out.gy[k] * out.gy[k];
  }
  return smaller_eigenvalue(out.xx, out.xy, out.yy) >= kMinTexture * static_cast<float>(count);
}

float mean_residual(const Template& t, const float* current, size_t count) {
  float mean = 0;
  for (size_t k = 0; k < count; ++k) mean += t.value[k] - current[k];
  mean /= static_cast<float>(count);
  float sum = 0;
  for (size_t k = 0; k < count; ++k) sum += std::abs(t.value[k] - current[k] - mean);
  return sum / static_cast<float>(count);
}

// Improves `flow` at one level by Newton steps. Returns whether the window stayed in the picture.
bool refine_flow(const Image& current, const Template& t, Point centre, int radius, float enough_px,
                 Point& flow, float& residual) {
  const int side = 2 * radius + 1;
  const auto count = static_cast<size_t>(side * side);
  const float determinant = t.xx * t.yy - t.xy * t.xy;
  std::array<float, kMaxSide * kMaxSide> patch;
  const float x = centre.x - static_cast<float>(radius), y = centre.y - static_cast<float>(radius);
  for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
    if (!inside(current, x + flow.x, y + flow.y, side)) return false;
    sample(current, x + flow.x, y + flow.y, side, patch.data());
    float bx = 0, by = 0;
    for (size_t k = 0; k < count; ++k) {
      const float difference = t.value[k] - patch[k];
      bx += difference * t.gx[k];
      by += difference * t.gy[k];
    }
    const float step_x = (t.yy * bx - t.xy * by) / determinant;
    const float step_y = (t.xx * by - t.xy * bx) / determinant;
    flow.x += step_x;
    flow.y += step_y;
    if (step_x * step_x + step_y * step_y < enough_px * enough_px) break;
  }
  residual = mean_residual(t, patch.data(), count);
  return true;
}

}  // namespace

void LumaPyramid::build(const Image& luma) {
  SA_CHECK(luma.channels == 1 && !luma.empty());
  levels_.resize(kMaxLevels);
  levels_[0] = luma;
  count_ = 1;
  while (count_ < kMaxLevels) {
    const Image& last = levels_[static_cast<size_t>(count_ - 1)];
    if (std::min(last.width, last.height) < 2 * kSmallestSide) break;
    halve(last, levels_[static_cast<size_t>(count_)]);
    ++count_;
  }
}

std::vector<Point> find_corners(const LumaPyramid& pyramid, int max_points) {
  if (pyramid.levels() < 2) return {};
  const Image& image = pyramid.level(1);
  const int width = image.width, height = image.height;
  const auto at = [width](int x, int y) { return static_cast<size_t>(y * width + x); };
  const auto size = static_cast<size_t>(width * height);
  // Gradient products summed over 3 x 3 pixels: first along the row, then over three rows.
  std::vector<float> xx(size), xy(size), yy(size);
  std::vector<float> px(static_cast<size_t>(width)), py(px), pxy(px);
  for (int y = 1; y + 1 < height; ++y) {
    const uint8_t *above = image.row(y - 1), *here = image.row(y), *below = image.row(y + 1);
    for (int x = 1; x + 1 < width; ++x) {
      const float gx = static_cast<float>(here[x + 1] - here[x - 1]) / 2;
      const float gy = static_cast<float>(below[x] - above[x]) / 2;
      const auto i = static_cast<size_t>(x);
      px[i] = gx * gx;
      pxy[i] = gx * gy;
      py[i] = gy * gy;
    }
    for (int x = 2; x + 2 < width; ++x) {
      const auto i = static_cast<size_t>(x);
      xx[at(x, y)] = px[i - 1] + px[i] + px[i + 1];
      xy[at(x, y)] = pxy[i - 1] + pxy[i] + pxy[i + 1];
      yy[at(x, y)] = py[i - 1] + py[i] + py[i + 1];
    }
  }

  struct Corner {
    float strength;
    Point where;
  };
  std::vector<Corner> corners;
  float strongest = 0;
  for (int cell_y = kCornerMargin; cell_y < height - kCornerMargin; cell_y += kCellPx) {
    for (int cell_x = kCornerMargin; cell_x < width - kCornerMargin; cell_x += kCellPx) {
      Corner best{0, {}};
      const int end_y = std::min(cell_y + kCellPx, height - kCornerMargin);
      const int end_x = std::min(cell_x + kCellPx, width - kCornerMargin);
      for (int y = cell_y; y < end_y; ++y) {
        for (int x = cell_x; x < end_x; ++x) {
          const size_t up = at(x, y - 1), mid = at(x, y), down = at(x, y + 1);
          const float strength = smaller_eigenvalue(xx[up] + xx[mid] + xx[down],  //
                                                    xy[up] + xy[mid] + xy[down],  //
                                                    yy[up] + yy[mid] + yy[down]);
          if (strength > best.strength) {
            // The centre of a half-size pixel lies between two full-size ones.
            best = {strength, {2 * static_cast<float>(x) + 0.5F, 2 * static_cast<float>(y) + 0.5F}};
          }
        }
      }
      if (best.strength >= 9 * kMinEigenvalue) corners.push_back(best);
      strongest = std::max(strongest, best.strength);
    }
  }
  std::erase_if(corners,
                [&](const Corner& c) { return c.strength < kRelativeEigenvalue * strongest; });
  std::stable_sort(corners.begin(), corners.end(),
                   [](const Corner& a, const Corner& b) { return a.strength > b.strength; });
  if (corners.size() > static_cast<size_t>(max_points)) {
    corners.resize(static_cast<size_t>(max_points));
  }
  std::vector<Point> points;
  points.reserve(corners.size());
  for (const Corner& corner : corners) points.push_back(corner.where);
  return points;
}

std::optional<Point> follow_point(const LumaPyramid& previous, const LumaPyramid& current,
                                  Point from, int window_radius) {
  SA_CHECK(window_radius >= 1 && window_radius <= kMaxRadius);
  SA_CHECK(previous.levels() == current.levels());
  Point flow;
  float residual = 0;
  for (int level = previous.levels() - 1; level >= 0; --level) {
    flow = {flow.x * 2, flow.y * 2};
    const float scale = 1.F / static_cast<float>(1 << level);
    const Point centre{(from.x + 0.5F) * scale - 0.5F, (from.y + 0.5F) * scale - 0.5F};
    Template t;
    // Near the border or on flat ground a coarse level says nothing: the next one may.
    if (!make_template(previous.level(level), centre, window_radius, t)) {
      if (level == 0) return std::nullopt;
      continue;
    }
    const Point before = flow;
    const float enough_px = level == 0 ? 0.01F : 0.05F;
    if (!refine_flow(current.level(level), t, centre, window_radius, enough_px, flow, residual)) {
      if (level == 0) return std::nullopt;
      flow = before;
    }
  }
  if (residual > kMaxResidual) return std::nullopt;
  return Point{from.x + flow.x, from.y + flow.y};
}

}  // namespace screenalytics
