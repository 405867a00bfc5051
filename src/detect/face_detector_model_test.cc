// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <map>

#include "base/error.h"
#include "base/image_warp.h"
#include "config/model_manifests.h"
#include "detect/face_detector.h"
#include "detect/nms.h"
#include "testing/model_places.h"
#include "testing/picture_file.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kRoot = SOURCE_ROOT;
const SessionOptions kCpu{.device = "cpu"};

// Faces that a person sees in .deps/photos/sample1.jpg to sample6.jpg, 22 in all.
constexpr std::array<size_t, 6> kFacesInPhoto{3, 3, 3, 4, 5, 4};

ModelManifest shipped(const std::string& id) { return find_model_manifest(kRoot / "models", id); }

// The manifest with its file taken from the shared folder.
ModelManifest shared(const std::string& id, const std::string& file) {
  ModelManifest manifest = shipped(id);
  manifest.file = shared_dir(kRoot) / "models" / file;
  return manifest;
}

Image photo(size_t index) {
  return read_picture(kRoot / ".deps/photos" / ("sample" + std::to_string(index + 1) + ".jpg"));
}

// Faces in pixels of the picture, as the pipeline finds them.
std::vector<Detection> find_faces(const FaceDetector& detector, const Image& picture,
                                  float confidence, int det_size = 640) {
  const Size size = detector.input_size({picture.width, picture.height}, det_size);
  const Affine map{static_cast<double>(picture.width) / size.width,   0, 0, 0,
                   static_cast<double>(picture.height) / size.height, 0};
  auto faces = non_max_suppression(detector.detect(warp(picture, map, size), confidence), {});
  for (Detection& face : faces) {
    const Point a = map.apply({face.box.x1, face.box.y1}),
                b = map.apply({face.box.x2, face.box.y2});
    face.box = {a.x, a.y, b.x, b.y};
    for (Point& point : face.landmarks) point = map.apply(point);
  }
  return faces;
}

bool lies_in(Point p, const Box& box) {
  return p.x > box.x1 && p.x < box.x2 && p.y > box.y1 && p.y < box.y2;
}

TEST(RetinaFaceModel, FindsTheFacesOfThePhotosAndNothingElse) {
  const auto detector = make_face_detector(shipped("retinaface_mnet025_v2"), kCpu);
  for (size_t i = 0; i < kFacesInPhoto.size(); ++i) {
    const auto faces = find_faces(*detector, photo(i), 0.8f);
    EXPECT_EQ(faces.size(), kFacesInPhoto[i]) << "sample" << i + 1;
    for (const Detection& face : faces) {
      for (const Point& point : face.landmarks) EXPECT_TRUE(lies_in(point, face.box));
      EXPECT_LT(face.landmarks[0].x, face.landmarks[1].x);
      EXPECT_LT(face.landmarks[3].x, face.landmarks[4].x);
      EXPECT_LT(face.landmarks[0].y + face.landmarks[1].y,
                face.landmarks[3].y + face.landmarks[4].y);
    }
  }
}

TEST(RetinaFaceModel, AMirroredPhotoHasTheMirroredFaces) {
  const auto detector = make_face_detector(shipped("retinaface_mnet025_v2"), kCpu);
  const Image original = photo(3);
  const auto width = static_cast<float>(original.width);
  const Image mirrored =
      warp(original, {-1, 0, original.width * 1.0, 0, 1, 0}, {original.width, original.height});
  const auto faces = find_faces(*detector, original, 0.8f);
  auto others = find_faces(*detector, mirrored, 0.8f);
  ASSERT_EQ(faces.size(), others.size());
  // A shift of half a pixel of the network's input, or of all landmarks to one side, shows here
  // as a difference of twice its size.
  double drift = 0;
  for (const Detection& face : faces) {
    const auto twin = std::ranges::max_element(others, {}, [&](const Detection& other) {
      return iou(face.box,
                 {width - other.box.x2, other.box.y1, width - other.box.x1, other.box.y2});
    });
    const Point nose{width - twin->landmarks[2].x, twin->landmarks[2].y};
    EXPECT_NEAR(face.landmarks[2].x, nose.x, 0.06f * face.box.width());
    EXPECT_NEAR(face.landmarks[2].y, nose.y, 0.06f * face.box.width());
    drift += static_cast<double>((face.landmarks[2].x - nose.x) / face.box.width());
  }
  EXPECT_NEAR(drift / static_cast<double>(faces.size()), 0, 0.03);
}

TEST(RetinaFaceModel, TheInputKeepsTheShapeOfThePicture) {
  const auto detector = make_face_detector(shipped("retinaface_mnet025_v2"), kCpu);
  EXPECT_EQ(detector->input_size({1920, 1080}, 640), (Size{640, 360}));
  EXPECT_EQ(detector->input_size({1080, 1920}, 384), (Size{216, 384}));
  EXPECT_EQ(detector->input_size({4000, 10}, 64), (Size{64, 1}));
}

TEST(RetinaFaceModel, SizesThatAreNoMultipleOf32AreTakenAsTheyAre) {
  const auto detector = make_face_detector(shipped("retinaface_mnet025_v2"), kCpu);
  const Image picture = photo(0);
  for (int width : {607, 640, 641}) {
    const double scale = static_cast<double>(picture.width) / width;
    const Image small = warp(picture, {scale, 0, 0, 0, scale, 0},
                             {width, static_cast<int>(picture.height / scale)});
    const auto faces = non_max_suppression(detector->detect(small, 0.8f), {});
    EXPECT_EQ(faces.size(), kFacesInPhoto[0]) << width;
    for (const Detection& face : faces) {
      EXPECT_LE(face.box.x2, static_cast<float>(small.width));
      EXPECT_LE(face.box.y2, static_cast<float>(small.height));
    }
  }
}

