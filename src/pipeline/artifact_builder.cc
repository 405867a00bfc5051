// SPDX-License-Identifier: MIT
#include "pipeline/artifact_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "artifacts/atomic_file.h"
#include "artifacts/documents.h"
#include "artifacts/journal.h"
#include "artifacts/row_files.h"
#include "base/check.h"
#include "base/error.h"
#include "pipeline/face_builder.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

constexpr size_t kThumbsPerTrack = 3;
// Something that looked like a face once and then lived off weak candidates is none: such ghosts
// had at most 0.35 of their detections sure, faces at least 0.61 (80 tracks of 14 real clips).
constexpr double kMinSureShare = 0.38;

// What is known of a track once the whole journal was read.
struct TrackFacts {
  TrackRow row;
  double conf_sum = 0;
  int64_t sure = 0;                             // detections of at least track_thresh
  std::vector<std::pair<float, int64_t>> best;  // confidence x side, frame
  TrackFaces faces;
};

template <typename Visit>
void for_each_frame(const fs::path& journal, Visit&& visit) {
  std::optional<JournalReader> reader = JournalReader::open(journal);
  if (!reader) return;
  while (std::optional<FrameRecord> frame = reader->next()) visit(*frame);
}

std::string reason_text(EndReason reason) {
  switch (reason) {
    case EndReason::lost:
      return "lost";
    case EndReason::shot_cut:
      return "shot_cut";
    case EndReason::appearance_split:
      return "appearance_split";
    case EndReason::end_of_video:
      return "end_of_video";
    case EndReason::joined:
      break;
  }
  check_failed("a track with detections ended by itself", __FILE__, __LINE__);
}

void add_best(TrackFacts& facts, const Detection& d, int64_t frame_idx) {
  facts.best.emplace_back(d.confidence * d.box.shorter_side(), frame_idx);
  std::stable_sort(facts.best.begin(), facts.best.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  if (facts.best.size() > kThumbsPerTrack) facts.best.resize(kThumbsPerTrack);
}

// Facts by segment, of the segments that become tracks, each with its final number.
std::map<int, TrackFacts> collect_tracks(const BuildInput& in) {
  std::map<int, TrackFacts> facts;
  for_each_frame(in.journal, [&](const FrameRecord& f) {
    for (size_t i = 0; i < f.detections.size(); ++i) {
      const int segment = in.table.confirmed_segment(f.segments[i], f.frame_idx);
      if (segment < 0) continue;
      const Detection& d = f.detections[i];
      const auto conf = static_cast<double>(d.confidence);
      TrackFacts& t = facts[segment];
      if (t.row.detections == 0) {
        t.row.start = f.ts;
        t.row.first_frame = f.frame_idx;
        t.row.min_conf = t.row.max_conf = conf;
      }
      const Timestamp end{f.ts.us + Timestamp::from_seconds(in.frame_duration_s).us};
      t.row.end = std::max(t.row.end, std::min(end, in.end));
      t.row.last_frame = f.frame_idx;
      t.row.min_conf = std::min(t.row.min_conf, conf);
      t.row.max_conf = std::max(t.row.max_conf, conf);
      t.conf_sum += conf;
      t.sure += d.confidence >= static_cast<float>(in.track_thresh) ? 1 : 0;
      ++t.row.detections;
      if (in.crops_saved) add_best(t, d, f.frame_idx);
    }
    for (const FaceLook& look : f.looks) {
      const int reported = f.segments[static_cast<size_t>(look.detection)];
      const int segment = in.table.confirmed_segment(reported, f.frame_idx);
      if (segment >= 0) facts[segment].faces.add(f, look, in.face_limits);
    }
  });
  std::erase_if(facts, [&](const auto& entry) {
    const TrackFacts& t = entry.second;
    return seconds_between(t.row.start, t.row.end) < in.min_track_length_s ||
           static_cast<double>(t.sure) < kMinSureShare * static_cast<double>(t.row.detections);
  });
  std::vector<std::pair<Timestamp, int>> order;
  order.reserve(facts.size());
  for (const auto& [segment, t] : facts) order.emplace_back(t.row.start, segment);
  std::sort(order.begin(), order.end());
  int number = 0;
  for (const auto& [start, segment] : order) {
    TrackFacts& t = facts[segment];
    t.row.track = ++number;
    t.row.avg_conf = t.conf_sum / static_cast<double>(t.row.detections);
    const std::optional<SegmentEnd> end = in.table.end_of(segment);
    SA_CHECK(end.has_value());
    t.row.end_reason = reason_text(end->reason);
    for (const auto& [quality, frame] : t.best) {
      t.row.sample_thumbs.push_back(in.paths.crop(t.row.track, frame)
                                        .lexically_relative(in.paths.out_root())
                                        .generic_string());
    }
  }
  return facts;
}

// A second name for the same picture; a copy on file systems without such.
void link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code ec;
  fs::create_hard_link(from, to, ec);
  if (ec) fs::copy_file(from, to, fs::copy_options::overwrite_existing, ec);
  if (ec) throw Error(ErrorCode::io, io_message("put the picture at", to, ec.value()));
}

