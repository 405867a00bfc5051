// SPDX-License-Identifier: MIT
#include "embed/align.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace screenalytics {
namespace {

Affine similarity(double scale, double degrees, double x, double y) {
  const double a = degrees * std::numbers::pi / 180;
  return {scale * std::cos(a), -scale * std::sin(a), x,
          scale * std::sin(a), scale * std::cos(a),  y};
}

double squared_error(const Affine& map, const Landmarks& landmarks) {
  double sum = 0;
  for (size_t i = 0; i < 5; ++i) {
    const Point p = map.apply(arcface_template()[i]);
    sum += std::pow(static_cast<double>(p.x - landmarks[i].x), 2) +
           std::pow(static_cast<double>(p.y - landmarks[i].y), 2);
  }
  return sum;
}

TEST(FrameFromCrop, RecoversASimilarityExactly) {
  const Affine truth = similarity(2.5, 25, 400, 150);
  Landmarks landmarks;
  for (size_t i = 0; i < 5; ++i) landmarks[i] = truth.apply(arcface_template()[i]);
  const Affine map = frame_from_crop(landmarks);
  EXPECT_NEAR(map.a, truth.a, 1e-4);
  EXPECT_NEAR(map.b, truth.b, 1e-4);
  EXPECT_NEAR(map.c, truth.c, 1e-2);
  EXPECT_NEAR(map.d, truth.d, 1e-4);
  EXPECT_NEAR(map.e, truth.e, 1e-4);
  EXPECT_NEAR(map.f, truth.f, 1e-2);
}

TEST(FrameFromCrop, NoNeighbouringSimilarityFitsBetter) {
  const Landmarks landmarks{{{120, 90}, {180, 96}, {148, 130}, {128, 160}, {171, 158}}};
  const Affine best = frame_from_crop(landmarks);
  const double error = squared_error(best, landmarks);
  for (double scale : {0.99, 1.0, 1.01}) {
    for (double turn : {-0.5, 0.0, 0.5}) {
      for (double shift : {-0.3, 0.0, 0.3}) {
        if (scale == 1.0 && turn == 0 && shift == 0) continue;
        const Affine other = compose(best, similarity(scale, turn, shift, -shift));
        EXPECT_GT(squared_error(other, landmarks), error);
      }
    }
  }
}

TEST(FrameFromCrop, IsNeverAReflection) {
  Landmarks mirrored = arcface_template();
  for (Point& p : mirrored) p.x = 112 - p.x;
  const Affine map = frame_from_crop(mirrored);
  EXPECT_DOUBLE_EQ(map.a, map.e);
  EXPECT_DOUBLE_EQ(map.b, -map.d);
  EXPECT_GE(map.a * map.e - map.b * map.d, 0);
}

TEST(FrameFromCrop, AnotherCropSizeCoversTheSamePartOfTheFrame) {
  const Landmarks landmarks{{{120, 90}, {180, 96}, {148, 130}, {128, 160}, {171, 158}}};
  const Point small = frame_from_crop(landmarks, 112).apply({112, 56});
  const Point large = frame_from_crop(landmarks, 224).apply({224, 112});
  EXPECT_NEAR(small.x, large.x, 1e-3);
  EXPECT_NEAR(small.y, large.y, 1e-3);
}

TEST(FrameFromCrop, LandmarksOnOnePointGiveThatPoint) {
  Landmarks landmarks;
  landmarks.fill({50, 60});
  const Point p = frame_from_crop(landmarks).apply({10, 100});
  EXPECT_NEAR(p.x, 50, 1e-3);
  EXPECT_NEAR(p.y, 60, 1e-3);
}

}  // namespace
}  // namespace screenalytics
