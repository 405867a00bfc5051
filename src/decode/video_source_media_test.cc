// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/error.h"
#include "decode/video_source.h"
#include "testing/frame_code.h"
#include "testing/video_writer.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

constexpr Size kSize{192, 108};

class VideoSourceTest : public testing::Test {
 protected:
  VideoSourceTest() {
    std::string name = (fs::temp_directory_path() / "sa_decode.XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~VideoSourceTest() override { fs::remove_all(folder_); }

  fs::path path(const char* name) const { return folder_ / name; }

  // `frames` frames that carry their numbers.
  fs::path make(const char* name, VideoWriterOptions options, int frames) const {
    if (options.size.width == 0) options.size = kSize;
    VideoWriter writer(path(name), options);
    for (int i = 0; i < frames; ++i) {
      writer.add(
          make_frame_code(options.size.width, options.size.height, static_cast<uint32_t>(i)));
    }
    writer.finish();
    return path(name);
  }

  static std::vector<VideoFrame> read(const fs::path& file, VideoSourceOptions options = {}) {
    std::vector<VideoFrame> frames;
    const auto source = open_video(file, options);
    while (auto f = source->next()) frames.push_back(std::move(*f));
    return frames;
  }

  // Every frame says by its pixels which one it is.
  static void expect_numbered(const std::vector<VideoFrame>& frames) {
    for (const VideoFrame& f : frames) {
      EXPECT_EQ(read_frame_code(f.rgb()).value_or(99999), f.frame_idx);
    }
  }

  static ErrorCode open_error(const fs::path& file, std::string* message = nullptr) {
    try {
      const auto source = open_video(file, {});
      while (source->next()) {
      }
    } catch (const Error& e) {
      if (message != nullptr) *message = e.what();
      return e.code();
    }
    ADD_FAILURE() << file << " was accepted";
    return ErrorCode::io;
  }

  fs::path folder_;
};

TEST_F(VideoSourceTest, FramesComeInOrderWithTheirIndexAndTheContainersTime) {
  VideoWriterOptions options;
  options.b_frames = 3;
  options.fps = {24000, 1001};
  options.time_base = {1001, 24000};
  const auto frames = read(make("b.mp4", options, 60));
  ASSERT_EQ(frames.size(), 60U);
  expect_numbered(frames);
  for (const VideoFrame& f : frames) {
    EXPECT_EQ(f.ts, Timestamp::from_seconds(static_cast<double>(f.frame_idx) * 1001 / 24000));
    EXPECT_TRUE(f.sampled);
  }
}

TEST_F(VideoSourceTest, VariableFrameRateKeepsEveryTime) {
  VideoWriterOptions options;
  options.size = kSize;
  options.time_base = {1, 90000};
  VideoWriter writer(path("vfr.mkv"), options);
  std::vector<Timestamp> times;
  double t = 0;
  for (uint32_t i = 0; i < 40; ++i) {
    times.push_back(Timestamp::from_seconds(std::round(t * 1000) / 1000));
    writer.add(make_frame_code(kSize.width, kSize.height, i), times.back());
    t += i % 3 == 0 ? 0.017 : 0.091;
  }
  writer.finish();
  const auto frames = read(path("vfr.mkv"));
  ASSERT_EQ(frames.size(), times.size());
  expect_numbered(frames);
  for (size_t i = 0; i < times.size(); ++i) EXPECT_EQ(frames[i].ts, times[i]) << i;
}

TEST_F(VideoSourceTest, StrideAndFpsMarkFramesWithoutChangingThem) {
  VideoWriterOptions options;
  options.b_frames = 2;
  const fs::path file = make("s.mp4", options, 50);
  VideoSourceOptions sampled;
  sampled.stride = 5;
  sampled.max_fps = 3;
  const auto frames = read(file, sampled);
  ASSERT_EQ(frames.size(), 50U);
  std::vector<int64_t> marked;
  for (const VideoFrame& f : frames) {
    if (f.sampled) marked.push_back(f.frame_idx);
  }
  EXPECT_THAT(marked, testing::ElementsAre(0, 10, 20, 25, 35, 40));
  expect_numbered(frames);
}

TEST_F(VideoSourceTest, SkipsNonReferenceFramesThatNobodyNeedsAndDecodesTheOthers) {
  VideoWriterOptions options;
  options.b_frames = 2;
  const fs::path file = make("skip.mp4", options, 96);
  VideoSourceOptions skipping;
  skipping.stride = 5;
  skipping.skip_non_reference = true;
  skipping.threads = 2;
  const auto source = open_video(file, skipping);
  std::vector<VideoFrame> frames;
  while (auto f = source->next()) frames.push_back(std::move(*f));
  expect_numbered(frames);
  std::vector<int64_t> marked;
  for (const VideoFrame& f : frames) {
    if (f.sampled) marked.push_back(f.frame_idx);
  }
  ASSERT_EQ(marked.size(), 20U);
  for (size_t i = 0; i < marked.size(); ++i) EXPECT_EQ(marked[i], static_cast<int64_t>(i) * 5);
  EXPECT_GT(source->counters().frames_not_decoded, 20);
  EXPECT_EQ(source->counters().packets_read, 96);
}

TEST_F(VideoSourceTest, ResumesAtTheFrameAfterTheOneItStoppedAt) {
  VideoWriterOptions options;
  options.b_frames = 2;
  options.gop = 24;
  const fs::path file = make("resume.mp4", options, 200);
  VideoSourceOptions sampled;
  sampled.stride = 1;
  sampled.max_fps = 7;
  const auto whole = read(file, sampled);
  const auto first = open_video(file, sampled);
  ResumePoint point;
  while (auto f = first->next()) {
    point = {f->frame_idx, f->pts, first->sampler_next_due_s()};
    if (f->frame_idx == 131) break;
  }
  sampled.resume = point;
  const auto rest = read(file, sampled);
  EXPECT_TRUE(rest.front().warm_up);
  EXPECT_LT(rest.size(), 200U);  // it did not begin at the beginning
  int64_t next = 132;
  for (const VideoFrame& f : rest) {
    if (f.warm_up) continue;
    EXPECT_EQ(f.frame_idx, next);
    EXPECT_EQ(f.ts, whole[static_cast<size_t>(next)].ts);
    EXPECT_EQ(f.sampled, whole[static_cast<size_t>(next)].sampled) << next;
    ++next;
  }
  EXPECT_EQ(next, 200);
}

TEST_F(VideoSourceTest, ShowsRotatedVideoUpright) {
  for (const int degrees : {90, 180, 270}) {
    VideoWriterOptions options;
    options.rotation = degrees;
    const auto frames = read(make("r.mp4", options, 3));
    const Size expected = degrees == 180 ? kSize : Size{kSize.height, kSize.width};
    EXPECT_EQ(frames[1].size(), expected) << degrees;
    // The code was drawn before the turn: turned back, it reads.
    const Image shown = frames[1].rgb();
    Image back(kSize.width, kSize.height, 3);
    for (int y = 0; y < kSize.height; ++y) {
      for (int x = 0; x < kSize.width; ++x) {
        int sx = kSize.width - 1 - x, sy = kSize.height - 1 - y;
        if (degrees == 90) {
          sx = kSize.height - 1 - y;
          sy = x;
        } else if (degrees == 270) {
          sx = y;
          sy = kSize.width - 1 - x;
        }
        std::copy_n(shown.row(sy) + sx * 3, 3, back.row(y) + x * 3);
      }
    }
    EXPECT_EQ(read_frame_code(back), 1U) << degrees;
    const Image tiny = frames[1].tiny_luma({expected.width / 4, expected.height / 4});
    EXPECT_NEAR(tiny.row(2)[2], shown.row(10)[30], 40) << degrees;
  }
}

TEST_F(VideoSourceTest, StretchesBySampleAspectRatio) {
  VideoWriterOptions options;
  options.size = {144, 108};
  options.sample_aspect = {4, 3};
  const auto frames = read(make("sar.mp4", options, 3));
  EXPECT_EQ(frames[0].size(), (Size{192, 108}));
  EXPECT_EQ(read_frame_code(frames[2].rgb()), 2U);
}

TEST_F(VideoSourceTest, ReadsOtherCodecsDepthsAndOddSizes) {
  struct Case {
    const char* name;
    const char* codec;
    const char* format;
    Size size;
  };
  const Case cases[] = {
      {"a.mp4", "libx264", "yuv420p10le", kSize},      {"b.mp4", "libx264", "yuv444p", {191, 107}},
      {"c.mpg", "mpeg2video", "yuv420p", kSize},       {"d.avi", "mpeg4", "yuv420p", kSize},
      {"e.webm", "libvpx-vp9", "yuv420p", {194, 110}}, {"f.mp4", "libx265", "yuv420p", kSize},
      {"g.ts", "libx264", "yuv420p", kSize},           {"h.mov", "prores", "yuv422p10le", kSize}};
  for (const Case& c : cases) {
    if (!has_encoder(c.codec)) continue;
    VideoWriterOptions options;
    options.codec = c.codec;
    options.pixel_format = c.format;
    options.size = c.size;
    options.fps = {25, 1};
    const auto frames = read(make(c.name, options, 12));
    ASSERT_EQ(frames.size(), 12U) << c.name;
    expect_numbered(frames);
    EXPECT_EQ(frames[0].size(), c.size) << c.name;
    for (size_t i = 1; i < frames.size(); ++i) EXPECT_LT(frames[i - 1].ts, frames[i].ts) << c.name;
  }
}

TEST_F(VideoSourceTest, ReadsAnOddSizedVideo) {
  VideoWriterOptions options;
  options.pixel_format = "yuv444p";
  options.size = {97, 61};
  const auto frames = read(make("odd.mp4", options, 3));
  EXPECT_EQ(frames[0].size(), (Size{97, 61}));
  EXPECT_EQ(read_frame_code(frames[2].rgb()), 2U);
}

TEST_F(VideoSourceTest, InterlacedVideoIsReadAndSaidToBeSo) {
  VideoWriterOptions options;
  options.codec = "mpeg2video";
  options.interlaced = true;
  options.fps = {25, 1};
  const fs::path file = make("i.mpg", options, 12);
  EXPECT_EQ(read(file).size(), 12U);
  EXPECT_TRUE(open_video(file, {})->info().interlaced);
}

TEST_F(VideoSourceTest, TimesStartWhereTheContainerStarts) {
  VideoWriterOptions options;
  options.start_offset_s = 5;
  const auto frames = read(make("late.mkv", options, 5));
  EXPECT_NEAR(frames[0].ts.seconds(), 5, 0.002);
}

TEST_F(VideoSourceTest, SoundBesideTheVideoDoesNotCount) {
  VideoWriterOptions options;
  options.audio_s = 1;
  const fs::path file = make("av.mp4", options, 24);
  const auto source = open_video(file, {});
  while (source->next()) {
  }
  EXPECT_EQ(source->counters().packets_read, 24);
}

TEST_F(VideoSourceTest, ATruncatedFileIsReadAsFarAsItGoes) {
  VideoWriterOptions options;
  const fs::path file = make("cut.ts", options, 200);
  fs::resize_file(file, fs::file_size(file) / 2);
  const auto frames = read(file);
  EXPECT_GT(frames.size(), 40U);
  EXPECT_LT(frames.size(), 160U);
}

TEST_F(VideoSourceTest, DamageInTheMiddleIsSkippedAndCounted) {
  VideoWriterOptions options;
  options.gop = 12;
  const fs::path file = make("damage.ts", options, 200);
  std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto size = static_cast<std::streamoff>(fs::file_size(file));
  f.seekp(size / 3);
  for (std::streamoff i = 0; i < size / 6; ++i) f.put(static_cast<char>(i * 31 + 7));
  f.close();
  const auto source = open_video(file, {});
  int64_t frames = 0;
  Timestamp last{-1};
  while (auto frame = source->next()) {
    EXPECT_LT(last, frame->ts);
    last = frame->ts;
    ++frames;
  }
  const SourceCounters c = source->counters();
  EXPECT_GT(frames, 80);
  EXPECT_LT(frames, 200);
  EXPECT_GT(c.packets_damaged + c.frames_concealed + c.frames_not_decoded, 0);
}

TEST_F(VideoSourceTest, AClockThatBeginsAnewGoesOnWithoutAJump) {
  VideoWriterOptions options;
  options.b_frames = 2;
  const fs::path part = make("part.ts", options, 96);
  const fs::path file = path("twice.ts");
  for (int i = 0; i < 2; ++i) {
    std::ofstream(file, std::ios::binary | std::ios::app)
        << std::ifstream(part, std::ios::binary).rdbuf();
  }
  VideoSourceOptions sampled;
  sampled.max_fps = 6;
  const auto frames = read(file, sampled);
  EXPECT_GE(frames.size(), 188U);
  int marked = 0;
  for (size_t i = 0; i < frames.size(); ++i) {
    marked += frames[i].sampled ? 1 : 0;
    if (i == 0) continue;
    EXPECT_LT(frames[i - 1].ts, frames[i].ts);
    EXPECT_LT(frames[i - 1].frame_idx, frames[i].frame_idx);
    EXPECT_LT(seconds_between(frames[i - 1].ts, frames[i].ts), 0.5);
  }
  EXPECT_GE(marked, 44);
  EXPECT_LE(marked, 50);
}

TEST_F(VideoSourceTest, ResumesFromTheStartWhereASeekCannotBeTrusted) {
  VideoWriterOptions options;
  const fs::path part = make("half.ts", options, 96);
  const fs::path file = path("halves.ts");
  for (int i = 0; i < 2; ++i) {
    std::ofstream(file, std::ios::binary | std::ios::app)
        << std::ifstream(part, std::ios::binary).rdbuf();
  }
  VideoSourceOptions sampled;
  sampled.max_fps = 6;
  const auto whole = read(file, sampled);
  for (const size_t stopped_at : {size_t{40}, size_t{140}, whole.size() - 3}) {
    const auto first = open_video(file, sampled);
    ResumePoint point;
    for (size_t i = 0; i <= stopped_at; ++i) {
      const auto f = first->next();
      point = {f->frame_idx, f->pts, first->sampler_next_due_s()};
    }
    VideoSourceOptions resumed = sampled;
    resumed.resume = point;
    size_t next = stopped_at + 1;
    for (const VideoFrame& f : read(file, resumed)) {
      if (f.warm_up) continue;
      ASSERT_LT(next, whole.size());
      EXPECT_EQ(f.frame_idx, whole[next].frame_idx);
      EXPECT_EQ(f.ts, whole[next].ts);
      EXPECT_EQ(f.sampled, whole[next].sampled);
      ++next;
    }
    EXPECT_EQ(next, whole.size()) << stopped_at;
  }
}

TEST_F(VideoSourceTest, AFileWithoutPresentationTimesIsCountedFrameByFrame) {
  VideoWriterOptions options;
  options.codec = "mpeg4";
  options.b_frames = 2;
  options.fps = {25, 1};
  const auto frames = read(make("packed.avi", options, 60));
  EXPECT_GE(frames.size(), 58U);
  for (size_t i = 1; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].frame_idx, frames[i - 1].frame_idx + 1);
    EXPECT_NEAR(seconds_between(frames[i - 1].ts, frames[i].ts), 0.04, 0.001);
  }
}

