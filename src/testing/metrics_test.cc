// SPDX-License-Identifier: MIT
#include "testing/metrics.h"

#include <gtest/gtest.h>

namespace screenalytics {
namespace {

// A 10 x 10 face at x, so that faces at 0, 100, 200 do not touch.
Box at(float x) { return {x, 0, x + 10, 10}; }

TEST(Detections, CountsRightWrongAndMissed) {
  const MatchCounts counts = score_detections({
      {{{at(0)}, {at(200)}}, {{at(0), 0}, {at(100), 1}}}, {{{at(1)}}, {{at(0), 0}}},  // IoU 9 / 11
  });
  EXPECT_EQ(counts.right, 2);
  EXPECT_EQ(counts.wrong, 1);
  EXPECT_EQ(counts.missed, 1);
  EXPECT_DOUBLE_EQ(counts.precision(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(counts.recall(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(counts.f1(), 2.0 / 3);
}

TEST(Detections, NeedAnIouOfAHalf) {
  // Shifted by 3: 7 / 13 = 0.54. By 4: 6 / 14 = 0.43.
  EXPECT_EQ(score_detections({{{{at(3)}}, {{at(0), 0}}}}).right, 1);
  const MatchCounts far = score_detections({{{{at(4)}}, {{at(0), 0}}}});
  EXPECT_EQ(far.right, 0);
  EXPECT_EQ(far.wrong, 1);
  EXPECT_EQ(far.missed, 1);
}

TEST(Detections, ASecondOneOnAFaceIsWrong) {
  const MatchCounts counts = score_detections({{{{at(0)}, {at(1)}}, {{at(0), 0}}}});
  EXPECT_EQ(counts.right, 1);
  EXPECT_EQ(counts.wrong, 1);
}

TEST(Detections, OnADontCareFaceAreNeitherRightNorWrong) {
  const MatchCounts counts = score_detections({{{{at(0)}}, {{at(0), 0, true}}}});
  EXPECT_EQ(counts.right + counts.wrong + counts.missed, 0);
  EXPECT_DOUBLE_EQ(counts.precision(), 1);
}

TEST(Detections, TheVisibleHalfOfADontCareFaceIsExcusedAndAFarOneIsNot) {
  const Box hidden{0, 0, 20, 10};
  EXPECT_EQ(score_detections({{{{Box{12, 0, 20, 10}}}, {{hidden, 0, true}}}}).wrong, 0);
  EXPECT_EQ(score_detections({{{{Box{18, 0, 38, 10}}}, {{hidden, 0, true}}}}).wrong, 1);
}

TEST(Detections, ADontCareFaceDoesNotTakeTheDetectionOfACountedOne) {
  const MatchCounts counts = score_detections({{{{at(1)}}, {{at(1), 0, true}, {at(0), 1}}}});
  EXPECT_EQ(counts.right, 1);
  EXPECT_EQ(counts.missed, 0);
}

TEST(Cuts, MatchWithinTheToleranceOnce) {
  const MatchCounts counts = score_cuts({10, 50, 90}, {11, 12, 90, 200}, 1);
  EXPECT_EQ(counts.right, 2);
  EXPECT_EQ(counts.wrong, 2);
  EXPECT_EQ(counts.missed, 1);
  EXPECT_DOUBLE_EQ(counts.f1(), 4.0 / 7);
}

TEST(Cuts, NothingToFindAndNothingFoundIsPerfect) {
  EXPECT_DOUBLE_EQ(score_cuts({}, {}, 1).f1(), 1);
  EXPECT_DOUBLE_EQ(score_cuts({5}, {}, 1).f1(), 0);
}

// One identity at 0 for as many frames as there are tracks given; -1: not found.
std::vector<ScoredFrame> followed_by(const std::vector<int>& tracks) {
  std::vector<ScoredFrame> frames;
  for (const int track : tracks) {
    ScoredFrame frame{{}, {{at(0), 0}}};
    if (track >= 0) frame.found.push_back({at(0), track});
    frames.push_back(frame);
  }
  return frames;
}

TEST(Tracks, OneTrackForOneIdentityIsPerfect) {
  const TrackScore score = score_tracks(followed_by({4, 4, 4, 4}));
  EXPECT_EQ(score.idtp, 4);
  EXPECT_DOUBLE_EQ(score.idf1(), 1);
  EXPECT_DOUBLE_EQ(score.tracks_per_identity(), 1);
  EXPECT_EQ(score.id_switches, 0);
  EXPECT_EQ(score.fragments, 0);
}

TEST(Tracks, ASplitTrackCountsOnlyItsLongerHalf) {
  // Track 1 for 6 frames, then track 2 for 4: IDTP 6, IDFP 4, IDFN 4.
  const TrackScore score = score_tracks(followed_by({1, 1, 1, 1, 1, 1, 2, 2, 2, 2}));
  EXPECT_EQ(score.idtp, 6);
  EXPECT_EQ(score.idfp, 4);
  EXPECT_EQ(score.idfn, 4);
  EXPECT_DOUBLE_EQ(score.idf1(), 0.6);
  EXPECT_EQ(score.id_switches, 1);
  EXPECT_EQ(score.fragments, 0);
  EXPECT_DOUBLE_EQ(score.tracks_per_identity(), 2);
}

TEST(Tracks, AGapIsAFragmentAndNoSwitch) {
  const TrackScore score = score_tracks(followed_by({1, 1, -1, -1, 1, 1}));
  EXPECT_EQ(score.id_switches, 0);
  EXPECT_EQ(score.fragments, 1);
  EXPECT_EQ(score.idtp, 4);
  EXPECT_EQ(score.idfn, 2);
  EXPECT_EQ(score.idfp, 0);
}

TEST(Tracks, ASwapOfTwoIdentitiesIsTwoSwitches) {
  std::vector<ScoredFrame> frames;
  for (int i = 0; i < 10; ++i) {
    const int first = i < 7 ? 0 : 1;
    frames.push_back({{{at(0), first}, {at(100), 1 - first}}, {{at(0), 0}, {at(100), 1}}});
  }
  const TrackScore score = score_tracks(frames);
  EXPECT_EQ(score.id_switches, 2);
  EXPECT_EQ(score.idtp, 14);
  EXPECT_EQ(score.idfp, 6);
  EXPECT_EQ(score.idfn, 6);
}

TEST(Tracks, TheMatchingIsTheBestOfTheWholeVideo) {
  // Track 0 sees identity 0 for 5 frames and identity 1 for 4; track 1 sees identity 0 for 3.
  // Best: track 0 with identity 1 (4) and track 1 with identity 0 (3) against 5 alone.
  std::vector<ScoredFrame> frames;
  for (int i = 0; i < 5; ++i) frames.push_back({{{at(0), 0}}, {{at(0), 0}}});
  for (int i = 0; i < 4; ++i) frames.push_back({{{at(100), 0}}, {{at(100), 1}}});
  for (int i = 0; i < 3; ++i) frames.push_back({{{at(0), 1}}, {{at(0), 0}}});
  const TrackScore score = score_tracks(frames);
  EXPECT_EQ(score.idtp, 7);
  EXPECT_EQ(score.idfp, 5);
  EXPECT_EQ(score.idfn, 5);
}

TEST(Tracks, ATrackOnNothingCountsAndOneOnADontCareFaceDoesNot) {
  const std::vector<ScoredFrame> frames = {
      {{{at(0), 0}, {at(300), 1}, {at(100), 2}}, {{at(0), 0}, {at(100), 1, true}}}};
  const TrackScore score = score_tracks(frames);
  EXPECT_EQ(score.tracks, 2);
  EXPECT_EQ(score.identities, 1);
  EXPECT_EQ(score.idfp, 1);
}

TEST(Tracks, FoundFacesWithoutATrackAreMisses) {
  const TrackScore score = score_tracks(followed_by({3, -1}));
  std::vector<ScoredFrame> untracked = followed_by({3, 3});
  untracked[1].found[0].track = -1;
  EXPECT_EQ(score_tracks(untracked).idfn, score.idfn);
  EXPECT_EQ(score_tracks(untracked).idfp, 0);
}

TEST(Tracks, TheTrackOfBeforeKeepsItsFaceAgainstABetterBox) {
  std::vector<ScoredFrame> frames = followed_by({1, 1});
  frames[1].found = {{at(0), 2}, {at(1), 1}};
  EXPECT_EQ(score_tracks(frames).id_switches, 0);
}

}  // namespace
}  // namespace screenalytics
