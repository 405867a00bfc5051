// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <cctype>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "testing/frame_code.h"
#include "testing/temp_folder.h"
#include "testing/video_writer.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
}

namespace screenalytics {
namespace {

struct ReadFrame {
  double pts_s = 0;
  std::optional<uint32_t> code;
  bool interlaced = false;
};

struct ReadVideo {
  std::vector<ReadFrame> frames;  // in the order they are shown
  int b_frames = 0, key_frames = 0, audio_streams = 0, video_streams = 0;
  int rotation = 0;  // degrees clockwise to turn the picture
  Rational aspect;
  std::string pixel_format;
};

Image luma_of(const AVFrame& frame) {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  const int depth = format->comp[0].depth;
  Image image(frame.width, frame.height, 1);
  for (int y = 0; y < frame.height; ++y) {
    const uint8_t* row = frame.data[0] + static_cast<ptrdiff_t>(y) * frame.linesize[0];
    for (int x = 0; x < frame.width; ++x) {
      image.row(y)[x] =
          depth == 8
              ? row[x]
              : static_cast<uint8_t>(reinterpret_cast<const uint16_t*>(row)[x] >> (depth - 8));
    }
  }
  return image;
}

bool is_interlaced(const AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  return (frame.flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
  return frame.interlaced_frame != 0;
#endif
}

int rotation_of(const AVStream& stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
  const AVPacketSideData* side =
      av_packet_side_data_get(stream.codecpar->coded_side_data, stream.codecpar->nb_coded_side_data,
                              AV_PKT_DATA_DISPLAYMATRIX);
  const uint8_t* data = side ? side->data : nullptr;
#else
  const uint8_t* data = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr);
#endif
  if (!data) return 0;
  // What the library reports is anticlockwise.
  const double degrees = -av_display_rotation_get(reinterpret_cast<const int32_t*>(data));
  return (static_cast<int>(std::lround(degrees)) + 360) % 360;
}

ReadVideo read_video(const std::filesystem::path& path) {
  ReadVideo video;
  AVFormatContext* input = nullptr;
  if (avformat_open_input(&input, path.c_str(), nullptr, nullptr) < 0) return video;
  avformat_find_stream_info(input, nullptr);
  AVStream* stream = nullptr;
  for (unsigned i = 0; i < input->nb_streams; ++i) {
    const AVMediaType type = input->streams[i]->codecpar->codec_type;
    video.audio_streams += type == AVMEDIA_TYPE_AUDIO;
    video.video_streams += type == AVMEDIA_TYPE_VIDEO;
    if (type == AVMEDIA_TYPE_VIDEO && !stream) stream = input->streams[i];
  }
  if (stream) {
    const AVRational aspect = av_guess_sample_aspect_ratio(input, stream, nullptr);
    video.aspect = {aspect.num, aspect.den};
    video.rotation = rotation_of(*stream);
    video.pixel_format = av_get_pix_fmt_name(static_cast<AVPixelFormat>(stream->codecpar->format));
    AVCodecContext* codec =
        avcodec_alloc_context3(avcodec_find_decoder(stream->codecpar->codec_id));
    avcodec_parameters_to_context(codec, stream->codecpar);
    avcodec_open2(codec, nullptr, nullptr);
    AVPacket* packet = av_packet_alloc();
    AVFrame* frame = av_frame_alloc();
    for (bool more = true; more;) {
      more = av_read_frame(input, packet) >= 0;
      if (more && packet->stream_index != stream->index) {
        av_packet_unref(packet);
        continue;
      }
      avcodec_send_packet(codec, more ? packet : nullptr);
      av_packet_unref(packet);
      while (avcodec_receive_frame(codec, frame) >= 0) {
        const double pts =
            static_cast<double>(frame->best_effort_timestamp) * av_q2d(stream->time_base);
        video.frames.push_back({pts, read_frame_code(luma_of(*frame)), is_interlaced(*frame)});
        video.b_frames += frame->pict_type == AV_PICTURE_TYPE_B;
        video.key_frames += frame->pict_type == AV_PICTURE_TYPE_I;
      }
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&codec);
  }
  avformat_close_input(&input);
  return video;
}

std::filesystem::path write_clip(const std::filesystem::path& path,
                                 const VideoWriterOptions& options, int frames) {
  VideoWriter writer(path, options);
  for (int i = 0; i < frames; ++i) {
    writer.add(make_frame_code(options.size.width, options.size.height, static_cast<uint32_t>(i)));
  }
  writer.finish();
  return path;
}

VideoWriterOptions small() {
  VideoWriterOptions options;
  options.size = {192, 128};
  return options;
}

void expect_codes(const ReadVideo& video, int frames) {
  ASSERT_EQ(video.frames.size(), static_cast<size_t>(frames));
  for (int i = 0; i < frames; ++i) {
    ASSERT_EQ(video.frames[static_cast<size_t>(i)].code, static_cast<uint32_t>(i));
  }
}

struct Format {
  const char* codec;
  const char* file;
  const char* pixel_format;
};

class EveryFormat : public ::testing::TestWithParam<Format> {};

TEST_P(EveryFormat, CarriesEveryFrameInOrder) {
  const Format& format = GetParam();
  if (!has_encoder(format.codec)) GTEST_SKIP() << "this FFmpeg has no " << format.codec;
  const TempFolder folder;
  VideoWriterOptions options = small();
  options.codec = format.codec;
  options.pixel_format = format.pixel_format;
  options.fps = {25, 1};
  const ReadVideo video = read_video(write_clip(folder / format.file, options, 40));
  expect_codes(video, 40);
  EXPECT_EQ(video.pixel_format, format.pixel_format);
}

INSTANTIATE_TEST_SUITE_P(
    VideoWriter, EveryFormat,
    ::testing::Values(
        Format{"libx264", "a.mp4", "yuv420p"}, Format{"libx264", "a.mkv", "yuv420p10le"},
        Format{"libx264", "a.mov", "yuv444p"}, Format{"libx265", "b.mp4", "yuv420p"},
        Format{"mpeg2video", "a.mpg", "yuv420p"}, Format{"mpeg1video", "b.mpg", "yuv420p"},
        Format{"mpeg4", "a.avi", "yuv420p"}, Format{"libvpx-vp9", "a.webm", "yuv420p"},
        Format{"prores_ks", "b.mov", "yuv422p10le"}, Format{"mjpeg", "b.avi", "yuvj420p"}),
    [](const ::testing::TestParamInfo<Format>& one) {
      std::string name = std::string(one.param.codec) + one.param.file + one.param.pixel_format;
      std::erase_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); });
      return name;
    });

