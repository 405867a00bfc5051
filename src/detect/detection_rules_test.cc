// SPDX-License-Identifier: MIT
#include "detect/detection_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace screenalytics {
namespace {

TEST(ConfidenceThreshold, IsFixedUnlessAdaptive) {
  const ConfidenceOptions options{.confidence_th = 0.77f};
  EXPECT_FLOAT_EQ(confidence_threshold(options, 0), 0.77f);
  EXPECT_FLOAT_EQ(confidence_threshold(options, 255), 0.77f);
}

TEST(ConfidenceThreshold, RunsFromMinimumInTheDarkToMaximumInTheLight) {
  const ConfidenceOptions options{.adaptive = true, .min_confidence = 0.6f, .max_confidence = 0.9f};
  EXPECT_FLOAT_EQ(confidence_threshold(options, 10), 0.6f);
  EXPECT_FLOAT_EQ(confidence_threshold(options, 80), 0.75f);
  EXPECT_FLOAT_EQ(confidence_threshold(options, 200), 0.9f);
}

// Five points of a head in units of the distance between the eyes, y down, z out of the face,
// turned about the vertical axis, then rolled, scaled and shifted into the image.
Landmarks turned_head(double yaw_deg, double roll_deg, double size) {
  constexpr double kHead[5][3] = {
      {-0.5, 0, 0}, {0.5, 0, 0}, {0, 0.5, 0.5}, {-0.4, 1.0, 0.1}, {0.4, 1.0, 0.1}};
  const double yaw = yaw_deg * std::numbers::pi / 180, roll = roll_deg * std::numbers::pi / 180;
  Landmarks result;
  for (size_t i = 0; i < 5; ++i) {
    const double x = kHead[i][0] * std::cos(yaw) + kHead[i][2] * std::sin(yaw);
    const double y = kHead[i][1];
    result[i] = {static_cast<float>(300 + size * (x * std::cos(roll) - y * std::sin(roll))),
                 static_cast<float>(200 + size * (x * std::sin(roll) + y * std::cos(roll)))};
  }
  return result;
}

TEST(Yaw, OfATurnedHeadIsRecoveredAtEveryRollAndSize) {
  for (double yaw = -80; yaw <= 80; yaw += 10) {
    // The nose of a rolled head keeps its place along the line between the eyes.
    for (double roll : {-30.0, 0.0, 20.0}) {
      for (double size : {8.0, 90.0}) {
        EXPECT_NEAR(yaw_degrees(turned_head(yaw, roll, size)), yaw, 0.1)
            << "roll " << roll << " size " << size;
      }
    }
  }
}

TEST(Yaw, OfEyesOnOnePointIsAFullProfileOrNothing) {
  Landmarks profile{};
  profile[2] = {0, 5};
  EXPECT_EQ(yaw_degrees(Landmarks{}), 0);
  EXPECT_TRUE(std::isfinite(yaw_degrees(profile)));
}

Image bars(int width, int height, Box content, uint8_t bar, uint8_t inside) {
  Image luma(width, height, 1);
  std::ranges::fill(luma.pixels, bar);
  for (int y = static_cast<int>(content.y1); y < static_cast<int>(content.y2); ++y) {
    std::fill(luma.row(y) + static_cast<int>(content.x1),
              luma.row(y) + static_cast<int>(content.x2), inside);
  }
  return luma;
}

TEST(ContentBox, FindsLetterboxAndPillarbox) {
  const Box wide{0, 14, 192, 94}, tall{60, 0, 120, 108}, both{20, 10, 170, 99};
  EXPECT_EQ(content_box(bars(192, 108, wide, 16, 120), 20), wide);
  EXPECT_EQ(content_box(bars(192, 108, tall, 0, 90), 20), tall);
  EXPECT_EQ(content_box(bars(192, 108, both, 3, 200), 20), both);
}

TEST(ContentBox, OfAPictureWithoutBarsIsThePicture) {
  const Box whole{0, 0, 192, 108};
  EXPECT_EQ(content_box(bars(192, 108, whole, 0, 60), 20), whole);
}

TEST(ContentBox, NeverCropsADarkPictureToNothing) {
  const Box whole{0, 0, 192, 108};
  EXPECT_EQ(content_box(bars(192, 108, {}, 8, 0), 20), whole);
  EXPECT_EQ(content_box(bars(192, 108, {90, 50, 100, 60}, 8, 250), 20), whole);  // a lamp
  EXPECT_EQ(content_box(bars(192, 108, {10, 10, 180, 99}, 8, 30), 20), whole);   // a night sky
}

TEST(ContentBox, OnePixelOfASubtitleEndsTheBar) {
  Image luma = bars(192, 108, {0, 14, 192, 94}, 16, 120);
  luma.row(100)[50] = 220;
  EXPECT_EQ(content_box(luma, 20), (Box{0, 14, 192, 101}));
}

TEST(ContentBox, TheThresholdIsTheBrightestBar) {
  const Box content{0, 14, 192, 94};
  EXPECT_EQ(content_box(bars(192, 108, content, 20, 120), 20), content);
  EXPECT_EQ(content_box(bars(192, 108, content, 21, 120), 20), (Box{0, 0, 192, 108}));
}

TEST(MinFacePx, ScalesWithTheHeightUnlessAbsolute) {
  EXPECT_FLOAT_EQ(min_face_px(90, false, 1080), 90);
  EXPECT_FLOAT_EQ(min_face_px(90, false, 360), 30);
  EXPECT_FLOAT_EQ(min_face_px(90, true, 360), 90);
}

}  // namespace
}  // namespace screenalytics
