// SPDX-License-Identifier: MIT
#include "testing/video_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/error.h"
#include "decode/output_file.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace screenalytics {
namespace {

using FramePtr = AvFramePtr;
using CodecPtr = AvCodecContextPtr;

AVRational to_av(Rational r) { return {r.num, r.den}; }

AVSampleFormat first_sample_format(const AVCodec* codec) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
  const void* formats = nullptr;
  int count = 0;
  avcodec_get_supported_config(nullptr, codec, AV_CODEC_CONFIG_SAMPLE_FORMAT, 0, &formats, &count);
  return formats && count > 0 ? static_cast<const AVSampleFormat*>(formats)[0] : AV_SAMPLE_FMT_S16;
#else
  return codec->sample_fmts ? codec->sample_fmts[0] : AV_SAMPLE_FMT_S16;
#endif
}

// A 440 Hz tone in whatever audio codec the container prefers.
class ToneStream {
 public:
  ToneStream(OutputFile& out, double seconds)
      : stream_(out, make_codec(out)),
        total_(static_cast<int64_t>(seconds * kRate)),
        block_(stream_.codec()->frame_size > 0 ? stream_.codec()->frame_size : 1024) {}

  void write_until(double seconds) {
    const int64_t goal = std::min(total_, static_cast<int64_t>(seconds * kRate));
    while (done_ < goal) write_block();
  }
  void finish() {
    while (done_ < total_) write_block();
    stream_.send(nullptr);
  }

 private:
  static constexpr int kRate = 48000;

  static CodecPtr make_codec(const OutputFile& out) {
    const AVCodec* found = avcodec_find_encoder(out.container->oformat->audio_codec);
    if (!found) {
      throw Error(ErrorCode::unsupported,
                  fmt::format("cannot write audio to '{}': this FFmpeg has no encoder for it, "
                              "choose another container",
                              out.path));
    }
    CodecPtr codec(avcodec_alloc_context3(found));
    codec->sample_fmt = first_sample_format(found);
    codec->sample_rate = kRate;
    codec->time_base = {1, kRate};
    codec->bit_rate = 64000;
    av_channel_layout_default(&codec->ch_layout, 1);
    codec->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    return codec;
  }

  void write_block() {
    FramePtr frame(av_frame_alloc());
    const AVCodecContext* codec = stream_.codec();
    frame->format = codec->sample_fmt;
    frame->sample_rate = kRate;
    frame->nb_samples = static_cast<int>(std::min<int64_t>(block_, total_ - done_));
    frame->pts = done_;
    SA_CHECK(av_channel_layout_copy(&frame->ch_layout, &codec->ch_layout) >= 0);
    SA_CHECK(av_frame_get_buffer(frame.get(), 0) >= 0);
    const AVSampleFormat packed = av_get_packed_sample_fmt(codec->sample_fmt);
    for (int i = 0; i < frame->nb_samples; ++i) {
      const double phase =
          2 * std::numbers::pi * 440 * static_cast<double>(done_ + i) / double{kRate};
      const double value = 0.25 * std::sin(phase);
      if (packed == AV_SAMPLE_FMT_FLT) {
        reinterpret_cast<float*>(frame->data[0])[i] = static_cast<float>(value);
      } else {
        SA_CHECK(packed == AV_SAMPLE_FMT_S16);
        reinterpret_cast<int16_t*>(frame->data[0])[i] = static_cast<int16_t>(value * 32767);
      }
    }
    done_ += frame->nb_samples;
    stream_.send(frame.get());
  }

  EncodedStream stream_;
  int64_t total_;
  int64_t block_;
  int64_t done_ = 0;
};

void set_quality(AVCodecContext& codec, const VideoWriterOptions& options) {
  if (options.bitrate > 0) {
    codec.bit_rate = options.bitrate;
  } else {
    set_constant_quality(codec, options.crf);
  }
  set_preset(codec, options.preset);
  if (av_opt_find(codec.priv_data, "x265-params", nullptr, 0, 0)) {
    av_opt_set(codec.priv_data, "x265-params", "log-level=none", 0);
  }
}

CodecPtr make_video_codec(const OutputFile& out, const VideoWriterOptions& options) {
  if (options.size.width <= 0 || options.size.height <= 0 || options.fps.num <= 0 ||
      options.fps.den <= 0) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("cannot write '{}': a video needs a size and a frame rate above 0, got "
                            "{}x{} at {}/{}",
                            out.path, options.size.width, options.size.height, options.fps.num,
                            options.fps.den));
  }
  const AVCodec* found = avcodec_find_encoder_by_name(options.codec.c_str());
  const AVPixelFormat format = av_get_pix_fmt(options.pixel_format.c_str());
  if (!found || format == AV_PIX_FMT_NONE) {
    throw Error(ErrorCode::unsupported, fmt::format("cannot write '{}': this FFmpeg has no {} '{}'",
                                                    out.path, found ? "pixel format" : "encoder",
                                                    found ? options.pixel_format : options.codec));
  }
  CodecPtr codec(avcodec_alloc_context3(found));
  codec->width = options.size.width;
  codec->height = options.size.height;
  codec->pix_fmt = format;
  codec->framerate = to_av(options.fps);
  codec->time_base =
      options.time_base.num > 0 ? to_av(options.time_base) : av_inv_q(codec->framerate);
  codec->gop_size = options.gop;
  codec->max_b_frames = options.b_frames;
  codec->thread_count = options.threads;
  codec->sample_aspect_ratio = to_av(options.sample_aspect);
  // What the scaler makes of RGB unless told otherwise; said, so that no reader has to guess.
  codec->color_range = AVCOL_RANGE_MPEG;
  codec->colorspace = AVCOL_SPC_SMPTE170M;
  codec->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
  if (options.interlaced) {
    codec->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
    codec->field_order = AV_FIELD_TT;
  }
  set_quality(*codec, options);
  return codec;
}

