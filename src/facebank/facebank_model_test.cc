// Tests of the facebank with real faces: what is taken, what is refused and why, and what is left.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "artifacts/photo.h"
#include "base/image_warp.h"
#include "config/model_manifests.h"
#include "facebank/facebank.h"
#include "facebank/photo_faces.h"
#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const fs::path kRoot = SOURCE_ROOT;

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

class FacebankTest : public ::testing::Test {
 protected:
  static FaceModels models() {
    const SessionOptions cpu{.device = "cpu"};
    const auto manifest = [](const char* id) { return find_model_manifest(kRoot / "models", id); };
    FaceModels m;
    m.make_detector = [=] { return make_face_detector(manifest("retinaface_mnet025_v2"), cpu); };
    m.make_embedder = [=] { return make_face_embedder(manifest("arcface_mobilefacenet"), cpu, 1); };
    m.model_id = embedder_model_id(manifest("arcface_mobilefacenet"));
    return m;
  }

  // The faces of a group photo, the largest first, each as a photo of its own.
  std::vector<fs::path> portraits(const std::string& name, float border = 0.5F) {
    const Image photo = read_photo(kRoot / ".deps/photos" / name);
    const auto detector = models().make_detector();
    std::vector<fs::path> files;
    for (const Detection& d : find_photo_faces(photo, *detector)) {
      const float b = border * d.box.width();
      const Affine map{1, 0, static_cast<double>(d.box.x1 - b),
                       0, 1, static_cast<double>(d.box.y1 - b)};
      const Image part =
          warp(photo, map,
               {static_cast<int>(d.box.width() + 2 * b), static_cast<int>(d.box.height() + 2 * b)});
      const std::vector<uint8_t> png = encode_png(part);
      files.push_back(folder_.write(name + std::to_string(files.size()) + ".png",
                                    {reinterpret_cast<const char*>(png.data()), png.size()}));
    }
    return files;
  }
  Facebank bank() { return {folder_ / "out", models(), {}}; }
  std::string refusal(Facebank& b, const fs::path& photo, const AddOptions& o = {}) {
    return caught_error([&] { b.add("Ann", photo, o); }).what();
  }

  TempFolder folder_;
};

TEST_F(FacebankTest, APersonIsKnownByTheirPhotosAndAStrangerIsNot) {
  Facebank b = bank();
  const std::vector<fs::path> faces = portraits("sample1.jpg");
  ASSERT_GE(faces.size(), 2U);
  const SeedRecord seed = b.add("Ann O'Hara", faces[0], {});
  EXPECT_EQ(seed.person_id, "ann-o-hara");
  for (const char* suffix : {"_d.png", "_e.png", "_orig.png"}) {
    EXPECT_TRUE(fs::exists(folder_ / "out/facebank/ann-o-hara" / (seed.seed_id + suffix)));
  }
  // The same face in the whole photo, somewhat larger.
  const std::vector<FoundMatch> found = b.match_photo(kRoot / ".deps/photos/sample1.jpg");
  int known = 0;
  for (const FoundMatch& f : found) known += f.match.verdict == Verdict::known ? 1 : 0;
  EXPECT_EQ(known, 1);
  EXPECT_GT(found.size(), 1U);
  EXPECT_EQ(found[0].match.best->name, "Ann O'Hara");
}

TEST_F(FacebankTest, WhatIsNoGoodPhotoOfOneFaceIsRefusedWithTheReason) {
  Facebank b = bank();
  EXPECT_THAT(refusal(b, kRoot / ".deps/photos/sample1.jpg"),
              AllOf(HasSubstr("faces; say which with --face"), HasSubstr("1: "), HasSubstr("2: ")));
  EXPECT_THAT(refusal(b, kRoot / ".deps/photos/sample1.jpg", {99, false, false, ""}),
              HasSubstr("no face 99"));
  const auto write = [&](const Image& image) {
    const std::vector<uint8_t> png = encode_png(image);
    return folder_.write("made.png", {reinterpret_cast<const char*>(png.data()), png.size()});
  };
  EXPECT_THAT(refusal(b, write(Image(200, 200, 3))), HasSubstr("no face in it"));
  const fs::path face = portraits("sample1.jpg")[0];
  const Image good = read_photo(face);
  const auto scaled = [&](double by, Size size) { return warp(good, {by, 0, 0, 0, by, 0}, size); };
  const double to_60 = good.width / 120.0;
  EXPECT_THAT(refusal(b, write(scaled(to_60, {120, static_cast<int>(good.height / to_60)}))),
              AllOf(HasSubstr("pixels wide"), HasSubstr("less than 96")));
  const Image tiny =
      scaled(good.width / 30.0, {30, static_cast<int>(30.0 * good.height / good.width)});
  const double up = 30.0 / good.width;
  EXPECT_THAT(refusal(b, write(warp(tiny, {up, 0, 0, 0, up, 0}, {good.width, good.height}))),
              HasSubstr("blurred"));
  EXPECT_THAT(b.people(), IsEmpty()) << "nobody is made for a photo that was refused";
  EXPECT_FALSE(fs::exists(folder_ / "out/facebank/ann"));
}

