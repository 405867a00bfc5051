// Tests of the quality of faces: each part falls with what it stands for, and each limit refuses.
// SPDX-License-Identifier: MIT
#include "embed/face_quality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/image_warp.h"
#include "embed/align.h"
#include "testing/random.h"

namespace screenalytics {
namespace {

// A crop with detail at every size.
Image textured() {
  Random random(7);
  Image crop(kCropSize, kCropSize, 3);
  for (int y = 0; y < kCropSize; ++y) {
    for (int x = 0; x < kCropSize; ++x) {
      const double wave = 60 * std::sin(x * 0.1) + 40 * std::sin(y * 0.7) + random.between(-40, 40);
      for (int c = 0; c < 3; ++c) {
        crop.row(y)[3 * x + c] = static_cast<uint8_t>(std::clamp(128 + wave, 0.0, 255.0));
      }
    }
  }
  return crop;
}

Image blurred(const Image& crop, int factor) {
  const int side = kCropSize / factor;
  const double by = static_cast<double>(kCropSize) / side;
  return warp(warp(crop, {by, 0, 0, 0, by, 0}, {side, side}), {1 / by, 0, 0, 0, 1 / by, 0},
              {kCropSize, kCropSize});
}

Image faded(Image crop, double contrast) {
  for (uint8_t& p : crop.pixels) p = static_cast<uint8_t>(128 + contrast * (p - 128));
  return crop;
}

Detection face(float width, float nose_x = 0, float nose_y = 0) {
  Detection d;
  d.box = {0, 0, width, width * 1.3F};
  d.landmarks = arcface_template();
  d.landmarks[2] = {56 + nose_x, 51.6F + 0.62F * 40.7F + nose_y};
  d.confidence = 0.9F;
  return d;
}

TEST(FaceQuality, EachPartIsFromZeroToOne) {
  for (const Image& crop : {textured(), Image(kCropSize, kCropSize, 3)}) {
    const FaceQuality q = face_quality(crop, face(500));
    for (const float part : {q.sharpness, q.size, q.pose, q.confidence, q.contrast, q.score()}) {
      EXPECT_GE(part, 0);
      EXPECT_LE(part, 1);
    }
  }
  EXPECT_EQ(face_quality(Image(kCropSize, kCropSize, 3), face(500)).score(), 0);
}

TEST(FaceQuality, BlurLowersSharpnessAndNothingElseDoes) {
  const Image crop = textured();
  const FaceQuality sharp = face_quality(crop, face(100));
  EXPECT_GT(sharp.sharpness, face_quality(blurred(crop, 3), face(100)).sharpness + 0.1F);
  EXPECT_NEAR(face_quality(faded(crop, 0.5), face(100)).sharpness, sharp.sharpness, 0.1);
}

TEST(FaceQuality, FadingLowersContrast) {
  const Image crop = textured();
  EXPECT_LT(face_quality(faded(crop, 0.2), face(100)).contrast, 0.5F);
  EXPECT_GT(face_quality(crop, face(100)).contrast, 0.9F);
}

TEST(FaceQuality, SizeGrowsWithTheFaceUpToTheCrops) {
  const Image crop = textured();
  EXPECT_FLOAT_EQ(face_quality(crop, face(56)).size, 0.5F);
  EXPECT_FLOAT_EQ(face_quality(crop, face(300)).size, 1);
}

TEST(FaceQuality, TurningOrNoddingLowersPose) {
  const Image crop = textured();
  const float frontal = face_quality(crop, face(100)).pose;
  EXPECT_GT(frontal, 0.9F);
  EXPECT_LT(face_quality(crop, face(100, 12)).pose, 0.7F);
  EXPECT_LT(face_quality(crop, face(100, 0, 10)).pose, 0.7F);
}

TEST(FaceQuality, EachLimitRefusesWithItsReasonValueAndLimit) {
  const QualityLimits limits{24, 35, 2, 0.15F, 0.2F, 0.5F, 0.3F};
  FaceLook good;
  good.quality = {0.8F, 0.8F, 0.8F, 0.9F, 0.8F};
  good.norm = 3;
  good.vector = {1, 0};
  EXPECT_FALSE(refuse_face(face(100), good, limits).has_value());
  EXPECT_TRUE(tells_who(face(100), good, limits));
  EXPECT_EQ(refuse_face(face(20), good, limits), (Refusal{"too_small", 20, 24}));
  EXPECT_EQ(refuse_face(face(100, 40), good, limits)->reason, "extreme_pose");
  EXPECT_FALSE(tells_who(face(20), good, limits));
  const auto reason = [&](auto&& change) {
    FaceLook look = good;
    change(look);
    return std::string(refuse_face(face(100), look, limits)->reason);
  };
  EXPECT_EQ(reason([](FaceLook& l) { l.quality.sharpness = 0.1F; }), "blurry");
  EXPECT_EQ(reason([](FaceLook& l) { l.quality.contrast = 0.1F; }), "low_contrast");
  EXPECT_EQ(reason([](FaceLook& l) { l.quality.confidence = 0.4F; }), "low_confidence");
  EXPECT_EQ(reason([](FaceLook& l) { l.quality.pose = 0.001F; }), "low_quality");
  EXPECT_EQ(reason([](FaceLook& l) { l.norm = 1; }), "unclear");
  good.vector.clear();
  good.norm = 0;
  EXPECT_FALSE(refuse_face(face(100), good, limits).has_value()) << "not embedded yet";
  EXPECT_FALSE(tells_who(face(100), good, limits));
}

}  // namespace
}  // namespace screenalytics
