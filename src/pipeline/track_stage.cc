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

TrackStage::TrackStage(const TrackingSettings& settings, bool enabled, const FaceSources& faces,
                       StageClock& embed_clock)
    : taker_(faces, settings.gate_interval_s, embed_clock) {
  if (enabled) tracker_.emplace(tracker_options(settings));
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
  FaceLooks looks = taker_.looks(cut_from(frame.frame, record.detections), record.detections);
  TrackerUpdate result = update(record, frame.frame.size(), looks);
  table_.add(result);
  record.segments = std::move(result.segment_of_detection);
  taker_.take(looks, record, result.ended);
  return record;
}

void TrackStage::replay(const FrameRecord& record, Size frame_size) {
  RecordedLooks looks(record.detections, record.looks, taker_.limits());
  const TrackerUpdate result = update(record, frame_size, looks);
  table_.add(result);
  if (result.segment_of_detection != record.segments) {
    throw Error(
        ErrorCode::conflict,
        fmt::format("cannot continue the recorded run: its journal does not fit this program "
                    "at frame {}; run again without --resume",
                    record.frame_idx));
  }
  taker_.remember(record, result.ended);
}

const TrackTable& TrackStage::finish() {
  if (tracker_) table_.add(tracker_->finish());
  return table_;
}

}  // namespace screenalytics
