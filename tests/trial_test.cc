// What a run would take, and which knobs suit a video: tried on a part of it, nothing left behind.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "episode_fixture.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

class Trials : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    EpisodeOptions options;
    options.seconds = 30;
    options.size = {640, 360};
    video_ = make_sample_episode(options, *folder_, "made").video;
  }
  static void TearDownTestSuite() { delete folder_; }

  // With a temporary folder of its own, to see that nothing is left there.
  ProgramResult call(std::vector<std::string> words) const {
    ProgramCall call{std::move(words)};
    call.env["TMPDIR"] = temporary_.path().string();
    call.env["SCREENALYTICS_HOME"] = home_.string();
    call.env["SCREENALYTICS_DATA_ROOT"] = (own_ / "out").string();
    return run_program(call);
  }
  void expect_nothing_left() const {
    EXPECT_TRUE(fs::is_empty(temporary_.path()));
    EXPECT_FALSE(fs::exists(own_ / "out"));
  }

  TempFolder own_, temporary_;
  fs::path home_ = copy_home(own_);
  static TempFolder* folder_;
  static fs::path video_;
};
TempFolder* Trials::folder_ = nullptr;
fs::path Trials::video_;

TEST_F(Trials, ADryRunForetellsFramesTimeAndDisk) {
  const ProgramResult result = call({"run", video_.string(), "--dry-run", "--json"});
  ASSERT_EQ(result.exit_code, kExitDone) << result.text();
  expect_nothing_left();
  const json said = json::parse(result.out);
  const ProgramResult run = call({"run", video_.string(), "--json"});
  ASSERT_EQ(run.exit_code, kExitDone) << run.text();
  const EpisodePaths paths(own_ / "out", EpisodeId("made"));
  const TrackMetrics metrics = read_track_metrics(paths.track_metrics());
  EXPECT_EQ(said["frames"], metrics.total_frames);
  EXPECT_NEAR(said["analyzed_frames"], metrics.analyzed_frames,
              0.2 * static_cast<double>(metrics.analyzed_frames));
  int64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(own_ / "out")) {
    if (entry.is_regular_file()) bytes += static_cast<int64_t>(entry.file_size());
  }
  EXPECT_GT(said["bytes"].get<double>(), 0.3 * static_cast<double>(bytes));
  EXPECT_LT(said["bytes"].get<double>(), 3.0 * static_cast<double>(bytes));
  EXPECT_GT(said["elapsed_sec"], 0);
  EXPECT_NEAR(said["trial_s"], 16, 3);
  EXPECT_EQ(said["device"], "cpu");
}

TEST_F(Trials, ADryRunSaysWhatIsWrongAsARunWould) {
  const ProgramResult missing = call({"run", (own_ / "no.mp4").string(), "--dry-run"});
  EXPECT_EQ(missing.exit_code, kExitVideo);
  EXPECT_THAT(missing.err, HasSubstr("no such file"));
  expect_nothing_left();
}

TEST_F(Trials, TuneRanksTheKnobsAndSavesAProfileThatARunTakes) {
  const ProgramResult result =
      call({"tune", video_.string(), "--seconds", "5", "--json", "--save", "mine"});
  ASSERT_EQ(result.exit_code, kExitDone) << result.text();
  expect_nothing_left();
  const json said = json::parse(result.out);
  ASSERT_GE(said["results"].size(), 5U);
  int references = 0, recommended = 0;
  double before = 1e9;
  for (const json& r : said["results"]) {
    references += r["reference"] ? 1 : 0;
    recommended += r["recommended"] ? 1 : 0;
    EXPECT_LE(r["speed"], before) << "the fastest first";
    before = r["speed"];
    EXPECT_GE(r["agreement"], 0.0);
    EXPECT_LE(r["agreement"], 1.0);
    EXPECT_TRUE(!r["reference"] || r["agreement"] == 1.0);
    EXPECT_FALSE(r["recommended"] && r["reference"]);
  }
  EXPECT_EQ(references, 1);
  EXPECT_EQ(recommended, 1);
  EXPECT_THAT(file_content(home_ / "config/pipeline/performance_profiles.yaml"),
              HasSubstr("\nmine:\n"));
  const ProgramResult again = call({"tune", video_.string(), "--save", "mine"});
  EXPECT_EQ(again.exit_code, kExitFailed);
  EXPECT_THAT(again.err, HasSubstr("has a profile of this name already"));
  const ProgramResult run = call({"run", video_.string(), "--profile", "mine", "--quiet"});
  EXPECT_EQ(run.exit_code, kExitDone) << run.text();
}

TEST_F(Trials, TuneShowsATableADrawingAndTheCommand) {
  const ProgramResult result = call({"tune", video_.string(), "--seconds", "5", "--at", "4"});
  ASSERT_EQ(result.exit_code, kExitDone) << result.text();
  EXPECT_THAT(result.out, HasSubstr("high_accuracy"));
  EXPECT_THAT(result.out, HasSubstr("the reference"));
  EXPECT_THAT(result.out, HasSubstr("100.0 % |"));
  EXPECT_THAT(result.out, HasSubstr("\nscreenalytics run " + video_.string() + " --profile "));
  EXPECT_THAT(call({"tune", video_.string(), "--save", "My Profile"}).err,
              HasSubstr("a profile's name is of a to z"));
  EXPECT_EQ(call({"tune", video_.string(), "--agreement", "2"}).exit_code, kExitUsage);
  expect_nothing_left();
}

}  // namespace
}  // namespace screenalytics
