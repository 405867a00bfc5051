// SPDX-License-Identifier: MIT
#include "track/track_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace screenalytics {
namespace {

using ::testing::ElementsAre;

TEST(TrackTable, ASegmentWithoutReassignmentsStaysItself) {
  const TrackTable table;
  EXPECT_EQ(table.final_segment(4, 10), 4);
  EXPECT_EQ(table.final_segment(-1, 10), -1);
}

TEST(TrackTable, OnlyTheFramesOfAReassignmentMove) {
  TrackTable table;
  table.add({{}, {{0, 1, 10, 20}}, {}});
  EXPECT_EQ(table.final_segment(0, 9), 0);
  EXPECT_EQ(table.final_segment(0, 10), 1);
  EXPECT_EQ(table.final_segment(0, 19), 1);
  EXPECT_EQ(table.final_segment(0, 20), 0);
}

TEST(TrackTable, ReassignmentsFollowEachOtherInTheirOrder) {
  TrackTable table;
  table.add({{}, {{0, 2, 10, 20}, {1, 3, 10, 20}}, {}});
  table.add({{}, {{2, 1, 10, 25}, {3, 0, 10, 25}}, {}});
  // 0 and 1 have exchanged their detections of these frames, and nothing goes round in circles.
  EXPECT_EQ(table.final_segment(0, 15), 1);
  EXPECT_EQ(table.final_segment(1, 15), 0);
  EXPECT_EQ(table.final_segment(2, 22), 1);
  EXPECT_EQ(table.final_segment(0, 22), 0);
}

TEST(TrackTable, OnlyConfirmedSegmentsThatEndedCount) {
  TrackTable table;
  table.add({{}, {{5, 6, 0, 10}}, {}});
  table.add({{},
             {},
             {{0, EndReason::lost, true},
              {1, EndReason::lost, false},
              {6, EndReason::appearance_split, true}}});
  EXPECT_EQ(table.confirmed_segment(0, 3), 0);
  EXPECT_EQ(table.confirmed_segment(1, 3), -1);
  EXPECT_EQ(table.confirmed_segment(2, 3), -1);
  EXPECT_EQ(table.confirmed_segment(5, 3), 6);
  EXPECT_THAT(table.confirmed_segments(), ElementsAre(0, 6));
  EXPECT_EQ(table.end_of(0)->reason, EndReason::lost);
  EXPECT_FALSE(table.end_of(2).has_value());
  EXPECT_EQ(table.identity_changes(), 1);
}

}  // namespace
}  // namespace screenalytics
