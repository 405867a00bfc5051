// Tests of the JSON documents: round trips, field names, and what is refused.
// SPDX-License-Identifier: MIT
#include "artifacts/documents.h"

#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

std::vector<ShotRow> shots() {
  return {{0, 0, 100, Timestamp::from_us(0), Timestamp::from_us(4'170'833), "start"},
          {1, 100, 240, Timestamp::from_us(4'170'833), Timestamp::from_us(10'010'000), "cut"}};
}

TrackMetrics metrics() {
  TrackMetrics m;
  m.ep_id = "ep";
  m.tracks_born = 7;
  m.tracks_lost = 3;
  m.id_switches = 1;
  m.longest_tracks = {{4, 12.5}, {2, 9.25}};
  m.avg_tracks_per_frame = 1.5;
  m.tracks_per_minute = 14;
  m.short_track_fraction = 0.125;
  m.id_switch_rate = 0.01;
  m.total_frames = 1440;
  m.analyzed_frames = 288;
  m.analyzed_fps = 40;
  m.elapsed_s = 7.2;
  m.device = "cpu";
  m.detector = "retinaface_mnet025_v2";
  m.tracker = "bytetrack";
  m.scene_cuts = 11;
  m.stages = {
      {"track", {0.5, 0.25, 288, 0}}, {"decode", {2, 1, 1440, 0}}, {"embed", {1, 0, 60, 30}}};
  m.peak_rss_mb = 212.5;
  m.counts = {{"bad_packets", 2}, {"frames_saved", 288}};
  m.warnings = {{"tracks_per_minute", 55, 50, "raise \"track_buffer\""}};
  return m;
}

Progress progress() {
  Progress p;
  p.ep_id = "ep";
  p.phase = "detect";
  p.frames_done = 10;
  p.frames_total = 100;
  p.elapsed_s = 1.5;
  p.fps_detected = 23.976;
  p.analyzed_fps = 6.5;
  p.eta_s = 13.5;
  p.stage_fps = {{"decode", 100.0}, {"detect", 50.0}};
  p.percent = 10;
  p.message = "line\nbreak";
  p.updated_at = "2026-01-31T12:00:00.123Z";
  return p;
}

RunRecord run() {
  RunRecord r;
  r.ep_id = "ep";
  r.status = "running";
  r.profile = "balanced";
  r.profile_source = "default";
  r.started_at = "2026-01-31T12:00:00.123Z";
  r.video = {{"path", "/tv/a \"b\".mkv"}, {"codec", "h264"}};
  r.settings = {{"stride", "5", "profile balanced (performance_profiles.yaml:12)", false},
                {"device", "auto", "default", true},
                {"save_frames", "true", "flag --save-frames", false},
                {"confidence_th", "0.8", "default", false}};
  r.models = {{"detector", "retinaface_mnet025_v2", "e0ec", "models/weights/a.onnx"}};
  r.versions = {{"screenalytics", "0.1.0"}};
  r.host = {{"cores", "2"}};
  r.notes = {"one note"};
  return r;
}

TEST(Documents, ComeBackAsTheyWereWritten) {
  const TempFolder folder;
  write_shots(folder / "shots.json", shots());
  EXPECT_EQ(read_shots(folder / "shots.json"), shots());
  write_shots(folder / "none.json", {});
  EXPECT_TRUE(read_shots(folder / "none.json").empty());
  write_track_metrics(folder / "m.json", metrics());
  EXPECT_EQ(read_track_metrics(folder / "m.json"), metrics());
  write_progress(folder / "p.json", progress());
  EXPECT_EQ(read_progress(folder / "p.json"), progress());
  write_run(folder / "r.json", run());
  EXPECT_EQ(read_run(folder / "r.json"), run());
}

