// SPDX-License-Identifier: MIT
#include "track/camera_motion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>

#include "base/error.h"

namespace screenalytics {
namespace {

constexpr int kWidth = 192, kHeight = 108;

double lattice(int x, int y, uint32_t seed) {
  uint32_t h = static_cast<uint32_t>(x) * 0x9E3779B1U ^ static_cast<uint32_t>(y) * 0x85EBCA77U ^
               seed * 0xC2B2AE3DU;
  h ^= h >> 15;
  h *= 0x2C1B3C6DU;
  h ^= h >> 12;
  h *= 0x297A2D39U;
  h ^= h >> 15;
  return static_cast<double>(h) / 4294967296.0;
}

double smooth_noise(double x, double y, uint32_t seed) {
  const double fx = std::floor(x), fy = std::floor(y);
  const auto ease = [](double t) { return t * t * t * (t * (t * 6 - 15) + 10); };
  const double u = ease(x - fx), v = ease(y - fy);
  const int i = static_cast<int>(fx), j = static_cast<int>(fy);
  const double top = lattice(i, j, seed) * (1 - u) + lattice(i + 1, j, seed) * u;
  const double bottom = lattice(i, j + 1, seed) * (1 - u) + lattice(i + 1, j + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

// A picture defined at every point of the plane, so that moved copies of it are exact.
double texture(double x, double y, uint32_t seed) {
  return 120 * smooth_noise(x / 19, y / 19, seed) + 70 * smooth_noise(x / 8, y / 8, seed + 1) +
         30 * smooth_noise(x / 4.5, y / 4.5, seed + 2);
}

Image render(const std::function<double(double, double)>& value) {
  Image image(kWidth, kHeight, 1);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const double v = value(x + 0.5, y + 0.5);
      image.row(y)[x] = static_cast<uint8_t>(std::lround(std::clamp(v, 0.0, 255.0)));
    }
  }
  return image;
}

// What the camera sees after the scene has moved by `motion`.
Image moved_scene(const Affine& motion, uint32_t seed = 1) {
  const Affine back = inverse(motion);
  return render([&](double x, double y) {
    return texture(back.a * x + back.b * y + back.c, back.d * x + back.e * y + back.f, seed);
  });
}

Affine similarity_about_centre(double scale, double turn, double dx, double dy) {
  const double c = scale * std::cos(turn), s = scale * std::sin(turn);
  const double mx = kWidth / 2.0, my = kHeight / 2.0;
  return {c, -s, mx + dx - c * mx + s * my, s, c, my + dy - s * mx - c * my};
}

// The largest distance between where the two maps put the picture's corners.
double disagreement(const Affine& a, const Affine& b) {
  double worst = 0;
  for (const double x : {0.0, 1.0 * kWidth}) {
    for (const double y : {0.0, 1.0 * kHeight}) {
      const double dx = (a.a - b.a) * x + (a.b - b.b) * y + (a.c - b.c);
      const double dy = (a.d - b.d) * x + (a.e - b.e) * y + (a.f - b.f);
      worst = std::max(worst, std::hypot(dx, dy));
    }
  }
  return worst;
}

// The accuracy asked for: a tenth of this in source pixels per frame is less than a detector's own
// noise. Corners of the picture are where turn and scale errors are largest.
constexpr double kSubPixel = 0.05;

TEST(CameraMotion, ShiftsAreFoundToATwentiethOfAPixel) {
  for (const double dx : {0.0, 0.3, -1.7, 4.4, -9.6, 14.2}) {
    for (const double dy : {0.0, -0.45, 3.1, -6.3}) {
      CameraMotion estimator;
      estimator.update(moved_scene({}));
      const Affine truth = similarity_about_centre(1, 0, dx, dy);
      const Affine found = estimator.update(moved_scene(truth));
      EXPECT_TRUE(estimator.known());
      EXPECT_LT(disagreement(found, truth), kSubPixel) << dx << ", " << dy;
    }
  }
}

TEST(CameraMotion, TurnsAndZoomsAreFoundToATwentiethOfAPixel) {
  for (const double scale : {0.97, 1.0, 1.03}) {
    for (const double turn : {-0.03, 0.0, 0.02}) {
      CameraMotion estimator;
      estimator.update(moved_scene({}));
      const Affine truth = similarity_about_centre(scale, turn, 1.3, -0.8);
      const Affine found = estimator.update(moved_scene(truth));
      EXPECT_LT(disagreement(found, truth), kSubPixel) << scale << ", " << turn;
    }
  }
}

TEST(CameraMotion, AStillPictureIsTheIdentity) {
  CameraMotion estimator;
  estimator.update(moved_scene({}));
  const Affine found = estimator.update(moved_scene({}));
  EXPECT_TRUE(estimator.known());
  EXPECT_LT(disagreement(found, {}), 1e-3);
}

TEST(CameraMotion, AFaceThatFillsTwoFifthsAndMovesDoesNotMoveTheCamera) {
  for (const double pan : {0.0, 2.5}) {
    const auto view = [&](double camera, double face) {
      return render([&](double x, double y) {
        const double fx = (x - 96 - camera - face) / 40, fy = (y - 58) / 52;
        const bool on_face = fx * fx + fy * fy < 1;
        return on_face ? texture(x - camera - face, y, 9) : texture(x - camera, y, 1);
      });
    };
    CameraMotion estimator;
    estimator.update(view(0, 0));
    const Affine found = estimator.update(view(pan, 5));
    EXPECT_TRUE(estimator.known());
    EXPECT_LT(disagreement(found, {1, 0, pan, 0, 1, 0}), 0.1) << pan;
  }
}

TEST(CameraMotion, AFadeDoesNotLookLikeMotion) {
  CameraMotion estimator;
  estimator.update(render([](double x, double y) { return 0.9 * texture(x, y, 1); }));
  const Affine found =
      estimator.update(render([](double x, double y) { return 0.9 * texture(x - 2, y, 1) + 18; }));
  EXPECT_TRUE(estimator.known());
  EXPECT_LT(disagreement(found, {1, 0, 2, 0, 1, 0}), kSubPixel);
}

TEST(CameraMotion, FlatPicturesSayNothing) {
  CameraMotion estimator;
  const Image flat = render([](double, double) { return 90.0; });
  estimator.update(flat);
  EXPECT_EQ(estimator.update(flat), Affine{});
  EXPECT_FALSE(estimator.known());
}

TEST(CameraMotion, ACutSaysNothing) {
  for (uint32_t seed = 10; seed < 30; ++seed) {
    CameraMotion estimator;
    estimator.update(moved_scene({}, seed));
    EXPECT_EQ(estimator.update(moved_scene({}, seed + 100)), Affine{});
    EXPECT_FALSE(estimator.known());
  }
}

TEST(CameraMotion, TheFirstPictureAndOneOfAnotherSizeAreTheIdentity) {
  CameraMotion estimator;
  EXPECT_EQ(estimator.update(moved_scene({})), Affine{});
  EXPECT_FALSE(estimator.known());
  EXPECT_EQ(estimator.update(Image(64, 36, 1)), Affine{});
  EXPECT_FALSE(estimator.known());
  EXPECT_EQ(estimator.update(Image(1, 1, 1)), Affine{});
}

TEST(CameraMotion, ResetForgetsThePreviousPicture) {
  CameraMotion estimator;
  estimator.update(moved_scene({}));
  estimator.reset();
  EXPECT_EQ(estimator.update(moved_scene({1, 0, 3, 0, 1, 0})), Affine{});
  EXPECT_FALSE(estimator.known());
}

TEST(CameraMotion, TheSamePicturesGiveTheSameMotion) {
  const Affine truth = similarity_about_centre(1.02, 0.01, 3, 1);
  CameraMotion one, other;
  other.update(moved_scene({}, 77));
  for (CameraMotion* estimator : {&one, &other}) estimator->update(moved_scene({}));
  const Image next = moved_scene(truth);
  EXPECT_EQ(one.update(next), other.update(next));
}

TEST(CameraMotion, OptionsOutOfRangeAreRefused) {
  const auto refused = [](auto change) {
    CameraMotionOptions options;
    change(options);
    try {
      CameraMotion estimator(options);
    } catch (const Error& error) {
      return error.code() == ErrorCode::invalid_argument;
    }
    return false;
  };
  EXPECT_TRUE(refused([](auto& o) { o.max_points = 1; }));
  EXPECT_TRUE(refused([](auto& o) { o.window_radius = 8; }));
  EXPECT_TRUE(refused([](auto& o) { o.inlier_px = 0; }));
  EXPECT_TRUE(refused([](auto& o) { o.min_inliers = 1; }));
  EXPECT_TRUE(refused([](auto& o) { o.min_inlier_fraction = 1.5; }));
}

TEST(RescaleMotion, ThePointsOfTheBiggerPictureMoveAlike) {
  const Affine small = similarity_about_centre(1.03, 0.02, 4, -2);
  const Affine big = rescale_motion(small, {kWidth, kHeight}, {1920, 1080});
  const Point in_small{50, 30};
  const Point moved_small = small.apply(in_small);
  const Point moved_big = big.apply({500, 300});
  EXPECT_NEAR(moved_big.x, moved_small.x * 10, 1e-3);
  EXPECT_NEAR(moved_big.y, moved_small.y * 10, 1e-3);
}

}  // namespace
}  // namespace screenalytics
