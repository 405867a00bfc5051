// SPDX-License-Identifier: MIT
#include "testing/picture_sampler.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>

#include "base/check.h"

namespace screenalytics {
namespace {

using Two = std::integral_constant<size_t, 2>;

template <typename Count>
void blend_across(const uint8_t* source, const int* first, const uint32_t* weight, Count taps,
                  std::vector<uint16_t>& row) {
  uint16_t* out = row.data();
  for (const uint16_t* end = out + row.size(); out != end; out += 3, weight += taps) {
    const uint8_t* pixel = source + static_cast<size_t>(*first++) * 3;
    uint32_t r = 0, g = 0, b = 0;
    for (size_t k = 0; k < taps; ++k, pixel += 3) {
      r += weight[k] * pixel[0];
      g += weight[k] * pixel[1];
      b += weight[k] * pixel[2];
    }
    out[0] = static_cast<uint16_t>(r);
    out[1] = static_cast<uint16_t>(g);
    out[2] = static_cast<uint16_t>(b);
  }
}

// Half of the last place, so that the shift rounds.
constexpr uint32_t kHalf = 1u << 15;

void blend_two(const uint16_t* a, const uint16_t* b, uint32_t wa, uint32_t wb, uint8_t* out,
               size_t values) {
  for (size_t i = 0; i < values; ++i) {
    out[i] = static_cast<uint8_t>((wa * a[i] + wb * b[i] + kHalf) >> 16);
  }
}

}  // namespace

Box frame_from_photo(const Box& box, const CameraWindow& window, Size frame) {
  const double sx = frame.width / window.width, sy = frame.height / window.height;
  const auto across = [&](float x) {
    return static_cast<float>((static_cast<double>(x) - window.x) * sx);
  };
  const auto down = [&](float y) {
    return static_cast<float>((static_cast<double>(y) - window.y) * sy);
  };
  return {across(box.x1), down(box.y1), across(box.x2), down(box.y2)};
}

void PictureSampler::fill_taps(double start, double length, int target, int source, Taps& taps) {
  const double scale = length / target;
  const double radius = std::max(1.0, scale);
  taps.count = std::min(source, static_cast<int>(std::ceil(2 * radius)));
  taps.first.resize(static_cast<size_t>(target));
  taps.weights.assign(static_cast<size_t>(target) * static_cast<size_t>(taps.count), 0);
  std::vector<double> exact(static_cast<size_t>(taps.count));
  for (int t = 0; t < target; ++t) {
    // Pixel i of the photo has its centre at i + 0.5.
    const double centre = start + (t + 0.5) * scale - 0.5;
    const int from = static_cast<int>(std::floor(centre - radius)) + 1;
    const int first = std::clamp(from, 0, source - taps.count);
    std::fill(exact.begin(), exact.end(), 0.0);
    double sum = 0;
    for (int i = from; i < centre + radius; ++i) {
      const double weight = 1 - std::abs(i - centre) / radius;
      const int slot = std::clamp(i - first, 0, taps.count - 1);
      exact[static_cast<size_t>(slot)] += weight;
      sum += weight;
    }
    // Rounded from the running sum, so that a row of weights adds up to exactly 256.
    taps.first[static_cast<size_t>(t)] = first;
    double running = 0;
    long given = 0;
    for (int k = 0; k < taps.count; ++k) {
      running += exact[static_cast<size_t>(k)];
      const long upto = std::lround(256 * running / sum);
      taps.weights[static_cast<size_t>(t) * static_cast<size_t>(taps.count) +
                   static_cast<size_t>(k)] = static_cast<uint32_t>(upto - given);
      given = upto;
    }
  }
}

const uint16_t* PictureSampler::scaled_row(const Image& photo, int y, int width) {
  const size_t slot = static_cast<size_t>(y % down_.count);
  std::vector<uint16_t>& row = rows_[slot];
  if (held_[slot] == y) return row.data();
  held_[slot] = y;
  row.resize(static_cast<size_t>(width) * 3);
  const uint8_t* source = photo.row(y);
  const size_t taps = static_cast<size_t>(across_.count);
  // Two taps, the case of every growing picture, as a constant: half the time of a whole episode.
  if (taps == 2) {
    blend_across(source, across_.first.data(), across_.weights.data(), Two{}, row);
  } else {
    blend_across(source, across_.first.data(), across_.weights.data(), taps, row);
  }
  return row.data();
}

void PictureSampler::sample(const Image& photo, const CameraWindow& window, Image& frame) {
  SA_CHECK(photo.channels == 3 && frame.channels == 3 && !photo.empty() && !frame.empty());
  SA_CHECK(window.width > 0 && window.height > 0);
  fill_taps(window.x, window.width, frame.width, photo.width, across_);
  fill_taps(window.y, window.height, frame.height, photo.height, down_);
  rows_.resize(static_cast<size_t>(down_.count));
  held_.assign(static_cast<size_t>(down_.count), -1);
  const size_t values = frame.stride();
  sums_.resize(values);
  for (int y = 0; y < frame.height; ++y) {
    const int first = down_.first[static_cast<size_t>(y)];
    const uint32_t* weight =
        down_.weights.data() + static_cast<size_t>(y) * static_cast<size_t>(down_.count);
    if (down_.count == 2) {
      const uint16_t* a = scaled_row(photo, first, frame.width);
      const uint16_t* b = scaled_row(photo, first + 1, frame.width);
      blend_two(a, b, weight[0], weight[1], frame.row(y), values);
      continue;
    }
    std::fill(sums_.begin(), sums_.end(), kHalf);
    for (int k = 0; k < down_.count; ++k) {
      const uint16_t* row = scaled_row(photo, first + k, frame.width);
      for (size_t i = 0; i < values; ++i) sums_[i] += weight[k] * row[i];
    }
    uint8_t* out = frame.row(y);
    for (size_t i = 0; i < values; ++i) out[i] = static_cast<uint8_t>(sums_[i] >> 16);
  }
}

}  // namespace screenalytics
