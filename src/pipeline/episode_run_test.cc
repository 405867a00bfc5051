// Tests of whole runs over drawn videos: results, independence of threads, one face one track.
// SPDX-License-Identifier: MIT
#include "pipeline/episode_run.h"

#include <gmock/gmock.h>

#include <set>

#include "artifacts/identities_file.h"
#include "config/settings.h"
#include "pipeline/fake_parts_test.h"
#include "testing/caught_error.h"
#include "testing/random.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::optional<Box> box_at(double x, double y, double side = 28) {
  return Box{static_cast<float>(x), static_cast<float>(y), static_cast<float>(x + side),
             static_cast<float>(y + side)};
}

// Two people who walk past each other, a cut, another person, and a cut back.
FakeVideo busy_video(double duration_s = 8) {
  FakeVideo v;
  v.size = {160, 90};
  v.set_rate(12.5, duration_s);
  v.cuts_s = {duration_s * 0.4, duration_s * 0.7};
  const double cut = v.cuts_s[0], back = v.cuts_s[1];
  v.faces = {{0, [=](double t) { return t < cut ? box_at(10 + 12 * t, 10) : std::nullopt; }},
             {1, [=](double t) { return t < cut ? box_at(110 - 12 * t, 50) : std::nullopt; }},
             {2, [=](double t) { return t < cut || t > back ? std::nullopt : box_at(60, 20); }},
             {0, [=](double t) { return t < back ? std::nullopt : box_at(70, 12); }}};
  return v;
}

TEST(PipelineRun, WritesEveryArtifactOfAWholeRun) {
  FakeEpisode e(busy_video());
  const RunResult result = e.run();
  EXPECT_FALSE(result.cancelled);
  EXPECT_EQ(result.metrics.total_frames, 100);
  EXPECT_EQ(result.metrics.analyzed_frames, 100);
  EXPECT_EQ(result.metrics.scene_cuts, 2);
  EXPECT_EQ(result.metrics.tracks_born, 4);
  EXPECT_EQ(result.detections, static_cast<int64_t>(e.detections().size()));
  EXPECT_NEAR(result.analysed_s, 8, 1e-6);
  EXPECT_EQ(result.folder, e.paths().manifests());
  EXPECT_EQ(e.samples().size(), 100U);
  EXPECT_EQ(e.tracks().size(), 4U);
  EXPECT_EQ(read_shots(e.paths().shots()).size(), 3U);
  EXPECT_EQ(read_run(e.paths().run()).status, "done");
  EXPECT_EQ(read_track_metrics(e.paths().track_metrics()).tracks_born, 4);
  EXPECT_EQ(read_identities(e.paths().identities()).tracks, 4);
  EXPECT_FALSE(result.people.people.empty());
  const Progress p = read_progress(e.paths().progress());
  EXPECT_EQ(p.phase, "done");
  EXPECT_EQ(p.percent, 100);
  // Nothing of the work in progress is left.
  EXPECT_THAT(
      files_below(e.settings.run.out_root),
      ElementsAre(
          "analytics/ep/report.html", "analytics/ep/screentime.csv", "analytics/ep/screentime.json",
          "analytics/ep/timeline.csv", "embeds/ep/faces.npy", "embeds/ep/track_embeddings.jsonl",
          "embeds/ep/tracks.npy", "frames/ep/thumbs/identity-00001/rep.jpg",
          "frames/ep/thumbs/identity-00002/rep.jpg", "frames/ep/thumbs/identity-00003/rep.jpg",
          "frames/ep/thumbs/tracks/track-00001.jpg", "frames/ep/thumbs/tracks/track-00002.jpg",
          "frames/ep/thumbs/tracks/track-00003.jpg", "frames/ep/thumbs/tracks/track-00004.jpg",
          "manifests/ep/.lock", "manifests/ep/detections.jsonl", "manifests/ep/faces.jsonl",
          "manifests/ep/identities.json", "manifests/ep/progress.json", "manifests/ep/run.json",
          "manifests/ep/samples.csv", "manifests/ep/shots.json", "manifests/ep/track_metrics.json",
          "manifests/ep/tracks.jsonl"));
}

TEST(PipelineRun, RestsOnAHotMachineAndSaysSo) {
  FakeEpisode e(busy_video());
  const TempFolder sys;
  fs::create_directories(sys / "class/thermal/thermal_zone0");
  sys.write("class/thermal/thermal_zone0/type", "cpu-thermal\n");
  sys.write("class/thermal/thermal_zone0/temp", "95000\n");
  e.settings.run.thermal_limit = 80;
  const CancelToken never;
  RunParts parts = e.parts(never);
  parts.sensors = sys.path();
  const RunResult result = run_episode(e.request(), never, parts);
  EXPECT_THAT(result.notes, ::testing::Contains(HasSubstr("to stay below 80 C the run rested")));
  EXPECT_EQ(result.metrics.analyzed_frames, 100) << "and does all of its work";
}

