// Tests of drawing subtitles into made videos: what is drawn where, and what stays as it was.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "decode/container.h"
#include "decode/subtitle_burner.h"
#include "decode/video_source.h"
#include "testing/caught_error.h"
#include "testing/temp_folder.h"
#include "testing/video_writer.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A filled red rectangle from 0.1 s to 0.3 s, in the left upper quarter of a 160x90 picture.
void write_subtitles(const fs::path& path, int width = 160, int height = 90) {
  std::ofstream(path) << "[Script Info]\nScriptType: v4.00+\nPlayResX: " << width
                      << "\nPlayResY: " << height
                      << "\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, "
                         "Outline, Shadow, Alignment\nStyle: Box,Sans,20,&H000000FF,0,0,7\n\n"
                         "[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:00.10,"
                         "0:00:00.30,Box,{\\pos(0,0)\\p1}m 10 10 l 40 10 40 30 10 30{\\p0}\n";
}

VideoWriterOptions options_of(Size size) {
  VideoWriterOptions o;
  o.size = size;
  o.codec = "mpeg4";
  o.time_base = {1, 1000};
  return o;
}

void write_video(const fs::path& path, const VideoWriterOptions& options,
                 const std::vector<int>& ms) {
  VideoWriter writer(path, options);
  Image grey(options.size.width, options.size.height, 3);
  std::fill(grey.pixels.begin(), grey.pixels.end(), uint8_t{128});
  for (const int t : ms) writer.add(grey, Timestamp::from_us(t * 1000));
  writer.finish();
}

struct Seen {
  std::vector<int> ms;      // of all frames
  std::vector<int> red_ms;  // of those with red in the middle of the rectangle
  bool red_elsewhere = false;
  Size size;
};

bool is_red(const Image& rgb, int x, int y) {
  const uint8_t* p = rgb.row(y) + x * 3;
  return p[0] > 200 && p[1] < 90 && p[2] < 90;
}

