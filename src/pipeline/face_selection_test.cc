// Tests of the choice among a track's faces.
// SPDX-License-Identifier: MIT
#include "pipeline/face_selection.h"

#include <gmock/gmock.h>

namespace screenalytics {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

using enum FaceChoice;

// One face a second.
std::vector<FaceCandidate> faces(const std::vector<float>& scores) {
  std::vector<FaceCandidate> list;
  for (const float score : scores) {
    const auto i = static_cast<int64_t>(list.size());
    list.push_back({i, 0, Timestamp::from_seconds(static_cast<double>(i)), score, false});
  }
  return list;
}

std::vector<FaceChoice> chosen(const std::vector<FaceCandidate>& track, SamplingMode mode,
                               int most) {
  return choose_faces({track}, {mode, most, 0})[0];
}

TEST(FaceSelection, KeepsEveryGoodFaceOfAShortTrack) {
  for (const auto mode :
       {SamplingMode::quality_weighted, SamplingMode::uniform, SamplingMode::stratified}) {
    EXPECT_THAT(chosen(faces({0.9F, 0.1F, 0.5F}), mode, 3), Each(kept));
  }
}

TEST(FaceSelection, UniformIsEvenInTimeWhateverTheQuality) {
  EXPECT_THAT(chosen(faces({0.1F, 0.9F, 0.9F, 0.9F, 0.1F}), SamplingMode::uniform, 2),
              ElementsAre(kept, track_full, track_full, track_full, kept));
  EXPECT_THAT(chosen(faces({0.1F, 0.9F, 0.2F}), SamplingMode::uniform, 1),
              ElementsAre(track_full, kept, track_full));
}

TEST(FaceSelection, StratifiedTakesTheBestOfEachPart) {
  EXPECT_THAT(chosen(faces({0.1F, 0.9F, 0.8F, 0.2F, 0.3F, 0.1F}), SamplingMode::stratified, 2),
              ElementsAre(track_full, kept, track_full, track_full, kept, track_full));
}

TEST(FaceSelection, QualityWeightedPrefersTheBestOfAnotherMomentToTheSecondBestOfTheSame) {
  std::vector<FaceCandidate> track = faces({0.9F, 0.85F, 0.7F, 0.2F});
  track[1].ts = Timestamp::from_seconds(0.04);
  track[2].ts = Timestamp::from_seconds(5);
  track[3].ts = Timestamp::from_seconds(9);
  EXPECT_THAT(chosen(track, SamplingMode::quality_weighted, 2),
              ElementsAre(kept, track_full, kept, track_full));
}

TEST(FaceSelection, ARefusedFaceIsKeptOnlyWhereItsTrackHasNoOther) {
  std::vector<FaceCandidate> track = faces({0.9F, 0.8F, 0.3F});
  track[0].refused = track[1].refused = true;
  EXPECT_THAT(chosen(track, SamplingMode::uniform, 5), ElementsAre(refused, refused, kept));
  track[2].refused = true;
  EXPECT_THAT(chosen(track, SamplingMode::uniform, 5), ElementsAre(fallback, refused, refused));
}

TEST(FaceSelection, TheEpisodesLimitTakesFromTheTracksThatHaveMostAndLeavesOneEach) {
  const auto choices =
      choose_faces({faces({0.5F, 0.9F, 0.8F}), faces({0.3F})}, {SamplingMode::uniform, 10, 3});
  EXPECT_THAT(choices[0], ElementsAre(episode_full, kept, kept));
  EXPECT_THAT(choices[1], ElementsAre(kept));
  const auto fewest =
      choose_faces({faces({0.5F, 0.9F}), faces({0.3F})}, {SamplingMode::uniform, 10, 1});
  EXPECT_THAT(fewest[0], ElementsAre(episode_full, kept));
  EXPECT_THAT(fewest[1], ElementsAre(kept));
}

TEST(FaceSelection, ATrackWithoutAFaceIsNoProblem) {
  EXPECT_TRUE(choose_faces({{}}, {})[0].empty());
}

}  // namespace
}  // namespace screenalytics
