// SPDX-License-Identifier: MIT
#include "testing/picture_sampler.h"

#include <gtest/gtest.h>

#include <cmath>

namespace screenalytics {
namespace {

// Red grows by 2 a pixel to the right, green by 2 a pixel downwards.
Image ramp(int width, int height) {
  Image image(width, height, 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      uint8_t* pixel = image.row(y) + x * 3;
      pixel[0] = static_cast<uint8_t>(2 * x);
      pixel[1] = static_cast<uint8_t>(2 * y);
      pixel[2] = 200;
    }
  }
  return image;
}

TEST(PictureSampler, AWindowOfTheSameSizeIsACopy) {
  const Image photo = ramp(40, 30);
  Image frame(40, 30, 3);
  PictureSampler().sample(photo, {0, 0, 40, 30}, frame);
  EXPECT_EQ(frame.pixels, photo.pixels);
}

TEST(PictureSampler, HasTheValueOfThePlaceItLooksAtWhenItGrows) {
  const Image photo = ramp(60, 50);
  Image frame(64, 48, 3);
  const CameraWindow window{7.3, 5.9, 21.5, 16.125};
  PictureSampler().sample(photo, window, frame);
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      const double px = window.x + (x + 0.5) * window.width / 64 - 0.5;
      const double py = window.y + (y + 0.5) * window.height / 48 - 0.5;
      // Weights of 1/256 and the rounding of the result.
      ASSERT_NEAR(frame.row(y)[x * 3], 2 * px, 0.6);
      ASSERT_NEAR(frame.row(y)[x * 3 + 1], 2 * py, 0.6);
      ASSERT_EQ(frame.row(y)[x * 3 + 2], 200);
    }
  }
}

TEST(PictureSampler, HasTheValueOfThePlaceItLooksAtWhenItShrinks) {
  const Image photo = ramp(120, 100);
  Image frame(24, 20, 3);
  PictureSampler().sample(photo, {10, 10, 96, 80}, frame);
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      ASSERT_NEAR(frame.row(y)[x * 3], 2 * (10 + (x + 0.5) * 4 - 0.5), 0.6);
      ASSERT_EQ(frame.row(y)[x * 3 + 2], 200);
    }
  }
}

TEST(PictureSampler, AveragesFineDetailInsteadOfPickingFromIt) {
  Image stripes(160, 8, 3);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 160; ++x) {
      for (int c = 0; c < 3; ++c) stripes.row(y)[x * 3 + c] = x % 2 ? 255 : 0;
    }
  }
  Image frame(20, 4, 3);
  PictureSampler().sample(stripes, {0, 0, 160, 8}, frame);
  for (int x = 1; x < 19; ++x) EXPECT_NEAR(frame.row(1)[x * 3], 127.5, 2);
}

TEST(PictureSampler, GoesOnWithTheBorderOutsideThePhoto) {
  const Image photo = ramp(20, 20);
  Image frame(20, 20, 3);
  PictureSampler().sample(photo, {-10, -10, 20, 20}, frame);
  EXPECT_EQ(frame.row(0)[0], 0);
  EXPECT_EQ(frame.row(19)[19 * 3], 18);
}

TEST(PictureSampler, AnEarlierPictureLeavesNoTrace) {
  const Image first = ramp(64, 64);
  Image second(64, 64, 3);
  Image frame(32, 32, 3), fresh(32, 32, 3);
  PictureSampler used;
  used.sample(first, {0, 0, 32, 32}, frame);
  used.sample(second, {3.5, 3.5, 32, 32}, frame);
  PictureSampler().sample(second, {3.5, 3.5, 32, 32}, fresh);
  EXPECT_EQ(frame.pixels, fresh.pixels);
}

TEST(PictureSampler, ABoxMovesWithThePicture) {
  const Box box = frame_from_photo({20, 10, 40, 30}, {10, 10, 40, 20}, {80, 60});
  EXPECT_FLOAT_EQ(box.x1, 20);
  EXPECT_FLOAT_EQ(box.y1, 0);
  EXPECT_FLOAT_EQ(box.x2, 60);
  EXPECT_FLOAT_EQ(box.y2, 60);
}

}  // namespace
}  // namespace screenalytics
