// SPDX-License-Identifier: MIT
#include "base/image_warp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace screenalytics {
namespace {

Image gradient(int width, int height) {
  Image image(width, height, 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      uint8_t* p = image.row(y) + 3 * x;
      p[0] = static_cast<uint8_t>(2 * x);
      p[1] = static_cast<uint8_t>(3 * y);
      p[2] = static_cast<uint8_t>(x + y);
    }
  }
  return image;
}

int at(const Image& image, int x, int y, int c = 0) { return image.row(y)[x * image.channels + c]; }

TEST(ImageWarp, TheIdentityCopies) {
  const Image source = gradient(40, 30);
  EXPECT_EQ(warp(source, Affine{}, {40, 30}).pixels, source.pixels);
}

TEST(ImageWarp, AShiftByWholePixelsMovesAndLeavesBlackOutside) {
  const Image source = gradient(40, 30);
  const Image moved = warp(source, Affine{1, 0, 5, 0, 1, -3}, {40, 30});
  EXPECT_EQ(at(moved, 10, 10, 0), at(source, 15, 7, 0));
  EXPECT_EQ(at(moved, 10, 10, 1), at(source, 15, 7, 1));
  EXPECT_EQ(at(moved, 36, 10, 0), 0);
  EXPECT_EQ(at(moved, 10, 2, 2), 0);
}

TEST(ImageWarp, TheBorderOfTheSourceIsSharp) {
  const Image source = gradient(40, 30);
  const Image moved = warp(source, Affine{1, 0, -0.25, 0, 1, 0}, {42, 30});
  EXPECT_EQ(at(moved, 0, 10, 1), at(source, 0, 10, 1));
  EXPECT_EQ(at(moved, 39, 10, 1), at(source, 39, 10, 1));
  EXPECT_EQ(at(moved, 40, 10, 1), 0);
}

TEST(ImageWarp, BetweenPixelsItInterpolates) {
  const Image source = gradient(40, 30);
  const Image half = warp(source, Affine{1, 0, 0.5, 0, 1, 0}, {30, 20});
  EXPECT_EQ(at(half, 10, 10, 0), 21);
}

TEST(ImageWarp, ARotationTakesEachPixelFromItsPlace) {
  const Image source = gradient(60, 60);
  const double angle = 30 * std::numbers::pi / 180, c = std::cos(angle), s = std::sin(angle);
  const Affine m{c, -s, 20, s, c, 5};
  const Image turned = warp(source, m, {30, 30});
  const Point p = m.apply({12.5f, 9.5f});
  EXPECT_NEAR(at(turned, 12, 9, 0), 2 * (static_cast<double>(p.x) - 0.5), 0.6);
  EXPECT_NEAR(at(turned, 12, 9, 1), 3 * (static_cast<double>(p.y) - 0.5), 0.6);
}

TEST(ImageWarp, ShrinkingAFineCheckerboardGivesItsMeanAndNoMoire) {
  Image source(128, 128, 1);
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x) source.row(y)[x] = (x + y) % 2 ? 255 : 0;
  }
  const Image small = warp(source, Affine{4, 0, 0, 0, 4, 0}, {32, 32});
  for (uint8_t value : small.pixels) EXPECT_NEAR(value, 128, 2);
}

TEST(ImageWarp, FarOutsideTheSourceIsBlackHoweverFar) {
  const Image source = gradient(10, 10);
  for (double shift : {-1e12, 1e12, 11.0, -11.0}) {
    const Image out = warp(source, Affine{1, 0, shift, 0, 1, 0}, {10, 10});
    for (uint8_t value : out.pixels) ASSERT_EQ(value, 0);
  }
}

TEST(ImageWarp, AWhiteImageStaysWhiteUnderSupersampling) {
  Image source(100, 100, 3);
  std::ranges::fill(source.pixels, uint8_t{255});
  const Image small = warp(source, Affine{2.5, 0, 0, 0, 2.5, 0}, {40, 40});
  for (uint8_t value : small.pixels) ASSERT_EQ(value, 255);
}

}  // namespace
}  // namespace screenalytics