TEST_F(VideoSourceTest, RefusesWhatIsNoVideoWithAReason) {
  std::string message;
  EXPECT_EQ(open_error(path("missing.mp4"), &message), ErrorCode::not_found);
  EXPECT_THAT(message, testing::HasSubstr("no such file"));
  EXPECT_EQ(open_error(folder_, &message), ErrorCode::corrupt_input);
  EXPECT_THAT(message, testing::HasSubstr("directory"));
  std::ofstream(path("empty.mp4")).close();
  EXPECT_EQ(open_error(path("empty.mp4"), &message), ErrorCode::corrupt_input);
  EXPECT_THAT(message, testing::HasSubstr("empty"));
  std::ofstream(path("text.mp4")) << "this is no video, only words in a file\n";
  EXPECT_EQ(open_error(path("text.mp4"), &message), ErrorCode::corrupt_input);
  EXPECT_THAT(message, testing::HasSubstr("not a video file"));
  write_audio_only(path("tone.m4a"), 1);
  EXPECT_EQ(open_error(path("tone.m4a"), &message), ErrorCode::corrupt_input);
  EXPECT_THAT(message, testing::HasSubstr("no video stream"));
}

TEST_F(VideoSourceTest, RefusesACodecWithoutADecoderByName) {
  VideoWriterOptions options;
  const fs::path file = make("unknown.mp4", options, 3);
  // The sample description says H.264; another name leaves a stream that nobody can decode.
  std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(f)), std::istreambuf_iterator<char>());
  const size_t at = bytes.find("avc1", bytes.find("stsd"));
  ASSERT_NE(at, std::string::npos);
  f.clear();
  f.seekp(static_cast<std::streamoff>(at));
  f.write("mjp2", 4);  // Motion JPEG 2000, whose payload this is not
  f.close();
  const ErrorCode code = open_error(file);
  EXPECT_TRUE(code == ErrorCode::unsupported || code == ErrorCode::corrupt_input);
}