Seen look_at(const fs::path& path) {
  const auto source = open_video(path, {});
  Seen seen;
  while (const auto frame = source->next()) {
    const Image rgb = frame->rgb();
    seen.size = frame->size();
    const int ms = static_cast<int>((frame->ts.us + 500) / 1000);
    seen.ms.push_back(ms);
    if (is_red(rgb, 25, 20)) seen.red_ms.push_back(ms);
    seen.red_elsewhere |= is_red(rgb, 60, 20) || is_red(rgb, 25, 50);
  }
  return seen;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

class SubtitleBurner : public ::testing::Test {
 protected:
  BurnedVideo burn(const fs::path& out, Timestamp start = {}) {
    return burn_subtitles({video_, subtitles_, out, start, 2}, cancel_, {});
  }

  TempFolder folder_;
  fs::path video_ = folder_ / "in.mkv", subtitles_ = folder_ / "boxes:'a,b'.ass";
  fs::path out_ = folder_ / "out.mp4";
  CancelToken cancel_;
};

TEST_F(SubtitleBurner, DrawsInTheirTimeAndKeepsTheTimesOfAllFrames) {
  write_video(video_, options_of({160, 90}), {0, 40, 130, 190, 320, 400});
  write_subtitles(subtitles_);
  EXPECT_EQ(burn(out_).frames, 6);
  const Seen seen = look_at(out_);
  EXPECT_THAT(seen.ms, ElementsAre(0, 40, 130, 190, 320, 400));
  EXPECT_THAT(seen.red_ms, ElementsAre(130, 190));
  EXPECT_FALSE(seen.red_elsewhere);
  EXPECT_EQ(seen.size, (Size{160, 90}));
}

TEST_F(SubtitleBurner, CountsFromTheFirstPictureOfAVideoThatBeginsLate) {
  VideoWriterOptions options = options_of({160, 90});
  options.start_offset_s = 5;
  write_video(video_, options, {0, 100, 200, 300});
  write_subtitles(subtitles_);
  burn(out_, Timestamp::from_seconds(5));
  const Seen seen = look_at(out_);
  EXPECT_THAT(seen.ms, ElementsAre(0, 100, 200, 300));
  EXPECT_THAT(seen.red_ms, ElementsAre(100, 200));
}

TEST_F(SubtitleBurner, TurnsTheFramesAsTheyAreShown) {
  video_ = folder_ / "in.mp4";
  for (const int rotation : {90, 180, 270}) {
    VideoWriterOptions options = options_of(rotation == 180 ? Size{160, 90} : Size{90, 160});
    options.rotation = rotation;
    write_video(video_, options, {0, 100, 200, 300});
    write_subtitles(subtitles_);
    burn(out_);
    const Seen seen = look_at(out_);
    EXPECT_EQ(seen.size, (Size{160, 90})) << rotation;
    EXPECT_THAT(seen.red_ms, ElementsAre(100, 200)) << rotation;
  }
}

TEST_F(SubtitleBurner, StretchesPixelsThatAreNotSquareAndRoundsOddSizesUp) {
  VideoWriterOptions options = options_of({107, 89});
  options.codec = "ffv1";
  options.sample_aspect = {3, 2};
  write_video(video_, options, {0, 100, 200, 300});
  const Size shown = open_video(video_, {})->info().size;
  write_subtitles(subtitles_, shown.width, shown.height);
  burn(out_);
  const Seen seen = look_at(out_);
  EXPECT_EQ(seen.size, (Size{shown.width + shown.width % 2, 90}));
  EXPECT_THAT(seen.red_ms, ElementsAre(100, 200));
}

TEST_F(SubtitleBurner, CopiesTheSound) {
  VideoWriterOptions options = options_of({160, 90});
  options.audio_s = 0.4;
  video_ = folder_ / "in.mp4";
  write_video(video_, options, {0, 100, 200, 300});
  write_subtitles(subtitles_);
  burn(out_);
  const auto sound_of = [](const fs::path& path) {
    const AvFormatContextPtr file = open_container(path, nullptr);
    const AvPacketPtr packet(av_packet_alloc());
    std::vector<std::string> packets;
    while (av_read_frame(file.get(), packet.get()) >= 0) {
      const AVStream& s = *file->streams[packet->stream_index];
      if (s.codecpar->codec_type == AVMEDIA_TYPE_AUDIO) {
        packets.emplace_back(reinterpret_cast<const char*>(packet->data),
                             static_cast<size_t>(packet->size));
      }
      av_packet_unref(packet.get());
    }
    return packets;
  };
  EXPECT_GT(sound_of(video_).size(), 5U);
  EXPECT_EQ(sound_of(out_), sound_of(video_));
}

TEST_F(SubtitleBurner, LeavesNothingWhereItIsCancelledOrFails) {
  write_video(video_, options_of({160, 90}), {0, 100, 200, 300});
  write_subtitles(subtitles_);
  const auto before = names_in(folder_.path());
  const BurnedVideo stopped = burn_subtitles(
      {video_, subtitles_, out_, {}, 1}, cancel_,
      [&](int64_t frames, const VideoInfo&) { frames == 2 ? cancel_.cancel() : void(); });
  EXPECT_TRUE(stopped.cancelled);
  EXPECT_EQ(names_in(folder_.path()), before);
  CancelToken fresh;
  const auto error_of = [&](const fs::path& subtitles, const fs::path& out) {
    return caught_error([&] { burn_subtitles({video_, subtitles, out, {}, 1}, fresh, {}); });
  };
  EXPECT_EQ(error_of(subtitles_, video_).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(subtitles_, folder_ / "out.nonsense").code(), ErrorCode::unsupported);
  EXPECT_THAT(error_of(subtitles_, folder_ / "out.nonsense").what(), HasSubstr("use .mp4"));
  EXPECT_EQ(error_of(folder_ / "none.ass", out_).code(), ErrorCode::io);
  EXPECT_EQ(error_of(subtitles_, folder_ / "none" / "out.mp4").code(), ErrorCode::io);
  EXPECT_THAT(error_of(folder_ / "none.ass", out_).what(), HasSubstr("none.ass"));
  EXPECT_EQ(names_in(folder_.path()), before);
}

}  // namespace
}  // namespace screenalytics
