// FaceFinder: a frame to its faces, by the rules of detection.yaml.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/face.h"
#include "config/settings.h"
#include "detect/detection_rules.h"
#include "detect/face_detector.h"
#include "detect/nms.h"
#include "pipeline/frame_reader.h"

namespace screenalytics {

struct FoundFaces {
  // In shown pixels, the best first. Those below confidence_th are candidates: they may carry a
  // track on, but are no faces by themselves.
  std::vector<Detection> detections;
  double confidence_th = 0;
  Box content;  // what the detector was shown, in shown pixels
};

// Threads: any number at once. The result for a frame depends on that frame and, with
// auto_crop_letterbox, on `content` alone.
class FaceFinder {
 public:
  // The detector must outlive this. candidate_floor: candidates below this confidence are dropped.
  FaceFinder(const FaceDetector& detector, const DetectionSettings& settings, int det_size,
             double candidate_floor);

  // content: the part of the frame inside its letterbox, in shown pixels.
  FoundFaces find(const AnalysedFrame& frame, const Box& content) const;

 private:
  const FaceDetector& detector_;
  DetectionSettings settings_;
  int det_size_;
  double candidate_floor_;
};

// Letterbox: follows the part of the picture that is not bars. Bars are those dark in every frame
// so far, so that a dark scene is not taken for bars for long; frames must come in order. Threads:
// one.
class LetterboxFollower {
 public:
  LetterboxFollower(bool enabled, int threshold) : enabled_(enabled), threshold_(threshold) {}

  // Returns: the content of this frame in shown pixels.
  Box update(const AnalysedFrame& frame);

  // Goes on from the content that an interrupted run had reached.
  void resume_at(const Box& content, Size frame);

 private:
  bool enabled_;
  int threshold_;
  Box seen_;  // union of the contents so far, as fractions of the frame
};

}  // namespace screenalytics
