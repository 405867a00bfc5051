// Results that cannot be written: one clear error, exit code 1, and the last good run stays whole.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "base/error.h"
#include "episode_fixture.h"

namespace screenalytics {
namespace {

using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

class OutputFaults : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    media_ = new TempFolder;
    video_ = make_face_clip({4, "24", {320, 180}}, *media_, "face");
  }
  static void TearDownTestSuite() { delete media_; }

  static ProgramCall call(const fs::path& out_root) {
    return run_call(video_, out_root, {"--save-frames", "--save-crops", "--stride", "1"});
  }

  static TempFolder* media_;
  static fs::path video_;
  TempFolder folder_;
};

TempFolder* OutputFaults::media_ = nullptr;
fs::path OutputFaults::video_;

TEST_F(OutputFaults, AFolderBelowAFileCannotBe) {
  const fs::path out = folder_.write("file", "something of value") / "out";
  const ProgramResult run = run_program(call(out));
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err, AllOf(HasSubstr("error: "), HasSubstr(out.string()),
                             HasSubstr("choose another --out-root")));
  EXPECT_EQ(file_content(folder_ / "file"), "something of value");
}

TEST_F(OutputFaults, AFolderThatMayNotBeWrittenIsNamed) {
  fs::path out = folder_ / "locked";
  fs::create_directory(out);
  fs::permissions(out, fs::perms::owner_read | fs::perms::owner_exec);
  // Nothing is locked for root but what the kernel itself refuses.
  if (::geteuid() == 0) out = "/proc/sys";
  const ProgramResult run = run_program(call(out));
  fs::permissions(folder_ / "locked", fs::perms::owner_all);
  EXPECT_EQ(run.exit_code, kExitFailed) << run.text();
  EXPECT_THAT(run.err, AllOf(HasSubstr("error: "), HasSubstr(out.string())));
}

// The limit hits wherever the growing file is: the journal, a picture or an artifact.
TEST_F(OutputFaults, AFullDiskKeepsTheLastGoodRun) {
  const fs::path out = folder_ / "out";
  ASSERT_EQ(run_program(call(out)).exit_code, 0);
  const EpisodePaths paths = episode_paths(out);
  const std::string detections = file_content(paths.detections());
  const std::string run_record = file_content(paths.run());
  int failed = 0;
  for (const uint64_t limit : {1000, 6000, 20000, 40000}) {
    SCOPED_TRACE(limit);
    ProgramCall small = call(out);
    small.file_size_limit = limit;
    const ProgramResult run = run_program(small);
    ASSERT_EQ(run.signal, 0) << run.text();
    if (run.exit_code == 0) continue;
    ++failed;
    EXPECT_EQ(run.exit_code, kExitFailed) << run.text();
    EXPECT_THAT(run.err, AllOf(HasSubstr("error: cannot write"), HasSubstr("File too large"),
                               HasSubstr("--out-root")));
    EXPECT_EQ(artifact_faults(out), "");
    EXPECT_EQ(file_content(paths.detections()), detections);
    EXPECT_EQ(file_content(paths.run()), run_record);
  }
  EXPECT_GE(failed, 3);
  ASSERT_EQ(run_program(call(out)).exit_code, 0) << "with room again, the same command works";
  EXPECT_EQ(file_content(paths.detections()), detections);
}

TEST_F(OutputFaults, AProgressFileThatCannotBeWrittenDoesNotEndTheRun) {
  const fs::path out = folder_ / "out";
  ProgramCall watched = call(out);
  watched.args.insert(watched.args.end(), {"--progress-file", "/dev/full/progress.json"});
  const ProgramResult run = run_program(watched);
  EXPECT_EQ(run.exit_code, 0) << run.text();
  EXPECT_THAT(run.out, HasSubstr("/dev/full/progress.json"));
  EXPECT_EQ(artifact_faults(out), "");
}

TEST_F(OutputFaults, AProgressFileElsewhereIsWritten) {
  const fs::path file = folder_ / "live.json";
  ProgramCall watched = call(folder_ / "out");
  watched.args.insert(watched.args.end(), {"--progress-file", file.string()});
  ASSERT_EQ(run_program(watched).exit_code, 0);
  EXPECT_EQ(read_progress(file).phase, "done");
}

}  // namespace
}  // namespace screenalytics
