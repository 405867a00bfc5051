// SPDX-License-Identifier: MIT
#include "decode/frame_sampler.h"

#include <gtest/gtest.h>

#include <vector>

namespace screenalytics {
namespace {

std::vector<int64_t> taken(int stride, double max_fps, double source_fps, int frames) {
  FrameSampler sampler(stride, max_fps);
  std::vector<int64_t> out;
  for (int i = 0; i < frames; ++i) {
    if (sampler.take(i, Timestamp::from_seconds(i / source_fps))) out.push_back(i);
  }
  return out;
}

TEST(FrameSampler, StrideTakesEveryNthSourceFrame) {
  EXPECT_EQ(taken(5, 0, 24, 16), (std::vector<int64_t>{0, 5, 10, 15}));
}

TEST(FrameSampler, FpsIsACapOnAGridOfTime) {
  EXPECT_EQ(taken(1, 8, 24, 10), (std::vector<int64_t>{0, 3, 6, 9}));
  EXPECT_EQ(taken(1, 30, 24, 5).size(), 5U);
  EXPECT_EQ(taken(1, 8, 25, 2500).size(), 800U);
  EXPECT_EQ(taken(1, 30, 50, 500).size(), 300U);
}

TEST(FrameSampler, TheSparserOfBothWins) {
  EXPECT_EQ(taken(5, 8, 24, 25), (std::vector<int64_t>{0, 5, 10, 15, 20}));
  EXPECT_EQ(taken(5, 8, 50, 500).size(), 80U);
  EXPECT_EQ(taken(10, 4, 24, 100).size(), 10U);
}

TEST(FrameSampler, StartsAnewAfterAGapInsteadOfCatchingUp) {
  FrameSampler sampler(1, 2);
  EXPECT_TRUE(sampler.take(0, Timestamp::from_seconds(0)));
  EXPECT_TRUE(sampler.take(1, Timestamp::from_seconds(100)));
  EXPECT_FALSE(sampler.take(2, Timestamp::from_seconds(100.1)));
  EXPECT_TRUE(sampler.take(3, Timestamp::from_seconds(100.5)));
}

TEST(FrameSampler, GoesOnWhereAnotherStopped) {
  FrameSampler whole(1, 7);
  std::vector<bool> expected;
  for (int i = 0; i < 200; ++i)
    expected.push_back(whole.take(i, Timestamp::from_seconds(i / 25.0)));
  FrameSampler first(1, 7);
  for (int i = 0; i < 77; ++i) first.take(i, Timestamp::from_seconds(i / 25.0));
  FrameSampler second(1, 7);
  second.resume_at(first.next_due_s());
  for (int i = 77; i < 200; ++i) {
    EXPECT_EQ(second.take(i, Timestamp::from_seconds(i / 25.0)), expected[static_cast<size_t>(i)])
        << i;
  }
}

}  // namespace
}  // namespace screenalytics
