// Tests of what a run writes about itself.
// SPDX-License-Identifier: MIT
#include "pipeline/run_description.h"

#include <gmock/gmock.h>

#include <chrono>
#include <set>

#include "config/knobs.h"
#include "pipeline/fake_parts_test.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

Settings shipped_settings(const std::map<std::string, std::string>& flags = {}) {
  SettingsSources sources;
  sources.config_dir = fs::path(SOURCE_ROOT) / "config" / "pipeline";
  sources.flags = flags;
  sources.cores = 8;
  return load_settings(sources);
}

struct Described {
  Described() : video(folder.write("show.mp4", "0123456789")) {
    info.size = {1920, 1080};
    info.file_size = 10;
    request.video = video;
    request.settings = shipped_settings();
    request.detector.id = "det";
    request.detector.sha256 = "aa";
    request.embedder.id = "emb";
    request.embedder.sha256 = "bb";
  }
  std::string fingerprint() const { return run_fingerprint(request, info); }

  TempFolder folder;
  fs::path video;
  VideoInfo info;
  RunRequest request{EpisodeId("ep"), true, {}, {}, {}, {}, RunStage::cluster, false, false, {}};
};

// Another valid value of the knob.
std::string other_value(const Knob& knob, const std::string& now) {
  if (knob.type == KnobType::boolean) return now == "true" ? "false" : "true";
  if (knob.type == KnobType::choice) {
    return std::string(knob.choices[0] == now ? knob.choices[1] : knob.choices[0]);
  }
  if (knob.type == KnobType::text) return "another";
  return now.substr(0, 1) == "1" ? "2" : "1";
}

TEST(RunFingerprint, IsTheSameForTheSameRun) {
  const Described a;
  EXPECT_EQ(a.fingerprint(), a.fingerprint());
  EXPECT_FALSE(a.fingerprint().empty());
}

TEST(RunFingerprint, ChangesWithEveryKnobThatMattersAndWithNoOther) {
  const std::set<std::string_view> indifferent{"thermal_limit",    "nice",
                                               "threads",          "out_root",
                                               "progress_file",    "allow_cpu_fallback",
                                               "embed_batch_size", "max_crops_per_track",
                                               "sampling_mode",    "max_faces_per_episode",
                                               "cluster_thresh",   "linkage",
                                               "min_cluster_size", "min_identity_sim",
                                               "group_thresh",     "smoothing",
                                               "singleton_merge",  "person_thresh",
                                               "person_margin",    "gap_tolerance_s",
                                               "edge_padding_s",   "min_appearance_s"};
  Described run;
  const std::string before = run.fingerprint();
  for (const Knob& knob : knobs()) {
    const std::string key(knob.key);
    ASSERT_TRUE(run.request.settings.provenance.contains(key)) << key;
    Described other;
    other.request.video = run.video;
    Origin& origin = other.request.settings.provenance.at(key);
    origin.value = other_value(knob, origin.value);
    const bool same = run_fingerprint(other.request, run.info) == before;
    EXPECT_EQ(same, indifferent.contains(knob.key)) << key;
  }
}

TEST(RunFingerprint, ChangesWithAFlagThatIsReallyGiven) {
  Described run;
  const std::string before = run.fingerprint();
  run.request.settings = shipped_settings({{"stride", "7"}});
  EXPECT_NE(run.fingerprint(), before);
  run.request.settings = shipped_settings({{"threads", "3"}, {"out_root", "elsewhere"}});
  EXPECT_EQ(run.fingerprint(), before);
}

TEST(RunFingerprint, ChangesWithModelsAndStages) {
  Described run;
  const std::string before = run.fingerprint();
  run.request.detector.sha256 = "cc";
  EXPECT_NE(run.fingerprint(), before);
  run.request.detector.sha256 = "aa";
  run.request.embedder.sha256 = "cc";
  EXPECT_NE(run.fingerprint(), before);
  run.request.embedder.sha256 = "bb";
  run.request.last_stage = RunStage::detect;
  EXPECT_NE(run.fingerprint(), before);
  run.request.last_stage = RunStage::cluster;
  EXPECT_EQ(run.fingerprint(), before);
}

