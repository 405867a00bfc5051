// Wrong flags, settings, models and devices get one clear error that names what would be right.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "episode_fixture.h"
#include "testing/video_writer.h"

namespace screenalytics {
namespace {

using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

class BadUsage : public testing::Test {
 protected:
  BadUsage() {
    VideoWriter writer(video_, {{320, 240}});
    for (int i = 0; i < 12; ++i) writer.add(Image(320, 240, 3));
    writer.finish();
  }

  ProgramResult run(const std::vector<std::string>& flags) {
    ProgramCall call = run_call(video_, out_, flags);
    call.env = env_;
    return run_program(call);
  }

  std::string refusal(const std::vector<std::string>& flags, int exit_code = kExitUsage) {
    return check_refusal(run(flags), exit_code);
  }

  std::string check_refusal(const ProgramResult& run, int exit_code) {
    EXPECT_EQ(run.exit_code, exit_code) << run.text();
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, HasSubstr("error: "));
    EXPECT_EQ(run.err.back(), '\n');
    EXPECT_FALSE(fs::exists(out_)) << "a refused run leaves nothing behind";
    return run.err;
  }

  // From now on the program has its configuration and models in this copy.
  fs::path own_home() {
    fs::path home = copy_home(folder_);
    env_["SCREENALYTICS_HOME"] = home.string();
    return home;
  }

