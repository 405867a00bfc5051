// Tests of the line artifacts: what is written, what comes back, what is refused.
// SPDX-License-Identifier: MIT
#include "artifacts/row_files.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

DetectionRow detection() {
  DetectionRow row;
  row.frame_idx = 120;
  row.ts = Timestamp::from_us(12'480'000);
  row.bbox = {0.25f, 0.5f, 0.75f, 1.0f};
  row.landmarks = {
      Point{0.25f, 0.5f}, {0.5f, 0.5f}, {0.375f, 0.625f}, {0.25f, 0.75f}, {0.5f, 0.75f}};
  row.conf = 0.875f;
  row.track = 7;
  return row;
}

std::string written(const std::filesystem::path& path, const std::vector<DetectionRow>& rows,
                    std::string_view model = "retinaface_mnet025_v2") {
  DetectionWriter writer(path, EpisodeId("ep"), model);
  for (const DetectionRow& row : rows) writer.write(row);
  writer.commit();
  return file_content(path);
}

TEST(DetectionFile, ALineIsExactlyAsTheArtifactsDocumentSays) {
  const TempFolder folder;
  EXPECT_EQ(written(folder / "d.jsonl", {detection()}),
            R"({"ep_id":"ep","frame_idx":120,"ts_s":12.480000,)"
            R"("bbox":[0.250000,0.500000,0.750000,1.000000],)"
            R"("landmarks":[[0.250000,0.500000],[0.500000,0.500000],[0.375000,0.625000],)"
            R"([0.250000,0.750000],[0.500000,0.750000]],"conf":0.875000,)"
            R"("track_id":"track-00007","model_id":"retinaface_mnet025_v2",)"
            R"("schema_version":"det_v1"})"
            "\n");
}

TEST(DetectionFile, RowsComeBackAsTheyWereWritten) {
  const TempFolder folder;
  DetectionRow untracked = detection();
  untracked.track.reset();
  untracked.ts = Timestamp::from_us(-1);
  written(folder / "d.jsonl", {detection(), untracked}, "a \"model\"\n\\ \xc3\xa9");
  DetectionReader reader(folder / "d.jsonl");
  DetectionRow row;
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row, detection());
  EXPECT_EQ(reader.ep_id(), "ep");
  EXPECT_EQ(reader.model_id(), "a \"model\"\n\\ \xc3\xa9");
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row, untracked);
  EXPECT_FALSE(reader.next(row));
  EXPECT_FALSE(reader.next(row));
}

