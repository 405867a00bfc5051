// SPDX-License-Identifier: MIT
#include "decode/packet_planner.h"

#include <gtest/gtest.h>

namespace screenalytics {
namespace {

TEST(PacketPlanner, RanksPacketsByPresentationTime) {
  PacketPlanner planner(FrameSampler(2, 0), 0.04, 0, std::nullopt);
  for (const int64_t pts : {0, 4, 2, 1, 3}) planner.saw(pts);  // I P B b b
  EXPECT_EQ(planner.plan(0)->frame_idx, 0);
  EXPECT_EQ(planner.plan(4)->frame_idx, 4);
  EXPECT_EQ(planner.plan(2)->frame_idx, 2);
  EXPECT_FALSE(planner.plan(1)->sampled);
  EXPECT_TRUE(planner.plan(2)->sampled);
  EXPECT_EQ(planner.take(0)->frame_idx, 0);
  EXPECT_EQ(planner.take(2)->frame_idx, 2);
  EXPECT_FALSE(planner.take(1).has_value());  // already behind
  EXPECT_EQ(planner.take(4)->frame_idx, 4);
}

TEST(PacketPlanner, MarksWarmUpAndCountsOnFromTheResumePoint) {
  PacketPlanner planner(FrameSampler(1, 0), 0.04, 101, 10);
  for (const int64_t pts : {8, 11, 9, 10}) planner.saw(pts);
  EXPECT_TRUE(planner.plan(8)->warm_up);
  EXPECT_EQ(planner.plan(11)->frame_idx, 101);
  EXPECT_TRUE(planner.take(10)->warm_up);
  EXPECT_FALSE(planner.take(11)->warm_up);
}

TEST(PacketPlanner, HasNoPlaceForASecondFrameOfOneTime) {
  PacketPlanner planner(FrameSampler(1, 0), 0.04, 0, std::nullopt);
  for (const int64_t pts : {0, 5, 5, 6}) planner.saw(pts);
  planner.plan(0);
  EXPECT_TRUE(planner.plan(5).has_value());
  EXPECT_TRUE(planner.take(5).has_value());
  EXPECT_FALSE(planner.plan(5).has_value());
  EXPECT_FALSE(planner.take(5).has_value());
  EXPECT_EQ(planner.plan(6)->frame_idx, 3);
}

}  // namespace
}  // namespace screenalytics
