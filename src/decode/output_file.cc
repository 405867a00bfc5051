// SPDX-License-Identifier: MIT
#include "decode/output_file.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace screenalytics {

void OutputFile::expect(int result, const char* attempt, ErrorCode code) const {
  if (result >= 0) return;
  char reason[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(result, reason, sizeof reason);
  throw Error(code, fmt::format("cannot {} '{}': {}", attempt, path, reason));
}

void OutputFile::start() {
  // "file:" keeps FFmpeg from reading a protocol into a name with a colon.
  expect(avio_open(&container->pb, ("file:" + path).c_str(), AVIO_FLAG_WRITE), "create");
  expect(avformat_write_header(container.get(), nullptr), "write the header of",
         ErrorCode::unsupported);
}

void OutputFile::finish() {
  expect(av_write_trailer(container.get()), "complete");
  expect(avio_closep(&container->pb), "close");
}

OutputFile open_output(const std::filesystem::path& path) {
  av_log_set_level(AV_LOG_ERROR);
  OutputFile out{path.string(), nullptr};
  AVFormatContext* raw = nullptr;
  const int result = avformat_alloc_output_context2(&raw, nullptr, nullptr, out.path.c_str());
  out.container.reset(raw);
  out.expect(result, "find a container for", ErrorCode::unsupported);
  return out;
}

EncodedStream::EncodedStream(OutputFile& out, AvCodecContextPtr codec)
    : out_(out), codec_(std::move(codec)) {
  if (out.container->oformat->flags & AVFMT_GLOBALHEADER) {
    codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  }
  out.expect(avcodec_open2(codec_.get(), nullptr, nullptr), "open an encoder for",
             ErrorCode::unsupported);
  stream_ = avformat_new_stream(out.container.get(), nullptr);
  SA_CHECK(stream_ != nullptr);
  stream_->time_base = codec_->time_base;
  stream_->avg_frame_rate = codec_->framerate;
  stream_->sample_aspect_ratio = codec_->sample_aspect_ratio;
  out.expect(avcodec_parameters_from_context(stream_->codecpar, codec_.get()), "describe");
  packet_.reset(av_packet_alloc());
}

void EncodedStream::send(const AVFrame* frame) {
  out_.expect(avcodec_send_frame(codec_.get(), frame), "encode a frame of");
  while (true) {
    const int result = avcodec_receive_packet(codec_.get(), packet_.get());
    if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return;
    out_.expect(result, "encode a frame of");
    // The length of the last frame is lost without it, and with it the length of the file.
    if (packet_->duration == 0) packet_->duration = frame_ticks_;
    av_packet_rescale_ts(packet_.get(), codec_->time_base, stream_->time_base);
    packet_->stream_index = stream_->index;
    out_.expect(av_interleaved_write_frame(out_.container.get(), packet_.get()), "write");
  }
}

void set_constant_quality(AVCodecContext& codec, int crf) {
  if (av_opt_find(codec.priv_data, "crf", nullptr, 0, 0) != nullptr) {
    codec.bit_rate = 0;
    av_opt_set_double(codec.priv_data, "crf", crf, 0);
  } else {
    codec.flags |= AV_CODEC_FLAG_QSCALE;
    codec.global_quality = 3 * FF_QP2LAMBDA;
  }
}

void set_preset(AVCodecContext& codec, const std::string& preset) {
  if (av_opt_find(codec.priv_data, "preset", nullptr, 0, 0) != nullptr) {
    av_opt_set(codec.priv_data, "preset", preset.c_str(), 0);
  }
}

}  // namespace screenalytics