TEST(Documents, CarryTheFieldsOfTheArtifactsDocument) {
  const TempFolder folder;
  write_track_metrics(folder / "m.json", metrics());
  const Json m = Json::parse(file_content(folder / "m.json"));
  EXPECT_EQ(m["longest_tracks"][0], (Json{{"track_id", "track-00004"}, {"length", 12.5}}));
  EXPECT_EQ(m["elapsed_sec"], 7.2);
  EXPECT_EQ(m["stages"]["track"]["busy_sec"], 0.5);
  EXPECT_EQ(m["stages"]["track"]["wait_sec"], 0.25);
  EXPECT_EQ(m["stages"]["track"]["items_per_sec"], 576);
  EXPECT_FALSE(m["stages"]["track"].contains("calls"));
  EXPECT_EQ(m["stages"]["embed"]["items_per_call"], 2);
  EXPECT_EQ(m["stages"].begin().key(), "track");
  EXPECT_EQ(m["warnings"][0]["advice"], "raise \"track_buffer\"");

  write_progress(folder / "p.json", progress());
  const Json p = Json::parse(file_content(folder / "p.json"));
  EXPECT_EQ(p["eta_sec"], 13.5);
  EXPECT_EQ(p["fps_detected"], 23.976);
  EXPECT_EQ(p["stage_fps"]["decode"], 100);

  write_shots(folder / "s.json", shots());
  EXPECT_THAT(file_content(folder / "s.json"), HasSubstr("\"start_s\": 4.170833,"));

  write_run(folder / "r.json", run());
  const Json r = Json::parse(file_content(folder / "r.json"));
  EXPECT_EQ(r["settings"]["stride"]["value"], 5);
  EXPECT_EQ(r["settings"]["save_frames"]["value"], true);
  EXPECT_EQ(r["settings"]["device"]["value"], "auto");
  EXPECT_TRUE(r["finished_at"].is_null());
}

TEST(Documents, AnUnknownLengthAndTimeLeftAreNull) {
  const TempFolder folder;
  Progress p = progress();
  p.frames_total.reset();
  p.eta_s.reset();
  write_progress(folder / "p.json", p);
  EXPECT_EQ(read_progress(folder / "p.json"), p);
  EXPECT_TRUE(Json::parse(file_content(folder / "p.json"))["eta_sec"].is_null());
}

TEST(Documents, AStageThatDidNothingHasNoRate) {
  const TempFolder folder;
  TrackMetrics m = metrics();
  m.stages = {{"export", {}}};
  write_track_metrics(folder / "m.json", m);
  EXPECT_EQ(Json::parse(file_content(folder / "m.json"))["stages"]["export"]["items_per_sec"], 0);
}

TEST(Documents, TextThatIsNotUtf8IsWrittenReadably) {
  const TempFolder folder;
  Progress p = progress();
  p.message = "name \xff end";
  write_progress(folder / "p.json", p);
  EXPECT_EQ(read_progress(folder / "p.json").message, "name \xef\xbf\xbd end");
}

TEST(Documents, ValuesThatBreakTheSchemaAreRefusedAndTheOldFileStays) {
  const TempFolder folder;
  const auto path = folder.write("a.json", "old");
  const auto refused = [&](const auto& call) {
    const Error error = caught_error(call);
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_EQ(file_content(path), "old");
    EXPECT_THAT(error.what(), HasSubstr("cannot write " + path.string() + ": "));
    return std::string(error.what());
  };
  Progress p = progress();
  p.phase = "asleep";
  EXPECT_THAT(refused([&] { write_progress(path, p); }),
              HasSubstr("field 'phase' is \"asleep\", not one of init, detect, track"));
  p = progress();
  p.analyzed_fps = std::nan("");
  EXPECT_THAT(refused([&] { write_progress(path, p); }), HasSubstr("field 'analyzed_fps'"));
  p = progress();
  p.percent = 101;
  EXPECT_THAT(refused([&] { write_progress(path, p); }),
              HasSubstr("field 'percent' is 101.0, not a number from 0 to 100"));
  TrackMetrics m = metrics();
  m.longest_tracks.assign(6, {1, 1.0});
  EXPECT_THAT(refused([&] { write_track_metrics(path, m); }), HasSubstr("a list of up to five"));
  m = metrics();
  m.stages[0].second.busy_s = -1;
  EXPECT_THAT(refused([&] { write_track_metrics(path, m); }),
              HasSubstr("field 'stages.track.busy_sec' is -1.0"));
  m = metrics();
  m.short_track_fraction = 1.5;
  EXPECT_THAT(refused([&] { write_track_metrics(path, m); }), HasSubstr("short_track_fraction"));
  auto s = shots();
  s[1].start_frame = 101;
  EXPECT_THAT(
      refused([&] { write_shots(path, s); }),
      HasSubstr("field 'shots[1].start_frame' is 101, not 100, the end of the shot before"));
  s = shots();
  s[1].start = Timestamp::from_us(5);
  EXPECT_THAT(refused([&] { write_shots(path, s); }), HasSubstr("field 'shots[1].start_s'"));
  s = shots();
  s[1].end = Timestamp::from_us(5);
  EXPECT_THAT(refused([&] { write_shots(path, s); }), HasSubstr("field 'shots[1].end_s'"));
  s = shots();
  s[0].end_frame = 0;
  EXPECT_THAT(refused([&] { write_shots(path, s); }), HasSubstr("field 'shots[0].end_frame'"));
  s = shots();
  s[1].shot = 5;
  EXPECT_THAT(refused([&] { write_shots(path, s); }), HasSubstr("its place in the list"));
  s = shots();
  s[1].boundary = "wipe";
  EXPECT_THAT(refused([&] { write_shots(path, s); }), HasSubstr("not one of cut, dissolve, start"));
  RunRecord r = run();
  r.settings[0].value = "many";
  EXPECT_THAT(refused([&] { write_run(path, r); }),
              HasSubstr("field 'settings.stride.value' is \"many\", not a number, true or false"));
  r = run();
  r.status = "lost";
  EXPECT_THAT(refused([&] { write_run(path, r); }), HasSubstr("field 'status' is \"lost\""));
  r = run();
  r.models[0].sha256 = "";
  EXPECT_THAT(refused([&] { write_run(path, r); }), HasSubstr("field 'models[0].sha256'"));
}

