// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "base/episode_id.h"
#include "base/error.h"
#include "base/face.h"
#include "base/geometry.h"
#include "base/timestamp.h"

namespace screenalytics {
namespace {

TEST(EpisodeId, RefusesWhatCouldLeaveTheDataRoot) {
  for (const char* bad : {"", "../x", "a/b", ".hidden", "-x", "a b", "a\n", "\xc3\xa9"}) {
    EXPECT_THROW(EpisodeId{bad}, Error) << bad;
  }
  EXPECT_THROW(EpisodeId{std::string(129, 'a')}, Error);
  EXPECT_EQ(EpisodeId{"rhobh-s05e02"}.str(), "rhobh-s05e02");
}

TEST(EpisodeId, IsMadeFromAnyFileName) {
  EXPECT_EQ(EpisodeId::from_file_name("/tv/My Show (1).mkv").str(), "My-Show--1-");
  EXPECT_EQ(EpisodeId::from_file_name("...mp4").str().substr(0, 7), "episode");
}

TEST(Box, IouOfHalfOverlapIsAThird) {
  EXPECT_FLOAT_EQ(iou({0, 0, 2, 1}, {1, 0, 3, 1}), 1.f / 3);
  EXPECT_EQ(iou({0, 0, 1, 1}, {2, 2, 3, 3}), 0);
  EXPECT_EQ(iou({0, 0, 0, 0}, {0, 0, 0, 0}), 0);
}

TEST(Affine, InverseUndoesTheMap) {
  const Affine m{2, 0.5, 3, -0.25, 1.5, -7};
  const Affine id = compose(inverse(m), m);
  EXPECT_NEAR(id.a, 1, 1e-12);
  EXPECT_NEAR(id.b, 0, 1e-12);
  EXPECT_NEAR(id.c, 0, 1e-12);
  EXPECT_NEAR(id.f, 0, 1e-12);
}

TEST(Timestamp, RoundsToTheNearestMicrosecond) {
  EXPECT_EQ(Timestamp::from_seconds(1.0 / 3).us, 333333);
  EXPECT_EQ(Timestamp::from_seconds(2.0 / 3).us, 666667);
}

TEST(Embedding, NormalizedVectorHasSimilarityOneWithItself) {
  Embedding v{3, 4};
  normalize(v);
  EXPECT_NEAR(cosine_similarity(v, v), 1, 1e-6);
}

TEST(ErrorCode, EachKindHasItsExitCode) {
  EXPECT_EQ(exit_code(ErrorCode::invalid_argument), 2);
  EXPECT_EQ(exit_code(ErrorCode::corrupt_input), 3);
  EXPECT_EQ(exit_code(ErrorCode::unavailable), 4);
  EXPECT_EQ(exit_code(ErrorCode::io), 1);
}

}  // namespace
}  // namespace screenalytics
