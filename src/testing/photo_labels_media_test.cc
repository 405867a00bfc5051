// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <set>
#include <string>

#include "base/error.h"
#include "testing/photo_labels.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

std::filesystem::path shipped_labels() {
  return std::filesystem::path(SOURCE_ROOT) / "tools/sample_episode/photo_faces.json";
}

TEST(PhotoLabels, TheShippedOnesAreTwentyTwoFacesInSixPhotos) {
  const std::vector<LabelledPhoto> photos = read_photo_labels(shipped_labels());
  ASSERT_EQ(photos.size(), 6u);
  size_t faces = 0;
  for (const LabelledPhoto& photo : photos) {
    EXPECT_EQ(photo.size.width, 1920) << photo.file;
    faces += photo.faces.size();
    for (const LabelledFace& face : photo.faces) {
      EXPECT_GE(face.box.shorter_side(), 90) << face.person;
      EXPECT_GT(face.box.height(), face.box.width()) << face.person;
    }
  }
  EXPECT_EQ(faces, 22u);
}

TEST(PhotoLabels, TwoFacesOfOnePhotoHardlyOverlap) {
  for (const LabelledPhoto& photo : read_photo_labels(shipped_labels())) {
    for (const LabelledFace& a : photo.faces) {
      for (const LabelledFace& b : photo.faces) {
        if (a.person == b.person) continue;
        EXPECT_LT(iou(a.box, b.box), 0.1f) << a.person << b.person;
      }
    }
  }
}

std::string message_for(const std::string& faces) {
  const TempFolder folder;
  const std::string text =
      R"({"schema_version": "photo_faces_v1", "photos": [{"file": "a.jpg", "width": 100,
          "height": 80, "faces": [)" +
      faces + "]}]}";
  try {
    read_photo_labels(folder.write("labels.json", text));
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::corrupt_input);
    return e.what();
  }
  return "";
}

TEST(PhotoLabels, ReadABoxAndWhetherItIsIgnored) {
  const TempFolder folder;
  const std::vector<LabelledPhoto> photos = read_photo_labels(folder.write(
      "labels.json", R"({"schema_version": "photo_faces_v1", "photos": [{"file": "a.jpg",
      "width": 100, "height": 80, "faces": [{"person": "ada", "box": [1, 2, 30, 40]},
      {"person": "bea", "box": [50, 2, 70, 40], "ignore": true}]}]})"));
  ASSERT_EQ(photos[0].faces.size(), 2u);
  EXPECT_EQ(photos[0].faces[0].box, (Box{1, 2, 30, 40}));
  EXPECT_FALSE(photos[0].faces[0].ignore);
  EXPECT_TRUE(photos[0].faces[1].ignore);
}

TEST(PhotoLabels, RefuseABoxOutsideThePhotoAnEmptyOneAndANameTwice) {
  EXPECT_EQ(message_for(R"({"person": "ada", "box": [1, 2, 30, 40]})"), "");
  EXPECT_THAT(message_for(R"({"person": "ada", "box": [1, 2, 101, 40]})"),
              ::testing::HasSubstr("box of 'ada' in a.jpg is not inside"));
  EXPECT_THAT(message_for(R"({"person": "ada", "box": [9, 2, 9, 40]})"),
              ::testing::HasSubstr("is not inside"));
  EXPECT_THAT(message_for(R"({"person": "ada", "box": [1, 2, 30, 40]},
                             {"person": "ada", "box": [50, 2, 80, 40]})"),
              ::testing::HasSubstr("'ada' is in a.jpg twice"));
  EXPECT_THAT(message_for(R"({"person": "ada", "box": [1, 2]})"),
              ::testing::HasSubstr("labels.json"));
}

}  // namespace
}  // namespace screenalytics
