// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <string>

#include "base/error.h"
#include "testing/run_score.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

// Two shots of two frames at 10 fps, 1000x1000; ada is in both, bea too small in the second.
GroundTruth small_truth() {
  GroundTruth truth;
  truth.header.video = "a.mp4";
  truth.header.size = {1000, 1000};
  truth.header.shots = {{0, 2, "a.jpg"}, {2, 4, "b.jpg"}};
  truth.cuts = {2};
  for (int i = 0; i < 4; ++i) {
    TrueFrame frame{i, Timestamp::from_us(i * 100000), {{"ada", {100, 100, 300, 300}, 1}}};
    if (i >= 2) frame.faces.push_back({"bea", {600, 600, 650, 650}, 1});
    truth.frames.push_back(frame);
  }
  return truth;
}

constexpr const char* kShots = R"({"shots": [
  {"shot": 0, "start_frame": 0, "end_frame": 2, "start_s": 0, "end_s": 0.2, "boundary": "start"},
  {"shot": 1, "start_frame": 2, "end_frame": 4, "start_s": 0.2, "end_s": 0.4, "boundary": "cut"}]})";
constexpr const char* kSamples =
    "frame_idx,ts_s,faces,luma,confidence_th\n"
    "0,0.000000,1,90,0.8\n1,0.100000,1,90,0.8\n2,0.200000,1,90,0.8\n3,0.300500,1,90,0.8\n";

std::string row(int frame, const char* box, double confidence, const char* track) {
  return R"({"frame_idx":)" + std::to_string(frame) + R"(,"bbox":)" + box + R"(,"conf":)" +
         std::to_string(confidence) + R"(,"track_id":)" + track + "}\n";
}
constexpr const char* kAda = "[0.1,0.1,0.3,0.3]";
constexpr const char* kBea = "[0.6,0.6,0.65,0.65]";
constexpr const char* kNobody = "[0.8,0.1,0.95,0.25]";

RunScore score_of(const TempFolder& folder, const std::string& detections) {
  folder.write("samples.csv", kSamples);
  folder.write("shots.json", kShots);
  folder.write("detections.jsonl", detections);
  return score_run(small_truth(), folder.path(), {});
}

TEST(RunScore, APerfectRunHasPerfectFigures) {
  const TempFolder folder;
  const RunScore score = score_of(
      folder, row(0, kAda, 0.99, "\"track-00001\"") + row(1, kAda, 0.99, "\"track-00001\"") +
                  row(2, kAda, 0.99, "\"track-00002\"") + row(3, kAda, 0.99, "\"track-00002\"") +
                  row(3, kBea, 0.99, "null"));
  EXPECT_EQ(score.frames, 4);
  EXPECT_EQ(score.faces, 4);
  EXPECT_DOUBLE_EQ(score.detection.f1(), 1);
  EXPECT_DOUBLE_EQ(score.cuts.f1(), 1);
  EXPECT_DOUBLE_EQ(score.tracks.idf1(), 1);
  EXPECT_EQ(score.tracks.identities, 2);
  EXPECT_DOUBLE_EQ(score.tracks.tracks_per_identity(), 1);
  EXPECT_NEAR(score.time_error_s, 0.0005, 1e-9);
}

TEST(RunScore, ATrackAcrossACutIsTwoAppearances) {
  const TempFolder folder;
  std::string rows;
  for (int i = 0; i < 4; ++i) rows += row(i, kAda, 0.99, "\"track-00001\"");
  const RunScore score = score_of(folder, rows);
  EXPECT_EQ(score.tracks.idtp, 2);
  EXPECT_DOUBLE_EQ(score.tracks.tracks_per_identity(), 0.5);
}

TEST(RunScore, DetectionsUnderTheThresholdOfTheirFrameCountForTracksOnly) {
  const TempFolder folder;
  const RunScore score =
      score_of(folder, row(0, kAda, 0.5, "\"track-00001\"") + row(1, kAda, 0.9, "null") +
                           row(2, kNobody, 0.9, "null") + row(3, kNobody, 0.5, "null"));
  EXPECT_EQ(score.detection.right, 1);
  EXPECT_EQ(score.detection.wrong, 1);
  EXPECT_EQ(score.detection.missed, 3);
  EXPECT_EQ(score.tracks.idtp, 1);
}

TEST(RunScore, SaysEveryFigureInTheTableAndTheJson) {
  const TempFolder folder;
  const RunScore score = score_of(folder, row(0, kAda, 0.9, "\"track-00001\""));
  EXPECT_THAT(score_table(score), ::testing::HasSubstr("1 tracks for 2 appearances (0.500)"));
  for (const char* key : {"\"idf1\": 0.4", "\"recall\": 0.25", "\"tracks_per_appearance\": 0.5"}) {
    EXPECT_THAT(score_json(score), ::testing::HasSubstr(key));
  }
}

TEST(RunScore, RefusesMissingDamagedAndForeignRuns) {
  const TempFolder folder;
  const auto code = [&] {
    try {
      score_run(small_truth(), folder.path(), {});
    } catch (const Error& e) {
      return e.code();
    }
    return ErrorCode::conflict;
  };
  EXPECT_EQ(code(), ErrorCode::not_found);
  score_of(folder, "");
  folder.write("detections.jsonl", "{\"frame_idx\": 0\n");
  EXPECT_EQ(code(), ErrorCode::corrupt_input);
  folder.write("detections.jsonl", "");
  folder.write("samples.csv", "frame_idx,ts_s\n0,0\n");
  EXPECT_EQ(code(), ErrorCode::corrupt_input);
  folder.write("samples.csv", "frame_idx,ts_s,confidence_th\n0,zero,0.8\n");
  EXPECT_EQ(code(), ErrorCode::corrupt_input);
  folder.write("samples.csv", "frame_idx,ts_s,confidence_th\n9,0.9,0.8\n");
  EXPECT_EQ(code(), ErrorCode::corrupt_input);
}

}  // namespace
}  // namespace screenalytics
