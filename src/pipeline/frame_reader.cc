// SPDX-License-Identifier: MIT
#include "pipeline/frame_reader.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace screenalytics {
namespace {

double mean_of(const Image& luma) {
  const int64_t sum = std::accumulate(luma.pixels.begin(), luma.pixels.end(), int64_t{0});
  return static_cast<double>(sum) / static_cast<double>(luma.pixels.size());
}

}  // namespace

Size luma_size(Size frame) {
  const int height = std::min(FrameReader::kLumaHeight, frame.height);
  const int width =
      static_cast<int>(std::lround(static_cast<double>(frame.width) * height / frame.height));
  return {std::clamp(width, 1, frame.width), height};
}

FrameReader::FrameReader(FrameSource& source, bool estimate_motion, const CancelToken& cancel)
    : source_(source), estimate_motion_(estimate_motion), cancel_(cancel) {}

std::optional<AnalysedFrame> FrameReader::next() {
  while (true) {
    std::optional<bool> verdict;
    if (cancel_.cancelled()) return std::nullopt;
    if (!at_end_) {
      std::optional<VideoFrame> frame = source_.next();
      if (!frame) {
        at_end_ = true;
        continue;
      }
      Image picture = frame->tiny_yuv(ShotDetector::kPictureSize);
      Image luma = frame->tiny_luma(luma_size(frame->size()));
      pending_.push_back({std::move(*frame), std::move(luma), source_.sampler_next_due_s()});
      verdict = shots_.push(std::move(picture));
    } else {
      verdict = shots_.flush();
      if (!verdict) return std::nullopt;
    }
    if (!verdict) continue;
    if (std::optional<AnalysedFrame> analysed = judge(*verdict)) return analysed;
  }
}

std::optional<AnalysedFrame> FrameReader::judge(bool starts_shot) {
  Pending pending = std::move(pending_.front());
  pending_.pop_front();
  if (estimate_motion_) {
    if (starts_shot) camera_.reset();
    const Affine step = camera_.update(pending.luma);
    const Size small{pending.luma.width, pending.luma.height};
    motion_ = compose(rescale_motion(step, small, pending.frame.size()), motion_);
  }
  if (starts_shot || pending.frame.warm_up) motion_ = {};
  if (pending.frame.warm_up) return std::nullopt;
  ++frames_seen_;
  last_frame_idx_ = pending.frame.frame_idx;
  last_ts_ = pending.frame.ts;
  if (!starts_shot && !pending.frame.sampled) return std::nullopt;
  AnalysedFrame out{std::move(pending.frame), starts_shot, motion_,
                    std::move(pending.luma),  0,           pending.sampler_next_due_s};
  out.mean_luma = mean_of(out.luma);
  motion_ = {};
  return out;
}

}  // namespace screenalytics
