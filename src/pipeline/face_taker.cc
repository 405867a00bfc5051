// SPDX-License-Identifier: MIT
#include "pipeline/face_taker.h"

namespace screenalytics {

QualityLimits quality_limits(const FaceSettings& settings, const ModelManifest& embedder) {
  QualityLimits limits;
  limits.min_norm = embedder.min_norm;
  limits.min_quality = static_cast<float>(settings.min_quality);
  return limits;
}

void FaceTaker::embed_chosen(const FrameRecord& record, FaceLooks& looks) const {
  std::vector<int> chosen;
  for (size_t i = 0; i < record.detections.size(); ++i) {
    const int segment = record.segments[i], detection = static_cast<int>(i);
    if (segment < 0) continue;
    const FaceLook& look = looks.measure(detection);
    const bool refused = refuse_face(record.detections[i], look, faces_.limits).has_value();
    if (chooser_.wants(segment, record.ts, look.quality.score(), refused)) {
      chosen.push_back(detection);
    }
  }
  looks.embed_all(chosen);
}

void FaceTaker::take(FaceLooks& looks, FrameRecord& record, std::span<const SegmentEnd> ended) {
  if (faces_.embed) embed_chosen(record, looks);
  record.looks = looks.take();
  const std::vector<bool> best = remember(record, ended);
  for (size_t k = 0; k < best.size(); ++k) record.looks[k].portrait = faces_.embed && best[k];
}

std::vector<bool> FaceTaker::remember(const FrameRecord& record,
                                      std::span<const SegmentEnd> ended) {
  std::vector<bool> best(record.looks.size(), false);
  for (size_t k = 0; k < record.looks.size(); ++k) {
    const FaceLook& look = record.looks[k];
    const auto i = static_cast<size_t>(look.detection);
    if (look.vector.empty() || record.segments[i] < 0) continue;
    const bool refused = refuse_face(record.detections[i], look, faces_.limits).has_value();
    best[k] = chooser_.embedded(record.segments[i], record.ts, look.quality.score(), refused);
  }
  for (const SegmentEnd& end : ended) chooser_.forget(end.segment);
  return best;
}

}  // namespace screenalytics