TEST(PipelineRun, ResultsDoNotDependOnThreadsOrBatchSize) {
  std::string first;
  std::vector<std::string> first_pictures;
  for (const int threads : {1, 2, 4}) {
    for (const int batch : {1, 3}) {
      FakeEpisode e(busy_video());
      e.settings.run.threads = threads;
      e.settings.run.embed_batch_size = batch;
      e.settings.exporting = {true, true, 85};
      e.run();
      const std::vector<std::string> pictures = files_below(e.paths().images());
      if (first.empty()) {
        first = e.artifacts();
        first_pictures = pictures;
        EXPECT_GT(pictures.size(), 100U);
      }
      EXPECT_EQ(e.artifacts(), first) << threads << " threads, batches of " << batch;
      EXPECT_EQ(pictures, first_pictures);
    }
  }
}

TEST(PipelineRun, EveryAnalysedFrameAndEveryTrackedFaceHasItsPicture) {
  FakeEpisode e(busy_video());
  e.settings.exporting = {true, true, 85};
  const RunResult result = e.run();
  EXPECT_EQ(result.metrics.counts.at("frames_exported"), result.metrics.analyzed_frames);
  for (const SampleRow& s : e.samples()) EXPECT_TRUE(fs::exists(e.paths().frame(s.frame_idx)));
  int64_t tracked = 0;
  for (const DetectionRow& d : e.detections()) {
    if (!d.track) continue;
    ++tracked;
    EXPECT_TRUE(fs::exists(e.paths().crop(*d.track, d.frame_idx)));
  }
  EXPECT_EQ(result.metrics.counts.at("crops_exported"), tracked);
  EXPECT_FALSE(fs::exists(e.paths().images() / ".work"));
}

TEST(PipelineRun, StopsAfterDetectionWhereTracksAreNotWanted) {
  FakeEpisode e(busy_video());
  e.last_stage = RunStage::detect;
  e.run();
  EXPECT_TRUE(e.tracks().empty());
  EXPECT_FALSE(e.detections().empty());
  EXPECT_EQ(e.events.embedded, 0);
  EXPECT_EQ(read_track_metrics(e.paths().track_metrics()).tracker, "none");
}

TEST(PipelineRun, AVideoWithoutFacesIsAnOrdinaryResult) {
  FakeVideo v;
  v.set_rate(10, 3);
  FakeEpisode e(v);
  e.settings.exporting = {false, true, 85};
  const RunResult result = e.run();
  EXPECT_EQ(result.detections, 0);
  EXPECT_EQ(e.samples().size(), 30U);
  EXPECT_EQ(read_shots(e.paths().shots()).size(), 1U);
}