TEST_F(VideoSourceTest, StopsWhenCancelled) {
  CancelToken cancel;
  const auto source = open_video(make("c.mp4", {}, 20), {}, &cancel);
  EXPECT_TRUE(source->next().has_value());
  cancel.cancel();
  EXPECT_FALSE(source->next().has_value());
}

TEST(VideoFrame, CropsAndScalesInShownPixels) {
  Image image(64, 48, 3);
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      uint8_t* p = image.row(y) + x * 3;
      p[0] = x < 32 ? 200 : 20;
      p[1] = y < 24 ? 180 : 40;
      p[2] = 90;
    }
  }
  const VideoFrame frame = VideoFrame::from_rgb(image);
  const Image quarter = frame.rgb({32, 24, 64, 48}, {8, 6});
  EXPECT_NEAR(quarter.row(3)[4 * 3], 20, 2);
  EXPECT_NEAR(quarter.row(3)[4 * 3 + 1], 40, 2);
  // Half the size, shifted: crop pixel (0, 0) is frame pixel (16, 12).
  const Image crop = frame.warp({2, 0, 16, 0, 2, 12}, {16, 12});
  EXPECT_NEAR(crop.row(2)[3 * 3], 200, 3);
  EXPECT_NEAR(crop.row(10)[13 * 3], 20, 3);
  EXPECT_NEAR(crop.row(10)[13 * 3 + 1], 40, 3);
  const Image outside = frame.warp({1, 0, 500, 0, 1, 500}, {4, 4});
  EXPECT_EQ(outside.row(1)[3], 0);
  const JpegPlanes planes = frame.jpeg_planes();
  EXPECT_EQ(planes.y.size(), 64U * 48U);
  EXPECT_EQ(planes.u.size(), 32U * 24U);
}

}  // namespace
}  // namespace screenalytics
