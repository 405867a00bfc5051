// SPDX-License-Identifier: MIT
#include "testing/frame_code.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "testing/picture_sampler.h"

namespace screenalytics {
namespace {

TEST(FrameCode, ReadsBackEveryNumber) {
  for (uint32_t number = 0; number <= kFrameCodeMax; number += 7) {
    ASSERT_EQ(read_frame_code(make_frame_code(24, 16, number)), number);
  }
  EXPECT_EQ(read_frame_code(make_frame_code(24, 16, kFrameCodeMax)), kFrameCodeMax);
}

TEST(FrameCode, ReadsAOddSizedLumaImage) {
  Image luma(101, 67, 1);
  draw_frame_code(luma, 4242);
  EXPECT_EQ(read_frame_code(luma), 4242u);
}

TEST(FrameCode, SurvivesScalingDownToAFewPixelsACell) {
  const Image large = make_frame_code(640, 360, 51234);
  Image small(41, 23, 3);
  PictureSampler().sample(large, {0, 0, 640, 360}, small);
  EXPECT_EQ(read_frame_code(small), 51234u);
}

TEST(FrameCode, SurvivesLowContrastAndNoise) {
  Image image = make_frame_code(96, 64, 777);
  uint32_t state = 1;
  for (uint8_t& value : image.pixels) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<uint8_t>(90 + value / 4 + (state >> 28));
  }
  EXPECT_EQ(read_frame_code(image), 777u);
}

TEST(FrameCode, UpsideDownItDoesNotRead) {
  for (uint32_t number = 0; number <= 500; ++number) {
    Image image = make_frame_code(48, 32, number);
    std::reverse(image.pixels.begin(), image.pixels.end());
    ASSERT_EQ(read_frame_code(image), std::nullopt) << number;
  }
}

TEST(FrameCode, AFlatPictureIsNoCode) {
  Image grey(64, 64, 1);
  EXPECT_EQ(read_frame_code(grey), std::nullopt);
  std::fill(grey.pixels.begin() + 32 * 64, grey.pixels.end(), uint8_t{255});
  EXPECT_EQ(read_frame_code(grey), std::nullopt);
}

TEST(FrameCode, APictureSmallerThanItsCellsIsNoCode) {
  EXPECT_EQ(read_frame_code(Image(5, 3, 1)), std::nullopt);
}

}  // namespace
}  // namespace screenalytics
