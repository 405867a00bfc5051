// Timestamp: a moment of the video, as the container tells it, in whole microseconds.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>

namespace screenalytics {

struct Timestamp {
  int64_t us = 0;

  static constexpr Timestamp from_us(int64_t value) { return {value}; }
  static Timestamp from_seconds(double s) { return {static_cast<int64_t>(std::llround(s * 1e6))}; }
  constexpr double seconds() const { return static_cast<double>(us) / 1e6; }

  friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

// Seconds from b to a.
constexpr double seconds_between(Timestamp b, Timestamp a) {
  return static_cast<double>(a.us - b.us) / 1e6;
}

}  // namespace screenalytics
