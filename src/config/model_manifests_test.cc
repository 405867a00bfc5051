// Tests of model manifests and of finding the home folder.
// SPDX-License-Identifier: MIT
#include "config/model_manifests.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <tuple>

#include "config/home.h"
#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kSha =
    "e0ecfc06537400c1777182f9b349245cc86815ac3e653cb2a57c272381c3473b";

std::string manifest_text() {
  return "id: face\nfamily: arcface\nfile: weights/face.onnx\nsha256: " + std::string(kSha) +
         "\ncolor: bgr\nmean: [127, 127.5, 128]\nscale: [0.5, 0.25, 0.125]\ninput_width: 112\n"
         "input_height: 96\nembedding_dim: 512\nmin_norm: 2.5\nlicence: MIT\norigin: npm a@1\n";
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(ModelManifest, EveryKeyArrives) {
  const TempFolder folder;
  const ModelManifest m = read_model_manifest(
      folder.write("face.yaml", manifest_text() + "input_multiple: 16\nlandmark_scale: 0.2\n"));
  EXPECT_EQ(m.id, "face");
  EXPECT_EQ(m.family, ModelFamily::arcface);
  EXPECT_EQ(m.file, folder / "weights/face.onnx");
  EXPECT_EQ(m.sha256, kSha);
  EXPECT_TRUE(m.bgr);
  EXPECT_EQ(m.mean, (std::array<float, 3>{127, 127.5f, 128}));
  EXPECT_EQ(m.scale, (std::array<float, 3>{0.5f, 0.25f, 0.125f}));
  EXPECT_EQ(m.input_width, 112);
  EXPECT_EQ(m.input_height, 96);
  EXPECT_EQ(m.input_multiple, 16);
  EXPECT_EQ(m.embedding_dim, 512);
  EXPECT_EQ(m.min_norm, 2.5f);
  EXPECT_EQ(m.landmark_scale, 0.2f);
  EXPECT_EQ(m.licence, "MIT");
  EXPECT_EQ(m.origin, "npm a@1");
}

TEST(ModelManifest, ErrorsNameFileLineKeyAndValue) {
  const TempFolder folder;
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"color", "colour", ":5: unknown key 'colour'; did you mean 'color'?"},
      {"color", "zzzzzzzzz", ":5: unknown key 'zzzzzzzzz'"},
      {"id: face\n", "", "key 'id' is missing"},
      {"family: arcface", "family: resnet",
       ":2: family is 'resnet', not one of retinaface, scrfd, yunet, arcface"},
      {"sha256: e", "sha256: E", ":4: sha256 is 'E0ec"},
      {"sha256: e", "sha256: ", "not 64 digits of lower-case hex"},
      {"color: bgr", "color: yuv", ":5: color is 'yuv', not one of rgb, bgr"},
      {"[127, 127.5, 128]", "[127, 127.5]", ":6: mean is not a list of three numbers"},
      {"[127, 127.5, 128]", "127", ":6: mean is not a list of three numbers"},
      {"[127, 127.5, 128]", "[127, x, 128]", ":6: mean is 'x', not a number"},
      {"[127, 127.5, 128]", "[127, nan, 128]", ":6: mean is 'nan', not a number"},
      {"input_width: 112", "input_width: -1", ":8: input_width is '-1', not a number from 0"},
      {"input_width: 112", "input_width: 0", "an embedder needs input_width and input_height"},
      {"embedding_dim: 512\n", "", "an embedder needs the key embedding_dim"},
      {"embedding_dim: 512", "embedding_dim: 0", "embedding_dim is '0', not a number from 1"},
      {"licence: MIT", "licence: [MIT]", ":12: licence has no single value"},
      {"origin: npm a@1", "origin: \"\"", ":13: origin has no single value"},
      {"id: face", "id: face\nid: face", ":2: key 'id' comes twice"},
      {"id: face", "id: [", "this is not YAML"},
  };
  for (const auto& [from, to, message] : cases) {
    const auto path = folder.write("m.yaml", replaced(manifest_text(), from, to));
    const Error error = caught_error([&] { read_model_manifest(path); });
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), StartsWith(path.string() + ":"));
    EXPECT_THAT(error.what(), HasSubstr(message));
  }
  const Error missing = caught_error([&] { read_model_manifest(folder / "none.yaml"); });
  EXPECT_EQ(missing.code(), ErrorCode::model);
  EXPECT_THAT(missing.what(), HasSubstr("none.yaml: it is missing or not readable"));
}

