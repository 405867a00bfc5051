// Writing a media file: its container and its encoded streams; for decode and testing alone.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "decode/ffmpeg_handles.h"

namespace screenalytics {

struct AvOutputDeleter {
  void operator()(AVFormatContext* c) const {
    if (c->pb != nullptr) avio_closep(&c->pb);
    avformat_free_context(c);
  }
};

// The file being written and its name for messages.
struct OutputFile {
  std::string path;
  std::unique_ptr<AVFormatContext, AvOutputDeleter> container;

  // Throws: where an FFmpeg call failed: `code`, naming what was attempted.
  void expect(int result, const char* attempt, ErrorCode code = ErrorCode::io) const;

  // Creates the file and writes its header. Requires: all streams are there.
  // Throws: io; unsupported where the container cannot hold the streams.
  void start();
  // Requires: every stream is flushed. Throws: io.
  void finish();
};

// The container follows from the extension. Throws: unsupported.
OutputFile open_output(const std::filesystem::path& path);

// An open encoder and the stream of the container that it feeds.
// Memory: refers to the file, which must outlive it.
class EncodedStream {
 public:
  // Throws: unsupported where the encoder refuses what it is asked for.
  EncodedStream(OutputFile& out, AvCodecContextPtr codec);

  AVCodecContext* codec() const { return codec_.get(); }
  AVStream* stream() const { return stream_; }

  // Encodes one frame, or flushes where it is null, and writes what comes out. Throws: io.
  void send(const AVFrame* frame);

  // The length of a packet whose encoder does not say.
  void set_frame_ticks(int64_t ticks) { frame_ticks_ = ticks; }

 private:
  OutputFile& out_;
  AvCodecContextPtr codec_;
  AVStream* stream_ = nullptr;
  AvPacketPtr packet_;
  int64_t frame_ticks_ = 0;
};

// By `crf` for the encoders that have it, at a fixed scale for the others.
void set_constant_quality(AVCodecContext& codec, int crf);
// For the encoders that have presets.
void set_preset(AVCodecContext& codec, const std::string& preset);

}  // namespace screenalytics