TEST(RunFingerprint, ChangesWithTheVideoItsSizeAndItsTime) {
  Described run;
  const std::string before = run.fingerprint();
  fs::last_write_time(run.video, fs::last_write_time(run.video) + std::chrono::seconds(5));
  EXPECT_NE(run.fingerprint(), before);

  Described longer;
  const std::string whole = longer.fingerprint();
  longer.info.file_size = 11;
  EXPECT_NE(longer.fingerprint(), whole);
  longer.info.file_size = 10;
  longer.request.video = longer.folder / "other.mp4";
  EXPECT_NE(longer.fingerprint(), whole);
}

TEST(RunRecordOfARun, HoldsEveryKnobWithItsSource) {
  Described run;
  run.request.settings = shipped_settings({{"stride", "7"}});
  const RunRecord r = describe_run(run.request, run.info, "done", "then", {"a note"});
  EXPECT_EQ(r.settings.size(), knobs().size());
  EXPECT_THAT(r.settings, Contains(RunSetting{"stride", "7", "flag --stride", false}));
  EXPECT_EQ(r.status, "done");
  EXPECT_EQ(r.started_at, "then");
  EXPECT_EQ(r.notes, std::vector<std::string>{"a note"});
  EXPECT_EQ(r.video.at("size"), "1920x1080");
  EXPECT_THAT(r.versions.at("ffmpeg"), Not(::testing::IsEmpty()));
  ASSERT_EQ(r.models.size(), 2U);
  EXPECT_EQ(r.models[1].id, "emb");
}

TEST(RunRecordOfARun, NamesNoEmbedderWhereNoneWasUsed) {
  Described run;
  run.request.last_stage = RunStage::detect;
  EXPECT_EQ(describe_run(run.request, run.info, "done", "then", {}).models.size(), 1U);
  run.request.last_stage = RunStage::cluster;
  EXPECT_EQ(describe_run(run.request, run.info, "done", "then", {}).models.size(), 2U);
  run.request.last_stage = RunStage::track;
  run.request.settings.tracking.gate_enabled = false;
  EXPECT_EQ(describe_run(run.request, run.info, "done", "then", {}).models.size(), 1U);
}

TEST(MetricsOfARun, CountWhatCameOut) {
  const Described run;
  BuildResult built;
  built.tracks = {{1, 40, 100, true}, {2, 0.5, 3, false}};
  built.detections = 110;
  built.analysed_frames = 200;
  built.cuts = 3;
  built.frames_exported = 200;
  StageClocks clocks;
  clocks.detect.count(200, 200);
  SourceCounters source;
  source.packets_damaged = 2;
  const TrackMetrics m =
      describe_metrics({run.request, run.info, built, clocks, source, "cpu", 1000, 1, 40, 20});
  EXPECT_EQ(m.tracks_born, 2);
  EXPECT_EQ(m.tracks_lost, 1);
  EXPECT_EQ(m.id_switches, 1);
  EXPECT_EQ(m.total_frames, 1000);
  EXPECT_EQ(m.analyzed_frames, 200);
  EXPECT_NEAR(m.analyzed_fps, 5, 1e-9);
  EXPECT_NEAR(m.tracks_per_minute, 3, 1e-9);
  EXPECT_NEAR(m.short_track_fraction, 0.5, 1e-9);
  EXPECT_NEAR(m.id_switch_rate, 0.5, 1e-9);
  EXPECT_EQ(m.scene_cuts, 3);
  EXPECT_EQ(m.counts.at("packets_damaged"), 2);
  EXPECT_EQ(m.counts.at("frames_exported"), 200);
  EXPECT_EQ(m.detector, "det");
  EXPECT_EQ(m.tracker, "bytetrack");
  EXPECT_GT(m.peak_rss_mb, 0);
  ASSERT_EQ(m.stages.size(), 6U);
  EXPECT_EQ(m.stages[1].second.items, 200);
  std::vector<std::string> warned;
  for (const MetricWarning& w : m.warnings) warned.push_back(w.metric);
  EXPECT_THAT(warned, ::testing::ElementsAre("short_track_fraction", "id_switch_rate"));
}

TEST(MetricsOfARun, NothingAnalysedGivesZerosAndNoWarning) {
  const Described run;
  const TrackMetrics m = describe_metrics({run.request, run.info, {}, {}, {}, "cpu", 0, 0, 0, 0});
  EXPECT_EQ(m.analyzed_fps, 0);
  EXPECT_EQ(m.tracks_per_minute, 0);
  EXPECT_TRUE(m.warnings.empty());
}

}  // namespace
}  // namespace screenalytics
