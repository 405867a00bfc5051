// Random: numbers that are the same from one seed on every compiler and library.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <random>

namespace screenalytics {

// The standard leaves the distributions to the library and fixes only the engines, hence this.
// Threads: one.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // In [0, 1).
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  // In [low, high).
  double between(double low, double high) { return low + (high - low) * unit(); }
  // In 0 .. count - 1. Requires: count > 0.
  int below(int count) { return static_cast<int>(unit() * count); }
  bool chance(double probability) { return unit() < probability; }
  // Mean 0, variance 1: the sum of twelve uniform values (Irwin-Hall), within +-6.
  double gaussian() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += unit();
    return sum;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace screenalytics
