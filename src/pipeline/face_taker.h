// FaceTaker: of the faces of a frame whose segments are known, which are embedded for identities.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "artifacts/journal.h"
#include "base/model_manifest.h"
#include "config/settings.h"
#include "embed/face_embedder.h"
#include "embed/face_quality.h"
#include "pipeline/crop_chooser.h"
#include "pipeline/face_looks.h"
#include "pipeline/stage_clock.h"
#include "track/tracker.h"

namespace screenalytics {

// What a face must have for its vector of this embedder to count.
QualityLimits quality_limits(const FaceSettings& settings, const ModelManifest& embedder);

struct FaceSources {
  bool embed = true;                       // take vectors for identities, not for the gate alone
  const FaceEmbedder* embedder = nullptr;  // may be null where nobody asks for a vector
  QualityLimits limits;
  int batch_size = 1;
};

// Threads: one, frames in order. Memory: a few numbers for each live segment.
class FaceTaker {
 public:
  // interval_s: of CropChooser. The embedder and the clock must outlive it.
  FaceTaker(const FaceSources& faces, double interval_s, StageClock& clock)
      : faces_(faces), chooser_(interval_s), clock_(clock) {}

  const QualityLimits& limits() const { return faces_.limits; }

  // detections: must outlive the result.
  FaceLooks looks(CropCutter cut, std::span<const Detection> detections) const {
    return {std::move(cut), detections, faces_.embedder, faces_.limits, faces_.batch_size, clock_};
  }

  // Embeds what is worth it among the record's faces, and moves all looks into the record.
  void take(FaceLooks& looks, FrameRecord& record, std::span<const SegmentEnd> ended);

  // Learns from a record what take() would have. Returns, for each look, whether its face is the
  // best of its segment so far.
  std::vector<bool> remember(const FrameRecord& record, std::span<const SegmentEnd> ended);

 private:
  void embed_chosen(const FrameRecord& record, FaceLooks& looks) const;

  FaceSources faces_;
  CropChooser chooser_;
  StageClock& clock_;
};

}  // namespace screenalytics
