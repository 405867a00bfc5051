// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <filesystem>

#include "base/error.h"
#include "testing/ground_truth.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;

TruthHeader two_shots() {
  TruthHeader header;
  header.video = "a.mp4";
  header.size = {1920, 1080};
  header.rate = "24/1";
  header.seed = 9;
  header.options = "--seconds 1";
  header.shots = {{0, 4, "one.jpg"}, {4, 6, "two.jpg"}};
  header.people = {"ada", "bea"};
  return header;
}

TrueFrame frame_with(int frame, float ada_visible, float bea_visible) {
  TrueFrame truth{frame, Timestamp::from_us(frame * 41667), {}};
  if (ada_visible > 0) truth.faces.push_back({"ada", {1, 2, 30.25f, 40.5f}, ada_visible});
  if (bea_visible > 0) truth.faces.push_back({"bea", {-5, 2, 30, 40}, bea_visible, true});
  return truth;
}

GroundTruth write_and_read(const TempFolder& folder, const std::vector<TrueFrame>& frames) {
  TruthWriter writer(folder / "a.truth.json", two_shots());
  for (const TrueFrame& frame : frames) writer.add(frame);
  writer.finish();
  return read_ground_truth(folder / "a.truth.json");
}

TEST(GroundTruth, ReadsBackWhatWasWritten) {
  const TempFolder folder;
  std::vector<TrueFrame> frames;
  for (int i = 0; i < 6; ++i) frames.push_back(frame_with(i, 1, i == 2 ? 0 : 0.25f));
  const GroundTruth truth = write_and_read(folder, frames);
  EXPECT_EQ(truth.header, two_shots());
  EXPECT_EQ(truth.frames, frames);
  EXPECT_THAT(truth.cuts, ElementsAre(4));
  EXPECT_EQ(truth.shot_of(3), 0);
  EXPECT_EQ(truth.shot_of(4), 1);
}

TEST(GroundTruth, AnAppearanceEndsWhereLessThanHalfShowsAndAtACut) {
  const TempFolder folder;
  const GroundTruth truth = write_and_read(
      folder, {frame_with(0, 1, 0.4f), frame_with(1, 0.5f, 0.5f), frame_with(2, 0.49f, 1),
               frame_with(3, 1, 0), frame_with(4, 1, 0), frame_with(5, 1, 0)});
  EXPECT_THAT(truth.appearances,
              ElementsAre(TrueAppearance{"ada", 0, 0, 2}, TrueAppearance{"bea", 0, 1, 3},
                          TrueAppearance{"ada", 0, 3, 4}, TrueAppearance{"ada", 1, 4, 6}));
}

TEST(GroundTruth, AnUnfinishedOneLeavesTheOldFileAndNoRest) {
  const TempFolder folder;
  write_and_read(folder, {frame_with(0, 1, 0)});
  { TruthWriter(folder / "a.truth.json", two_shots()).add(frame_with(0, 0, 1)); }
  EXPECT_EQ(read_ground_truth(folder / "a.truth.json").frames[0].faces[0].person, "ada");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

ErrorCode code_of(const std::filesystem::path& path) {
  try {
    read_ground_truth(path);
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), ::testing::HasSubstr(path.filename().string()));
    return e.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::conflict;
}

TEST(GroundTruth, AMissingCutOrForeignFileIsRefused) {
  const TempFolder folder;
  EXPECT_EQ(code_of(folder / "none.json"), ErrorCode::not_found);
  EXPECT_EQ(code_of(folder.write("cut.json", R"({"schema_version": "epi)")),
            ErrorCode::corrupt_input);
  EXPECT_EQ(code_of(folder.write("other.json", R"({"schema_version": "photo_faces_v1"})")),
            ErrorCode::corrupt_input);
  EXPECT_EQ(code_of(folder.write("empty.json", R"({"schema_version": "episode_truth_v1"})")),
            ErrorCode::corrupt_input);
}

TEST(GroundTruth, AnUnwritablePlaceIsRefused) {
  const TempFolder folder;
  EXPECT_THROW(TruthWriter(folder / "no/such/a.json", two_shots()), Error);
}

}  // namespace
}  // namespace screenalytics
