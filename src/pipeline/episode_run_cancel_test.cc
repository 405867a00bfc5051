// Tests of runs that are cancelled at every stage, and of their continuation.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "pipeline/episode_run.h"
#include "pipeline/fake_parts_test.h"
#include "pipeline/image_exporter.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

enum class Stage { decode, detect, embed };

// Two people change places at 3 s, so that the tracker has to look, split and join; a letterbox,
// two cuts, and a flash that looks like a cut until the next frame.
FakeVideo eventful_video() {
  FakeVideo v;
  v.size = {160, 90};
  v.set_rate(12, 9);
  v.cuts_s = {1.5, 6.1};
  v.flashes_s = {4.5};
  const auto at = [](float x) { return std::optional<Box>(Box{x, 20, x + 32, 60}); };
  v.faces = {
      {0, [=](double t) { return at(t < 3 ? 20 : 100); }},
      {1, [=](double t) { return at(t < 3 ? 100 : 20); }},
      {2, [=](double t) { return t > 6.1 ? at(static_cast<float>(60 + 2 * t)) : std::nullopt; }}};
  return v;
}

void set_up(FakeEpisode& e, int stride = 2) {
  e.settings.sampling = {stride, 8, false};
  e.settings.exporting = {true, true, 85};
}

struct Whole {
  explicit Whole(int stride = 2) : episode(eventful_video()) {
    set_up(episode, stride);
    episode.run();
    pictures = files_below(episode.paths().images());
  }
  int calls(Stage stage) const {
    const FakeEvents& e = episode.events;
    return stage == Stage::decode ? e.decoded : stage == Stage::detect ? e.detected : e.embedded;
  }
  FakeEpisode episode;
  std::vector<std::string> pictures;
};

void cancel_at(FakeEpisode& e, Stage stage, int call) {
  auto& hook = stage == Stage::decode   ? e.events.on_decode
               : stage == Stage::detect ? e.events.on_detect
                                        : e.events.on_embed;
  hook = [&e, call](int n) {
    if (n == call) e.cancel();
  };
}

void never_cancel(FakeEpisode& e) {
  e.events.on_decode = e.events.on_detect = e.events.on_embed = [](int) {};
}

void expect_valid_and_cancelled(const FakeEpisode& e, const RunResult& result) {
  EXPECT_TRUE(result.cancelled);
  EXPECT_EQ(read_run(e.paths().run()).status, "cancelled");
  EXPECT_EQ(read_progress(e.paths().progress()).phase, "cancelled");
  EXPECT_EQ(read_track_metrics(e.paths().track_metrics()).analyzed_frames,
            result.metrics.analyzed_frames);
  const std::vector<SampleRow> samples = e.samples();
  EXPECT_EQ(static_cast<int64_t>(samples.size()), result.metrics.analyzed_frames);
  EXPECT_EQ(static_cast<int64_t>(e.detections().size()), result.detections);
  EXPECT_EQ(static_cast<int64_t>(e.tracks().size()), result.metrics.tracks_born);
  const std::vector<ShotRow> shots = read_shots(e.paths().shots());
  EXPECT_EQ(shots.empty(), samples.empty());
  EXPECT_EQ(files_below(e.paths().frames()).size(), samples.size());
}

class PipelineCancel : public ::testing::TestWithParam<Stage> {};

