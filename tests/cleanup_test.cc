// What is done again without a run: face vectors, clusters, and the cleanup of tracks.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "artifacts/face_files.h"
#include "artifacts/identities_file.h"
#include "base/error.h"
#include "episode_fixture.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class Cleanup : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    video_ = make_hand_over_clip(10, *folder_, "hand over");
  }
  static void TearDownTestSuite() { delete folder_; }

  ProgramResult run(const std::vector<std::string>& more = {}) const {
    return run_program(run_call(video_, out(), more));
  }
  ProgramResult call(std::vector<std::string> words) const {
    words.insert(words.end(), {"--out-root", out().string()});
    return run_program({words});
  }
  fs::path out() const { return out_ / "out"; }

  TempFolder out_;
  static TempFolder* folder_;
  static fs::path video_;
};
TempFolder* Cleanup::folder_ = nullptr;
fs::path Cleanup::video_;

TEST_F(Cleanup, TwoPeopleOfOneTrackAreTwoTracksAfterARun) {
  ASSERT_EQ(run().exit_code, kExitDone);
  const std::vector<TrackRow> tracks = read_tracks(out());
  ASSERT_THAT(tracks, SizeIs(2));
  EXPECT_EQ(tracks[0].end_reason, "appearance_split");
  EXPECT_NEAR(tracks[0].end.seconds(), 5, 0.5);
  EXPECT_THAT(read_identities(episode_paths(out()).identities()).identities, SizeIs(2));
}

TEST_F(Cleanup, SplitsThemWhereTheRunDidNot) {
  for (const bool embed : {false, true}) {
    ASSERT_EQ(run({"--no-gate-enabled"}).exit_code, kExitDone);
    ASSERT_THAT(read_tracks(out()), SizeIs(1));
    std::vector<std::string> words{"cleanup", kEpisode, "--json", "--actions", "split_tracks"};
    if (embed) words.emplace_back("reembed");
    const ProgramResult result = call(words);
    ASSERT_EQ(result.exit_code, kExitDone) << result.text();
    const std::vector<TrackRow> tracks = read_tracks(out());
    ASSERT_THAT(tracks, SizeIs(2));
    EXPECT_NEAR(tracks[0].end.seconds(), 5, 0.5);
    EXPECT_THAT(read_identities(episode_paths(out()).identities()).identities, SizeIs(2));
    EXPECT_EQ(artifact_faults(out()), "");
    EXPECT_EQ(fs::exists(episode_paths(out()).track_thumb(2)), embed) << "which needs pixels";
    const nlohmann::json report = nlohmann::json::parse(result.out);
    EXPECT_EQ(report, nlohmann::json::parse(file_content(episode_paths(out()).cleanup())));
    EXPECT_EQ(report["figures"]["tracks"], nlohmann::json({{"before", 1}, {"after", 2}}));
    EXPECT_EQ(report["figures"]["tracks_of_several_people"],
              nlohmann::json({{"before", 1}, {"after", 0}}));
    EXPECT_EQ(report["figures"]["identities"]["after"], 2);
    EXPECT_THAT(report["actions"][0]["result"].get<std::string>(),
                HasSubstr("track-00001 at frame 1"));
    EXPECT_EQ(report["people"].size(), 2U) << "one has less screen time, another is new";
  }
}

