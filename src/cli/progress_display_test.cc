// Tests of what a run shows while it goes on.
// SPDX-License-Identifier: MIT
#include "cli/progress_display.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "artifacts/documents.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

Progress progress(const std::string& phase = "track") {
  Progress p;
  p.ep_id = "ep";
  p.phase = phase;
  p.frames_done = 500;
  p.frames_total = 2000;
  p.percent = 25;
  p.elapsed_s = 10;
  p.fps_detected = 25;
  p.analyzed_fps = 8;
  p.eta_s = 90;
  p.updated_at = "2026-01-31T12:00:00.123Z";
  return p;
}

struct Shown {
  std::string out, err;
};

Shown shown(DisplayMode mode, const std::vector<Progress>& states) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  ProgressDisplay display(mode);
  for (const Progress& p : states) display.show(p);
  display.finish();
  std::fflush(stdout);
  const std::string out = ::testing::internal::GetCapturedStdout();
  return {out, ::testing::internal::GetCapturedStderr()};
}

TEST(DurationText, IsInSecondsBelowAMinuteAndInClockFormAbove) {
  EXPECT_EQ(duration_text(0), "0 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(60), "1:00");
  EXPECT_EQ(duration_text(125), "2:05");
  EXPECT_EQ(duration_text(3599), "59:59");
  EXPECT_EQ(duration_text(3723), "1:02:03");
  EXPECT_EQ(duration_text(360'000), "100:00:00");
}

TEST(DurationText, RoundsBeforeItChoosesItsForm) {
  EXPECT_EQ(duration_text(59.6), "1:00");
  EXPECT_EQ(duration_text(3599.7), "1:00:00");
}

TEST(DurationText, IsNeverNegative) { EXPECT_EQ(duration_text(-3), "0 s"); }

TEST(ProgressDisplay, ALineTellsPhasePercentRateAndTimeLeft) {
  const Shown s = shown(DisplayMode::lines, {progress()});
  EXPECT_EQ(s.err, "track: 25.0 %, 20 s of video, 2.0x real time, 1:30 left\n");
  EXPECT_THAT(s.out, IsEmpty());
}

TEST(ProgressDisplay, LinesComeWithEachPhaseAndNotWithEveryState) {
  const Shown s = shown(DisplayMode::lines, {progress("init"), progress(), progress(), progress(),
                                             progress("summarize"), progress("done")});
  EXPECT_EQ(std::count(s.err.begin(), s.err.end(), '\n'), 2);
  EXPECT_THAT(s.err, HasSubstr("summarize: "));
}

TEST(ProgressDisplay, WithoutATotalThereIsNoPercentAndNoTimeLeft) {
  Progress p = progress();
  p.frames_total.reset();
  p.eta_s.reset();
  EXPECT_EQ(shown(DisplayMode::lines, {p}).err, "track: 20 s of video, 2.0x real time\n");
  p.fps_detected = 0;
  EXPECT_EQ(shown(DisplayMode::lines, {p}).err, "track: 500 frames\n");
}

TEST(ProgressDisplay, TheBarIsFilledByPercentAndClearedAtTheEnd) {
  const std::string err = shown(DisplayMode::bar, {progress()}).err;
  EXPECT_THAT(err, StartsWith("\r\033[K"));
  const auto count = [&](const std::string& sign) {
    int n = 0;
    for (size_t at = err.find(sign); at != std::string::npos; at = err.find(sign, at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(count("█"), 7);
  EXPECT_EQ(count("░"), 21);
  EXPECT_THAT(err, HasSubstr("25.0 %"));
  EXPECT_THAT(err, HasSubstr("1:30 left"));
  EXPECT_THAT(err, ::testing::EndsWith("\r\033[K"));
  EXPECT_THAT(err, Not(HasSubstr("\n")));
}

TEST(ProgressDisplay, JsonIsOneObjectALineOnStandardOutput) {
  const Shown s = shown(DisplayMode::json, {progress(), progress("done")});
  EXPECT_THAT(s.err, IsEmpty());
  const TempFolder folder;
  std::istringstream lines(s.out);
  std::vector<Progress> read;
  for (std::string line; std::getline(lines, line);) {
    read.push_back(read_progress(folder.write("line", line)));
  }
  EXPECT_THAT(read, ::testing::ElementsAre(progress(), progress("done")));
}

TEST(ProgressDisplay, QuietShowsNothing) {
  const Shown s = shown(DisplayMode::quiet, {progress(), progress("done")});
  EXPECT_THAT(s.out + s.err, IsEmpty());
}

TEST(ProgressDisplay, ATerminalThatIsGoneIsNoFailure) {
  const int kept = ::dup(STDERR_FILENO);
  const int full = ::open("/dev/full", O_WRONLY);
  if (full < 0) GTEST_SKIP() << "this system has no /dev/full";
  ::dup2(full, STDERR_FILENO);
  ::close(full);
  for (const DisplayMode mode : {DisplayMode::bar, DisplayMode::lines}) {
    ProgressDisplay display(mode);
    EXPECT_NO_THROW(display.show(progress()));
    EXPECT_NO_THROW(display.finish());
  }
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
}

}  // namespace
}  // namespace screenalytics
