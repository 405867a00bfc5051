// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <array>
#include <random>

#include "base/error.h"
#include "base/image_warp.h"
#include "config/model_manifests.h"
#include "embed/align.h"
#include "embed/face_embedder.h"
#include "inference/sha256.h"
#include "testing/picture_file.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kRoot = SOURCE_ROOT;
const SessionOptions kCpu{.device = "cpu"};

ModelManifest shipped(const std::string& id) { return find_model_manifest(kRoot / "models", id); }

Image noise(unsigned seed) {
  std::mt19937 random(seed);
  Image crop(kCropSize, kCropSize, 3);
  for (uint8_t& value : crop.pixels) value = static_cast<uint8_t>(random() % 256);
  return crop;
}

// Two people of sample1.jpg: the woman on the left and the one leaning in from the right.
constexpr std::array<Landmarks, 2> kSitters{
    {{{{437, 461}, {511, 460}, {460, 516}, {453, 543}, {520, 541}}},
     {{{1569, 290}, {1620, 352}, {1558, 338}, {1511, 332}, {1550, 383}}}}};

class EmbedderModel : public testing::Test {
 protected:
  Image crop(const Landmarks& landmarks) const {
    return warp(photo_, frame_from_crop(landmarks), {kCropSize, kCropSize});
  }
  Embedding embed(const Image& image) const { return embedder_->embed(std::span(&image, 1))[0]; }

  const Image photo_ = read_picture(kRoot / ".deps/photos/sample1.jpg");
  const std::unique_ptr<FaceEmbedder> embedder_ =
      make_face_embedder(shipped("arcface_mobilefacenet"), kCpu, 4);
};

TEST_F(EmbedderModel, VectorsAreOfTheDeclaredLengthAndUnit) {
  const Embedding embedding = embed(crop(kSitters[0]));
  EXPECT_EQ(embedding.size(), 512u);
  EXPECT_EQ(embedder_->dim(), 512);
  EXPECT_NEAR(cosine_similarity(embedding, embedding), 1, 1e-5);
}

TEST_F(EmbedderModel, TheSameFaceMirroredOrMovedIsSimilarAndAnotherFaceIsNot) {
  const Image face = crop(kSitters[0]);
  const Image mirrored = warp(face, {-1, 0, kCropSize, 0, 1, 0}, {kCropSize, kCropSize});
  Landmarks moved = kSitters[0];
  for (Point& point : moved) point = {point.x + 4, point.y - 3};
  const Embedding embedding = embed(face);
  EXPECT_GT(cosine_similarity(embedding, embed(mirrored)), 0.7f);
  EXPECT_GT(cosine_similarity(embedding, embed(crop(moved))), 0.8f);
  EXPECT_LT(cosine_similarity(embedding, embed(crop(kSitters[1]))), 0.3f);
}

TEST_F(EmbedderModel, AVectorDoesNotDependOnTheBatchItWasIn) {
  std::vector<Image> crops{crop(kSitters[0]), noise(1), crop(kSitters[1]), noise(2), noise(3)};
  const std::vector<Embedding> together = embedder_->embed(crops);
  ASSERT_EQ(together.size(), crops.size());
  for (size_t i = 0; i < crops.size(); ++i) {
    EXPECT_GT(cosine_similarity(together[i], embed(crops[i])), 1 - 1e-5f);
  }
  EXPECT_TRUE(embedder_->embed({}).empty());
}

TEST_F(EmbedderModel, ABlurredFaceHasAShorterVectorThanAClearOne) {
  const Image face = crop(kSitters[1]);
  constexpr double kBlur = 9;
  const int side = static_cast<int>(kCropSize / kBlur);
  const Image tiny = warp(face, {kBlur, 0, 0, 0, kBlur, 0}, {side, side});
  const Image blurred = warp(tiny, {1 / kBlur, 0, 0, 0, 1 / kBlur, 0}, {kCropSize, kCropSize});
  const std::vector<Image> crops{face, blurred};
  std::vector<float> norms{-1};
  const std::vector<Embedding> embeddings = embedder_->embed(crops, &norms);
  ASSERT_EQ(norms.size(), 2u);
  EXPECT_GT(norms[0], 1.3f * norms[1]);
  EXPECT_NEAR(cosine_similarity(embeddings[1], embeddings[1]), 1, 1e-5);
}

TEST_F(EmbedderModel, ThePreparedModelGivesTheValuesOfThePublishedOne) {
  ModelManifest published = shipped("arcface_mobilefacenet");
  published.file = kRoot / ".deps/models/fr_feature.onnx";
  published.sha256 = sha256_of_file(published.file);
  const auto original = make_face_embedder(published, kCpu, 4);
  std::vector<Image> crops{crop(kSitters[0]), crop(kSitters[1]), noise(4), noise(5)};
  const auto expected = original->embed(crops), actual = embedder_->embed(crops);
  for (size_t i = 0; i < crops.size(); ++i) {
    for (size_t k = 0; k < expected[i].size(); ++k) {
      ASSERT_NEAR(actual[i][k], expected[i][k], 1e-5);
    }
  }
}

TEST(FaceEmbedderModel, AManifestWithAnotherDimensionIsRefused) {
  ModelManifest manifest = shipped("arcface_mobilefacenet");
  manifest.embedding_dim = 128;
  try {
    const auto embedder = make_face_embedder(manifest, kCpu, 1);
    const Image crop = noise(6);
    embedder->embed(std::span(&crop, 1));
    FAIL() << "it ran";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr("embedding_dim"));
  }
}

TEST(FaceEmbedderModel, ADetectorIsRefused) {
  try {
    make_face_embedder(shipped("retinaface_mnet025_v2"), kCpu, 1);
    FAIL() << "it loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_THAT(error.what(), HasSubstr("retinaface_mnet025_v2"));
  }
}

TEST(FaceEmbedderModel, ADetectorsFileBehindAnEmbeddersManifestIsRefused) {
  ModelManifest manifest = shipped("arcface_mobilefacenet");
  const ModelManifest detector = shipped("retinaface_mnet025_v2");
  manifest.file = detector.file;
  manifest.sha256 = detector.sha256;
  try {
    make_face_embedder(manifest, kCpu, 1);
    FAIL() << "it loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr("9 outputs"));
  }
}

}  // namespace
}  // namespace screenalytics
