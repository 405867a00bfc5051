// SPDX-License-Identifier: MIT
#include "track/face_motion.h"

#include <gtest/gtest.h>

namespace screenalytics {
namespace {

Box box_at(double cx, double cy, double w = 80, double h = 100) {
  return {static_cast<float>(cx - w / 2), static_cast<float>(cy - h / 2),
          static_cast<float>(cx + w / 2), static_cast<float>(cy + h / 2)};
}

TEST(AxisFilter, OneLongStepEqualsManyShortOnes) {
  AxisFilter once, often;
  once.start(100, 5, 40);
  once.v = 30;
  often = once;
  once.predict(0.4, 1.0, 40);
  for (int i = 0; i < 12; ++i) often.predict(0.4 / 12, 1.0, 40);
  EXPECT_NEAR(once.x, often.x, 1e-9);
  EXPECT_NEAR(once.v, often.v, 1e-9);
  EXPECT_NEAR(once.xx, often.xx, 1e-9);
  EXPECT_NEAR(once.xv, often.xv, 1e-9);
  EXPECT_NEAR(once.vv, often.vv, 1e-9);
}

TEST(FaceMotion, AFaceThatWalksOnIsExpectedAhead) {
  for (const double dt : {1 / 30.0, 0.1, 0.4}) {
    FaceMotion motion(box_at(200, 300));
    double x = 200;
    for (int i = 0; i < 20; ++i) {
      motion.predict(dt);
      x += 100 * dt;
      motion.correct(box_at(x, 300));
    }
    motion.predict(dt);
    // The fading of the speed leaves at most dt / 2 of the way undone.
    EXPECT_GT(motion.box().center().x, x + 100 * dt * (1 - dt / 2) - 8);
    EXPECT_LT(motion.box().center().x, x + 100 * dt + 8);
    EXPECT_NEAR(motion.box().center().y, 300, 0.5);
    EXPECT_NEAR(motion.box().width(), 80, 1);
    EXPECT_NEAR(motion.box().height(), 100, 1);
  }
}

TEST(FaceMotion, AGuessIsNeverCarriedFartherThanItsSpeedTimesOneSecond) {
  FaceMotion motion(box_at(200, 300));
  motion.predict(0.1);
  motion.correct(box_at(230, 300));
  motion.predict(60);
  EXPECT_LT(motion.box().center().x, 230 + 320);
  EXPECT_GT(motion.box().center().x, 230);
}

TEST(FaceMotion, TheCameraMovesPlaceAndSize) {
  FaceMotion motion(box_at(200, 300));
  motion.move_with_camera({1.5, 0, 40, 0, 1.5, -20});
  EXPECT_NEAR(motion.box().center().x, 340, 1e-3);
  EXPECT_NEAR(motion.box().center().y, 430, 1e-3);
  EXPECT_NEAR(motion.box().height(), 150, 1e-3);
}

TEST(FaceMotion, TheCameraTurnsAndScalesTheSpeed) {
  FaceMotion motion(box_at(200, 300));
  for (int i = 1; i <= 20; ++i) {
    motion.predict(0.1);
    motion.correct(box_at(200 + 10 * i, 300));
  }
  FaceMotion turned = motion;
  turned.move_with_camera({0, -2, 0, 2, 0, 0});
  const Point before = turned.box().center();
  turned.predict(0.1);
  motion.predict(0.1);
  EXPECT_NEAR(turned.box().center().y - before.y, 2 * (motion.box().center().x - 400), 2);
  EXPECT_NEAR(turned.box().center().x, before.x, 0.5);
}

TEST(FaceMotion, AnEmptyBoxDoesNotBreakTheFilter) {
  FaceMotion motion(Box{10, 10, 10, 10});
  motion.predict(1);
  motion.correct(Box{20, 20, 20, 20});
  EXPECT_GT(motion.box().width(), 0);
  EXPECT_NEAR(motion.box().center().x, 20, 1);
}

}  // namespace
}  // namespace screenalytics
