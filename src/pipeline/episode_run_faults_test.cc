// Tests of runs in which something fails: the first failure comes out, and nothing is left behind.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <stdexcept>

#include "pipeline/episode_run.h"
#include "pipeline/fake_parts_test.h"
#include "testing/caught_error.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

FakeVideo crowded_video() {
  FakeVideo v;
  v.size = {192, 108};
  v.set_rate(12, 5);
  v.cuts_s = {2.5};
  for (int p = 0; p < 6; ++p) {
    const auto x = static_cast<float>(4 + p % 3 * 64), y = static_cast<float>(8 + p / 3 * 54);
    v.faces.push_back(standing_face(p, {x, y, x + 30, y + 36}));
  }
  return v;
}

// Everything of an earlier run, but for what tells of the present one.
std::string kept(const FakeEpisode& e) {
  std::string all =
      e.artifacts() + file_content(e.paths().run()) + file_content(e.paths().track_metrics());
  for (const fs::path& folder : {e.paths().frames(), e.paths().crops()}) {
    for (const std::string& name : files_below(folder)) {
      all += name + "\n" + file_content(folder / name);
    }
  }
  return all;
}

// After a good run a run with these hooks fails as expected and leaves the good run's results.
void expect_clean_failure(FakeEpisode& e, const std::string& message) {
  const FakeVideo good = e.video;
  const auto decode = e.events.on_decode, detect = e.events.on_detect, embed = e.events.on_embed;
  e.events.on_decode = e.events.on_detect = e.events.on_embed = [](int) {};
  e.settings.sampling.stride = 2;
  e.run();
  e.settings.sampling.stride = 1;
  e.events.on_decode = decode;
  e.events.on_detect = detect;
  e.events.on_embed = embed;
  e.events.decoded = e.events.detected = e.events.embedded = 0;

  const std::string before = kept(e);
  const long threads = thread_count();
  std::string what = "(nothing was thrown)";
  try {
    e.run();
  } catch (const std::exception& error) {
    what = error.what();
  }
  EXPECT_THAT(what, HasSubstr(message));
  EXPECT_TRUE(threads_are_back_to(threads)) << "a thread is left";
  EXPECT_EQ(kept(e), before);
  const Progress p = read_progress(e.paths().progress());
  EXPECT_EQ(p.phase, "error");
  EXPECT_EQ(p.message, what);
  for (const std::string& name : files_below(e.settings.run.out_root)) {
    EXPECT_THAT(name, Not(HasSubstr(".tmp")));
    EXPECT_THAT(name, Not(HasSubstr(".new")));
    EXPECT_THAT(name, Not(HasSubstr(".old")));
  }
}

std::function<void(int)> throw_at(int call) {
  return [call](int n) {
    if (n == call) throw Error(ErrorCode::corrupt_input, "failed at call " + std::to_string(n));
  };
}

TEST(PipelineFaults, ASourceThatFailsAtAnyFrameEndsTheRun) {
  for (const int frame : {1, 2, 30, 60}) {
    FakeEpisode e(crowded_video());
    e.settings.exporting = {true, true, 85};
    e.events.on_decode = throw_at(frame);
    expect_clean_failure(e, "failed at call");
  }
}

TEST(PipelineFaults, ADetectorThatFailsAtAnyCallEndsTheRun) {
  for (const int threads : {1, 4}) {
    for (const int call : {1, 25, 60}) {
      FakeEpisode e(crowded_video());
      e.settings.run.threads = threads;
      e.events.on_detect = throw_at(call);
      expect_clean_failure(e, "failed at call " + std::to_string(call));
    }
  }
}

TEST(PipelineFaults, AnEmbedderThatFailsEndsTheRun) {
  for (const int call : {1, 3}) {
    FakeEpisode e(crowded_video());
    e.events.on_embed = throw_at(call);
    expect_clean_failure(e, "failed at call");
  }
}

TEST(PipelineFaults, AnExceptionOfTheLibraryIsHandedOnToo) {
  FakeEpisode e(crowded_video());
  e.events.on_detect = [](int n) {
    if (n == 7) throw std::bad_alloc();
  };
  expect_clean_failure(e, "bad_alloc");
}

TEST(PipelineFaults, WhenManyThreadsFailAtOnceOneFailureComesOut) {
  FakeEpisode e(crowded_video());
  e.settings.run.threads = 4;
  e.events.on_detect = [](int n) {
    if (n >= 10) throw Error(ErrorCode::model, "failed at call");
  };
  expect_clean_failure(e, "failed at call");
}

TEST(PipelineFaults, AFolderOfPicturesThatVanishesEndsTheRun) {
  FakeEpisode e(crowded_video());
  e.settings.exporting = {true, true, 85};
  e.events.on_decode = [&](int n) {
    if (n == 20) fs::remove_all(e.paths().images() / ".work");
  };
  expect_clean_failure(e, "No such file");
}

TEST(PipelineFaults, AFileInPlaceOfTheFolderOfPicturesEndsTheRun) {
  FakeEpisode e(crowded_video());
  fs::create_directories(e.paths().images().parent_path());
  std::ofstream(e.paths().images()) << "a file";
  e.settings.exporting = {true, false, 85};
  const long threads = thread_count();
  const Error error = caught_error([&] { e.run(); });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_THAT(error.what(), HasSubstr("choose another --out-root"));
  EXPECT_TRUE(threads_are_back_to(threads));
  EXPECT_EQ(read_progress(e.paths().progress()).phase, "error");
  EXPECT_FALSE(fs::exists(e.paths().detections()));
}

