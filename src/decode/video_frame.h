// VideoFrame: one decoded picture with its place in time, and the views of it that stages need.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "base/geometry.h"
#include "base/image.h"
#include "base/timestamp.h"

struct AVFrame;

namespace screenalytics {

// How the stored picture is turned to be shown: `transpose` first, then the flips.
struct Orientation {
  bool transpose = false, flip_x = false, flip_y = false;
  friend bool operator==(const Orientation&, const Orientation&) = default;
};

// Full-range BT.601 planes at 4:2:0, as JPEG stores them. Rows are without padding.
struct JpegPlanes {
  int width = 0, height = 0;
  std::vector<uint8_t> y, u, v;
};

// The shown frame: rotation and sample aspect ratio applied. Copies share the picture.
// Threads: const calls from any thread. Memory: one decoder buffer for as long as a copy lives.
class VideoFrame {
 public:
  // Takes a new reference of `picture`. shown: size after rotation and aspect ratio.
  VideoFrame(const AVFrame& picture, Orientation orientation, Size shown);
  // A frame of 8-bit RGB pixels.
  static VideoFrame from_rgb(const Image& rgb);

  static constexpr int64_t kNoPts = std::numeric_limits<int64_t>::min();

  int64_t frame_idx = 0;  // in presentation order, counted from 0
  // In the stream's time base, where frames can be found again by it; else kNoPts.
  int64_t pts = 0;
  Timestamp ts;          // container presentation time
  bool sampled = false;  // stride and fps want it analysed
  bool warm_up = false;  // decoded only to reach the place where a resumed run goes on

  Size size() const { return shown_; }

  // The stored picture, for this module. Lives as long as the frame.
  const AVFrame& picture() const { return *picture_; }
  const Orientation& orientation() const { return orientation_; }

  // The part `source` (shown pixels, clipped to the frame) scaled to `output`, area-averaged.
  Image rgb(const Box& source, Size output) const;
  Image rgb() const;

  // An output-sized RGB crop; frame_from_crop maps crop pixels to shown pixels. Black outside.
  Image warp(const Affine& frame_from_crop, Size output) const;

  // Box-averaged luma (channels 1) or Y, U, V interleaved (channels 3); cheap, for every frame.
  Image tiny_luma(Size output) const;
  Image tiny_yuv(Size output) const;

  JpegPlanes jpeg_planes() const;

 private:
  // Part of the stored picture, scaled to `output` of the stored orientation.
  Image stored_rgb(int x, int y, int width, int height, Size output) const;
  Image stored_tiny(int channels, Size output) const;
  Affine stored_from_shown() const;

  std::shared_ptr<const AVFrame> picture_;
  Orientation orientation_;
  Size shown_;
};

}  // namespace screenalytics
