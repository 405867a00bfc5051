// SPDX-License-Identifier: MIT
#include "pipeline/recorded_frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "artifacts/documents.h"
#include "base/check.h"
#include "base/error.h"

namespace screenalytics {
namespace {

EndReason reason_of(const std::string& text) {
  if (text == "lost") return EndReason::lost;
  if (text == "shot_cut") return EndReason::shot_cut;
  if (text == "appearance_split") return EndReason::appearance_split;
  return EndReason::end_of_video;
}

[[noreturn]] void contradict(const std::filesystem::path& path, int64_t frame, const char* what) {
  throw Error(ErrorCode::corrupt_input, fmt::format("cannot use '{}': frame {} {}; run the episode "
                                                    "again",
                                                    path.string(), frame, what));
}

Detection to_detection(const DetectionRow& row, Size size) {
  const auto w = static_cast<float>(size.width), h = static_cast<float>(size.height);
  Detection d;
  d.box = {row.bbox.x1 * w, row.bbox.y1 * h, row.bbox.x2 * w, row.bbox.y2 * h};
  for (size_t i = 0; i < d.landmarks.size(); ++i) {
    d.landmarks[i] = {row.landmarks[i].x * w, row.landmarks[i].y * h};
  }
  d.confidence = row.conf;
  return d;
}

}  // namespace

TrackParts::TrackParts(const EpisodePaths& paths) {
  TrackReader reader(paths.tracks());
  for (TrackRow row; reader.next(row);) {
    end_reasons_[row.track] = row.end_reason;
    parts_[row.track] = {{0, row.track}};
    track_of_[row.track] = row.track;
    next_segment_ = std::max(next_segment_, row.track + 1);
  }
}

void TrackParts::split(int track, const std::vector<int64_t>& first_frames) {
  std::vector<std::pair<int64_t, int>>& parts = parts_.at(track);
  SA_CHECK(parts.size() == 1);
  for (const int64_t frame : first_frames) {
    track_of_[next_segment_] = track;
    parts.emplace_back(frame, next_segment_++);
  }
}

int TrackParts::segment(int track, int64_t frame_idx) const {
  const auto found = parts_.find(track);
  if (found == parts_.end()) return -1;
  int segment = -1;
  for (const auto& [first, number] : found->second) {
    if (first <= frame_idx) segment = number;
  }
  return segment;
}

TrackTable TrackParts::table() const {
  TrackerUpdate update;
  for (const auto& [track, parts] : parts_) {
    for (const auto& [first, segment] : parts) {
      const bool last = segment == parts.back().second;
      update.ended.push_back(
          {segment, last ? reason_of(end_reasons_.at(track)) : EndReason::appearance_split, true});
    }
  }
  TrackTable table;
  table.add(update);
  return table;
}

RecordedFrames::RecordedFrames(const EpisodePaths& paths, Size frame_size, const TrackParts& parts)
    : paths_(paths),
      size_(frame_size),
      parts_(parts),
      samples_(paths.samples()),
      detections_(paths.detections()) {
  for (const ShotRow& shot : read_shots(paths.shots())) shot_starts_.insert(shot.start_frame);
  DetectionRow row;
  if (detections_.next(row)) ahead_ = row;
}

std::optional<FrameRecord> RecordedFrames::next() {
  SampleRow sample;
  if (!samples_.next(sample)) {
    if (ahead_) contradict(paths_.detections(), ahead_->frame_idx, "is not in samples.csv");
    return std::nullopt;
  }
  FrameRecord record;
  record.frame_idx = sample.frame_idx;
  record.ts = sample.ts;
  record.luma = sample.luma;
  record.confidence_th = sample.confidence_th;
  record.starts_shot = shot_starts_.contains(sample.frame_idx);
  record.content = {0, 0, static_cast<float>(size_.width), static_cast<float>(size_.height)};
  for (; ahead_ && ahead_->frame_idx <= sample.frame_idx;) {
    if (ahead_->frame_idx != sample.frame_idx) {
      contradict(paths_.detections(), ahead_->frame_idx, "is not in samples.csv");
    }
    record.detections.push_back(to_detection(*ahead_, size_));
    const int track = ahead_->track.value_or(0);
    record.segments.push_back(track == 0 ? -1 : parts_.segment(track, sample.frame_idx));
    if (track != 0 && record.segments.back() < 0) {
      contradict(paths_.detections(), sample.frame_idx, "has a track that is not in tracks.jsonl");
    }
    DetectionRow row;
    ahead_ = detections_.next(row) ? std::optional(row) : std::nullopt;
  }
  if (std::ssize(record.detections) != sample.faces) {
    contradict(paths_.samples(), sample.frame_idx, "has another number of faces in detections");
  }
  return record;
}

RecordedFaces::RecordedFaces(const EpisodePaths& paths, float min_norm)
    : paths_(paths), min_norm_(min_norm), rows_(paths.faces()), vectors_(paths.face_vectors()) {
  FaceRow row;
  if (rows_.next(row)) ahead_ = row;
}

std::vector<FaceLook> RecordedFaces::looks(const FrameRecord& record, const TrackParts& parts) {
  std::vector<FaceLook> looks;
  for (; ahead_ && ahead_->frame_idx <= record.frame_idx;) {
    const FaceRow& row = *ahead_;
    const int segment = parts.segment(row.track, row.frame_idx);
    const auto found = std::find(record.segments.begin(), record.segments.end(), segment);
    if (row.frame_idx != record.frame_idx || segment < 0 || found == record.segments.end()) {
      contradict(paths_.faces(), row.frame_idx, "has a face that is not in detections.jsonl");
    }
    FaceLook look;
    look.detection = static_cast<int>(found - record.segments.begin());
    look.quality = row.quality;
    look.norm = row.rejection && row.rejection->reason == "unclear"
                    ? static_cast<float>(row.rejection->value)
                    : min_norm_;
    if (row.embedding_row) {
      vectors_.next(look.vector);
      look.portrait = true;
    }
    looks.push_back(std::move(look));
    FaceRow next;
    ahead_ = rows_.next(next) ? std::optional(next) : std::nullopt;
  }
  std::sort(looks.begin(), looks.end(),
            [](const FaceLook& a, const FaceLook& b) { return a.detection < b.detection; });
  return looks;
}

}  // namespace screenalytics