TEST(VideoWriter, GivesEveryFrameItsConstantRateTime) {
  const TempFolder folder;
  for (const Rational fps : {Rational{24, 1}, {24000, 1001}, {30000, 1001}, {50, 1}}) {
    VideoWriterOptions options = small();
    options.fps = fps;
    options.b_frames = 2;
    const ReadVideo video = read_video(write_clip(folder / "a.mp4", options, 50));
    expect_codes(video, 50);
    for (int i = 0; i < 50; ++i) {
      // Exact but for the division.
      ASSERT_NEAR(video.frames[static_cast<size_t>(i)].pts_s, i / fps.value(), 1e-9);
    }
    EXPECT_GT(video.b_frames, 10);
  }
}

TEST(VideoWriter, GivesFramesTimesOfTheirOwn) {
  const TempFolder folder;
  VideoWriterOptions options = small();
  options.time_base = {1, 90000};
  options.b_frames = 2;
  const std::vector<double> times = {0, 0.04, 0.05, 0.3, 0.301, 1.7, 1.75, 2.5};
  VideoWriter writer(folder / "a.mp4", options);
  for (size_t i = 0; i < times.size(); ++i) {
    writer.add(make_frame_code(192, 128, static_cast<uint32_t>(i)),
               Timestamp::from_seconds(times[i]));
  }
  writer.finish();
  EXPECT_EQ(writer.frames(), 8);
  const ReadVideo video = read_video(folder / "a.mp4");
  expect_codes(video, 8);
  for (size_t i = 0; i < times.size(); ++i) {
    // Half a tick of 1/90000 s.
    EXPECT_NEAR(video.frames[i].pts_s, times[i], 6e-6);
  }
}

TEST(VideoWriter, PutsAKeyFrameAtEveryGop) {
  const TempFolder folder;
  VideoWriterOptions options = small();
  options.codec = "mpeg4";
  options.gop = 8;
  EXPECT_EQ(read_video(write_clip(folder / "a.mp4", options, 32)).key_frames, 4);
}

TEST(VideoWriter, StartsLaterWithAnOffset) {
  const TempFolder folder;
  VideoWriterOptions options = small();
  options.start_offset_s = 1.5;
  for (const char* name : {"a.mp4", "a.mkv"}) {
    EXPECT_NEAR(read_video(write_clip(folder / name, options, 5)).frames[0].pts_s, 1.5, 0.001);
  }
}

TEST(VideoWriter, TellsPlayersToTurnThePictureClockwise) {
  const TempFolder folder;
  for (const int degrees : {0, 90, 180, 270}) {
    VideoWriterOptions options = small();
    options.rotation = degrees;
    EXPECT_EQ(read_video(write_clip(folder / "a.mp4", options, 3)).rotation, degrees);
  }
}

