// How right the program is on made episodes, whose truth is known exactly.
// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "episode_fixture.h"
#include "testing/run_score.h"

namespace screenalytics {
namespace {

struct Wanted {
  double recall = 0.95, precision = 0.95, cuts_f1 = 0.98, tracks_per_appearance = 1.05, idf1 = 0.95;
};

// min_size: the profile's, below which a face does not count.
void expect_accuracy(const MadeEpisode& episode, const std::string& profile, float min_size,
                     const Wanted& wanted, const std::vector<std::string>& more = {}) {
  SCOPED_TRACE(fmt::format("{} in {}", episode.video.filename().string(), profile));
  const TempFolder out;
  std::vector<std::string> flags{"--profile", profile, "--no-save-frames", "--no-save-crops"};
  flags.insert(flags.end(), more.begin(), more.end());
  const ProgramResult run = run_program(run_call(episode.video, out.path(), flags));
  ASSERT_EQ(run.exit_code, 0) << run.text();
  EXPECT_EQ(artifact_faults(out.path()), "");
  EXPECT_EQ(time_faults(episode.video, out.path()), "");
  ScoreOptions options;
  options.face_px_min = min_size;
  const RunScore score = score_run(episode.truth, episode_paths(out.path()).manifests(), options);
  SCOPED_TRACE(score_table(score));
  EXPECT_GT(score.faces, 100);
  EXPECT_GE(score.detection.recall(), wanted.recall);
  EXPECT_GE(score.detection.precision(), wanted.precision);
  EXPECT_GE(score.cuts.f1(), wanted.cuts_f1);
  EXPECT_LE(score.tracks.tracks_per_identity(), wanted.tracks_per_appearance);
  EXPECT_GE(score.tracks.idf1(), wanted.idf1);
  EXPECT_LT(score.time_error_s, 2e-6);
}

// The figures that the design asks for.
TEST(SlowAccuracy, OfTheSampleEpisodeIsWhatWasAskedForInEveryProfile) {
  const TempFolder folder;
  EpisodeOptions options;
  options.seconds = 30;
  options.seed = 7;
  const MadeEpisode episode = make_sample_episode(options, folder, "sample");
  expect_accuracy(episode, "high_accuracy", 64, {0.97, 0.97, 0.98, 1.05, 0.97});
  expect_accuracy(episode, "balanced", 90, {0.95, 0.95, 0.98, 1.05, 0.95});
  expect_accuracy(episode, "fast_cpu", 120, {0.95, 0.95, 0.98, 1.05, 0.93});
}

TEST(Accuracy, HoldsWithBarsGrainAndAnUnsteadyHand) {
  const TempFolder folder;
  EpisodeOptions options;
  options.seconds = 15;
  options.seed = 11;
  options.fps = "25";
  options.size = {1280, 720};
  options.noise = 6;
  options.letterbox = true;
  options.shake = true;
  expect_accuracy(make_sample_episode(options, folder, "hard"), "balanced", 90,
                  {0.93, 0.95, 0.98, 1.1, 0.93});
}

TEST(Accuracy, HoldsAtAVariableRate) {
  const TempFolder folder;
  EpisodeOptions options;
  options.seconds = 15;
  options.seed = 13;
  options.fps = "vfr";
  options.size = {1280, 720};
  expect_accuracy(make_sample_episode(options, folder, "vfr"), "balanced", 90,
                  {0.95, 0.95, 0.98, 1.05, 0.95});
}

}  // namespace
}  // namespace screenalytics