TEST_P(PipelineCancel, LeavesValidArtifactsAndNoThreadAndResumeEndsAsIfItNeverHappened) {
  const Whole whole;
  const int calls = whole.calls(GetParam());
  ASSERT_GT(calls, 3);
  for (const int call : {1, 2, calls / 4, calls / 2, calls * 3 / 4, calls - 1, calls}) {
    SCOPED_TRACE("cancelled at call " + std::to_string(call) + " of " + std::to_string(calls));
    FakeEpisode e(whole.episode.video);
    set_up(e);
    cancel_at(e, GetParam(), call);
    const long threads = thread_count();
    const RunResult stopped = e.run();
    EXPECT_TRUE(threads_are_back_to(threads)) << "a thread is left";
    expect_valid_and_cancelled(e, stopped);

    never_cancel(e);
    const int decoded = e.events.decoded;
    const RunResult result = e.run(true);
    EXPECT_FALSE(result.cancelled);
    EXPECT_EQ(result.resumed_frames, stopped.metrics.analyzed_frames);
    EXPECT_EQ(e.artifacts(), whole.episode.artifacts());
    EXPECT_EQ(files_below(e.paths().images()), whole.pictures);
    EXPECT_EQ(read_run(e.paths().run()).status, "done");
    if (stopped.metrics.analyzed_frames > 20) {
      EXPECT_LT(e.events.decoded - decoded, static_cast<int>(e.video.times.size()))
          << "the whole video was decoded again";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AtEveryStage, PipelineCancel,
                         ::testing::Values(Stage::decode, Stage::detect, Stage::embed),
                         [](const auto& p) {
                           return p.param == Stage::decode   ? "Decode"
                                  : p.param == Stage::detect ? "Detect"
                                                             : "Embed";
                         });

TEST(PipelineResume, AFlashAtTheMomentOfTheCancelIsNoCutAfterwards) {
  const Whole whole(1);
  // Frame 54 is the flash; the frames around it are those after which the verdict is not yet known.
  for (int call = 52; call <= 62; ++call) {
    FakeEpisode e(whole.episode.video);
    set_up(e, 1);
    cancel_at(e, Stage::decode, call);
    EXPECT_TRUE(e.run().cancelled);
    never_cancel(e);
    e.run(true);
    EXPECT_EQ(e.artifacts(), whole.episode.artifacts()) << "cancelled at frame " << call;
  }
}

TEST(PipelineResume, ARunMayBeStoppedAgainAndAgain) {
  const Whole whole;
  FakeEpisode e(whole.episode.video);
  set_up(e);
  bool resume = false;
  int runs = 0;
  for (bool cancelled = true; cancelled; resume = true) {
    const int from = e.events.decoded;
    e.events.on_decode = [&e, from](int n) {
      if (n == from + 31) e.cancel();
    };
    cancelled = e.run(resume).cancelled;
    ASSERT_LT(++runs, 50);
  }
  EXPECT_GT(runs, 3);
  EXPECT_EQ(e.artifacts(), whole.episode.artifacts());
  EXPECT_EQ(files_below(e.paths().images()), whole.pictures);
}

TEST(PipelineResume, ATokenSetBeforeTheRunAnalysesNothing) {
  FakeEpisode e(eventful_video());
  CancelToken token;
  token.cancel();
  const RunResult result = run_episode(e.request(), token, e.parts(token));
  EXPECT_TRUE(result.cancelled);
  EXPECT_EQ(result.metrics.total_frames, 0);
  EXPECT_TRUE(e.samples().empty());
  EXPECT_TRUE(read_shots(e.paths().shots()).empty());
  const RunResult again = e.run(true);
  EXPECT_THAT(again.notes, Contains(HasSubstr("had not finished a frame")));
  EXPECT_EQ(again.metrics.total_frames, static_cast<int64_t>(e.video.times.size()));
}

TEST(PipelineCancel, KeepsTheResultsOfARunThatCameToItsEnd) {
  FakeEpisode e(eventful_video());
  set_up(e);
  e.run();
  const auto artifacts = e.artifacts();
  const auto pictures = files_below(e.paths().images() / "frames");
  e.settings.sampling.stride = 1;
  const int from = e.events.decoded;
  e.events.on_decode = [&e, from](int n) {
    if (n == from + 20) e.cancel();
  };
  const RunResult stopped = e.run();
  EXPECT_TRUE(stopped.cancelled);
  EXPECT_FALSE(stopped.written);
  EXPECT_THAT(stopped.notes, Contains(HasSubstr("are kept")));
  EXPECT_EQ(e.artifacts(), artifacts);
  EXPECT_EQ(files_below(e.paths().images() / "frames"), pictures);
  EXPECT_EQ(read_run(e.paths().run()).status, "done");
  never_cancel(e);
  const RunResult finished = e.run(true);
  EXPECT_TRUE(finished.written);
  EXPECT_GT(finished.resumed_frames, 0);
}

TEST(PipelineResume, PicturesThatNeverReachedTheDiskAreMadeAgain) {
  const Whole whole;
  FakeEpisode e(whole.episode.video);
  set_up(e);
  cancel_at(e, Stage::decode, 60);
  const RunResult stopped = e.run();
  // As if the process had been killed while these were in the queue.
  const ExportFolder work(e.paths().images() / ".work");
  const std::vector<SampleRow> samples = e.samples();
  const int64_t lost = samples.at(samples.size() - 3).frame_idx;
  ASSERT_TRUE(fs::remove(work.frame(lost)));
  never_cancel(e);
  const RunResult result = e.run(true);
  EXPECT_EQ(result.resumed_frames, stopped.metrics.analyzed_frames - 3);
  EXPECT_EQ(e.artifacts(), whole.episode.artifacts());
  EXPECT_EQ(files_below(e.paths().images()), whole.pictures);
}

TEST(PipelineResume, ALostCropIsMadeAgainToo) {
  const Whole whole;
  FakeEpisode e(whole.episode.video);
  set_up(e);
  cancel_at(e, Stage::decode, 60);
  const RunResult stopped = e.run();
  ASSERT_TRUE(fs::remove_all(e.paths().images() / ".work/crops/segment-0") > 0);
  never_cancel(e);
  EXPECT_LT(e.run(true).resumed_frames, stopped.metrics.analyzed_frames);
  EXPECT_EQ(files_below(e.paths().images()), whole.pictures);
}

TEST(PipelineResume, OtherSettingsStartFromTheBeginningAndSaySo) {
  FakeEpisode e(eventful_video());
  cancel_at(e, Stage::decode, 60);
  e.run();
  never_cancel(e);
  e.last_stage = RunStage::detect;
  const RunResult result = e.run(true);
  EXPECT_EQ(result.resumed_frames, 0);
  EXPECT_THAT(result.notes, Contains(HasSubstr("other settings")));
  EXPECT_EQ(result.metrics.analyzed_frames, static_cast<int64_t>(e.video.times.size()));
}

TEST(PipelineResume, WithoutResumeAnInterruptedRunIsForgotten) {
  const Whole whole;
  FakeEpisode e(whole.episode.video);
  set_up(e);
  cancel_at(e, Stage::decode, 60);
  e.run();
  never_cancel(e);
  const RunResult result = e.run();
  EXPECT_EQ(result.resumed_frames, 0);
  EXPECT_EQ(e.artifacts(), whole.episode.artifacts());
}

TEST(PipelineResume, AfterAWholeRunThereIsNothingToResume) {
  const Whole whole;
  FakeEpisode e(whole.episode.video);
  set_up(e);
  e.run();
  const RunResult result = e.run(true);
  EXPECT_THAT(result.notes, Contains(HasSubstr("no interrupted run")));
  EXPECT_EQ(e.artifacts(), whole.episode.artifacts());
}

TEST(PipelineResume, WhatTheThreadsOrTheOutputAreDoesNotMatter) {
  const Whole whole;
  FakeEpisode e(whole.episode.video);
  set_up(e);
  cancel_at(e, Stage::detect, 20);
  e.run();
  never_cancel(e);
  e.settings.run.threads = 4;
  e.settings.run.embed_batch_size = 8;
  EXPECT_GT(e.run(true).resumed_frames, 0);
  EXPECT_EQ(e.artifacts(), whole.episode.artifacts());
}

}  // namespace
}  // namespace screenalytics