void move_to(const fs::path& from, const fs::path& to) {
  std::error_code ec;
  fs::rename(from, to, ec);
  if (ec) throw Error(ErrorCode::io, io_message("replace", to, ec.value()));
}

// Pictures gathered in a new folder that then takes the place of the old one.
class PictureFolder {
 public:
  PictureFolder(fs::path final_place, bool wanted)
      : final_(std::move(final_place)),
        fresh_(final_.string() + ".new"),
        former_(final_.string() + ".old"),
        wanted_(wanted) {
    std::error_code ignored;
    fs::remove_all(fresh_, ignored);
    fs::remove_all(former_, ignored);
    if (wanted_) create_folder(fresh_);
  }
  ~PictureFolder() {
    std::error_code ignored;
    fs::remove_all(fresh_, ignored);
    fs::remove_all(former_, ignored);
  }
  PictureFolder(const PictureFolder&) = delete;
  PictureFolder& operator=(const PictureFolder&) = delete;

  // Returns: whether `from` was there.
  bool add(const fs::path& from, const fs::path& final_path) {
    if (!wanted_ || !fs::exists(from)) return false;
    const fs::path to = fresh_ / final_path.lexically_relative(final_);
    if (to.parent_path() != last_parent_) {
      create_folder(to.parent_path());
      last_parent_ = to.parent_path();
    }
    link_or_copy(from, to);
    return true;
  }

  void commit() {
    if (fs::exists(final_)) move_to(final_, former_);
    if (wanted_) move_to(fresh_, final_);
  }

 private:
  fs::path final_, fresh_, former_, last_parent_;
  bool wanted_;
};

DetectionRow to_row(const Detection& d, const FrameRecord& f, Size size) {
  const auto w = static_cast<float>(size.width), h = static_cast<float>(size.height);
  DetectionRow row;
  row.frame_idx = f.frame_idx;
  row.ts = f.ts;
  row.bbox = {d.box.x1 / w, d.box.y1 / h, d.box.x2 / w, d.box.y2 / h};
  for (size_t i = 0; i < d.landmarks.size(); ++i) {
    row.landmarks[i] = {d.landmarks[i].x / w, d.landmarks[i].y / h};
  }
  row.conf = std::min(1.F, d.confidence);
  return row;
}

class ShotCollector {
 public:
  void add(const FrameRecord& f) {
    if (!f.starts_shot) return;
    if (!shots_.empty()) close(f.frame_idx, f.ts);
    ShotRow shot;
    shot.shot = static_cast<int>(shots_.size());
    shot.start_frame = f.frame_idx;
    shot.start = f.ts;
    shot.boundary = shots_.empty() ? "start" : "cut";
    shots_.push_back(shot);
  }
  const std::vector<ShotRow>& finish(int64_t end_frame, Timestamp end) {
    if (!shots_.empty()) close(end_frame, end);
    return shots_;
  }

 private:
  void close(int64_t frame, Timestamp ts) {
    shots_.back().end_frame = frame;
    shots_.back().end = ts;
  }
  std::vector<ShotRow> shots_;
};

}  // namespace

