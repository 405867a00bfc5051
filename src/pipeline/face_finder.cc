// SPDX-License-Identifier: MIT
#include "pipeline/face_finder.h"

#include <algorithm>
#include <cmath>

namespace screenalytics {

FaceFinder::FaceFinder(const FaceDetector& detector, const DetectionSettings& settings,
                       int det_size, double candidate_floor)
    : detector_(detector),
      settings_(settings),
      det_size_(det_size),
      candidate_floor_(candidate_floor) {}

FoundFaces FaceFinder::find(const AnalysedFrame& analysed, const Box& content) const {
  const VideoFrame& frame = analysed.frame;
  const Size part{std::max(1, static_cast<int>(std::lround(content.width()))),
                  std::max(1, static_cast<int>(std::lround(content.height())))};
  // The detector's sides are multiples of 32. The picture keeps its own shape inside, or a wide
  // film would show it stretched faces; the detector fills the rest with black.
  const Size room = detector_.input_size(part, det_size_);
  const double scale = std::min(static_cast<double>(room.width) / part.width,
                                static_cast<double>(room.height) / part.height);
  const Size input{std::clamp(static_cast<int>(std::lround(part.width * scale)), 1, room.width),
                   std::clamp(static_cast<int>(std::lround(part.height * scale)), 1, room.height)};
  const ConfidenceOptions confidence{
      static_cast<float>(settings_.confidence_th), settings_.adaptive_confidence,
      static_cast<float>(settings_.min_confidence), static_cast<float>(settings_.max_confidence)};
  FoundFaces found;
  found.content = content;
  const float threshold = confidence_threshold(confidence, static_cast<float>(analysed.mean_luma));
  found.confidence_th = static_cast<double>(threshold);
  const float floor = std::min(threshold, static_cast<float>(candidate_floor_));
  const NmsOptions nms{settings_.nms_mode == "soft" ? NmsMode::soft : NmsMode::hard,
                       static_cast<float>(settings_.iou_th),
                       static_cast<float>(settings_.soft_nms_sigma), floor};
  const Image picture = frame.rgb(content, input);
  found.detections = non_max_suppression(detector_.detect(picture, floor), nms);

  const float sx = content.width() / static_cast<float>(input.width);
  const float sy = content.height() / static_cast<float>(input.height);
  const float smallest =
      min_face_px(settings_.min_size.px, settings_.min_size.absolute, frame.size().height);
  for (Detection& d : found.detections) {
    d.box = {content.x1 + d.box.x1 * sx, content.y1 + d.box.y1 * sy, content.x1 + d.box.x2 * sx,
             content.y1 + d.box.y2 * sy};
    d.box = clip(d.box, static_cast<float>(frame.size().width),
                 static_cast<float>(frame.size().height));
    for (Point& p : d.landmarks) p = {content.x1 + p.x * sx, content.y1 + p.y * sy};
  }
  std::erase_if(found.detections, [&](const Detection& d) {
    if (d.box.shorter_side() < smallest) return true;
    return settings_.check_pose_quality &&
           std::abs(yaw_degrees(d.landmarks)) > static_cast<float>(settings_.max_yaw_angle);
  });
  return found;
}

void LetterboxFollower::resume_at(const Box& content, Size frame) {
  const auto width = static_cast<float>(frame.width), height = static_cast<float>(frame.height);
  seen_ = {content.x1 / width, content.y1 / height, content.x2 / width, content.y2 / height};
}

Box LetterboxFollower::update(const AnalysedFrame& analysed) {
  const auto width = static_cast<float>(analysed.frame.size().width);
  const auto height = static_cast<float>(analysed.frame.size().height);
  if (!enabled_) return {0, 0, width, height};
  const auto lw = static_cast<float>(analysed.luma.width);
  const auto lh = static_cast<float>(analysed.luma.height);
  // A black screen, such as most programmes begin with, says nothing of bars.
  if (is_lit(analysed.luma, threshold_)) {
    const Box now = content_box(analysed.luma, threshold_);
    const Box part{now.x1 / lw, now.y1 / lh, now.x2 / lw, now.y2 / lh};
    seen_ = seen_.area() == 0 ? part
                              : Box{std::min(seen_.x1, part.x1), std::min(seen_.y1, part.y1),
                                    std::max(seen_.x2, part.x2), std::max(seen_.y2, part.y2)};
  }
  if (seen_.area() == 0) return {0, 0, width, height};
  return {seen_.x1 * width, seen_.y1 * height, seen_.x2 * width, seen_.y2 * height};
}

}  // namespace screenalytics
