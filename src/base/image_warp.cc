// SPDX-License-Identifier: MIT
#include "base/image_warp.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace screenalytics {
namespace {

constexpr double kShrinkBeforeSupersampling = 1.5;
constexpr int kMaxSamples = 8;

class Sampler {
 public:
  explicit Sampler(const Image& source) : source_(source) {}

  // Adds the colour at (x, y), pixel edges being whole numbers, to sum[0 .. channels). The outer
  // half of a border pixel has its colour.
  template <int kChannels>
  void add(double x, double y, float* sum) const {
    if (!(x >= 0 && y >= 0 && x < source_.width && y < source_.height)) return;
    const double left = std::floor(x - 0.5), top = std::floor(y - 0.5);
    const auto fx = static_cast<float>(x - 0.5 - left), fy = static_cast<float>(y - 0.5 - top);
    const int x0 = std::max(0, static_cast<int>(left)), y0 = std::max(0, static_cast<int>(top));
    const int x1 = std::min(static_cast<int>(left) + 1, source_.width - 1);
    const int y1 = std::min(static_cast<int>(top) + 1, source_.height - 1);
    const uint8_t* const p = source_.row(y0);
    const uint8_t* const q = source_.row(y1);
    for (int c = 0; c < kChannels; ++c) {
      const auto p0 = static_cast<float>(p[x0 * kChannels + c]);
      const auto p1 = static_cast<float>(p[x1 * kChannels + c]);
      const auto q0 = static_cast<float>(q[x0 * kChannels + c]);
      const auto q1 = static_cast<float>(q[x1 * kChannels + c]);
      const float upper = p0 + fx * (p1 - p0);
      const float lower = q0 + fx * (q1 - q0);
      sum[c] += upper + fy * (lower - upper);
    }
  }

 private:
  const Image& source_;
};

int samples_per_side(const Affine& m) {
  const double covered = std::max(std::hypot(m.a, m.d), std::hypot(m.b, m.e));
  if (covered <= kShrinkBeforeSupersampling) return 1;
  return static_cast<int>(std::min<double>(kMaxSamples, std::ceil(covered)));
}

template <int kChannels>
void warp_channels(const Image& source, const Affine& m, Image& output) {
  const Sampler sampler(source);
  const int n = samples_per_side(m);
  const double step = 1.0 / n;
  const float mean = 1.0f / static_cast<float>(n * n);
  for (int y = 0; y < output.height; ++y) {
    uint8_t* out = output.row(y);
    for (int x = 0; x < output.width; ++x, out += kChannels) {
      float sum[kChannels] = {};
      for (int j = 0; j < n; ++j) {
        const double v = y + (j + 0.5) * step;
        for (int i = 0; i < n; ++i) {
          const double u = x + (i + 0.5) * step;
          sampler.add<kChannels>(m.a * u + m.b * v + m.c, m.d * u + m.e * v + m.f, sum);
        }
      }
      for (int c = 0; c < kChannels; ++c) {
        out[c] = static_cast<uint8_t>(std::min(255.0f, sum[c] * mean + 0.5f));
      }
    }
  }
}

}  // namespace

Image warp(const Image& source, const Affine& source_from_output, Size output) {
  SA_CHECK(!source.empty() && output.width > 0 && output.height > 0);
  SA_CHECK(source.channels == 3 || source.channels == 1);
  Image result(output.width, output.height, source.channels);
  if (source.channels == 3) {
    warp_channels<3>(source, source_from_output, result);
  } else {
    warp_channels<1>(source, source_from_output, result);
  }
  return result;
}

}  // namespace screenalytics
