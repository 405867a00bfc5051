// VideoWriter: makes the small video files that tests, benchmarks and the sample episode read.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/geometry.h"
#include "base/image.h"
#include "base/timestamp.h"

namespace screenalytics {

struct Rational {
  int num = 0, den = 1;
  double value() const { return static_cast<double>(num) / static_cast<double>(den); }
};

struct VideoWriterOptions {
  Size size;                      // of the stored picture, before rotation
  std::string codec = "libx264";  // an FFmpeg encoder name: mpeg2video, mpeg4, libvpx-vp9, ...
  std::string pixel_format = "yuv420p";
  Rational fps{24, 1};       // nominal rate, also of containers that have no other time
  Rational time_base{0, 1};  // of the encoder; 0: 1/fps. Frames with times of their own need one
  int gop = 48;              // frames between key frames
  int b_frames = 0;
  int crf = 20;                     // for the encoders that have it; ignored where bitrate is set
  int bitrate = 0;                  // bit/s; 0: by crf
  std::string preset = "veryfast";  // for the encoders that have it
  int threads = 2;
  int rotation = 0;  // degrees clockwise a player must turn the picture: 90, 180, 270
  Rational sample_aspect{1, 1};
  bool interlaced = false;    // coded and flagged top field first
  double start_offset_s = 0;  // added to every presentation time
  double audio_s = 0;         // length of a tone beside the video; 0: no audio stream
};

// Writes one video file. The container follows from the extension of `path`.
// Threads: one. Memory: the encoder's own delay of some frames.
class VideoWriter {
 public:
  // Throws: unsupported, where this FFmpeg lacks the encoder, container or pixel format; io;
  // invalid_argument for options that make no video.
  VideoWriter(const std::filesystem::path& path, const VideoWriterOptions& options);
  // A writer that was not finished leaves a file that is cut short.
  ~VideoWriter();
  VideoWriter(const VideoWriter&) = delete;
  VideoWriter& operator=(const VideoWriter&) = delete;

  // Adds the next frame at its constant-rate time: frames so far / fps.
  // Requires: rgb (3 channels) or luma (1 channel) of the size in the options.
  // Throws: io.
  void add(const Image& frame);

  // Adds the next frame at a time of its own, rounded to a tick: variable frame rates.
  // Requires: a time_base in the options (1/90000 say); a later tick than the frame before.
  void add(const Image& frame, Timestamp pts);

  // Flushes the encoder and completes the file. Requires: called once, no add() after it.
  // Throws: io.
  void finish();

  int frames() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// True where this FFmpeg can encode with `codec`; tests of rarer codecs skip where it is false.
bool has_encoder(const std::string& codec);

// Writes a file with a tone and no video stream. The container follows from the extension.
// Throws: io, unsupported.
void write_audio_only(const std::filesystem::path& path, double seconds);

}  // namespace screenalytics