TEST(PipelineFaults, AFileInPlaceOfTheFolderOfScreenTimeIsRefusedBeforeTheRun) {
  FakeEpisode e(crowded_video());
  fs::create_directories(e.paths().analytics().parent_path());
  std::ofstream(e.paths().analytics()) << "a file";
  const Error error = caught_error([&] { e.run(); });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_THAT(error.what(), HasSubstr("choose another --out-root"));
  EXPECT_FALSE(fs::exists(e.paths().tracks()));
}

TEST(PipelineFaults, ARunThatStopsEarlierLeavesNoPeopleOfAnEarlierRun) {
  FakeEpisode e(crowded_video());
  EXPECT_FALSE(e.run().people.people.empty());
  EXPECT_TRUE(fs::exists(e.paths().identities()));
  e.last_stage = RunStage::track;
  EXPECT_TRUE(e.run().people.people.empty());
  EXPECT_FALSE(fs::exists(e.paths().identities()));
  EXPECT_FALSE(fs::exists(e.paths().screentime_json()));
}

TEST(PipelineFaults, WithoutTheGatePeopleAreToldApartAllTheSame) {
  FakeEpisode e(crowded_video());
  e.settings.tracking.gate_enabled = false;
  EXPECT_GT(e.run().people.people.size(), 1U);
}

TEST(PipelineFaults, WhatIsRefusedBeforeTheRunTouchesNoFile) {
  FakeEpisode e(crowded_video());
  CancelToken token;
  for (const int part : {0, 1, 2}) {
    RunParts parts = e.parts(token);
    const auto refuse = [] { throw Error(ErrorCode::model, "no such model"); };
    if (part == 0) {
      parts.open_source = [&](const VideoSourceOptions&) -> std::unique_ptr<FrameSource> {
        refuse();
        return nullptr;
      };
    } else if (part == 1) {
      parts.make_detector = [&]() -> std::unique_ptr<FaceDetector> {
        refuse();
        return nullptr;
      };
    } else {
      parts.make_embedder = [&]() -> std::unique_ptr<FaceEmbedder> {
        refuse();
        return nullptr;
      };
    }
    EXPECT_EQ(caught_error([&] { run_episode(e.request(), token, parts); }).code(),
              ErrorCode::model);
    EXPECT_FALSE(fs::exists(e.settings.run.out_root));
  }
}

TEST(PipelineFaults, AnOutputRootThatIsAFileIsAnError) {
  FakeEpisode e(crowded_video());
  e.folder.write("out", "");
  EXPECT_EQ(caught_error([&] { e.run(); }).code(), ErrorCode::io);
}

// Files may not grow beyond `bytes` while this lives: writes fail as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST(PipelineFaults, ADiskThatFillsUpAtAnyMomentLeavesTheEarlierRunWhole) {
  int failed = 0, failed_late = 0;
  // Without tracks the detections are larger than the journal: what fails last fails alone.
  for (const bool track : {true, false}) {
    FakeEpisode e(crowded_video());
    e.last_stage = track ? RunStage::cluster : RunStage::detect;
    e.settings.sampling.stride = 2;
    e.run();
    const std::string before = e.artifacts();
    e.settings.sampling.stride = 1;
    for (rlim_t bytes = 100; bytes < 400'000; bytes = bytes * 3 / 2) {
      std::string what;
      {
        const FullDisk full(bytes);
        what = caught_error([&] { e.run(); }).what();
      }
      if (what == "(nothing was thrown)") {
        EXPECT_NE(e.artifacts(), before);
        break;
      }
      ++failed;
      if (what.find("journal") == std::string::npos) ++failed_late;
      EXPECT_EQ(e.artifacts(), before) << "limit of " << bytes << " bytes: " << what;
    }
  }
  EXPECT_GT(failed, 8);
  EXPECT_GT(failed_late, 0);
}

TEST(PipelineFaults, APictureThatCannotBeWrittenWholeIsNotWritten) {
  FakeEpisode e(crowded_video());
  e.settings.exporting = {true, false, 100};
  e.settings.tracking.gate_enabled = false;
  Error error(ErrorCode::model, "");
  {
    const FullDisk full(1'000);
    error = caught_error([&] { e.run(); });
  }
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_FALSE(fs::exists(e.paths().frames()));
  for (const std::string& name : files_below(e.paths().images())) {
    EXPECT_THAT(name, Not(HasSubstr(".tmp")));
    EXPECT_THAT(name, Not(HasSubstr(".jpg")));
  }
}

TEST(PipelineFaults, ARunThatFailedGoesOnWithResume) {
  FakeEpisode whole(crowded_video());
  whole.run();
  for (const int frame : {2, 29, 60}) {
    FakeEpisode e(crowded_video());
    e.events.on_decode = throw_at(frame);
    EXPECT_EQ(caught_error([&] { e.run(); }).code(), ErrorCode::corrupt_input);
    e.events.on_decode = [](int) {};
    const RunResult result = e.run(true);
    EXPECT_EQ(e.artifacts(), whole.artifacts()) << "failed at frame " << frame;
    EXPECT_LE(result.resumed_frames, frame);
  }
}

}  // namespace
}  // namespace screenalytics
