// Tests of screen time: intervals that join, overlap, are padded, cut and shared.
// SPDX-License-Identifier: MIT
#include "summarize/screen_time.h"

#include <gmock/gmock.h>

#include <numeric>
#include <random>

namespace screenalytics {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TimeSpan span(double start, double end) {
  return {Timestamp::from_seconds(start), Timestamp::from_seconds(end)};
}
const TimeSpan kTenSeconds = span(0, 10);

TEST(ScreenTime, AddsUpTheTracksOfAnIdentity) {
  const ScreenTime t =
      screen_time({{0, span(1, 3)}, {1, span(0, 1)}, {0, span(5, 6)}}, kTenSeconds, {});
  ASSERT_THAT(t.identities, SizeIs(2));
  EXPECT_EQ(t.identities[0].identity, 0);
  EXPECT_DOUBLE_EQ(t.identities[0].visual_s, 3);
  EXPECT_DOUBLE_EQ(t.identities[0].percent, 30);
  EXPECT_THAT(t.identities[0].appearances, ElementsAre(span(1, 3), span(5, 6)));
  EXPECT_DOUBLE_EQ(t.identities[1].visual_s, 1);
  EXPECT_THAT(t.co_presence, IsEmpty());
}

TEST(ScreenTime, CountsOverlappingTracksOfOneIdentityOnce) {
  const ScreenTime t = screen_time({{0, span(1, 4)}, {0, span(2, 5)}}, kTenSeconds, {});
  EXPECT_THAT(t.identities.at(0).appearances, ElementsAre(span(1, 5)));
}

TEST(ScreenTime, ClosesGapsUpToTheTolerance) {
  const std::vector<SeenTrack> tracks{{0, span(1, 2)}, {0, span(2.5, 3)}, {0, span(3.6, 4)}};
  EXPECT_THAT(screen_time(tracks, kTenSeconds, {0.5, 0, 0}).identities.at(0).appearances,
              ElementsAre(span(1, 3), span(3.6, 4)));
}

TEST(ScreenTime, PadsInsideTheVideoAndDropsWhatIsTooShort) {
  const std::vector<SeenTrack> tracks{{0, span(0.1, 1)}, {0, span(5, 5.1)}, {1, span(7, 7.1)}};
  const ScreenTime t = screen_time(tracks, kTenSeconds, {0, 0.2, 0.6});
  ASSERT_THAT(t.identities, SizeIs(1));
  EXPECT_THAT(t.identities[0].appearances, ElementsAre(span(0, 1.2)));
}

TEST(ScreenTime, SaysWhoIsSeenTogetherAndHowLongNobodyIsKnown) {
  const ScreenTime t = screen_time(
      {{0, span(0, 4)}, {1, span(3, 6)}, {2, span(2, 5)}, {-1, span(8, 9.5)}}, kTenSeconds, {});
  ASSERT_THAT(t.co_presence, SizeIs(3));
  EXPECT_EQ(t.co_presence[0].a, 0);
  EXPECT_EQ(t.co_presence[0].b, 2);
  EXPECT_DOUBLE_EQ(t.co_presence[0].seconds, 2);
  EXPECT_DOUBLE_EQ(t.co_presence[2].seconds, 1);
  EXPECT_DOUBLE_EQ(t.unassigned_s, 1.5);
}

TEST(ScreenTime, NeverExceedsTheVideoAndKeepsAppearancesDisjoint) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> at(-1, 11), length(0, 2);
  for (int round = 0; round < 200; ++round) {
    std::vector<SeenTrack> tracks;
    for (int i = 0; i < 12; ++i) {
      const double start = at(random);
      tracks.push_back({i % 3, span(start, start + length(random))});
    }
    for (const auto& person : screen_time(tracks, kTenSeconds, {0.3, 0.1, 0.2}).identities) {
      EXPECT_LE(person.visual_s, 10);
      Timestamp last = kTenSeconds.start;
      for (const TimeSpan& s : person.appearances) {
        EXPECT_GE(s.start, last);
        EXPECT_GT(s.end, s.start);
        last = s.end;
      }
      EXPECT_LE(last, kTenSeconds.end);
      const std::vector<double> by_second = seconds_by_second(person.appearances, kTenSeconds);
      EXPECT_THAT(std::accumulate(by_second.begin(), by_second.end(), 0.0),
                  DoubleNear(person.visual_s, 1e-9));
    }
  }
}

TEST(SecondsBySecond, CountsFromTheStartOfTheVideoAndEndsWithIt) {
  EXPECT_THAT(seconds_by_second({span(1.5, 3.25)}, span(1, 3.5)), ElementsAre(0.5, 1, 0.25));
  EXPECT_THAT(seconds_by_second({}, span(0, 0)), IsEmpty());
}

}  // namespace
}  // namespace screenalytics
