// The budget of cores is kept, and memory does not grow with the length of the video.
// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "episode_fixture.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

// The same video over and over, without another encoding.
fs::path repeat(const fs::path& video, int times, const fs::path& longer) {
  const ProgramResult ffmpeg =
      run_program({{"-c", fmt::format("ffmpeg -v error -stream_loop {} -i '{}' -c copy '{}'",
                                      times - 1, video.string(), longer.string())},
                   {},
                   {},
                   "/bin/sh"});
  EXPECT_EQ(ffmpeg.exit_code, 0) << ffmpeg.text();
  return longer;
}

ProgramResult run(const fs::path& video, const std::vector<std::string>& flags) {
  const TempFolder out;
  ProgramResult result = run_program(run_call(video, out.path(), flags));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(artifact_faults(out.path()), "");
  return result;
}

TEST(Resources, ABudgetOfThreadsIsABudgetOfCores) {
  const TempFolder folder;
  const fs::path video = make_face_clip({20, "24", {640, 360}}, folder, "face");
  for (const int threads : {1, 2}) {
    SCOPED_TRACE(threads);
    const ProgramResult result = run(video, {"--stride", "1", "--fps", "0", "--save-frames",
                                             "--save-crops", "--threads", std::to_string(threads)});
    EXPECT_GT(result.cpu_s, 1) << "too short to say";
    EXPECT_LE(result.cpu_s / result.wall_s, threads + 0.2);
  }
}

TEST(Resources, TheEnvironmentOfOtherLibrariesCapsTheBudget) {
  const TempFolder folder, out;
  const fs::path video = make_face_clip({12, "24", {640, 360}}, folder, "face");
  ProgramCall call = run_call(video, out.path(), {"--stride", "1", "--fps", "0", "--threads", "2"});
  call.env = {{"OMP_NUM_THREADS", "1"}};
  const ProgramResult result = run_program(call);
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_LE(result.cpu_s / result.wall_s, 1.2);
  const RunRecord record = read_run(episode_paths(out.path()).run());
  const auto threads = std::find_if(record.settings.begin(), record.settings.end(),
                                    [](const RunSetting& s) { return s.key == "threads"; });
  ASSERT_NE(threads, record.settings.end());
  EXPECT_EQ(threads->value, "1");
  EXPECT_THAT(threads->source, testing::HasSubstr("OMP_NUM_THREADS"));
}

TEST(Resources, AFullHdVideoStaysBelowFourHundredMegabytes) {
  const TempFolder folder;
  EpisodeOptions options;
  options.seconds = 8;
  options.seed = 5;
  const fs::path video = make_sample_episode(options, folder, "hd").video;
  for (const char* profile : {"fast_cpu", "balanced"}) {
    SCOPED_TRACE(profile);
    const ProgramResult result = run(video, {"--profile", profile});
    EXPECT_LT(result.peak_rss_mb, 400);
    EXPECT_GT(result.peak_rss_mb, 50) << "the measurement itself";
  }
}

TEST(SlowResources, MemoryDoesNotGrowWithTheLengthOfTheVideo) {
  const TempFolder folder;
  EpisodeOptions options;
  options.seconds = 30;
  options.seed = 6;
  options.size = {640, 360};
  const fs::path half = make_sample_episode(options, folder, "half").video;
  const double one_mb =
      run(repeat(half, 2, folder / "one.mp4"), {"--profile", "fast_cpu"}).peak_rss_mb;
  const double ten_mb =
      run(repeat(half, 20, folder / "ten.mp4"), {"--profile", "fast_cpu"}).peak_rss_mb;
  EXPECT_LE(ten_mb, 1.1 * one_mb) << "ten minutes against one";
}

}  // namespace
}  // namespace screenalytics
