// SPDX-License-Identifier: MIT
#include "summarize/track_quality.h"

#include <gmock/gmock.h>

namespace screenalytics {
namespace {

TEST(TrackQuality, CountsWhatTheNamesSay) {
  const std::vector<TrackSpan> tracks{
      {1, 10, 40, true}, {2, 0.5, 2, true}, {3, 30, 100, false}, {4, 30, 58, false}};
  const TrackQuality q = track_quality(tracks, 1, 100, 60);
  EXPECT_EQ(q.tracks_born, 4);
  EXPECT_EQ(q.tracks_lost, 2);
  EXPECT_DOUBLE_EQ(q.avg_tracks_per_frame, 2.0);
  EXPECT_DOUBLE_EQ(q.tracks_per_minute, 4.0);
  EXPECT_DOUBLE_EQ(q.short_track_fraction, 0.25);
  EXPECT_DOUBLE_EQ(q.id_switch_rate, 0.25);
  EXPECT_THAT(q.longest_tracks, testing::ElementsAre(testing::Pair(3, 30), testing::Pair(4, 30),
                                                     testing::Pair(1, 10), testing::Pair(2, 0.5)));
  ASSERT_EQ(q.warnings.size(), 1U);
  EXPECT_EQ(q.warnings[0].metric, "id_switch_rate");
}

TEST(TrackQuality, OfAVideoWithoutFacesIsZeroAndSilent) {
  const TrackQuality q = track_quality({}, 0, 100, 60);
  EXPECT_EQ(q.tracks_born, 0);
  EXPECT_EQ(q.short_track_fraction, 0);
  EXPECT_TRUE(q.warnings.empty());
}

TEST(TrackQuality, WarnsOfTornTracksWithAdvice) {
  std::vector<TrackSpan> tracks;
  for (int i = 0; i < 180; ++i) tracks.push_back({i, 0.3, 2, true});
  const TrackQuality q = track_quality(tracks, 0, 240, 60);
  ASSERT_EQ(q.warnings.size(), 2U);
  EXPECT_EQ(q.warnings[0].metric, "tracks_per_minute");
  EXPECT_EQ(q.warnings[0].value, 180);
  EXPECT_FALSE(q.warnings[1].advice.empty());
}

TEST(TrackQuality, ShowsNoRateForAClipOfSeconds) {
  const std::vector<TrackSpan> tracks(6, TrackSpan{1, 2, 10, false});
  EXPECT_TRUE(track_quality(tracks, 0, 20, 3).warnings.empty());
}

}  // namespace
}  // namespace screenalytics
