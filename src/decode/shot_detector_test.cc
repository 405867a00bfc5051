// SPDX-License-Identifier: MIT
#include "decode/shot_detector.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

namespace screenalytics {
namespace {

constexpr int kWidth = ShotDetector::kPictureSize.width;
constexpr int kHeight = ShotDetector::kPictureSize.height;

// A smooth picture of its own for each scene, moved by dx pixels, brighter by `gain`.
Image picture(int scene, double dx = 0, int gain = 0) {
  Image image(kWidth, kHeight, 3);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const double u = x + dx;
      const double v = 110 + 50 * std::sin(0.21 * u * (1 + 0.3 * scene) + scene) +
                       30 * std::cos(0.33 * y * (1 + 0.2 * scene) + 2 * scene);
      uint8_t* p = image.row(y) + x * 3;
      p[0] = static_cast<uint8_t>(std::clamp(v + gain, 0.0, 255.0));
      p[1] = static_cast<uint8_t>(128 + 20 * std::sin(scene));
      p[2] = 128;
    }
  }
  return image;
}

std::vector<int> starts(const std::vector<Image>& frames) {
  ShotDetector detector;
  std::vector<int> out;
  int judged = 0;
  const auto note = [&](std::optional<bool> verdict) {
    if (!verdict) return false;
    if (*verdict) out.push_back(judged);
    ++judged;
    return true;
  };
  for (const Image& f : frames) note(detector.push(f));
  while (note(detector.flush())) {
  }
  EXPECT_EQ(judged, static_cast<int>(frames.size()));
  return out;
}

TEST(ShotDetector, FindsEachHardCutAtItsFirstFrame) {
  std::vector<Image> frames;
  for (int i = 0; i < 60; ++i) frames.push_back(picture(i / 20, 0.1 * i));
  EXPECT_THAT(starts(frames), testing::ElementsAre(0, 20, 40));
}

TEST(ShotDetector, APanIsNoCut) {
  std::vector<Image> frames;
  for (int i = 0; i < 60; ++i) frames.push_back(picture(1, 2.0 * i));
  EXPECT_THAT(starts(frames), testing::ElementsAre(0));
}

TEST(ShotDetector, AFlashIsNoCut) {
  std::vector<Image> frames;
  for (int i = 0; i < 40; ++i) {
    Image f = picture(1, 0.1 * i);
    if (i == 20 || i == 21) std::fill(f.pixels.begin(), f.pixels.end(), uint8_t{250});
    frames.push_back(f);
  }
  EXPECT_THAT(starts(frames), testing::ElementsAre(0));
}

TEST(ShotDetector, ALampThatGoesOnIsNoCut) {
  std::vector<Image> frames;
  for (int i = 0; i < 40; ++i) frames.push_back(picture(1, 0.1 * i, i < 20 ? 0 : 25));
  EXPECT_THAT(starts(frames), testing::ElementsAre(0));
}

TEST(ShotDetector, AnObjectThatJumpsIsNoCut) {
  std::vector<Image> frames;
  for (int i = 0; i < 40; ++i) {
    Image f = picture(1);
    const int left = i < 20 ? 5 : 22;
    for (int y = 8; y < 22; ++y) {
      for (int x = left; x < left + 12; ++x) f.row(y)[x * 3] = 30;
    }
    frames.push_back(f);
  }
  EXPECT_THAT(starts(frames), testing::ElementsAre(0));
}

TEST(ShotDetector, JudgesAVideoShorterThanItsLookAhead) {
  EXPECT_THAT(starts({picture(1)}), testing::ElementsAre(0));
  EXPECT_THAT(starts({}), testing::IsEmpty());
}

}  // namespace
}  // namespace screenalytics
