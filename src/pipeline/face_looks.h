// The faces of one frame that are looked at closely: for the tracker's gate, for identities, or
// from the record of an earlier run. SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "base/image.h"
#include "decode/video_frame.h"
#include "embed/face_embedder.h"
#include "embed/face_quality.h"
#include "pipeline/stage_clock.h"
#include "track/tracker.h"

namespace screenalytics {

// The aligned crop of a detection, kCropSize x kCropSize RGB.
using CropCutter = std::function<Image(int detection)>;

// Cuts from a frame. Both must outlive the result.
CropCutter cut_from(const VideoFrame& frame, std::span<const Detection> detections);

// Measures and embeds the crops of a frame's faces, each at most once.
// Threads: one. Memory: the crops of the faces that were looked at.
class FaceLooks final : public AppearanceSource {
 public:
  FaceLooks(CropCutter cut, std::span<const Detection> detections, const FaceEmbedder* embedder,
            const QualityLimits& limits, int batch_size, StageClock& clock)
      : cut_(std::move(cut)),
        detections_(detections),
        embedder_(embedder),
        limits_(limits),
        batch_size_(batch_size),
        clock_(clock) {}

  // For the gate: an empty vector where the face does not tell who it is.
  std::vector<Embedding> embed(std::span<const int> detections) override;

  // Measures the crop of a detection.
  const FaceLook& measure(int detection);
  // Embeds those that are not yet. Requires: an embedder.
  void embed_all(std::span<const int> detections);

  // Returns what was found out, by detection.
  std::vector<FaceLook> take();

 private:
  struct Measured {
    Image crop;
    FaceLook look;
  };
  Measured& measured(int detection);

  CropCutter cut_;
  std::span<const Detection> detections_;
  const FaceEmbedder* embedder_;
  const QualityLimits& limits_;
  int batch_size_;
  StageClock& clock_;
  std::map<int, Measured> looks_;
};

// Gives the gate what it was given before. Threads: one.
class RecordedLooks final : public AppearanceSource {
 public:
  RecordedLooks(std::span<const Detection> detections, std::span<const FaceLook> looks,
                const QualityLimits& limits)
      : detections_(detections), looks_(looks), limits_(limits) {}
  // Throws: conflict where a vector is asked for that was not recorded.
  std::vector<Embedding> embed(std::span<const int> detections) override;

 private:
  std::span<const Detection> detections_;
  std::span<const FaceLook> looks_;
  const QualityLimits& limits_;
};

}  // namespace screenalytics
