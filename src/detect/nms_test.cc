// SPDX-License-Identifier: MIT
#include "detect/nms.h"

#include <gmock/gmock.h>

#include <cmath>

namespace screenalytics {
namespace {

Detection face(float x, float y, float side, float confidence) {
  Detection d;
  d.box = {x, y, x + side, y + side};
  d.confidence = confidence;
  return d;
}

std::vector<float> confidences(const std::vector<Detection>& detections) {
  std::vector<float> values;
  for (const Detection& d : detections) values.push_back(d.confidence);
  return values;
}

TEST(Nms, OfBoxesOnOneFaceTheBestStays) {
  const auto kept = non_max_suppression(
      {face(0, 0, 100, 0.7f), face(5, 5, 100, 0.9f), face(300, 0, 100, 0.6f)}, {});
  EXPECT_THAT(confidences(kept), testing::ElementsAre(0.9f, 0.6f));
}

TEST(Nms, AnOverlapOfExactlyTheLimitStays) {
  // Two squares of side 2, half over each other: intersection 2, union 6.
  const std::vector<Detection> pair{face(0, 0, 2, 0.9f), face(1, 0, 2, 0.8f)};
  const float third = 2.0f / 6.0f;
  EXPECT_EQ(non_max_suppression(pair, {.iou_th = third}).size(), 2u);
  EXPECT_EQ(non_max_suppression(pair, {.iou_th = 0.33f}).size(), 1u);
}

TEST(Nms, ABoxSuppressedByASuppressedBoxStays) {
  const auto kept = non_max_suppression(
      {face(0, 0, 10, 0.9f), face(3, 0, 10, 0.8f), face(6, 0, 10, 0.7f)}, {.iou_th = 0.5f});
  EXPECT_THAT(confidences(kept), testing::ElementsAre(0.9f, 0.7f));
}

TEST(Nms, SoftModeLowersTheConfidenceByTheGaussianOfTheOverlap) {
  const auto kept = non_max_suppression({face(0, 0, 2, 0.9f), face(1, 0, 2, 0.8f)},
                                        {.mode = NmsMode::soft, .soft_sigma = 0.5f});
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_FLOAT_EQ(kept[0].confidence, 0.9f);
  EXPECT_NEAR(kept[1].confidence, 0.8 * std::exp(-(1.0 / 9) / 0.5), 1e-6);
}

TEST(Nms, SoftModeKeepsACloseNeighbourThatHardModeLoses) {
  const std::vector<Detection> pair{face(0, 0, 100, 0.9f), face(30, 0, 100, 0.85f)};
  EXPECT_EQ(non_max_suppression(pair, {.min_confidence = 0.3f}).size(), 1u);
  EXPECT_EQ(non_max_suppression(pair, {.mode = NmsMode::soft, .min_confidence = 0.3f}).size(), 2u);
}

TEST(Nms, SoftModeDropsWhatFallsBelowTheThreshold) {
  const auto kept = non_max_suppression({face(0, 0, 100, 0.9f), face(1, 1, 100, 0.85f)},
                                        {.mode = NmsMode::soft, .min_confidence = 0.5f});
  EXPECT_EQ(kept.size(), 1u);
}

TEST(Nms, SoftModeGoesOnWithTheBestOfWhatIsLeftAfterTheDecay) {
  // The second falls behind the third, which must then be judged first.
  const auto kept =
      non_max_suppression({face(0, 0, 100, 0.9f), face(20, 0, 100, 0.8f), face(200, 0, 100, 0.7f)},
                          {.mode = NmsMode::soft});
  ASSERT_EQ(kept.size(), 3u);
  EXPECT_FLOAT_EQ(kept[1].confidence, 0.7f);
}

TEST(Nms, WhatIsBelowTheThresholdGoesInHardModeToo) {
  EXPECT_TRUE(non_max_suppression({face(0, 0, 9, 0.49f)}, {.min_confidence = 0.5f}).empty());
}

TEST(Nms, NothingGivesNothing) { EXPECT_TRUE(non_max_suppression({}, {}).empty()); }

}  // namespace
}  // namespace screenalytics
