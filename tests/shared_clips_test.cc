// Clips of the shared folder, which are not fetched; without it these tests are skipped.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>

#include "episode_fixture.h"
#include "testing/model_places.h"

namespace screenalytics {
namespace {

class SharedClips : public testing::Test {
 protected:
  void SetUp() override {
    videos_ = shared_dir(source_root()) / "data" / "videos";
    if (!std::filesystem::is_directory(videos_)) {
      GTEST_SKIP() << videos_ << " is not there: set SCREENALYTICS_SHARED_DIR to test with it";
    }
  }

  // Runs the program over `name` and checks all that must hold of any run.
  void run(const std::string& name, const std::string& profile = "balanced") {
    const ProgramResult run = run_program(
        run_call(videos_ / name, out_.path(), {"--profile", profile, "--no-save-frames"}));
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(artifact_faults(out_.path()), "");
    EXPECT_EQ(time_faults(videos_ / name, out_.path()), "");
  }

  std::filesystem::path videos_;
  TempFolder out_;
};

TEST_F(SharedClips, SoftCutsOfATelevisionSceneAreFoundToTheFrame) {
  for (const char* profile : {"balanced", "fast_cpu"}) {
    SCOPED_TRACE(profile);
    run("friends_azvi.mp4", profile);
    std::vector<double> cuts;
    for (const ShotRow& shot : read_shots(episode_paths(out_.path()).shots())) {
      if (shot.boundary == "cut") cuts.push_back(shot.start.seconds());
    }
    // The file has 30 frames a second; half of one is 0.017 s.
    EXPECT_THAT(cuts, testing::Pointwise(testing::DoubleNear(0.017), {2.2, 4.9, 7.667}));
  }
}

TEST_F(SharedClips, UnevenTimesAreTheContainersOwn) {
  run("goldeneye_vfr.mp4");
  const std::vector<SampleRow> samples = read_samples(out_.path());
  std::vector<double> steps_ms;
  for (size_t i = 1; i < samples.size(); ++i) {
    const auto frames = static_cast<double>(samples[i].frame_idx - samples[i - 1].frame_idx);
    steps_ms.push_back(1000 * seconds_between(samples[i - 1].ts, samples[i].ts) / frames);
  }
  // Its frames are one or two twenty-fourths of a second apart, by turns.
  const auto [shortest, longest] = std::minmax_element(steps_ms.begin(), steps_ms.end());
  EXPECT_GT(*longest - *shortest, 5) << "a run that counts frames would find one step for all";
}

TEST_F(SharedClips, APortraitVideoKeepsItsShape) {
  run("latentsync_demo1.mp4");
  EXPECT_EQ(read_tracks(out_.path()).size(), 1u);
  EXPECT_EQ(read_run(episode_paths(out_.path()).run()).video.at("size"), "1080x1920");
  for (const DetectionRow& d : read_detections(out_.path())) {
    // A face is higher than wide in pixels, so in this picture not in fractions of it.
    const float width = d.bbox.width() * 1080, height = d.bbox.height() * 1920;
    EXPECT_GT(height, width);
    EXPECT_LT(height, 2 * width);
    EXPECT_GE(d.bbox.x1, 0);
    EXPECT_LE(d.bbox.x2, 1);
    EXPECT_GE(d.bbox.y1, 0);
    EXPECT_LE(d.bbox.y2, 1);
  }
}

TEST_F(SharedClips, ASpeakerInMpeg1IsOneTrack) {
  for (const char* name : {"grid_bbaf2n.mpg", "grid_lbax4n.mpg"}) {
    SCOPED_TRACE(name);
    run(name);
    EXPECT_EQ(read_tracks(out_.path()).size(), 1u);
  }
}

}  // namespace
}  // namespace screenalytics
