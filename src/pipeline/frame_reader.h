// FrameReader: the decode side of a run: frames to analyse, with shot cuts and camera motion.
// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <optional>

#include "base/cancel.h"
#include "base/geometry.h"
#include "base/image.h"
#include "decode/shot_detector.h"
#include "decode/video_source.h"
#include "track/camera_motion.h"

namespace screenalytics {

// A frame that is to be analysed.
struct AnalysedFrame {
  VideoFrame frame;
  bool starts_shot = false;
  Affine motion;  // camera, from the previous analysed frame, in shown pixels
  Image luma;     // kLumaHeight lines, the whole frame
  double mean_luma = 0;
  std::optional<double> sampler_next_due_s;
};

// Looks at every decoded frame of `source` for cuts and camera motion, and hands on those that are
// sampled and the first of each shot. Threads: one. Memory: the frames inside the shot detector's
// look-ahead.
class FrameReader {
 public:
  static constexpr int kLumaHeight = 108;

  FrameReader(FrameSource& source, bool estimate_motion, const CancelToken& cancel);

  // Returns: nothing at the end of the video or when cancelled. When cancelled, frames whose shot
  // is not yet certain are not handed on: a run that is resumed must not inherit a guess.
  std::optional<AnalysedFrame> next();

  // Of the frames handed through so far, analysed or not.
  int64_t frames_seen() const { return frames_seen_; }
  int64_t last_frame_idx() const { return last_frame_idx_; }
  Timestamp last_ts() const { return last_ts_; }

 private:
  struct Pending {
    VideoFrame frame;
    Image luma;
    std::optional<double> sampler_next_due_s;
  };

  std::optional<AnalysedFrame> judge(bool starts_shot);

  FrameSource& source_;
  bool estimate_motion_;
  const CancelToken& cancel_;
  ShotDetector shots_;
  CameraMotion camera_;
  std::deque<Pending> pending_;
  Affine motion_;
  bool at_end_ = false;
  int64_t frames_seen_ = 0, last_frame_idx_ = -1;
  Timestamp last_ts_;
};

// A luma picture's size for frames of this shape.
Size luma_size(Size frame);

}  // namespace screenalytics
