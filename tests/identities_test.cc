// The people of an episode are corrected on the command line, and what was corrected stays.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "artifacts/identities_file.h"
#include "artifacts/screentime_file.h"
#include "base/error.h"
#include "episode_fixture.h"

namespace screenalytics {
namespace {

using testing::HasSubstr;

class Identities : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    EpisodeOptions options;
    options.seconds = 10;
    video_ = make_sample_episode(options, *folder_, "made").video;
    const ProgramResult run = run_program(run_call(video_, folder_->path() / "out"));
    ASSERT_EQ(run.exit_code, kExitDone) << run.text();
  }
  static void TearDownTestSuite() { delete folder_; }

  static std::filesystem::path out() { return folder_->path() / "out"; }
  static ProgramResult identities(std::vector<std::string> words) {
    words.insert(words.begin(), "identities");
    words.insert(words.begin() + 2, kEpisode);
    words.insert(words.end(), {"--out-root", out().string()});
    return run_program({words});
  }
  static std::vector<IdentityRow> rows() {
    return read_identities(episode_paths(out()).identities()).identities;
  }

  static TempFolder* folder_;
  static std::filesystem::path video_;
};
TempFolder* Identities::folder_ = nullptr;
std::filesystem::path Identities::video_;

TEST_F(Identities, ANameOutlivesClusteringReuseAndANewRunAndCanBeTakenBack) {
  ASSERT_FALSE(rows().empty());
  const std::string id = identity_name(rows().front().identity);
  const std::vector<int> tracks = rows().front().tracks;
  ASSERT_EQ(identities({"label", id, "Zoë O'Hara"}).exit_code, kExitDone);
  EXPECT_THAT(identities({"list"}).out, HasSubstr("Zoë O'Hara"));
  const auto named = [&] {
    const IdentityRow first = rows().front();
    return first.label.name == "Zoë O'Hara" && first.tracks == tracks;
  };
  EXPECT_TRUE(named());
  const ProgramResult cluster =
      run_program({{"run", "--cluster", "--ep-id", kEpisode, "--out-root", out().string()}});
  EXPECT_EQ(cluster.exit_code, kExitDone) << cluster.text();
  EXPECT_THAT(cluster.out, HasSubstr("1 corrections of the identities were kept"));
  EXPECT_TRUE(named());
  const ProgramResult reuse = run_program(run_call(video_, out(), {"--reuse"}));
  EXPECT_THAT(reuse.out, HasSubstr("are used again"));
  EXPECT_TRUE(named());
  EXPECT_EQ(run_program(run_call(video_, out(), {"--stride", "7"})).exit_code, kExitDone);
  EXPECT_EQ(rows().front().label.name, "Zoë O'Hara") << "other tracks of the same face";
  EXPECT_THAT(identities({"history"}).out, HasSubstr("is Zoë O'Hara"));
  EXPECT_EQ(identities({"undo"}).exit_code, kExitDone);
  EXPECT_EQ(rows().front().label.name, "");
  EXPECT_EQ(identities({"undo"}).exit_code, kExitFailed);
}

TEST_F(Identities, TheVideoIsReadOnceForAllOfThis) {
  ASSERT_EQ(run_program(run_call(video_, out())).exit_code, kExitDone);
  const TrackMetrics metrics = read_track_metrics(episode_paths(out()).track_metrics());
  EXPECT_EQ(metrics.counts.at("packets_read"), std::ssize(container_times_us(video_)));
  const std::string page = file_content(episode_paths(out()).report());
  EXPECT_THAT(page, HasSubstr("Read in one pass: " +
                              std::to_string(metrics.counts.at("packets_read")) + " packets"));
}

TEST_F(Identities, PicturesOfAnIdentityBecomePhotosOfAPerson) {
  const std::string id = identity_name(rows().front().identity);
  EXPECT_THAT(identities({"export-seeds", id}).err, HasSubstr("has no name yet"));
  EXPECT_THAT(identities({"export-seeds", id, "Zoe"}).out, HasSubstr("taken as photos of Zoe"));
  run_program({{"run", "--cluster", "--ep-id", kEpisode, "--out-root", out().string()}});
  EXPECT_EQ(rows().front().label.name, "Zoe");
  run_program({{"facebank", "remove", "zoe", "--out-root", out().string()}});
}

TEST_F(Identities, WhatIsWrongIsSaidInOneLine) {
  const auto error = [&](const std::vector<std::string>& words) {
    const ProgramResult result = identities(words);
    EXPECT_NE(result.exit_code, kExitDone);
    EXPECT_EQ(result.out, "");
    return result.err;
  };
  EXPECT_THAT(error({"label", "identity-00999", "X"}), HasSubstr("there is no identity-00999"));
  EXPECT_THAT(error({"show", "carl"}), HasSubstr("'carl' is no identity"));
  EXPECT_THAT(error({"drop", "x9"}), HasSubstr("'x9' is no track"));
  EXPECT_THAT(run_program({{"identities", "lst"}}).err, HasSubstr("did you mean 'list'?"));
  EXPECT_THAT(run_program({{"identities", "list", "episod", "--out-root", out().string()}}).err,
              HasSubstr("did you mean 'episode'?"));
}

TEST_F(Identities, APersonOfTheFacebankGivesTheirNameToWhomTheyAre) {
  const std::string photo = (source_root() / ".deps/photos/sample1.jpg").string();
  const auto facebank = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "facebank");
    words.insert(words.end(), {"--out-root", out().string()});
    return run_program({words});
  };
  const ProgramResult several = facebank({"add", "Lena", photo});
  EXPECT_NE(several.exit_code, kExitDone);
  EXPECT_THAT(several.err, HasSubstr("3 faces; say which with --face"));
  for (const char* face : {"1", "2", "3"}) {
    const ProgramResult added =
        facebank({"add", std::string("Sitter ") + face, photo, "--face", face});
    EXPECT_EQ(added.exit_code, kExitDone) << added.text();
  }
  run_program({{"run", "--cluster", "--ep-id", kEpisode, "--out-root", out().string()}});
  const std::vector<PersonRow> people =
      read_screentime_json(episode_paths(out()).screentime_json()).people;
  EXPECT_TRUE(std::any_of(people.begin(), people.end(), [](const PersonRow& p) {
    return p.name.starts_with("Sitter ") && p.person_id.starts_with("sitter-");
  })) << "the made episode shows at least one of the photo's people in its first seconds";
  for (const IdentityRow& i : rows()) EXPECT_THAT(i.label.evidence, HasSubstr("nearest photo"));
  for (const char* id : {"sitter-1", "sitter-2", "sitter-3"}) {
    EXPECT_EQ(facebank({"remove", id}).exit_code, kExitDone);
  }
  run_program({{"run", "--cluster", "--ep-id", kEpisode, "--out-root", out().string()}});
  for (const IdentityRow& i : rows()) EXPECT_EQ(i.label, IdentityLabel());
}

TEST_F(Identities, AFileThatWasEditedIntoNonsenseIsRefusedAndMadeAnewByClustering) {
  const auto path = episode_paths(out()).identities();
  std::string text = file_content(path);
  text.replace(text.find("track-0"), 7, "trick-0");
  std::ofstream(path) << text;
  EXPECT_THAT(identities({"list"}).err, HasSubstr("track_ids"));
  run_program({{"run", "--cluster", "--ep-id", kEpisode, "--out-root", out().string()}});
  EXPECT_EQ(identities({"list"}).exit_code, kExitDone);
}

}  // namespace
}  // namespace screenalytics