TEST(PipelineRun, TimesAreThoseOfTheContainerToTheMicrosecond) {
  FakeVideo v = busy_video();
  Random random(3);
  for (Timestamp& t : v.times) t.us += 1'000'000 + random.below(30'000);
  FakeEpisode e(v);
  e.settings.sampling = {3, 5, false};
  e.run();
  for (const SampleRow& s : e.samples()) {
    EXPECT_EQ(s.ts, v.times[static_cast<size_t>(s.frame_idx)]);
  }
  for (const DetectionRow& d : e.detections()) {
    EXPECT_EQ(d.ts, v.times[static_cast<size_t>(d.frame_idx)]);
  }
}

TEST(PipelineRun, ASecondRunReplacesTheFirst) {
  FakeEpisode e(busy_video());
  e.settings.exporting = {true, true, 85};
  e.run();
  e.settings.sampling.stride = 7;
  e.settings.exporting = {true, false, 85};
  e.run();
  EXPECT_EQ(files_below(e.paths().frames()).size(), e.samples().size());
  EXPECT_FALSE(fs::exists(e.paths().crops()));
}

TEST(PipelineRun, ASecondRunOfTheSameEpisodeMeanwhileIsAConflict) {
  FakeEpisode e(busy_video());
  Error second(ErrorCode::io, "");
  e.events.on_detect = [&](int n) {
    if (n != 20) return;
    FakeVideo other = busy_video();
    FakeEvents events;
    const RunParts parts{[&](const VideoSourceOptions& o) {
                           return std::make_unique<FakeSource>(other, o, nullptr, &events);
                         },
                         [&] { return std::make_unique<FakeDetector>(&events); },
                         [&] { return std::make_unique<FakeEmbedder>(&events); }};
    second = caught_error([&] { run_episode(e.request(), CancelToken{}, parts); });
    EXPECT_EQ(events.decoded, 0);
  };
  e.run();
  EXPECT_EQ(second.code(), ErrorCode::conflict);
  EXPECT_THAT(second.what(), HasSubstr("is writing it now"));
  EXPECT_EQ(read_progress(e.paths().progress()).phase, "done");
  FakeEpisode alone(busy_video());
  alone.run();
  EXPECT_EQ(e.artifacts(), alone.artifacts());
}

TEST(PipelineRun, AProgressFileElsewhereIsWrittenAndOneThatCannotBeIsANote) {
  FakeEpisode e(busy_video());
  e.settings.run.progress_file = (e.folder / "live.json").string();
  e.run();
  EXPECT_EQ(read_progress(e.folder / "live.json").phase, "done");
  EXPECT_FALSE(fs::exists(e.paths().progress()));

  e.settings.run.progress_file = (e.folder / "nowhere/live.json").string();
  const RunResult result = e.run();
  EXPECT_THAT(result.notes, ::testing::Contains(HasSubstr("nowhere/live.json")));
}

TEST(PipelineRun, AVideoShorterThanItsContainerPromisesIsANote) {
  class Promising final : public FrameSource {
   public:
    explicit Promising(std::unique_ptr<FrameSource> its_source)
        : source_(std::move(its_source)), info_(source_->info()) {
      info_.duration_s += 60;
    }
    const VideoInfo& info() const override { return info_; }
    std::optional<VideoFrame> next() override { return source_->next(); }
    SourceCounters counters() const override {
      SourceCounters c = source_->counters();
      c.packets_damaged = 3;
      c.timestamps_repaired = 2;
      return c;
    }
    std::optional<double> sampler_next_due_s() const override {
      return source_->sampler_next_due_s();
    }

   private:
    std::unique_ptr<FrameSource> source_;
    VideoInfo info_;
  };
  FakeEpisode e(busy_video());
  CancelToken token;
  RunParts parts = e.parts(token);
  const auto open = parts.open_source;
  parts.open_source = [&](const VideoSourceOptions& o) {
    return std::make_unique<Promising>(open(o));
  };
  const RunResult result = run_episode(e.request(), token, parts);
  EXPECT_THAT(result.notes, ElementsAre(HasSubstr("3 packet(s) could not be decoded"),
                                        HasSubstr("2 frame(s) had no usable time"),
                                        HasSubstr("only 8.0 s can be read")));
  EXPECT_EQ(read_run(e.paths().run()).notes, result.notes);
}

// One face for 60 s that drifts, as one does who sits and talks.
FakeVideo one_face() {
  FakeVideo v;
  v.size = {64, 36};
  v.faces = {
      {0, [](double t) { return box_at(18 + 8 * std::sin(t / 3), 4 + 2 * std::sin(t / 2), 26); }}};
  return v;
}

void expect_one_track(FakeVideo video, int stride, double fps, const std::string& rate) {
  SCOPED_TRACE(rate + ", stride " + std::to_string(stride) + ", fps " + std::to_string(fps));
  FakeEpisode e(std::move(video));
  e.settings.sampling = {stride, fps, false};
  const RunResult result = e.run();
  const std::vector<TrackRow> tracks = e.tracks();
  ASSERT_EQ(tracks.size(), 1U);
  EXPECT_EQ(tracks[0].detections, result.metrics.analyzed_frames);
  EXPECT_EQ(tracks[0].start, e.video.times.front());
  // From the last analysed frame on nobody looked: a grid step of fps or stride, and a frame.
  const double step_s = std::max(fps > 0 ? 1 / fps : 0, stride / result.video.average_fps * 2);
  EXPECT_GT(seconds_between(tracks[0].start, tracks[0].end), 60 - step_s - 0.1);
  for (const SampleRow& s : e.samples()) {
    ASSERT_EQ(s.ts, e.video.times[static_cast<size_t>(s.frame_idx)]);
  }
}

TEST(OneFace, ForAMinuteIsOneTrackAtEveryStrideAndFps) {
  const double all_fps[] = {2, 4, 8, 30};
  for (int stride = 1; stride <= 12; ++stride) {
    FakeVideo v = one_face();
    v.set_rate(25, 60);
    expect_one_track(v, stride, all_fps[stride % 4], "25");
    if (stride % 4 == 1) {
      for (const double fps : {2.0, 4.0, 30.0}) expect_one_track(v, stride, fps, "25");
    }
  }
}

TEST(OneFace, ForAMinuteIsOneTrackAtEverySourceRate) {
  const std::pair<const char*, double> rates[] = {
      {"23.976", 24000.0 / 1001}, {"29.97", 30000.0 / 1001}, {"50", 50}};
  for (const auto& [name, rate] : rates) {
    FakeVideo v = one_face();
    v.set_rate(rate, 60);
    expect_one_track(v, 10, 4, name);
    expect_one_track(v, 5, 8, name);
    expect_one_track(v, 1, 30, name);
    expect_one_track(v, 12, 2, name);
  }
}

TEST(OneFace, ForAMinuteIsOneTrackAtAVariableRate) {
  Random random(11);
  FakeVideo v = one_face();
  for (double t = 0; t < 60; t += random.between(0.01, 0.09)) {
    v.times.push_back(Timestamp::from_seconds(t));
  }
  for (const int stride : {1, 5, 12}) {
    for (const double fps : {2.0, 8.0, 30.0}) expect_one_track(v, stride, fps, "variable");
  }
}

}  // namespace
}  // namespace screenalytics
