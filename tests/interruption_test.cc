// A run that is stopped or killed leaves valid artifacts, and goes on as if nothing had happened.
// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <regex>
#include <thread>

#include "base/error.h"
#include "episode_fixture.h"
#include "testing/random.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

constexpr int kFps = 24, kSeconds = 25;

// Every file of the episode whose content must not depend on interruptions, by path.
std::map<std::string, std::string> results(const fs::path& out_root) {
  const EpisodePaths paths = episode_paths(out_root);
  std::map<std::string, std::string> files;
  for (const fs::path& file :
       {paths.detections(), paths.tracks(), paths.samples(), paths.shots()}) {
    files[file.filename().string()] = file_content(file);
  }
  for (const auto& entry : fs::recursive_directory_iterator(paths.images())) {
    if (entry.is_regular_file()) {
      files[fs::relative(entry.path(), out_root).string()] = file_content(entry.path());
    }
  }
  return files;
}

std::string difference(const std::map<std::string, std::string>& a,
                       const std::map<std::string, std::string>& b) {
  std::string text;
  for (const auto& [name, content] : a) {
    const auto other = b.find(name);
    if (other == b.end()) {
      text += name + " is missing\n";
    } else if (other->second != content) {
      text += name + " differs\n";
    }
  }
  for (const auto& [name, content] : b) {
    if (!a.contains(name)) text += name + " is too much\n";
  }
  return text;
}

class Interruption : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_ = new Shared;
    EpisodeOptions options;
    options.seconds = kSeconds;
    options.seed = 3;
    options.size = {640, 360};
    shared_->video = make_sample_episode(options, shared_->folder, "episode").video;
    const fs::path whole = shared_->folder / "whole";
    const ProgramResult run = run_program(call(whole));
    ASSERT_EQ(run.exit_code, 0) << run.text();
    ASSERT_EQ(artifact_faults(whole), "");
    shared_->whole = results(whole);
    ASSERT_GT(shared_->whole.size(), 1000u) << "4 files, 600 frames and their crops";
  }
  static void TearDownTestSuite() { delete shared_; }

  static ProgramCall call(const fs::path& out_root, const std::vector<std::string>& more = {}) {
    std::vector<std::string> flags{"--stride",    "1", "--fps",      "30",  "--quiet",
                                   "--threads",   "2", "--det-size", "640", "--save-frames",
                                   "--save-crops"};
    flags.insert(flags.end(), more.begin(), more.end());
    return run_call(shared_->video, out_root, flags);
  }

  // Waits until the run is `frames` frames into the video. Returns: false where it ended before.
  static bool reach(RunningProgram& program, const fs::path& out_root, int64_t frames) {
    while (program.running()) {
      if (frames_done(out_root) >= frames) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }

  static int64_t frames_done(const fs::path& out_root) {
    const fs::path file = episode_paths(out_root).progress();
    const Progress progress = fs::exists(file) ? read_progress(file) : Progress{};
    return progress.phase == "track" ? progress.frames_done : 0;
  }

  struct Shared {
    TempFolder folder;
    fs::path video;
    std::map<std::string, std::string> whole;
  };
  static Shared* shared_;
  TempFolder out_;
};

Interruption::Shared* Interruption::shared_ = nullptr;

TEST_F(Interruption, CtrlCEndsTheRunAtOnceAndResumeFinishesIt) {
  RunningProgram program(call(out_.path()));
  ASSERT_TRUE(reach(program, out_.path(), kFps * kSeconds / 3));
  const auto asked = std::chrono::steady_clock::now();
  program.send(SIGINT);
  const ProgramResult stopped = program.wait();
  const double took_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count();
  EXPECT_EQ(stopped.exit_code, kExitCancelled) << stopped.text();
  // A second is wanted; the rest is for a machine that is busy with other tests.
  EXPECT_LT(took_s, 5);
  EXPECT_EQ(artifact_faults(out_.path()), "");
  const EpisodePaths paths = episode_paths(out_.path());
  EXPECT_EQ(read_run(paths.run()).status, "cancelled");
  EXPECT_EQ(read_progress(paths.progress()).phase, "cancelled");
  const size_t analysed = read_samples(out_.path()).size();
  EXPECT_GT(analysed, 0u);
  EXPECT_LT(analysed, static_cast<size_t>(kFps * kSeconds));

  const ProgramResult resumed = run_program(call(out_.path(), {"--resume"}));
  ASSERT_EQ(resumed.exit_code, 0) << resumed.text();
  EXPECT_EQ(difference(shared_->whole, results(out_.path())), "");
  EXPECT_EQ(artifact_faults(out_.path()), "");
  EXPECT_EQ(read_run(paths.run()).status, "done");
}

TEST_F(Interruption, ARunKilledThreeTimesLosesNothing) {
  const char* given = std::getenv("E2E_SEED");
  const uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device()();
  SCOPED_TRACE(fmt::format("E2E_SEED={}", seed));
  Random random(seed);
  int64_t done = 0;
  for (int kill = 0; kill < 3; ++kill) {
    const int64_t at = done + 20 + random.below(kFps * kSeconds / 5);
    RunningProgram program(call(out_.path(), {"--resume"}));
    ASSERT_TRUE(reach(program, out_.path(), at)) << program.wait().text();
    program.send(SIGKILL);
    EXPECT_EQ(program.wait().signal, SIGKILL);
    done = frames_done(out_.path());
  }
  ProgramCall last = call(out_.path(), {"--resume"});
  std::erase(last.args, "--quiet");
  const ProgramResult finished = run_program(last);
  ASSERT_EQ(finished.exit_code, 0) << finished.text();
  EXPECT_EQ(difference(shared_->whole, results(out_.path())), "");
  EXPECT_EQ(artifact_faults(out_.path()), "");
  std::smatch taken;
  ASSERT_TRUE(
      std::regex_search(finished.out, taken, std::regex("([0-9]+) of them by the interrupted run")))
      << finished.text();
  EXPECT_GE(std::stoi(taken[1]), done - 10 * kFps) << "resuming loses at most ten seconds of video";
}

TEST_F(Interruption, ResumeWithOtherSettingsBeginsAnew) {
  RunningProgram program(call(out_.path()));
  ASSERT_TRUE(reach(program, out_.path(), 30));
  program.send(SIGKILL);
  program.wait();
  ProgramCall other = call(out_.path(), {"--resume", "--min-size", "200"});
  std::erase(other.args, "--quiet");
  const ProgramResult run = run_program(other);
  EXPECT_EQ(run.exit_code, 0) << run.text();
  EXPECT_THAT(run.out, testing::HasSubstr("nothing to resume"));
  EXPECT_EQ(artifact_faults(out_.path()), "");
  EXPECT_EQ(read_samples(out_.path()).size(), static_cast<size_t>(kFps * kSeconds));
}

TEST_F(Interruption, ASecondRunOfAnEpisodeIsRefusedWhileTheFirstGoesOn) {
  RunningProgram first(call(out_.path()));
  ASSERT_TRUE(reach(first, out_.path(), 1));
  const ProgramResult second = run_program(call(out_.path()));
  EXPECT_EQ(second.exit_code, kExitFailed);
  EXPECT_THAT(second.err, testing::HasSubstr(fmt::format("process {} is writing it", first.pid())));
  EXPECT_EQ(first.wait().exit_code, 0);
  EXPECT_EQ(difference(shared_->whole, results(out_.path())), "");
}

}  // namespace
}  // namespace screenalytics