TEST(Documents, FilesThatAreNotTheirsAreRefusedByField) {
  const TempFolder folder;
  const auto refused = [&](const auto& read, std::string_view content) {
    const auto path = folder.write("a.json", content);
    const Error error = caught_error([&] { read(path); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt_input) << content;
    EXPECT_THAT(error.what(), HasSubstr("cannot read " + path.string() + ": "));
    return std::string(error.what());
  };
  const auto half = std::string_view("{\"shots\": [");
  EXPECT_THAT(refused(read_shots, half), HasSubstr("the file is not JSON"));
  EXPECT_THAT(refused(read_run, half), HasSubstr("the file is not JSON"));
  EXPECT_THAT(refused(read_progress, ""), HasSubstr("the file is not JSON"));
  EXPECT_THAT(refused(read_shots, "[]"), HasSubstr("[] is not a JSON object"));
  EXPECT_THAT(refused(read_shots, "{}"), HasSubstr("field 'shots' is missing"));
  EXPECT_THAT(refused(read_shots, "{\"shots\": [3]}"), HasSubstr("field 'shots[0]' is 3"));
  EXPECT_THAT(refused(read_track_metrics, "{\"ep_id\": 5}"), HasSubstr("field 'ep_id' is 5"));
  EXPECT_THAT(refused(read_progress, "{\"ep_id\": \"\"}"), HasSubstr("a text with content"));
  EXPECT_THAT(refused(read_run, "{\"ep_id\":\"e\",\"status\":[" + std::string(500, ' ') + "]}"),
              HasSubstr("field 'status' is []"));
  write_run(folder / "r.json", run());
  Json r = Json::parse(file_content(folder / "r.json"));
  r["settings"]["stride"]["value"] = nullptr;
  EXPECT_THAT(refused(read_run, r.dump()), HasSubstr("field 'settings.stride.value' is null"));
  r = Json::parse(file_content(folder / "r.json"));
  r["notes"][0] = 1;
  EXPECT_THAT(refused(read_run, r.dump()), HasSubstr("field 'notes' is 1, not a text"));
  r = Json::parse(file_content(folder / "r.json"));
  r["video"] = 1;
  EXPECT_THAT(refused(read_run, r.dump()), HasSubstr("field 'video' is 1, not a JSON object"));
  write_track_metrics(folder / "m.json", metrics());
  Json m = Json::parse(file_content(folder / "m.json"));
  m["longest_tracks"][0]["track_id"] = "x";
  EXPECT_THAT(refused(read_track_metrics, m.dump()),
              HasSubstr("field 'longest_tracks[0].track_id' is \"x\""));
}

TEST(Documents, AMissingOneIsNotFound) {
  const TempFolder folder;
  EXPECT_EQ(caught_error([&] { read_shots(folder / "no.json"); }).code(), ErrorCode::not_found);
}

TEST(UtcText, HasOneFormThatSortsByTime) {
  const std::string first = utc_text();
  EXPECT_THAT(first, ::testing::MatchesRegex("20[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9.]+Z"));
  EXPECT_EQ(first.size(), std::string("2026-01-31T12:00:00.123Z").size());
}

}  // namespace
}  // namespace screenalytics
