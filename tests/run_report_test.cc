// What a run says about itself, on the terminal and in its files, and the commands beside `run`.
// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "episode_fixture.h"

namespace screenalytics {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

namespace fs = std::filesystem;

class RunReport : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    media_ = new TempFolder;
    video_ = make_face_clip({6, "24", {640, 360}}, *media_, "face");
  }
  static void TearDownTestSuite() { delete media_; }

  ProgramResult run(const std::vector<std::string>& flags,
                    const std::map<std::string, std::string>& env = {}) {
    ProgramCall call = run_call(video_, out_.path(), flags);
    call.env = env;
    ProgramResult result = run_program(call);
    EXPECT_EQ(result.exit_code, 0) << result.text();
    EXPECT_EQ(artifact_faults(out_.path()), "");
    return result;
  }

  RunSetting setting(const std::string& key) {
    const RunRecord record = read_run(paths_.run());
    for (const RunSetting& s : record.settings) {
      if (s.key == key) return s;
    }
    return {};
  }

  static TempFolder* media_;
  static fs::path video_;
  TempFolder out_;
  EpisodePaths paths_ = episode_paths(out_.path());
};

TempFolder* RunReport::media_ = nullptr;
fs::path RunReport::video_;

TEST_F(RunReport, EveryKnobHasASource) {
  run({"--stride", "7", "--no-save-frames"},
      {{"SCREENALYTICS_FPS", "5"}, {"SCREENALYTICS_PROFILE", "fast_cpu"}});
  const RunRecord record = read_run(paths_.run());
  EXPECT_EQ(record.profile, "fast_cpu");
  EXPECT_THAT(record.profile_source, HasSubstr("SCREENALYTICS_PROFILE"));
  EXPECT_EQ(setting("stride").value, "7");
  EXPECT_EQ(setting("stride").source, "flag --stride");
  EXPECT_EQ(setting("fps").value, "5");
  EXPECT_THAT(setting("fps").source, HasSubstr("SCREENALYTICS_FPS"));
  EXPECT_THAT(setting("det_size").source, StartsWith("profile fast_cpu ("));
  EXPECT_THAT(setting("iou_th").source, HasSubstr("detection.yaml:"));
  for (const RunSetting& s : record.settings) EXPECT_NE(s.source, "") << s.key;
  // One entry for every knob that --help-all lists.
  const std::string help = run_program({{"run", "--help-all"}}).out;
  size_t flags = 0;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) flags += line.starts_with("  --") ? 1 : 0;
  EXPECT_EQ(record.settings.size(), flags);
}

TEST_F(RunReport, ModelsVersionsAndHostAreRecorded) {
  run({});
  const RunRecord record = read_run(paths_.run());
  EXPECT_EQ(record.status, "done");
  ASSERT_EQ(record.models.size(), 2u);
  for (const RunModel& model : record.models) EXPECT_EQ(model.sha256.size(), 64u) << model.id;
  EXPECT_FALSE(record.versions.empty());
  EXPECT_FALSE(record.host.empty());
  EXPECT_LE(record.started_at, record.finished_at);
}

TEST_F(RunReport, ProgressEndsWithDone) {
  run({});
  const Progress progress = read_progress(paths_.progress());
  EXPECT_EQ(progress.phase, "done");
  EXPECT_EQ(progress.percent, 100);
  EXPECT_EQ(progress.frames_total, 6 * 24);
  EXPECT_EQ(progress.frames_done, 6 * 24) << "also those behind the last analysed one";
  EXPECT_EQ(progress.ep_id, kEpisode);
}

TEST_F(RunReport, JsonIsOneDocumentALine) {
  const ProgramResult result = run({"--json"});
  EXPECT_EQ(result.err, "");
  std::istringstream lines(result.out);
  std::vector<nlohmann::json> documents;
  for (std::string line; std::getline(lines, line);) {
    documents.push_back(nlohmann::json::parse(line, nullptr, false));
    ASSERT_FALSE(documents.back().is_discarded()) << line;
  }
  ASSERT_GE(documents.size(), 3u);
  std::vector<std::string> phases;
  for (const auto& d : documents) {
    if (d.contains("phase")) phases.push_back(d["phase"]);
  }
  EXPECT_EQ(phases.front(), "init");
  EXPECT_THAT(phases, Contains("track"));
  EXPECT_EQ(phases.back(), "done");
  EXPECT_EQ(documents.back()["tracks_born"], 1);
}

TEST_F(RunReport, QuietSaysNothing) { EXPECT_EQ(run({"--quiet"}).text(), ""); }

TEST_F(RunReport, ThePlainReportNamesTracksAndFiles) {
  const ProgramResult result = run({});
  EXPECT_THAT(result.out, AllOf(HasSubstr("episode: done"), HasSubstr("tracks       1"),
                                HasSubstr(paths_.manifests().string())));
  EXPECT_EQ(result.text().find('\r'), std::string::npos) << "no bar where there is no terminal";
}

TEST_F(RunReport, DetectionAloneGivesNoTracks) {
  run({"--stages", "detect"});
  EXPECT_TRUE(read_tracks(out_.path()).empty());
  const std::vector<DetectionRow> detections = read_detections(out_.path());
  ASSERT_FALSE(detections.empty());
  for (const DetectionRow& d : detections) EXPECT_FALSE(d.track.has_value());
}