TEST_F(FacebankTest, TheSamePhotoOrSomebodyElsesFaceIsRefused) {
  Facebank b = bank();
  const fs::path face = portraits("sample1.jpg")[0];
  b.add("Ann", face, {});
  EXPECT_THAT(refusal(b, face), HasSubstr("a photo of Ann already"));
  const fs::path again = portraits("sample1.jpg", 0.7F)[0];  // another cut of the same face
  const Error error = caught_error([&] { b.add("Bob", again, {}); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("nearer to Ann"), HasSubstr("--anyway")));
  b.add("Bob", again, {0, true, false, ""});
  EXPECT_THAT(b.people(), SizeIs(2));
}

TEST_F(FacebankTest, DeletionDeletesRowsAndPictures) {
  Facebank b = bank();
  const std::vector<fs::path> faces = portraits("sample1.jpg");
  const SeedRecord first = b.add("Ann", faces[0], {});
  b.add("Ann", faces[1], {0, true, false, ""});
  b.remove_seed("Ann", first.seed_id);
  EXPECT_THAT(files_below(folder_ / "out/facebank/ann"), SizeIs(3));
  EXPECT_THAT(b.seeds_of("ann"), SizeIs(1));
  b.remove("ann");
  EXPECT_FALSE(fs::exists(folder_ / "out/facebank/ann"));
  EXPECT_THAT(b.references(), IsEmpty());
  EXPECT_EQ(caught_error([&] { b.remove("ann"); }).code(), ErrorCode::not_found);
}

TEST_F(FacebankTest, MergingMovesThePhotos) {
  Facebank b = bank();
  const std::vector<fs::path> faces = portraits("sample1.jpg");
  b.add("Ann", faces[0], {});
  b.add("Anna", faces[1], {});
  b.merge("Anna", "Ann");
  EXPECT_THAT(b.people(), SizeIs(1));
  EXPECT_THAT(b.seeds_of("ann"), SizeIs(2));
  EXPECT_THAT(files_below(folder_ / "out/facebank/ann"), SizeIs(6));
  EXPECT_FALSE(fs::exists(folder_ / "out/facebank/anna"));
  EXPECT_THAT(caught_error([&] { b.merge("ann", "Ann"); }).what(), HasSubstr("one person already"));
}

TEST_F(FacebankTest, VectorsOfAnotherModelAreMadeAnewAndNeverCompared) {
  const fs::path face = portraits("sample1.jpg")[0];
  Embedding made;
  {
    Facebank b = bank();
    made = b.add("Ann", face, {}).vector;
  }
  const fs::path file = folder_ / "out/facebank/screenalytics.db";
  {
    Store store(file);
    const std::string id = store.seeds()[0].seed_id;
    store.set_vector(id, "another:model", Embedding(128, 0.1F));
  }
  Facebank b = bank();
  ASSERT_THAT(b.references(), SizeIs(1));
  EXPECT_NEAR(cosine_similarity(b.references()[0].vector, made), 1, 1e-4);
  EXPECT_EQ(Store(file).seeds()[0].model_id, models().model_id);
}

TEST_F(FacebankTest, AnExportedFacebankIsReadElsewhereAndNonsenseIsRefused) {
  const std::vector<fs::path> faces = portraits("sample1.jpg");
  Facebank b = bank();
  b.add("Ann", faces[0], {});
  b.add("Bob", faces[1], {});
  b.export_to(folder_ / "copy");
  EXPECT_EQ(caught_error([&] { b.export_to(folder_ / "copy"); }).code(), ErrorCode::conflict);
  Facebank other(folder_ / "elsewhere", models(), {});
  EXPECT_EQ(other.import_from(folder_ / "copy"), 2);
  EXPECT_EQ(other.import_from(folder_ / "copy"), 0) << "they are there already";
  EXPECT_THAT(other.references(), SizeIs(2));
  EXPECT_EQ(other.match_photo(faces[1])[0].match.best->name, "Bob");
  EXPECT_EQ(caught_error([&] { other.import_from(folder_ / "nowhere"); }).code(),
            ErrorCode::not_found);
  Facebank third(folder_ / "third", models(), {});
  Store(folder_ / "copy/screenalytics.db").add_person({"../up", "Mallory", "now"});
  const Error error = caught_error([&] { third.import_from(folder_ / "copy"); });
  EXPECT_EQ(error.code(), ErrorCode::corrupt_input);
  EXPECT_THAT(third.people(), IsEmpty());
  EXPECT_THAT(files_below(folder_ / "third"), SizeIs(1)) << "the database alone";
}

}  // namespace
}  // namespace screenalytics