TakenPictures pictures_of(const ExportFolder& exports) {
  return {[&](int64_t frame) { return exports.frame(frame); },
          [&](int segment, int64_t frame) { return exports.crop(segment, frame); },
          [&](int segment, int64_t frame) { return exports.portrait(segment, frame); }};
}

BuildResult build_artifacts(const BuildInput& in) {
  BuildResult result;
  const std::map<int, TrackFacts> tracks = collect_tracks(in);
  // All new files are complete, in the work folder, before the first of the old ones is replaced: a
  // disk that fills up must not leave a mixture.
  std::vector<std::pair<fs::path, fs::path>> files;
  const auto staged = [&](const fs::path& place) {
    return files.emplace_back(in.paths.work() / place.filename(), place).first;
  };
  TrackWriter track_writer(staged(in.paths.tracks()), in.paths.episode());
  std::vector<const TrackFacts*> ordered(tracks.size());
  for (const auto& [segment, t] : tracks) ordered[static_cast<size_t>(t.row.track - 1)] = &t;
  std::vector<const TrackFaces*> faces_of_tracks;
  PictureFolder thumbs(in.paths.thumbs(), !ordered.empty());
  std::vector<bool> with_thumb;
  for (const TrackFacts* t : ordered) {
    track_writer.write(t->row);
    result.tracks.push_back({t->row.track, seconds_between(t->row.start, t->row.end),
                             t->row.detections, t->row.end_reason == "lost"});
    faces_of_tracks.push_back(&t->faces);
    const std::optional<Portrait>& p = t->faces.portrait();
    with_thumb.push_back(p && thumbs.add(in.pictures.portrait(p->segment, p->frame_idx),
                                         in.paths.track_thumb(t->row.track)));
  }

  DetectionWriter detections(staged(in.paths.detections()), in.paths.episode(), in.detector_id);
  SampleWriter samples(staged(in.paths.samples()));
  FaceBuilder faces(in.paths, in.frame_size, in.face_limits, in.face_selection, in.crops_saved,
                    faces_of_tracks);
  ShotCollector shots;
  PictureFolder frames(in.paths.frames(), in.frames_saved);
  PictureFolder crops(in.paths.crops(), in.crops_saved);
  for_each_frame(in.journal, [&](const FrameRecord& f) {
    shots.add(f);
    SampleRow sample{f.frame_idx, f.ts, 0, f.luma, f.confidence_th};
    std::vector<int> track_numbers(f.detections.size(), 0);
    for (size_t i = 0; i < f.detections.size(); ++i) {
      const auto track = tracks.find(in.table.confirmed_segment(f.segments[i], f.frame_idx));
      const Detection& d = f.detections[i];
      const bool tracked = track != tracks.end();
      if (tracked) track_numbers[i] = track->second.row.track;
      // A candidate below the threshold is a face only if a track vouches for it.
      if (!tracked && static_cast<double>(d.confidence) < f.confidence_th) continue;
      if (d.box.area() <= 0) continue;
      DetectionRow row = to_row(d, f, in.frame_size);
      if (tracked) {
        row.track = track_numbers[i];
        if (crops.add(in.pictures.crop(f.segments[i], f.frame_idx),
                      in.paths.crop(*row.track, f.frame_idx))) {
          ++result.crops_exported;
        }
      }
      detections.write(row);
      ++sample.faces;
      ++result.detections;
    }
    if (frames.add(in.pictures.frame(f.frame_idx), in.paths.frame(f.frame_idx))) {
      ++result.frames_exported;
    }
    faces.add(f, track_numbers);
    samples.write(sample);
    ++result.analysed_frames;
  });
  faces.finish(with_thumb);
  const std::vector<ShotRow>& rows = shots.finish(in.end_frame, in.end);
  result.cuts = std::max<int64_t>(0, static_cast<int64_t>(rows.size()) - 1);
  write_shots(staged(in.paths.shots()), rows);
  samples.commit();
  detections.commit();
  track_writer.commit();
  files.insert(files.end(), faces.files().begin(), faces.files().end());
  for (const auto& [fresh, place] : files) move_to(fresh, place);
  thumbs.commit();
  frames.commit();
  crops.commit();
  return result;
}

}  // namespace screenalytics