  TempFolder folder_;
  fs::path video_ = folder_ / "video.mp4", out_ = folder_ / "out";
  std::map<std::string, std::string> env_;
};

TEST_F(BadUsage, AnUnknownFlagNamesTheNearest) {
  EXPECT_THAT(refusal({"--strid", "3"}),
              AllOf(HasSubstr("unknown flag '--strid'"), HasSubstr("'--stride'"),
                    HasSubstr("screenalytics run --help")));
}

TEST_F(BadUsage, AnUnknownCommandNamesTheNearest) {
  EXPECT_THAT(check_refusal(run_program({{"rn"}}), kExitUsage),
              AllOf(HasSubstr("unknown command 'rn'"), HasSubstr("'run'")));
}

TEST_F(BadUsage, AnUnknownProfileNamesTheNearest) {
  EXPECT_THAT(refusal({"--profile", "balancd"}),
              AllOf(HasSubstr("unknown profile 'balancd'"), HasSubstr("'balanced'")));
}

TEST_F(BadUsage, AValueOutOfRangeNamesTheRange) {
  EXPECT_THAT(refusal({"--confidence-th", "1.5"}),
              AllOf(HasSubstr("'1.5'"), HasSubstr("from 0 to 1")));
  EXPECT_THAT(refusal({"--stride", "0"}), HasSubstr("from 1 to"));
  EXPECT_THAT(refusal({"--jpeg-quality", "good"}), HasSubstr("from 1 to 100"));
}

TEST_F(BadUsage, AnUnknownChoiceNamesTheNearest) {
  EXPECT_THAT(refusal({"--nms-mode", "sof"}), AllOf(HasSubstr("hard, soft"), HasSubstr("'soft'")));
}

TEST_F(BadUsage, AVariableOutOfRangeIsNamed) {
  env_["SCREENALYTICS_STRIDE"] = "-2";
  EXPECT_THAT(refusal({}), AllOf(HasSubstr("SCREENALYTICS_STRIDE"), HasSubstr("'-2'")));
}

TEST_F(BadUsage, AnUnknownKeyInAFileIsNamedWithItsLine) {
  const fs::path file = own_home() / "config" / "pipeline" / "detection.yaml";
  std::ofstream(file, std::ios::app) << "confidense_th: 0.5\n";
  const std::string text = file_content(file);
  const std::string line = std::to_string(std::count(text.begin(), text.end(), '\n'));
  EXPECT_THAT(refusal({}), AllOf(HasSubstr("detection.yaml:" + line), HasSubstr("confidense_th"),
                                 HasSubstr("'confidence_th'")));
}

TEST_F(BadUsage, AValueOutOfRangeInAFileIsNamed) {
  edit_file(own_home() / "config" / "pipeline" / "detection.yaml", "iou_th: 0.5", "iou_th: 5");
  EXPECT_THAT(refusal({}),
              AllOf(HasSubstr("detection.yaml:"), HasSubstr("iou_th"), HasSubstr("from 0 to 1")));
}

TEST_F(BadUsage, AnEpisodeNameThatIsAPathIsRefused) {
  for (const char* name : {"../escape", "a/b", "/etc", ".hidden", ".."}) {
    SCOPED_TRACE(name);
    ProgramCall call{
        {"run", video_.string(), "--out-root", out_.string(), std::string("--ep-id=") + name}};
    EXPECT_THAT(check_refusal(run_program(call), kExitUsage), HasSubstr("ep_id"));
  }
}

TEST_F(BadUsage, NoVideoAtAllSaysHowToNameOne) {
  EXPECT_THAT(check_refusal(run_program({{"run"}}), kExitUsage),
              HasSubstr("screenalytics run show.mp4"));
}

TEST_F(BadUsage, AMissingModelSaysHowToGetIt) {
  fs::remove(own_home() / "models" / "weights" / "retinaface_mnet025_v2.onnx");
  EXPECT_THAT(refusal({}, kExitModel),
              AllOf(HasSubstr("retinaface_mnet025_v2"), HasSubstr("quickstart.sh")));
}

TEST_F(BadUsage, AChangedModelIsNotRun) {
  const fs::path file = own_home() / "models" / "weights" / "retinaface_mnet025_v2.onnx";
  std::string weights = file_content(file);
  weights[weights.size() / 2] ^= 1;
  fs::remove(file);
  std::ofstream(file, std::ios::binary) << weights;
  EXPECT_THAT(refusal({}, kExitModel),
              AllOf(HasSubstr("SHA-256"), HasSubstr("retinaface_mnet025_v2")));
  EXPECT_EQ(run_program({{"models"}, env_}).exit_code, kExitModel);
}

TEST_F(BadUsage, AMissingHomeIsNamed) {
  env_["SCREENALYTICS_HOME"] = (folder_ / "nowhere").string();
  EXPECT_THAT(refusal({}), AllOf(HasSubstr("SCREENALYTICS_HOME"), HasSubstr("nowhere")));
}

// CoreML is there on no Linux.
TEST_F(BadUsage, ADeviceThatIsNotThereNamesWhatIs) {
  EXPECT_THAT(refusal({"--device", "coreml"}, kExitModel),
              AllOf(HasSubstr("'coreml'"), HasSubstr("CPUExecutionProvider"),
                    HasSubstr("--allow-cpu-fallback")));
}

TEST_F(BadUsage, ADeviceThatIsNotThereGivesWayToTheCpuWhereThatIsAllowed) {
  const ProgramResult fallback = run({"--device", "mps", "--allow-cpu-fallback"});
  EXPECT_EQ(fallback.exit_code, 0) << fallback.text();
  EXPECT_THAT(fallback.out, HasSubstr("running on the CPU instead"));
  EXPECT_EQ(read_track_metrics(episode_paths(out_).track_metrics()).device, "cpu");
}

TEST_F(BadUsage, AFlagWithoutEffectOnThisMachineSaysSoAndGoesOn) {
  const ProgramResult without = run({"--device", "cpu", "--coreml-det-size", "320"});
  EXPECT_EQ(without.exit_code, 0) << without.text();
  EXPECT_THAT(without.text(), HasSubstr("coreml_det_size has no effect"));
}

TEST_F(BadUsage, AnEmptyEpisodeNameIsNotTakenForNone) {
  EXPECT_THAT(check_refusal(run_program({{"run", video_.string(), "--ep-id", ""}}), kExitUsage),
              HasSubstr("ep_id ''"));
}

TEST_F(BadUsage, AProgressFileThatIsSomethingElseIsNotOverwritten) {
  const auto size = fs::file_size(video_);
  EXPECT_THAT(refusal({"--progress-file", video_.string()}), HasSubstr("name another"));
  EXPECT_EQ(fs::file_size(video_), size);
}

TEST_F(BadUsage, TheResultsOfAnotherVideoAreNotReplacedUnasked) {
  const fs::path other = folder_ / "elsewhere" / "video.mp4";
  fs::create_directories(other.parent_path());
  fs::copy_file(video_, other);
  const auto run_named = [&](const fs::path& video, std::vector<std::string> flags) {
    std::vector<std::string> args{"run", video.string(), "--out-root", out_.string(), "--quiet"};
    args.insert(args.end(), flags.begin(), flags.end());
    return run_program({args});
  };
  EXPECT_EQ(run_named(video_, {}).exit_code, kExitDone);
  EXPECT_EQ(run_named(video_, {}).exit_code, kExitDone);
  const ProgramResult refused = run_named(other, {});
  EXPECT_EQ(refused.exit_code, kExitFailed);
  EXPECT_THAT(refused.err, AllOf(HasSubstr(video_.string()), HasSubstr("--ep-id")));
  EXPECT_EQ(run_named(other, {"--ep-id", "video"}).exit_code, kExitDone);
}

}  // namespace
}  // namespace screenalytics
