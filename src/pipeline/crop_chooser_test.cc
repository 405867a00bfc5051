// Tests of which faces are worth embedding while a track goes on.
// SPDX-License-Identifier: MIT
#include "pipeline/crop_chooser.h"

#include <gtest/gtest.h>

namespace screenalytics {
namespace {

Timestamp at(double s) { return Timestamp::from_seconds(s); }

TEST(CropChooser, WantsOneFaceOfEachIntervalAndAClearlyBetterOne) {
  CropChooser chooser(0.5);
  EXPECT_TRUE(chooser.wants(1, at(0), 0.5F, false));
  EXPECT_TRUE(chooser.embedded(1, at(0), 0.5F, false));
  EXPECT_FALSE(chooser.wants(1, at(0.1), 0.55F, false));
  EXPECT_TRUE(chooser.wants(1, at(0.2), 0.7F, false));
  EXPECT_TRUE(chooser.embedded(1, at(0.2), 0.7F, false));
  EXPECT_FALSE(chooser.wants(1, at(0.3), 0.75F, false));
  EXPECT_TRUE(chooser.wants(1, at(0.5), 0.2F, false));
  EXPECT_FALSE(chooser.embedded(1, at(0.5), 0.2F, false)) << "not the best of its track";
  EXPECT_TRUE(chooser.wants(2, at(0.5), 0.1F, false)) << "another track";
}

TEST(CropChooser, WantsARefusedFaceOnlyWhileThereIsNoBetter) {
  CropChooser chooser(0.5);
  EXPECT_TRUE(chooser.wants(1, at(0), 0.2F, true));
  EXPECT_TRUE(chooser.embedded(1, at(0), 0.2F, true));
  EXPECT_FALSE(chooser.wants(1, at(2), 0.25F, true));
  EXPECT_TRUE(chooser.wants(1, at(2), 0.4F, true));
  EXPECT_TRUE(chooser.wants(1, at(2), 0.1F, false));
  EXPECT_TRUE(chooser.embedded(1, at(2), 0.1F, false)) << "any good face before a refused one";
  EXPECT_FALSE(chooser.wants(1, at(4), 0.9F, true));
}

TEST(CropChooser, AnEndedSegmentIsForgotten) {
  CropChooser chooser(0.5);
  chooser.embedded(1, at(0), 0.5F, false);
  chooser.forget(1);
  EXPECT_TRUE(chooser.wants(1, at(0), 0.1F, true));
}

}  // namespace
}  // namespace screenalytics