TEST_F(RunReport, PicturesAreWhatTheMetricsCount) {
  run({"--save-frames", "--save-crops"});  // the counts are compared in artifact_faults()
  const TrackMetrics metrics = read_track_metrics(paths_.track_metrics());
  EXPECT_EQ(metrics.counts.at("frames_exported"), metrics.analyzed_frames);
  const auto tracks = read_tracks(out_.path());
  ASSERT_EQ(tracks.size(), 1u);
  EXPECT_EQ(metrics.counts.at("crops_exported"), tracks[0].detections);
  for (const std::string& thumb : tracks[0].sample_thumbs) {
    EXPECT_TRUE(fs::exists(out_ / thumb)) << thumb;
  }
  const auto size_at = [&](const char* quality) {
    run({"--save-frames", "--jpeg-quality", quality});
    return fs::file_size(paths_.frame(0));
  };
  EXPECT_LT(size_at("30"), size_at("95"));
}

TEST_F(RunReport, PicturesOfAnEarlierRunGoWhenNoneAreWanted) {
  run({"--save-frames", "--save-crops"});
  run({"--no-save-frames", "--no-save-crops"});  // leftovers would not be what the metrics count
  EXPECT_FALSE(fs::exists(paths_.frames()));
}

TEST_F(RunReport, EpisodeRunIsASecondName) {
  const fs::path link = out_ / "episode_run";
  fs::create_symlink(program_path(), link);
  ProgramCall call{{"--ep-id", kEpisode, "--video", video_.string(), "--out-root",
                    (out_ / "data").string(), "--no-save-frames"}};
  call.executable = link;
  const ProgramResult result = run_program(call);
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(artifact_faults(out_ / "data"), "");
}

TEST_F(RunReport, ResultsGoToDataUnlessToldOtherwise) {
  ProgramCall call{{"run", video_.string(), "--stride", "24"}};
  call.cwd = out_.path();
  EXPECT_EQ(run_program(call).exit_code, 0);
  EXPECT_TRUE(fs::exists(out_ / "data/manifests/face/run.json")) << "named after the file";
  call.env = {{"SCREENALYTICS_DATA_ROOT", "elsewhere"}};
  EXPECT_EQ(run_program(call).exit_code, 0);
  EXPECT_TRUE(fs::exists(out_ / "elsewhere/manifests/face/run.json"));
}

TEST(Help, IsShort) {
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{"--help"}, {"run", "--help"}, {"models", "--help"}}) {
    const ProgramResult help = run_program({args});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_LT(std::count(help.out.begin(), help.out.end(), '\n'), 60);
  }
  EXPECT_THAT(run_program({{"run", "--help"}}).out, HasSubstr("Examples:"));
}

TEST(Completion, IsAScriptThatBashAccepts) {
  const TempFolder folder;
  const ProgramResult script = run_program({{"completion", "bash"}});
  EXPECT_THAT(script.out, HasSubstr("--stride"));
  const fs::path file = folder.write("completion.bash", script.out);
  ProgramCall bash{{"-n", file.string()}};
  bash.executable = "/bin/bash";
  const ProgramResult checked = run_program(bash);
  EXPECT_EQ(checked.exit_code, 0) << checked.text();
  // What a user gets who types `run --strid` and presses the key.
  bash.args = {"-c", fmt::format("source {}; COMP_WORDS=(screenalytics run --strid); COMP_CWORD=2; "
                                 "_screenalytics 2>/dev/null; echo \"${{COMPREPLY[*]}}\"",
                                 file.string())};
  EXPECT_EQ(run_program(bash).out, "--stride\n");
}

TEST(Models, AreListedAndVerified) {
  const ProgramResult models = run_program({{"models"}});
  EXPECT_EQ(models.exit_code, 0) << models.text();
  EXPECT_THAT(models.out,
              AllOf(HasSubstr("retinaface_mnet025_v2 (in use)"),
                    HasSubstr("arcface_mobilefacenet (in use)"), HasSubstr("verified")));
}

TEST(Doctor, SaysWhatThisMachineHas) {
  const ProgramResult doctor = run_program({{"doctor"}});
  EXPECT_EQ(doctor.exit_code, 0) << doctor.text();
  EXPECT_THAT(doctor.out, AllOf(HasSubstr("cores"), HasSubstr("CPUExecutionProvider"),
                                HasSubstr("h264"), HasSubstr("temperature"), HasSubstr("profile")));
}

// Published builds of ONNX Runtime collect usage data, and keep a database and log files for it.
TEST(Privacy, ARunLeavesNothingButItsResults) {
  const TempFolder folder, home, temporary, out;
  ProgramCall call = run_call(make_face_clip({2, "24", {320, 180}}, folder, "face"), out.path());
  call.env = {{"HOME", home.path().string()},
              {"XDG_CACHE_HOME", home.path().string()},
              {"TMPDIR", temporary.path().string()}};
  const ProgramResult run = run_program(call);
  ASSERT_EQ(run.exit_code, kExitDone) << run.text();
  EXPECT_TRUE(std::filesystem::is_empty(home.path()));
  EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
}

}  // namespace
}  // namespace screenalytics
