// Tests of sets of time, against sets of single moments.
// SPDX-License-Identifier: MIT
#include "summarize/intervals.h"

#include <gtest/gtest.h>

#include <bitset>

#include "testing/random.h"

namespace screenalytics {
namespace {

constexpr size_t kMoments = 64;
using Moments = std::bitset<kMoments>;

std::vector<TimeSpan> spans_of(const Moments& moments) {
  std::vector<TimeSpan> spans;
  for (size_t i = 0; i < kMoments; ++i) {
    if (!moments[i]) continue;
    const Timestamp start{static_cast<int64_t>(i)}, end{static_cast<int64_t>(i) + 1};
    if (!spans.empty() && spans.back().end == start) {
      spans.back().end = end;
    } else {
      spans.push_back({start, end});
    }
  }
  return spans;
}

TEST(Intervals, IntersectionAndDifferenceAreThoseOfTheirMoments) {
  Random random(3);
  for (int round = 0; round < 500; ++round) {
    Moments a, b;
    bool in_a = false, in_b = false;
    for (size_t i = 0; i < kMoments; ++i) {
      if (random.chance(0.3)) in_a = !in_a;
      if (random.chance(0.3)) in_b = !in_b;
      a[i] = in_a;
      b[i] = in_b;
    }
    EXPECT_EQ(intersection(spans_of(a), spans_of(b)), spans_of(a & b));
    EXPECT_EQ(difference(spans_of(a), spans_of(b)), spans_of(a & ~b));
  }
}

}  // namespace
}  // namespace screenalytics