TEST(RetinaFaceModel, AGreyPictureHasNoFace) {
  const auto detector = make_face_detector(shipped("retinaface_mnet025_v2"), kCpu);
  Image grey(320, 180, 3);
  std::ranges::fill(grey.pixels, uint8_t{128});
  EXPECT_TRUE(detector->detect(grey, 0.5f).empty());
}

struct OtherModel {
  const char *manifest, *file;
  float confidence;
};

class OtherDetectors : public testing::TestWithParam<OtherModel> {};

TEST_P(OtherDetectors, FindTheFacesAndLandmarksThatRetinaFaceFinds) {
  const ModelManifest manifest = shared(GetParam().manifest, GetParam().file);
  if (!fs::exists(manifest.file)) {
    GTEST_SKIP() << "SKIPPED: " << manifest.file << " is not there; SCREENALYTICS_SHARED_DIR names "
                 << "the folder that has models/" << GetParam().file;
  }
  const auto reference = make_face_detector(shipped("retinaface_mnet025_v2"), kCpu);
  const auto detector = make_face_detector(manifest, kCpu);
  for (size_t i = 0; i < kFacesInPhoto.size(); ++i) {
    const Image picture = photo(i);
    const auto expected = find_faces(*reference, picture, 0.8f);
    const auto faces = find_faces(*detector, picture, GetParam().confidence);
    EXPECT_EQ(faces.size(), expected.size()) << "sample" << i + 1;
    for (const Detection& want : expected) {
      const auto best = std::ranges::max_element(
          faces, {}, [&](const Detection& face) { return iou(face.box, want.box); });
      ASSERT_NE(best, faces.end());
      EXPECT_GT(iou(best->box, want.box), 0.6f);
      double off = 0;
      for (size_t p = 0; p < 5; ++p) {
        off += std::hypot(static_cast<double>(best->landmarks[p].x - want.landmarks[p].x),
                          static_cast<double>(best->landmarks[p].y - want.landmarks[p].y)) /
               5;
      }
      // Detectors differ by 0.035 to 0.05 of a face on average; a wrong order of the points, a
      // wrong unit or a wrong anchor costs at least 0.2.
      EXPECT_LT(off, 0.12 * static_cast<double>(want.box.width()));
    }
  }
}

TEST_P(OtherDetectors, TakeAPictureLargerThanTheirInput) {
  const ModelManifest manifest = shared(GetParam().manifest, GetParam().file);
  if (!fs::exists(manifest.file)) GTEST_SKIP() << "SKIPPED: " << manifest.file << " is not there";
  const auto detector = make_face_detector(manifest, kCpu);
  const Image picture = photo(0);
  const double scale = static_cast<double>(picture.width) / 960;
  const Image large =
      warp(picture, {scale, 0, 0, 0, scale, 0}, {960, static_cast<int>(picture.height / scale)});
  const auto faces = non_max_suppression(detector->detect(large, GetParam().confidence), {});
  const auto expected = find_faces(*detector, picture, GetParam().confidence);
  ASSERT_EQ(faces.size(), kFacesInPhoto[0]);
  for (const Detection& want : expected) {
    const auto s = static_cast<float>(1 / scale);
    const Box box{want.box.x1 * s, want.box.y1 * s, want.box.x2 * s, want.box.y2 * s};
    EXPECT_TRUE(std::ranges::any_of(
        faces, [&](const Detection& face) { return iou(face.box, box) > 0.7f; }));
  }
}

INSTANTIATE_TEST_SUITE_P(Shared, OtherDetectors,
                         testing::Values(OtherModel{"scrfd_500m_kps", "scrfd_500m_kps.onnx", 0.5f},
                                         OtherModel{"yunet_n", "yunet_n_dynamic.onnx", 0.7f}),
                         [](const auto& test) { return std::string(test.param.manifest); });

TEST(FaceDetectorModel, AManifestOfTheWrongFamilyNamesWhatIsMissing) {
  ModelManifest manifest = shipped("retinaface_mnet025_v2");
  manifest.family = ModelFamily::yunet;
  try {
    make_face_detector(manifest, kCpu);
    FAIL() << "it loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr("'cls_8'"));
    EXPECT_THAT(error.what(), HasSubstr("face_rpn_bbox_pred_stride8"));
  }
  manifest.family = ModelFamily::scrfd;
  try {
    const auto detector = make_face_detector(manifest, kCpu);
    detector->detect(Image(64, 64, 3), 0.5f);
    FAIL() << "it ran";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr("family"));
  }
}

TEST(FaceDetectorModel, AScrfdManifestNeedsAFileOfNineOutputs) {
  ModelManifest manifest = shipped("arcface_mobilefacenet");
  manifest.family = ModelFamily::scrfd;
  try {
    make_face_detector(manifest, kCpu);
    FAIL() << "it loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr("9 outputs, this file 1"));
  }
}

TEST(FaceDetectorModel, AnEmbedderIsRefused) {
  try {
    make_face_detector(shipped("arcface_mobilefacenet"), kCpu);
    FAIL() << "it loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_THAT(error.what(), HasSubstr("arcface_mobilefacenet"));
  }
}

TEST(FaceDetectorModel, ASizeThatTheNetworkCannotHaveIsRefused) {
  ModelManifest manifest = shipped("retinaface_mnet025_v2");
  manifest.input_width = manifest.input_height = 100;
  try {
    make_face_detector(manifest, kCpu);
    FAIL() << "it loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr("width 100"));
  }
}

}  // namespace
}  // namespace screenalytics