TEST(VideoWriter, MarksAspectAndInterlacing) {
  const TempFolder folder;
  VideoWriterOptions options = small();
  options.sample_aspect = {16, 11};
  options.interlaced = true;
  for (const char* codec : {"libx264", "mpeg2video"}) {
    options.codec = codec;
    const ReadVideo video = read_video(write_clip(folder / "a.mkv", options, 12));
    ASSERT_EQ(video.frames.size(), 12u);
    EXPECT_EQ(video.aspect.num, 16) << codec;
    EXPECT_EQ(video.aspect.den, 11) << codec;
    EXPECT_TRUE(video.frames[3].interlaced) << codec;
  }
}

TEST(VideoWriter, WritesOddSizesAndLumaImages) {
  const TempFolder folder;
  VideoWriterOptions options = small();
  options.size = {101, 67};
  options.pixel_format = "yuv444p";
  VideoWriter writer(folder / "a.mkv", options);
  for (uint32_t i = 0; i < 5; ++i) {
    Image luma(101, 67, 1);
    draw_frame_code(luma, i);
    writer.add(luma);
  }
  writer.finish();
  expect_codes(read_video(folder / "a.mkv"), 5);
}

TEST(VideoWriter, WritesAToneBesideTheVideo) {
  const TempFolder folder;
  VideoWriterOptions options = small();
  options.audio_s = 1;
  const ReadVideo video = read_video(write_clip(folder / "a.mp4", options, 24));
  EXPECT_EQ(video.audio_streams, 1);
  expect_codes(video, 24);
}

TEST(VideoWriter, WritesAudioAlone) {
  const TempFolder folder;
  for (const char* name : {"a.mp4", "a.wav"}) {
    write_audio_only(folder / name, 0.5);
    const ReadVideo video = read_video(folder / name);
    EXPECT_EQ(video.audio_streams, 1) << name;
    EXPECT_EQ(video.video_streams, 0) << name;
  }
}

TEST(VideoWriter, AHigherCrfOrALowerBitrateMakesASmallerFile) {
  const TempFolder folder;
  const auto bytes_with = [&](int crf, int bitrate) {
    VideoWriterOptions options = small();
    options.crf = crf;
    options.bitrate = bitrate;
    return std::filesystem::file_size(write_clip(folder / "a.mp4", options, 60));
  };
  EXPECT_LT(bytes_with(45, 0), bytes_with(10, 0));
  EXPECT_LT(bytes_with(0, 20000), bytes_with(0, 2000000));
}

template <typename Function>
Error error_of(Function function) {
  try {
    function();
  } catch (const Error& e) {
    return e;
  }
  return Error(ErrorCode::conflict, "nothing was thrown");
}

TEST(VideoWriter, RefusesWhatThisFfmpegCannotWrite) {
  const TempFolder folder;
  VideoWriterOptions options = small();
  options.codec = "no-such-encoder";
  const auto open = [&](const char* name) {
    return error_of([&] { VideoWriter(folder / name, options); });
  };
  EXPECT_EQ(open("a.mp4").code(), ErrorCode::unsupported);
  EXPECT_THAT(open("a.mp4").what(), ::testing::HasSubstr("no encoder 'no-such-encoder'"));
  options = small();
  options.pixel_format = "purple";
  EXPECT_THAT(open("a.mp4").what(), ::testing::HasSubstr("no pixel format 'purple'"));
  options = small();
  EXPECT_EQ(open("a.nothing").code(), ErrorCode::unsupported);
  options.codec = "prores_ks";
  EXPECT_EQ(open("a.mov").code(), ErrorCode::unsupported);
  options = small();
  options.codec = "mpeg2video";
  EXPECT_EQ(open("a.webm").code(), ErrorCode::unsupported);
}

TEST(VideoWriter, RefusesASizeOrRateOfNothingAndAnUnwritablePlace) {
  const TempFolder folder;
  VideoWriterOptions options;
  EXPECT_EQ(error_of([&] { VideoWriter(folder / "a.mp4", options); }).code(),
            ErrorCode::invalid_argument);
  options = small();
  options.fps = {0, 1};
  EXPECT_EQ(error_of([&] { VideoWriter(folder / "a.mp4", options); }).code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([&] { VideoWriter(folder / "no/such/a.mp4", small()); }).code(),
            ErrorCode::io);
  EXPECT_EQ(error_of([&] { write_audio_only(folder / "a.m2v", 1); }).code(),
            ErrorCode::unsupported);
}

}  // namespace
}  // namespace screenalytics