TEST(DetectionFile, EveryMicrosecondSurvives) {
  const TempFolder folder;
  std::vector<DetectionRow> rows;
  for (int64_t us : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{-500'000}, int64_t{999'999},
                     int64_t{1'000'001}, int64_t{33'366'667}, int64_t{86'399'999'999},
                     int64_t{1'000'000'000'000'001}}) {
    rows.push_back(detection());
    rows.back().ts = Timestamp::from_us(us);
  }
  EXPECT_THAT(written(folder / "d.jsonl", rows), HasSubstr("\"ts_s\":-0.500000,"));
  DetectionReader reader(folder / "d.jsonl");
  DetectionRow row;
  for (const DetectionRow& expected : rows) {
    ASSERT_TRUE(reader.next(row));
    EXPECT_EQ(row.ts, expected.ts);
  }
}

TEST(DetectionFile, ABoxIsClippedToTheFrameAndLandmarksAreNot) {
  const TempFolder folder;
  DetectionRow row = detection();
  row.bbox = {-0.5f, -0.25f, 0.5f, 1.5f};
  row.landmarks[0] = {-0.25f, 5.0f};
  const std::string line = written(folder / "d.jsonl", {row});
  EXPECT_THAT(line, HasSubstr("\"bbox\":[0.000000,0.000000,0.500000,1.000000]"));
  EXPECT_THAT(line, HasSubstr("[[-0.250000,2.000000],"));
}

TEST(DetectionFile, RowsThatBreakTheSchemaAreRefusedOnWritingByField) {
  const TempFolder folder;
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  struct Case {
    const char* message;
    void (*spoil)(DetectionRow&);
  };
  const Case cases[] = {
      {"field 'frame_idx' is -1, not a whole number of at least 0",
       [](DetectionRow& r) { r.frame_idx = -1; }},
      {"field 'conf' is 1.5, not a number from 0 to 1", [](DetectionRow& r) { r.conf = 1.5f; }},
      {"field 'conf' is nan", [](DetectionRow& r) { r.conf = kNan; }},
      {"field 'track_id' is -2", [](DetectionRow& r) { r.track = -2; }},
      {"field 'bbox' is [nan, 0.5, 0.75, 1] in frame 120, not a box with content inside the frame",
       [](DetectionRow& r) { r.bbox.x1 = kNan; }},
      {"field 'bbox' is [0.75", [](DetectionRow& r) { r.bbox.x1 = 0.75f; }},
      {"field 'bbox' is [1.5",
       [](DetectionRow& r) {
         r.bbox = {1.5f, 0, 2, 1};
       }},
      {"field 'landmarks' is nan, not a finite number",
       [](DetectionRow& r) { r.landmarks[3].y = kNan; }},
  };
  for (const Case& bad : cases) {
    DetectionRow row = detection();
    bad.spoil(row);
    const Error error = caught_error([&] { written(folder / "d.jsonl", {row}); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_THAT(error.what(), HasSubstr("cannot write " + (folder / "d.jsonl").string()));
    EXPECT_THAT(error.what(), HasSubstr(bad.message));
  }
  EXPECT_THAT(caught_error([&] { written(folder / "d.jsonl", {}, ""); }).what(),
              HasSubstr("field 'model_id'"));
  EXPECT_FALSE(std::filesystem::exists(folder / "d.jsonl"));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(DetectionFile, NonsenseIsRefusedOnReadingByFileLineFieldAndValue) {
  const TempFolder folder;
  const std::string good = written(folder / "d.jsonl", {detection()});
  struct Case {
    std::string_view from, to, message;
  };
  const Case cases[] = {
      {"{", "", "the line is not JSON"},
      {"{\"ep_id\"", "[{\"ep_id\"", "the line is not JSON"},
      {"det_v1", "det_v9", "field 'schema_version' is \"det_v9\", not one of det_v1"},
      {"\"frame_idx\":120,", "", "field 'frame_idx' is missing"},
      {"120", "-3", "field 'frame_idx' is -3, not a whole number of at least 0"},
      {"120", "1.5", "field 'frame_idx' is 1.5"},
      {"120", "99999999999999999999", "field 'frame_idx' is"},
      {"120", "18446744073709551615", "field 'frame_idx' is"},
      {"12.480000", "\"12\"", "field 'ts_s' is \"12\""},
      {"12.480000", "1e300", "field 'ts_s' is"},
      {"[0.250000,0.500000,0.750000,1.000000]", "[0.75,0.5,0.25,1]",
       "field 'bbox' is [0.75,0.5,0.25,1], not [x1, y1, x2, y2] in 0..1"},
      {"[0.250000,0.500000,0.750000,1.000000]", "[0,0,1]", "field 'bbox' is [0,0,1]"},
      {"[0.250000,0.500000,0.750000,1.000000]", "[0,0,1,1.5]", "field 'bbox' is [0,0,1,1.5]"},
      {"[0.250000,0.500000,0.750000,1.000000]", "[0,0,1,null]", "field 'bbox' is [0,0,1,null]"},
      {"[0.250000,0.500000,0.750000,1.000000]", "7", "field 'bbox' is 7, not a list"},
      {"[0.500000,0.500000],", "", "field 'landmarks' is"},
      {"[0.500000,0.500000],", "[1,2,3],", "field 'landmarks' is [1,2,3], not five [x, y]"},
      {"0.875000", "1.7", "field 'conf' is 1.7, not a number from 0 to 1"},
      {"\"track-00007\"", "\"track-7\"", "field 'track_id' is \"track-7\", not of the form"},
      {"\"track-00007\"", "7", "field 'track_id' is 7, not a text"},
      {"\"retinaface_mnet025_v2\"", "\"\"", "field 'model_id' is \"\""},
  };
  for (const Case& bad : cases) {
    const auto path = folder.write("bad.jsonl", good + replaced(good, bad.from, bad.to));
    DetectionReader reader(path);
    DetectionRow row;
    ASSERT_TRUE(reader.next(row));
    const Error error = caught_error([&] { reader.next(row); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt_input) << bad.message;
    EXPECT_THAT(error.what(), HasSubstr("cannot read " + path.string() + ":2: "));
    EXPECT_THAT(error.what(), HasSubstr(std::string(bad.message)));
    EXPECT_THAT(error.what(), HasSubstr("run the episode again"));
  }
}

TEST(LineReader, RefusesAnEndlessLineAndNamesAMissingFileAndAFolder) {
  const TempFolder folder;
  LineReader reader(folder.write("long", "short\n" + std::string((1 << 20) + 10, 'x')));
  EXPECT_EQ(*reader.next(), "short");
  const Error error = caught_error([&] { reader.next(); });
  EXPECT_EQ(error.code(), ErrorCode::corrupt_input);
  EXPECT_THAT(error.what(), HasSubstr("long:2: the line is longer than 1048576 bytes"));
  const Error missing = caught_error([&] { LineReader none(folder / "none"); });
  EXPECT_EQ(missing.code(), ErrorCode::not_found);
  EXPECT_EQ(caught_error([&] { LineReader(folder.path()).next(); }).code(), ErrorCode::io);
}

TEST(LineReader, ReadsALastLineWithoutNewlineAndALineOfTheLargestSize) {
  const TempFolder folder;
  const std::string largest(1 << 20, 'x');
  LineReader reader(folder.write("a", largest + "\n\nlast"));
  EXPECT_EQ(*reader.next(), largest);
  EXPECT_EQ(*reader.next(), "");
  EXPECT_EQ(*reader.next(), "last");
  EXPECT_FALSE(reader.next());
}

TrackRow track() {
  TrackRow row;
  row.track = 12;
  row.start = Timestamp::from_us(41'667);
  row.end = Timestamp::from_us(2'000'000);
  row.first_frame = 1;
  row.last_frame = 48;
  row.sample_thumbs = {"frames/ep/crops/track-00012/frame_000001.jpg", "odd \"name\".jpg"};
  row.detections = 10;
  row.avg_conf = 0.9;
  row.min_conf = 0.75;
  row.max_conf = 0.99;
  row.end_reason = "shot_cut";
  return row;
}

std::string written(const std::filesystem::path& path, const TrackRow& row) {
  TrackWriter writer(path, EpisodeId("ep"));
  writer.write(row);
  writer.commit();
  return file_content(path);
}

TEST(TrackFile, ALineIsExactlyAsTheArtifactsDocumentSaysAndComesBack) {
  const TempFolder folder;
  EXPECT_EQ(
      written(folder / "t.jsonl", track()),
      R"({"track_id":"track-00012","ep_id":"ep","start_s":0.041667,"end_s":2.000000,)"
      R"("frame_span":[1,48],"sample_thumbs":["frames/ep/crops/track-00012/frame_000001.jpg",)"
      R"("odd \"name\".jpg"],"stats":{"detections":10,"avg_conf":0.900000,)"
      R"("min_conf":0.750000,"max_conf":0.990000},"end_reason":"shot_cut",)"
      R"("schema_version":"track_v1"})"
      "\n");
  TrackReader reader(folder / "t.jsonl");
  TrackRow row;
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row, track());
  EXPECT_EQ(reader.ep_id(), "ep");
  EXPECT_FALSE(reader.next(row));
}

TEST(TrackFile, RowsThatBreakTheSchemaAreRefusedOnWritingByField) {
  const TempFolder folder;
  struct Case {
    const char* message;
    void (*spoil)(TrackRow&);
  };
  const Case cases[] = {
      {"field 'track_id' is -1", [](TrackRow& r) { r.track = -1; }},
      {"field 'frame_span' is 0, not a whole number of at least 1",
       [](TrackRow& r) { r.last_frame = 0; }},
      {"field 'frame_span' is -1", [](TrackRow& r) { r.first_frame = -1; }},
      {"field 'stats.detections' is 0", [](TrackRow& r) { r.detections = 0; }},
      {"field 'end_s' is 0, not at or after start_s", [](TrackRow& r) { r.end = {}; }},
      {"field 'stats.avg_conf' is 2", [](TrackRow& r) { r.avg_conf = 2; }},
      {"field 'stats.min_conf' is -1", [](TrackRow& r) { r.min_conf = -1; }},
      {"field 'stats.max_conf' is nan", [](TrackRow& r) { r.max_conf = std::nan(""); }},
      {"field 'end_reason' is \"bored\", not one of lost, shot_cut, appearance_split, end_of_video",
       [](TrackRow& r) { r.end_reason = "bored"; }},
  };
  for (const Case& bad : cases) {
    TrackRow row = track();
    bad.spoil(row);
    const Error error = caught_error([&] { written(folder / "t.jsonl", row); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_THAT(error.what(), HasSubstr(bad.message));
  }
}

TEST(TrackFile, NonsenseIsRefusedOnReadingByField) {
  const TempFolder folder;
  const std::string good = written(folder / "t.jsonl", track());
  struct Case {
    std::string_view from, to, message;
  };
  const Case cases[] = {
      {"track_v1", "track_v2", "field 'schema_version'"},
      {"track-00012", "person-1", "field 'track_id' is \"person-1\""},
      {"2.000000", "0.01", "field 'end_s' is 0.01, not at or after start_s"},
      {"[1,48]", "[48,1]", "field 'frame_span' is [48,1]"},
      {"[1,48]", "[1]", "field 'frame_span' is [1]"},
      {"[1,48]", "[1,\"x\"]", "field 'frame_span' is [1,\"x\"]"},
      {"\"odd \\\"name\\\".jpg\"", "5", "field 'sample_thumbs' is 5, not a path"},
      {"\"detections\":10", "\"detections\":0", "field 'stats.detections' is 0"},
      {"\"avg_conf\":0.900000", "\"avg_conf\":null", "field 'stats.avg_conf' is null"},
      {"\"stats\":{", "\"stats\":[],\"x\":{", "field 'stats' is [], not a JSON object"},
      {"shot_cut", "nap", "field 'end_reason' is \"nap\""},
  };
  for (const Case& bad : cases) {
    TrackReader reader(folder.write("bad.jsonl", replaced(good, bad.from, bad.to)));
    TrackRow row;
    const Error error = caught_error([&] { reader.next(row); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt_input) << bad.message;
    EXPECT_THAT(error.what(), HasSubstr("bad.jsonl:1: " + std::string(bad.message)));
  }
}

TEST(SampleFile, IsCsvWithItsHeaderAndComesBack) {
  const TempFolder folder;
  const SampleRow expected{240, Timestamp::from_us(8'008'000), 3, 101.5, 0.8};
  SampleWriter writer(folder / "s.csv");
  writer.write(expected);
  writer.commit();
  EXPECT_EQ(file_content(folder / "s.csv"),
            "frame_idx,ts_s,faces,luma,confidence_th\n240,8.008000,3,101.500000,0.800000\n");
  SampleReader reader(folder / "s.csv");
  SampleRow row;
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row, expected);
  EXPECT_FALSE(reader.next(row));
}

TEST(SampleFile, NonsenseIsRefusedOnBothSides) {
  const TempFolder folder;
  SampleWriter writer(folder / "s.csv");
  for (const SampleRow& bad :
       {SampleRow{-1, {}, 0, 0, 0}, SampleRow{0, {}, -1, 0, 0}, SampleRow{0, {}, 0, 256, 0},
        SampleRow{0, {}, 0, std::nan(""), 0}, SampleRow{0, {}, 0, 0, 1.5}}) {
    EXPECT_EQ(caught_error([&] { writer.write(bad); }).code(), ErrorCode::invalid_argument);
  }
  EXPECT_THAT(caught_error([&] { SampleReader(folder.write("h.csv", "a,b\n")); }).what(),
              HasSubstr("the first line is not frame_idx,ts_s,faces,luma,confidence_th"));
  EXPECT_THAT(caught_error([&] { SampleReader(folder.write("e.csv", "")); }).what(),
              HasSubstr("the first line is not"));
  const std::pair<const char*, const char*> cases[] = {
      {"x,0,0,0,0", "field 'frame_idx' is 'x', not a number from 0"},
      {"0,nan,0,0,0", "field 'ts_s' is 'nan'"},
      {"0,0,1.5,0,0", "field 'faces' is '1.5'"},
      {"0,0,0,900,0", "field 'luma' is '900', not a number from 0 to 255"},
      {"0,0,0,0,inf", "field 'confidence_th' is 'inf'"},
      {"0,0,0,0", "field 'confidence_th' is missing"},
      {"0,0,0,0,0,0", "the line has more than five fields"},
      {"", "field 'frame_idx' is ''"},
  };
  for (const auto& [line, message] : cases) {
    const auto path = folder.write(
        "s.csv", std::string("frame_idx,ts_s,faces,luma,confidence_th\n") + line + "\n");
    SampleReader reader(path);
    SampleRow row;
    const Error error = caught_error([&] { reader.next(row); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt_input) << line;
    EXPECT_THAT(error.what(), HasSubstr("s.csv:2: " + std::string(message)));
  }
}

TEST(TrackName, IsReadBackFromItsOneForm) {
  EXPECT_EQ(track_name(1), "track-00001");
  EXPECT_EQ(track_name(1234567), "track-1234567");
  for (int number : {0, 1, 99999, 100000, 2147483647}) {
    EXPECT_EQ(track_number(track_name(number)), number);
  }
  for (const char* bad : {"", "track-", "track-1", "track-000001", "track--0001", "track-0000x",
                          "Track-00001", "track-99999999999"}) {
    EXPECT_FALSE(track_number(bad)) << bad;
  }
}

}  // namespace
}  // namespace screenalytics
