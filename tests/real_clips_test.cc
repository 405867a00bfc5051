// Real clips that any machine can fetch; what is right was looked at by eye.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "episode_fixture.h"

namespace screenalytics {
namespace {

using testing::Test;

std::filesystem::path clip(const char* name) { return source_root() / ".deps" / "media" / name; }

std::vector<TrackRow> tracks_of(const std::filesystem::path& video, const std::string& profile,
                                const TempFolder& out) {
  const ProgramResult run = run_program(
      run_call(video, out.path(), {"--profile", profile, "--no-save-frames", "--no-save-crops"}));
  EXPECT_EQ(run.exit_code, 0) << run.text();
  EXPECT_EQ(artifact_faults(out.path()), "");
  EXPECT_EQ(time_faults(video, out.path()), "");
  return read_tracks(out.path());
}

// One man talks, turns and makes faces for 200 s.
void expect_one_talker(const std::string& profile) {
  SCOPED_TRACE(profile);
  const TempFolder out;
  const std::vector<TrackRow> tracks = tracks_of(clip("franck.mp4"), profile, out);
  ASSERT_EQ(tracks.size(), 1u);
  EXPECT_LT(tracks[0].start.seconds(), 0.5);
  EXPECT_GT(tracks[0].end.seconds(), 199.5);
}

TEST(RealClips, ATalkingFaceIsOneTrackInTheFastProfile) { expect_one_talker("fast_cpu"); }

TEST(SlowRealClips, ATalkingFaceIsOneTrackInTheOtherProfiles) {
  expect_one_talker("balanced");
  expect_one_talker("high_accuracy");
}

// Four people come in, overlap and go.
TEST(RealClips, FourPeopleAreFourTracks) {
  for (const char* profile : {"fast_cpu", "balanced"}) {
    SCOPED_TRACE(profile);
    const TempFolder out;
    EXPECT_EQ(tracks_of(clip("test_video.mp4"), profile, out).size(), 4u);
  }
}

}  // namespace
}  // namespace screenalytics