TEST(ModelManifest, AFolderIsListedByFileNameAndSearchedById) {
  const TempFolder folder;
  folder.write("b.yaml", manifest_text());
  folder.write("a.yaml", replaced(manifest_text(), "id: face", "id: other"));
  folder.write("notes.txt", "not a manifest");
  const auto manifests = list_model_manifests(folder.path());
  ASSERT_EQ(manifests.size(), 2u);
  EXPECT_EQ(manifests[0].id, "other");
  EXPECT_EQ(manifests[1].id, "face");
  EXPECT_EQ(find_model_manifest(folder.path(), "face").id, "face");
  const Error unknown = caught_error([&] { find_model_manifest(folder.path(), "fase"); });
  EXPECT_EQ(unknown.code(), ErrorCode::invalid_argument);
  EXPECT_THAT(unknown.what(),
              HasSubstr("no model 'fase' in " + folder.path().string() + "; did you mean 'face'?"));
  EXPECT_THAT(caught_error([&] { find_model_manifest(folder.path(), "zzzzzzzz"); }).what(),
              HasSubstr("`screenalytics models` lists what is there"));
}

TEST(ModelManifest, TwoOfOneIdAndAMissingFolderAreErrors) {
  const TempFolder folder;
  folder.write("a.yaml", manifest_text());
  folder.write("b.yaml", manifest_text());
  const Error twice = caught_error([&] { list_model_manifests(folder.path()); });
  EXPECT_EQ(twice.code(), ErrorCode::model);
  EXPECT_THAT(twice.what(),
              HasSubstr("b.yaml: id 'face' is that of " + (folder / "a.yaml").string()));
  const Error none = caught_error([&] { list_model_manifests(folder / "none"); });
  EXPECT_EQ(none.code(), ErrorCode::model);
  EXPECT_THAT(none.what(), HasSubstr("cannot list the models in"));
}

TEST(ModelManifest, ThoseThatAreShippedAreValid) {
  const auto manifests = list_model_manifests(std::string(SOURCE_ROOT) + "/models");
  EXPECT_GE(manifests.size(), 4u);
}

class HomeTest : public ::testing::Test {
 protected:
  void make_home(const std::string& name) {
    std::filesystem::create_directories(folder_ / (name + "/config/pipeline"));
    std::filesystem::create_directories(folder_ / (name + "/models"));
  }
  TempFolder folder_;
};

TEST_F(HomeTest, IsTheNearestFolderAboveTheProgram) {
  make_home("repo");
  EXPECT_EQ(find_home(std::nullopt, folder_ / "repo/build/dev/src/cli/screenalytics"),
            folder_ / "repo");
  EXPECT_EQ(find_home("", folder_ / "repo/screenalytics"), folder_ / "repo");
}

TEST_F(HomeTest, IsTheShareFolderOfAnInstalledProgram) {
  make_home("usr/share/screenalytics");
  EXPECT_EQ(find_home(std::nullopt, folder_ / "usr/bin/screenalytics"),
            folder_ / "usr/share/screenalytics");
}

TEST_F(HomeTest, TheVariableWinsAndMustBeRight) {
  make_home("repo");
  make_home("mine");
  EXPECT_EQ(find_home((folder_ / "mine").string(), folder_ / "repo/screenalytics"),
            folder_ / "mine");
  const Error error =
      caught_error([&] { find_home((folder_ / "none").string(), folder_ / "repo/a"); });
  EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  EXPECT_THAT(error.what(), HasSubstr("SCREENALYTICS_HOME is " + (folder_ / "none").string()));
}

TEST_F(HomeTest, WithoutOneTheErrorSaysWhereItLookedAndWhatToSet) {
  const Error error = caught_error([&] { find_home(std::nullopt, folder_ / "bin/a"); });
  EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  EXPECT_THAT(error.what(), HasSubstr("at or above " + (folder_ / "bin").string()));
  EXPECT_THAT(error.what(), HasSubstr("set SCREENALYTICS_HOME"));
}

TEST_F(HomeTest, OfThisProcessIsFoundThroughTheVariable) {
  make_home("mine");
  ::setenv("SCREENALYTICS_HOME", (folder_ / "mine").c_str(), 1);
  const auto home = find_home();
  ::unsetenv("SCREENALYTICS_HOME");
  EXPECT_EQ(home, folder_ / "mine");
}

}  // namespace
}  // namespace screenalytics
