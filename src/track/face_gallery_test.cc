// SPDX-License-Identifier: MIT
#include "track/face_gallery.h"

#include <gtest/gtest.h>

#include <cmath>

#include "testing/synthetic_tracks.h"
#include "track/face_pose.h"

namespace screenalytics {
namespace {

// Perpendicular to all others.
Embedding axis(size_t i) {
  Embedding v(16, 0.F);
  v[i] = 1;
  return v;
}

TEST(FaceGallery, TheFirstFaceIsItsOnlyLook) {
  FaceGallery gallery;
  EXPECT_TRUE(gallery.empty());
  gallery.add(axis(0));
  EXPECT_FLOAT_EQ(gallery.similarity(axis(0)), 1);
  EXPECT_FLOAT_EQ(gallery.similarity(axis(1)), 0);
}

TEST(FaceGallery, AProfileAndAFrontAreTwoLooksOfOneFace) {
  FaceGallery gallery;
  gallery.add(synthetic_face(1, 0));
  gallery.add(synthetic_face(1, 1.5));
  EXPECT_GT(gallery.similarity(synthetic_face(1, 0)), 0.95F);
  EXPECT_GT(gallery.similarity(synthetic_face(1, 1.5)), 0.95F);
  EXPECT_GT(gallery.similarity(synthetic_face(1, 0.75)), 0.7F);
  EXPECT_LT(gallery.similarity(synthetic_face(2, 0)), 0.3F);
}

TEST(FaceGallery, TheLookSeenMostIsKeptAndTheOldestOtherGivesWay) {
  FaceGallery gallery;
  for (int i = 0; i < 3; ++i) gallery.add(axis(0));
  for (size_t i = 1; i <= static_cast<size_t>(FaceGallery::kMaxLooks); ++i) gallery.add(axis(i));
  EXPECT_GT(gallery.similarity(axis(0)), 0.99F);
  EXPECT_LT(gallery.similarity(axis(1)), 0.5F);
  EXPECT_GT(gallery.similarity(axis(2)), 0.99F);
}

TEST(FaceGallery, AnotherGalleryBringsItsLooks) {
  FaceGallery one, other;
  one.add(axis(0));
  other.add(axis(1));
  one.add(other);
  EXPECT_GT(one.similarity(axis(1)), 0.99F);
  EXPECT_NEAR(one.mean()[0], std::sqrt(0.5), 1e-5);
}

TEST(FacePose, AHeadThatTurnsIsSeenToTurnAtEverySizeAndTilt) {
  const auto marks = [](double yaw, double size, double tilt) {
    const double c = std::cos(tilt) * size, s = std::sin(tilt) * size;
    const auto at = [&](double x, double y) {
      return Point{static_cast<float>(c * x - s * y), static_cast<float>(s * x + c * y)};
    };
    const double k = std::cos(yaw);
    return Landmarks{at(-0.43 * k, 0), at(0.43 * k, 0), at(0.55 * std::sin(yaw), 0.5),
                     at(-0.36 * k, 1), at(0.36 * k, 1)};
  };
  for (const double size : {12.0, 90.0}) {
    for (const double tilt : {-0.6, 0.0, 0.4}) {
      EXPECT_FALSE(face_pose(marks(0, size, tilt)).turned());
      EXPECT_FALSE(face_pose(marks(0.5, size, tilt)).turned());
      EXPECT_TRUE(face_pose(marks(1.2, size, tilt)).turned());
      EXPECT_TRUE(face_pose(marks(-1.2, size, tilt)).turned());
      EXPECT_GT(pose_change(face_pose(marks(-0.4, size, tilt)), face_pose(marks(0.4, size, tilt))),
                0.3F);
    }
  }
}

TEST(FacePose, LandmarksInOnePlaceSayNothing) {
  const FacePose pose = face_pose(Landmarks{});
  EXPECT_FALSE(pose.known);
  EXPECT_FALSE(pose.turned());
  EXPECT_EQ(pose_change(pose, pose), 0);
}

}  // namespace
}  // namespace screenalytics
