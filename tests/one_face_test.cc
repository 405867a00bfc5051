// One face for a minute is one track, however sparsely it is looked at and whatever the rate.
// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "episode_fixture.h"

namespace screenalytics {
namespace {

constexpr double kSeconds = 60;

// Runs the program sparsely or densely and expects one track from the first analysed frame to the
// end.
void expect_one_track(const std::filesystem::path& video, int stride, double fps,
                      const std::string& profile = "fast_cpu") {
  SCOPED_TRACE(fmt::format("{} stride {} fps {}", profile, stride, fps));
  const TempFolder out;
  const ProgramResult run =
      run_program(run_call(video, out.path(),
                           {"--profile", profile, "--no-save-frames", "--stride",
                            std::to_string(stride), "--fps", fmt::format("{}", fps)}));
  ASSERT_EQ(run.exit_code, 0) << run.text();
  EXPECT_EQ(artifact_faults(out.path()), "");
  EXPECT_EQ(time_faults(video, out.path()), "");
  const std::vector<SampleRow> samples = read_samples(out.path());
  const std::vector<TrackRow> tracks = read_tracks(out.path());
  ASSERT_EQ(tracks.size(), 1u);
  EXPECT_EQ(tracks[0].detections, static_cast<int64_t>(samples.size()));
  EXPECT_EQ(tracks[0].start, samples.front().ts);
  // The last analysed frame may lie one sampling step before the end of the video.
  const double last_s = read_shots(episode_paths(out.path()).shots()).back().end.seconds();
  EXPECT_NEAR(last_s, kSeconds, 0.1);
  EXPECT_GT(tracks[0].end.seconds(), last_s - std::max(stride / 20.0, 1 / fps) - 0.1);
}

TEST(OneFace, IsOneTrackAtEveryStrideAndCap) {
  const TempFolder folder;
  const std::filesystem::path video = make_face_clip({kSeconds, "24", {480, 270}}, folder, "face");
  expect_one_track(video, 1, 2);
  expect_one_track(video, 1, 30);
  expect_one_track(video, 2, 8);
  expect_one_track(video, 3, 4);
  expect_one_track(video, 5, 30);
  expect_one_track(video, 7, 30);
  expect_one_track(video, 10, 4);
  expect_one_track(video, 12, 30);
  expect_one_track(video, 5, 8, "balanced");
}

class SourceRate : public testing::TestWithParam<const char*> {};

TEST_P(SourceRate, DoesNotMatterToATrackOrToATime) {
  const TempFolder folder;
  expect_one_track(make_face_clip({kSeconds, GetParam(), {480, 270}}, folder, "face"), 5, 8);
}

INSTANTIATE_TEST_SUITE_P(OfCamerasAndScreens, SourceRate,
                         testing::Values("23.976", "25", "29.97", "50", "vfr"));

}  // namespace
}  // namespace screenalytics
