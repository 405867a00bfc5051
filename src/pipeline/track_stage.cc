// SPDX-License-Identifier: MIT
#include "pipeline/track_stage.h"

#include <fmt/format.h>

#include "base/error.h"

namespace screenalytics {

TrackerOptions tracker_options(const TrackingSettings& settings) {
  TrackerOptions o;
  o.track_thresh = settings.track_thresh;
  o.new_track_thresh = settings.new_track_thresh;
  o.match_thresh = settings.match_thresh;
  o.keep_lost_s = settings.keep_lost_s();
  o.max_keep_lost_s = settings.max_keep_lost_s();
  o.gate_enabled = settings.gate_enabled;
  o.gate_hard = settings.gate_hard;
  o.gate_soft = settings.gate_soft;
  o.join_similarity = settings.gate_join;
  o.gate_streak = settings.gate_streak;
  o.gate_interval_s = settings.gate_interval_s;
  return o;
}

TrackStage::TrackStage(const TrackingSettings& settings, const FaceSources& faces,
                       StageClock& embed_clock)
    : faces_(faces), chooser_(settings.gate_interval_s), embed_clock_(embed_clock) {
  if (faces.track) tracker_.emplace(tracker_options(settings));
}

void TrackStage::embed_chosen(const FrameRecord& record, FaceLooks& looks) const {
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

std::vector<bool> TrackStage::remember(const FrameRecord& record, const TrackerUpdate& update) {
  std::vector<bool> best(record.looks.size(), false);
  for (size_t k = 0; k < record.looks.size(); ++k) {
    const FaceLook& look = record.looks[k];
    const auto i = static_cast<size_t>(look.detection);
    if (look.vector.empty() || record.segments[i] < 0) continue;
    const bool refused = refuse_face(record.detections[i], look, faces_.limits).has_value();
    best[k] = chooser_.embedded(record.segments[i], record.ts, look.quality.score(), refused);
  }
  for (const SegmentEnd& end : update.ended) chooser_.forget(end.segment);
  return best;
}

TrackerUpdate TrackStage::update(const FrameRecord& record, Size frame_size,
                                 AppearanceSource& appearance) {
  if (!tracker_) {
    TrackerUpdate none;
    none.segment_of_detection.assign(record.detections.size(), -1);
    return none;
  }
  FrameObservation o;
  o.frame_idx = record.frame_idx;
  o.ts = record.ts;
  o.detections = record.detections;
  o.motion = record.motion;
  o.starts_shot = record.starts_shot;
  o.frame_size = frame_size;
  return tracker_->update(o, appearance);
}

FrameRecord TrackStage::step(const AnalysedFrame& frame, FoundFaces faces) {
  FrameRecord record;
  record.frame_idx = frame.frame.frame_idx;
  record.ts = frame.frame.ts;
  record.pts = frame.frame.pts;
  record.starts_shot = frame.starts_shot;
  record.luma = frame.mean_luma;
  record.confidence_th = faces.confidence_th;
  record.motion = frame.motion;
  record.sampler_next_due_s = frame.sampler_next_due_s.value_or(0);
  record.content = faces.content;
  record.detections = std::move(faces.detections);
  FaceLooks looks(frame.frame, record.detections, faces_.embedder, faces_.limits, faces_.batch_size,
                  embed_clock_);
  TrackerUpdate result = update(record, frame.frame.size(), looks);
  table_.add(result);
  record.segments = std::move(result.segment_of_detection);
  if (faces_.embed) embed_chosen(record, looks);
  record.looks = looks.take();
  const std::vector<bool> best = remember(record, result);
  for (size_t k = 0; k < best.size(); ++k) record.looks[k].portrait = faces_.embed && best[k];
  return record;
}

void TrackStage::replay(const FrameRecord& record, Size frame_size) {
  RecordedLooks looks(record.detections, record.looks, faces_.limits);
  const TrackerUpdate result = update(record, frame_size, looks);
  table_.add(result);
  if (result.segment_of_detection != record.segments) {
    throw Error(
        ErrorCode::conflict,
        fmt::format("cannot continue the recorded run: its journal does not fit this program "
                    "at frame {}; run again without --resume",
                    record.frame_idx));
  }
  remember(record, result);
}

const TrackTable& TrackStage::finish() {
  if (tracker_) table_.add(tracker_->finish());
  return table_;
}

}  // namespace screenalytics
