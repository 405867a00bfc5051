// What is no usable video gets one clear error and exit code 3; what is partly usable is used.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>

#include "base/error.h"
#include "episode_fixture.h"
#include "testing/video_writer.h"

namespace screenalytics {
namespace {

using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

// Content of a Matroska file with some seconds of video.
std::string matroska(const TempFolder& folder) {
  const fs::path path = folder / "whole.mkv";
  VideoWriter writer(path, {{320, 240}});
  Image frame(320, 240, 3);
  for (int i = 0; i < 24 * 8; ++i) {
    std::fill(frame.pixels.begin(), frame.pixels.end(), static_cast<uint8_t>(40 + i));
    writer.add(frame);
  }
  writer.finish();
  return file_content(path);
}

class BadInput : public testing::Test {
 protected:
  // Runs on `video` and expects exit code 3, one line of error that holds the name of the video,
  // and no file of the episode.
  std::string refusal(const fs::path& video) {
    const ProgramResult run = run_program(run_call(video, out_, {"--quiet"}));
    EXPECT_EQ(run.exit_code, kExitVideo) << run.text();
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_THAT(run.err, AllOf(testing::StartsWith("error: "), HasSubstr(video.string())));
    const EpisodePaths paths = episode_paths(out_);
    for (const fs::path& result :
         {paths.detections(), paths.tracks(), paths.samples(), paths.shots(), paths.frames()}) {
      EXPECT_FALSE(fs::exists(result)) << result;
    }
    return run.err;
  }

  TempFolder folder_;
  fs::path out_ = folder_ / "out";
};

TEST_F(BadInput, AMissingFile) {
  EXPECT_THAT(refusal(folder_ / "absent.mp4"), HasSubstr("no such file"));
}

TEST_F(BadInput, ADirectory) { EXPECT_THAT(refusal(folder_.path()), HasSubstr("is a directory")); }

TEST_F(BadInput, AnEmptyFile) {
  EXPECT_THAT(refusal(folder_.write("empty.mp4", "")), HasSubstr("is empty (0 bytes)"));
}

TEST_F(BadInput, ATextFileWithTheNameOfAVideo) {
  EXPECT_THAT(refusal(folder_.write("notes.mp4", "Dear diary, today nothing was filmed.\n")),
              HasSubstr("not a video file"));
}

TEST_F(BadInput, AFileWithSoundOnly) {
  write_audio_only(folder_ / "sound.m4a", 1);
  EXPECT_THAT(refusal(folder_ / "sound.m4a"), HasSubstr("no video stream"));
}

TEST_F(BadInput, AVideoStreamWithoutAFrame) {
  VideoWriter(folder_ / "none.avi", {{320, 240}}).finish();
  EXPECT_THAT(refusal(folder_ / "none.avi"), HasSubstr("no frame of its video"));
  VideoWriter(folder_ / "none.mp4", {{320, 240}}).finish();
  EXPECT_THAT(refusal(folder_ / "none.mp4"), HasSubstr("no video stream"));
}

TEST_F(BadInput, AFileThatEndsBehindItsHeader) {
  const std::string whole = matroska(folder_);
  const size_t first_cluster = whole.find("\x1F\x43\xB6\x75");
  ASSERT_NE(first_cluster, std::string::npos);
  EXPECT_THAT(refusal(folder_.write("head.mkv", whole.substr(0, first_cluster))),
              HasSubstr("damaged"));
}

TEST_F(BadInput, ACodecThatNobodyHereDecodes) {
  std::string whole = matroska(folder_);
  const std::string h264 = "V_MPEG4/ISO/AVC";
  const size_t at = whole.find(h264);
  ASSERT_NE(at, std::string::npos);
  // AVS2 needs a library that no distribution builds FFmpeg with.
  std::string avs2 = "V_AVS2";
  avs2.resize(h264.size(), '\0');
  whole.replace(at, h264.size(), avs2);
  EXPECT_THAT(refusal(folder_.write("rare.mkv", whole)), HasSubstr("no decoder for 'avs2'"));
}

TEST_F(BadInput, ATruncatedFileIsAnalysedAsFarAsItCanBeRead) {
  const std::string whole = matroska(folder_);
  const fs::path cut = folder_.write("cut.mkv", whole.substr(0, whole.size() / 2));
  const ProgramResult run = run_program(run_call(cut, out_));
  EXPECT_EQ(run.exit_code, 0) << run.text();
  EXPECT_THAT(run.out, HasSubstr("the container promises 8.0 s of video but only"));
  EXPECT_EQ(artifact_faults(out_), "");
  EXPECT_EQ(time_faults(cut, out_), "");
  const std::vector<SampleRow> samples = read_samples(out_);
  ASSERT_FALSE(samples.empty());
  EXPECT_LT(samples.back().ts.seconds(), 6);
}

TEST_F(BadInput, AVideoThatCannotBeReadLeavesTheLastGoodRunAlone) {
  const std::string whole = matroska(folder_);
  const fs::path video = folder_.write("video.mkv", whole);
  ASSERT_EQ(run_program(run_call(video, out_)).exit_code, 0);
  const std::string before = file_content(episode_paths(out_).samples());
  folder_.write("video.mkv", "");
  EXPECT_EQ(run_program(run_call(video, out_)).exit_code, kExitVideo);
  EXPECT_EQ(artifact_faults(out_), "");
  EXPECT_EQ(file_content(episode_paths(out_).samples()), before);
}

}  // namespace
}  // namespace screenalytics