void set_rotation(AVStream& stream, int degrees_clockwise) {
  int32_t matrix[9];
  av_display_rotation_set(matrix, degrees_clockwise);
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
  AVPacketSideData* added = av_packet_side_data_new(&stream.codecpar->coded_side_data,
                                                    &stream.codecpar->nb_coded_side_data,
                                                    AV_PKT_DATA_DISPLAYMATRIX, sizeof matrix, 0);
  SA_CHECK(added != nullptr);
  std::memcpy(added->data, matrix, sizeof matrix);
#else
  uint8_t* added = av_stream_new_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, sizeof matrix);
  SA_CHECK(added != nullptr);
  std::memcpy(added, matrix, sizeof matrix);
#endif
}

void mark_interlaced(AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  frame.flags |= AV_FRAME_FLAG_INTERLACED | AV_FRAME_FLAG_TOP_FIELD_FIRST;
#else
  frame.interlaced_frame = 1;
  frame.top_field_first = 1;
#endif
}

}  // namespace

struct VideoWriter::Impl {
  Impl(const std::filesystem::path& path, const VideoWriterOptions& o)
      : options(o), out(open_output(path)), video(out, make_video_codec(out, o)) {
    if (o.rotation != 0) set_rotation(*video.stream(), o.rotation);
    if (o.audio_s > 0) tone = std::make_unique<ToneStream>(out, o.audio_s);
    out.start();
    picture.reset(av_frame_alloc());
    picture->format = video.codec()->pix_fmt;
    picture->width = o.size.width;
    picture->height = o.size.height;
    picture->sample_aspect_ratio = to_av(o.sample_aspect);
    picture->color_range = AVCOL_RANGE_MPEG;
    picture->colorspace = AVCOL_SPC_SMPTE170M;
    if (o.interlaced) mark_interlaced(*picture);
    SA_CHECK(av_frame_get_buffer(picture.get(), 0) >= 0);
    const AVRational one_frame = av_inv_q(video.codec()->framerate);
    video.set_frame_ticks(std::max<int64_t>(1, av_rescale_q(1, one_frame, time_base())));
    offset_ticks = std::llround(o.start_offset_s / av_q2d(time_base()));
  }

  AVRational time_base() const { return video.codec()->time_base; }

  void add(const Image& frame, int64_t tick) {
    SA_CHECK(!finished);
    SA_CHECK(frame.width == options.size.width && frame.height == options.size.height);
    SA_CHECK(frame.channels == 3 || frame.channels == 1);
    SA_CHECK(frames == 0 || tick > last_tick);
    convert(frame);
    picture->pts = tick + offset_ticks;
    video.send(picture.get());
    if (tone) tone->write_until(static_cast<double>(tick) * av_q2d(time_base()));
    last_tick = tick;
    ++frames;
  }

  void convert(const Image& frame) {
    // The encoder may still hold the buffer of an earlier frame.
    out.expect(av_frame_make_writable(picture.get()), "allocate a frame of");
    const AVPixelFormat from = frame.channels == 3 ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_GRAY8;
    scaler.reset(sws_getCachedContext(scaler.release(), frame.width, frame.height, from,
                                      frame.width, frame.height, video.codec()->pix_fmt,
                                      SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr));
    if (!scaler) {
      throw Error(ErrorCode::unsupported,
                  fmt::format("cannot write '{}': no conversion from RGB to '{}'", out.path,
                              options.pixel_format));
    }
    const uint8_t* planes[4] = {frame.pixels.data(), nullptr, nullptr, nullptr};
    const int strides[4] = {static_cast<int>(frame.stride()), 0, 0, 0};
    sws_scale(scaler.get(), planes, strides, 0, frame.height, picture->data, picture->linesize);
  }

  VideoWriterOptions options;
  OutputFile out;
  EncodedStream video;
  std::unique_ptr<ToneStream> tone;
  FramePtr picture;
  SwsContextPtr scaler;
  int64_t offset_ticks = 0;
  int64_t last_tick = 0;
  int frames = 0;
  bool finished = false;
};

VideoWriter::VideoWriter(const std::filesystem::path& path, const VideoWriterOptions& options)
    : impl_(std::make_unique<Impl>(path, options)) {}

VideoWriter::~VideoWriter() = default;

void VideoWriter::add(const Image& frame) {
  const AVRational one_frame = av_inv_q(impl_->video.codec()->framerate);
  impl_->add(frame, av_rescale_q(impl_->frames, one_frame, impl_->time_base()));
}

void VideoWriter::add(const Image& frame, Timestamp pts) {
  SA_CHECK(impl_->options.time_base.num > 0);
  impl_->add(frame, av_rescale_q(pts.us, {1, 1000000}, impl_->time_base()));
}

void VideoWriter::finish() {
  SA_CHECK(!impl_->finished);
  impl_->finished = true;
  impl_->video.send(nullptr);
  if (impl_->tone) impl_->tone->finish();
  impl_->out.finish();
}

int VideoWriter::frames() const { return impl_->frames; }

bool has_encoder(const std::string& codec) {
  return avcodec_find_encoder_by_name(codec.c_str()) != nullptr;
}

void write_audio_only(const std::filesystem::path& path, double seconds) {
  OutputFile out = open_output(path);
  ToneStream tone(out, seconds);
  out.start();
  tone.finish();
  out.finish();
}

}  // namespace screenalytics