TEST_F(Cleanup, FacesAreEmbeddedAgainFromCropsOrTheVideo) {
  ASSERT_EQ(run({"--stages", "detect,track", "--save-crops"}).exit_code, kExitDone);
  const EpisodePaths paths = episode_paths(out());
  EXPECT_THAT(call({"run", "--cluster", "--ep-id", kEpisode}).err,
              HasSubstr("--faces-embed first"));
  EXPECT_THAT(call({"cleanup", kEpisode}).err, HasSubstr("add reembed to --actions"));
  const ProgramResult crops = call({"run", "--faces-embed", "--ep-id", kEpisode});
  ASSERT_EQ(crops.exit_code, kExitDone) << crops.text();
  EXPECT_THAT(crops.out, HasSubstr("from the crops on the disk"));
  EXPECT_THAT(read_identities(paths.identities()).identities, SizeIs(2));
  const auto vectors = [&] {
    NpyReader reader(paths.track_vectors());
    std::vector<Embedding> rows(static_cast<size_t>(reader.rows()));
    for (Embedding& row : rows) reader.next(row);
    return rows;
  };
  const std::vector<Embedding> of_crops = vectors();
  fs::remove_all(paths.crops());
  const ProgramResult video =
      call({"run", "--faces-embed", "--ep-id", kEpisode, "--min-quality", "0.35", "--stride", "3"});
  ASSERT_EQ(video.exit_code, kExitDone) << video.text();
  EXPECT_THAT(video.out, HasSubstr("decoded once more"));
  EXPECT_THAT(video.out, HasSubstr("--stride has no effect"));
  const std::vector<Embedding> of_video = vectors();
  ASSERT_EQ(of_video.size(), of_crops.size());
  for (size_t i = 0; i < of_video.size(); ++i) {
    EXPECT_GT(cosine_similarity(of_video[i], of_crops[i]), 0.97F);
  }
  std::map<std::string, std::string> settings;
  for (const RunSetting& s : read_run(paths.run()).settings) settings[s.key] = s.value;
  EXPECT_EQ(settings["min_quality"], "0.35");
  EXPECT_EQ(settings["stride"], "5");
  EXPECT_EQ(artifact_faults(out()), "");
}

TEST_F(Cleanup, AVideoThatIsGoneIsSaidInOneLine) {
  const fs::path moving = out_ / "moving.mp4";
  fs::copy_file(video_, moving);
  ASSERT_EQ(run_program(run_call(moving, out())).exit_code, kExitDone);
  fs::remove(moving);
  const ProgramResult result = call({"run", "--faces-embed", "--ep-id", kEpisode});
  EXPECT_EQ(result.exit_code, kExitVideo);
  EXPECT_THAT(result.err, HasSubstr("the video is not at"));
  EXPECT_EQ(artifact_faults(out()), "");
}

TEST_F(Cleanup, IdentitiesOfOneNameBecomeOneAndCanBeTakenApartAgain) {
  ASSERT_EQ(run().exit_code, kExitDone);
  const auto identities = [&] {
    return read_identities(episode_paths(out()).identities()).identities;
  };
  for (const char* id : {"1", "2"}) {
    ASSERT_EQ(call({"identities", "label", kEpisode, id, "Ann"}).exit_code, kExitDone);
  }
  const ProgramResult result = call({"cleanup", kEpisode, "--actions", "group_clusters"});
  ASSERT_EQ(result.exit_code, kExitDone) << result.text();
  EXPECT_THAT(result.out, HasSubstr("merge identity-00002 into identity-00001"));
  ASSERT_THAT(identities(), SizeIs(1));
  EXPECT_THAT(identities()[0].tracks, ElementsAre(1, 2));
  EXPECT_EQ(call({"identities", "undo", kEpisode}).exit_code, kExitDone);
  EXPECT_THAT(identities(), SizeIs(2));
}

TEST_F(Cleanup, RefusesWhatItCannotDo) {
  EXPECT_THAT(call({"cleanup"}).err, HasSubstr("no episode given"));
  EXPECT_THAT(call({"cleanup", "nobody"}).err, HasSubstr("no results of episode 'nobody'"));
  ASSERT_EQ(run({"--stages", "detect"}).exit_code, kExitDone);
  EXPECT_THAT(call({"cleanup", kEpisode, "--actions", "dust"}).err,
              HasSubstr("'dust' is no action; there are split_tracks"));
  EXPECT_THAT(call({"run", "--faces-embed", "--ep-id", kEpisode}).err, HasSubstr("has no tracks"));
  EXPECT_THAT(call({"cleanup", kEpisode, "--stride", "2"}).err, HasSubstr("unknown flag"));
}

}  // namespace
}  // namespace screenalytics
