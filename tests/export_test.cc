// Screen time for other programs: subtitles, edit lists, tables, and the video with boxes in it.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "artifacts/screentime_file.h"
#include "base/error.h"
#include "decode/video_source.h"
#include "episode_fixture.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kName = "Zoë <i>{O'Hara}";

class Export : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    video_ = make_hand_over_clip(6, *folder_, "made");
    const ProgramResult run = run_program(run_call(video_, out()));
    ASSERT_EQ(run.exit_code, kExitDone) << run.text();
    const ProgramResult label =
        run_program({{"identities", "label", kEpisode, "1", kName, "--out-root", out().string()}});
    ASSERT_EQ(label.exit_code, kExitDone) << label.text();
  }
  static void TearDownTestSuite() { delete folder_; }

  static fs::path out() { return folder_->path() / "out"; }
  static ProgramResult call(std::vector<std::string> words) {
    words.insert(words.end(), {"--out-root", out().string()});
    return run_program({words});
  }
  static std::string exported(const std::string& format) {
    const fs::path file = folder_->path() / ("made." + format);
    const ProgramResult result =
        call({"export", kEpisode, "--format", format, "--out", file.string()});
    EXPECT_EQ(result.exit_code, kExitDone) << result.text();
    return file_content(file);
  }

  static TempFolder* folder_;
  static fs::path video_;
};
TempFolder* Export::folder_ = nullptr;
fs::path Export::video_;

TEST_F(Export, SubtitlesSayWhoIsThere) {
  const std::string vtt = exported("vtt");
  EXPECT_THAT(vtt, StartsWith("WEBVTT"));
  EXPECT_THAT(vtt, HasSubstr("\n00:00:00.000 --> 00:00:02.9"));
  EXPECT_THAT(vtt, HasSubstr("\nZoë &lt;i&gt;{O'Hara}\n"));
  EXPECT_THAT(vtt, HasSubstr("identity-00002"));
  const std::string ass = exported("ass");
  EXPECT_THAT(ass, HasSubstr("PlayResX: 960\nPlayResY: 540\n"));
  EXPECT_THAT(ass, HasSubstr("}Zoë <i>(O'Hara)\n")) << "no command of the format";
}

TEST_F(Export, TablesAndEditListsHaveEachAppearance) {
  const std::string csv = exported("csv"), edl = exported("edl");
  const ScreenTimeReport report = read_screentime_json(episode_paths(out()).screentime_json());
  size_t appearances = 0;
  for (const PersonRow& p : report.people) appearances += p.appearances.size();
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), static_cast<int>(appearances) + 1);
  EXPECT_THAT(csv, HasSubstr(std::string("\n") + kName + ","));
  EXPECT_THAT(edl, HasSubstr("001  AX       V     C        00:00:00:00 00:00:0"));
  EXPECT_THAT(edl, HasSubstr(std::string("* FROM CLIP NAME: ") + kName));
}

TEST_F(Export, AppearancesAreAskedForByName) {
  EXPECT_THAT(call({"appearances", kEpisode, "--person", kName}).out,
              HasSubstr("1 appearance, 2.9"));
  EXPECT_THAT(call({"appearances", kEpisode, "--person", "identity-0002"}).err,
              HasSubstr("did you mean 'identity-00002'?"));
}

std::unique_ptr<FrameSource> open(const fs::path& video) { return open_video(video, {}); }

// Mean difference of two pictures over a box, all three channels.
double difference(const Image& a, const Image& b, int x1, int y1, int x2, int y2) {
  double sum = 0;
  int count = 0;
  for (int y = std::max(0, y1); y < std::min(a.height, y2); ++y) {
    for (int x = std::max(0, x1) * 3; x < std::min(a.width, x2) * 3; ++x, ++count) {
      sum += std::abs(static_cast<int>(a.row(y)[x]) - static_cast<int>(b.row(y)[x]));
    }
  }
  return count == 0 ? 0 : sum / count;
}

TEST_F(Export, TheVideoHasTheSameFramesAndABoxAroundEachFace) {
  const fs::path drawn = folder_->path() / "drawn.mp4";
  const ProgramResult result = call({"export-video", kEpisode, "--out", drawn.string(), "--quiet"});
  ASSERT_EQ(result.exit_code, kExitDone) << result.text();
  const std::unique_ptr<FrameSource> before = open(video_), after = open(drawn);
  EXPECT_EQ(before->info().size, after->info().size);
  const std::vector<DetectionRow> faces = read_detections(out());
  size_t compared = 0, frames = 0;
  for (;; ++frames) {
    const std::optional<VideoFrame> a = before->next(), b = after->next();
    ASSERT_EQ(a.has_value(), b.has_value()) << "after " << frames << " frames";
    if (!a) break;
    ASSERT_NEAR(a->ts.seconds(), b->ts.seconds(), 1e-4);
    const auto face = std::find_if(faces.begin(), faces.end(), [&](const DetectionRow& d) {
      return d.frame_idx == a->frame_idx && d.track;
    });
    if (face == faces.end()) continue;
    ++compared;
    const Image plain = a->rgb(), boxed = b->rgb();
    const auto x1 = static_cast<int>(std::lround(face->bbox.x1 * 960)),
               x2 = static_cast<int>(std::lround(face->bbox.x2 * 960)),
               y1 = static_cast<int>(std::lround(face->bbox.y1 * 540)),
               y2 = static_cast<int>(std::lround(face->bbox.y2 * 540));
    const double noise = difference(plain, boxed, 0, 440, 200, 540);
    EXPECT_LT(noise, 6) << "far from any box";
    for (const double edge : {difference(plain, boxed, x1 - 1, y1, x1 + 2, y2),
                              difference(plain, boxed, x2 - 1, y1, x2 + 2, y2),
                              difference(plain, boxed, x1, y2 - 1, x2, y2 + 2)}) {
      EXPECT_GT(edge, 4 * noise + 10) << "frame " << a->frame_idx;
    }
  }
  EXPECT_EQ(frames, 144U);
  EXPECT_GE(compared, 25U);
}

TEST_F(Export, RefusesInOneLineAndLeavesNothingBehind) {
  const auto refused = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "export-video");
    const ProgramResult result = call(words);
    EXPECT_NE(result.exit_code, kExitDone);
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    return result.err;
  };
  const std::string to = (folder_->path() / "new.mp4").string();
  EXPECT_THAT(refused({"episod", "--out", to}), HasSubstr("did you mean 'episode'?"));
  EXPECT_THAT(refused({kEpisode, "--out", video_.string()}),
              HasSubstr("it is the video that is read"));
  EXPECT_THAT(refused({kEpisode, "--out", "/nowhere/new.mp4"}), HasSubstr("/nowhere"));
  EXPECT_THAT(refused({kEpisode, "--out", (folder_->path() / "new.xyz").string()}),
              HasSubstr("new.xyz"));
  EXPECT_THAT(refused({kEpisode, "--out", to, "--person", "Nobody At All"}),
              HasSubstr("nobody called"));
  EXPECT_THAT(refused({kEpisode, "--out", to, "--video", "/nowhere.mp4"}),
              HasSubstr("/nowhere.mp4"));
  EXPECT_FALSE(fs::exists(to));
  for (const auto& entry : fs::directory_iterator(folder_->path())) {
    EXPECT_THAT(entry.path().filename().string(), Not(StartsWith(".")));
  }
}

}  // namespace
}  // namespace screenalytics
