// Tests of the live progress of a run.
// SPDX-License-Identifier: MIT
#include "pipeline/progress_reporter.h"

#include <gmock/gmock.h>

#include <atomic>
#include <stdexcept>

#include "artifacts/documents.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

// Waits, as long as it takes, until `condition` holds: the test's own time limit is the judge.
template <typename Condition>
void wait_until(const Condition& condition) {
  while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

TEST(ProgressReporter, TheFileIsThereAtOnce) {
  const TempFolder folder;
  const ProgressReporter reporter(folder / "p.json", "ep", {});
  const Progress p = read_progress(folder / "p.json");
  EXPECT_EQ(p.ep_id, "ep");
  EXPECT_EQ(p.phase, "init");
  EXPECT_EQ(p.frames_done, 0);
  EXPECT_FALSE(p.frames_total.has_value());
  EXPECT_FALSE(p.eta_s.has_value());
}

TEST(ProgressReporter, TheFileIsRewrittenWhileNothingElseIsCalled) {
  const TempFolder folder;
  ProgressReporter reporter(folder / "p.json", "ep", {});
  reporter.set_video(25, 100);
  reporter.update(50, 10, 0);
  wait_until([&] { return read_progress(folder / "p.json").frames_done == 50; });
  const Progress first = read_progress(folder / "p.json");
  EXPECT_EQ(first.frames_total, 100);
  EXPECT_NEAR(first.percent, 50, 1e-9);
  EXPECT_EQ(first.fps_detected, 25);
  wait_until([&] { return read_progress(folder / "p.json").updated_at != first.updated_at; });
}

TEST(ProgressReporter, TimeLeftComesFromTheFramesOfThisRunAlone) {
  const TempFolder folder;
  ProgressReporter reporter(folder / "p.json", "ep", {});
  reporter.set_video(25, 1000);
  reporter.update(600, 40, 400);
  reporter.set_phase("track");
  const Progress p = read_progress(folder / "p.json");
  ASSERT_TRUE(p.eta_s.has_value());
  // 400 frames are left and 200 were done by this run; both times are written to the microsecond.
  EXPECT_NEAR(*p.eta_s, 2 * p.elapsed_s, 3e-6);
  EXPECT_GT(p.analyzed_fps, 0);
}

TEST(ProgressReporter, MoreFramesThanPromisedStayBelowAHundredPercent) {
  const TempFolder folder;
  ProgressReporter reporter(folder / "p.json", "ep", {});
  reporter.set_video(25, 100);
  reporter.update(140, 10, 0);
  reporter.set_phase("track");
  const Progress p = read_progress(folder / "p.json");
  EXPECT_LT(p.percent, 100);
  EXPECT_EQ(p.eta_s, 0);
}

TEST(ProgressReporter, DoneIsAHundredPercentAndTheFramesThatWereThere) {
  const TempFolder folder;
  ProgressReporter reporter(folder / "p.json", "ep", {});
  reporter.set_video(25, 100);
  reporter.update(96, 96, 0);
  reporter.finish("done", "");
  const Progress p = read_progress(folder / "p.json");
  EXPECT_EQ(p.phase, "done");
  EXPECT_EQ(p.percent, 100);
  EXPECT_EQ(p.frames_total, 96);
  EXPECT_EQ(p.eta_s, 0);
}

TEST(ProgressReporter, AnEndInTheMiddleKeepsItsPercentAndSaysWhy) {
  const TempFolder folder;
  ProgressReporter reporter(folder / "p.json", "ep", {});
  reporter.set_video(25, 100);
  reporter.update(25, 25, 0);
  reporter.finish("error", "the disk is full");
  const Progress p = read_progress(folder / "p.json");
  EXPECT_EQ(p.phase, "error");
  EXPECT_EQ(p.message, "the disk is full");
  EXPECT_NEAR(p.percent, 25, 1e-9);
}

TEST(ProgressReporter, TheListenerHearsEveryStateOneAtATime) {
  const TempFolder folder;
  std::vector<std::string> phases;
  std::atomic<int> inside{0};
  {
    ProgressReporter reporter(folder / "p.json", "ep", [&](const Progress& p) {
      EXPECT_EQ(++inside, 1);
      if (phases.empty() || phases.back() != p.phase) phases.push_back(p.phase);
      --inside;
    });
    std::thread other([&] {
      for (int i = 0; i < 200; ++i) reporter.update(i, i, 0);
    });
    reporter.set_phase("track");
    reporter.set_stage_rates({{"detect", 12.5}});
    reporter.set_phase("summarize");
    other.join();
    reporter.finish("done", "");
  }
  EXPECT_THAT(phases, ::testing::ElementsAre("init", "track", "summarize", "done"));
  EXPECT_EQ(read_progress(folder / "p.json").stage_fps.at("detect"), 12.5);
}

TEST(ProgressReporter, AFileThatCannotBeWrittenIsKeptAsAnErrorAndNotThrown) {
  const TempFolder folder;
  folder.write("file", "");
  int heard = 0;
  ProgressReporter reporter(folder / "file/p.json", "ep", [&](const Progress&) { ++heard; });
  reporter.finish("done", "");
  EXPECT_THAT(reporter.write_error(), HasSubstr("file/p.json"));
  EXPECT_GE(heard, 2);
}

TEST(ProgressReporter, AListenerThatThrowsIsNotCalledAgainAndDoesNotEndTheRun) {
  const TempFolder folder;
  int calls = 0;
  ProgressReporter reporter(folder / "p.json", "ep", [&](const Progress&) {
    ++calls;
    throw std::runtime_error("the terminal is gone");
  });
  reporter.set_phase("track");
  reporter.finish("done", "");
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(read_progress(folder / "p.json").phase, "done");
}

}  // namespace
}  // namespace screenalytics
