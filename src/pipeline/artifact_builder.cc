// SPDX-License-Identifier: MIT
#include "pipeline/artifact_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "artifacts/atomic_file.h"
#include "artifacts/documents.h"
#include "artifacts/journal.h"
#include "artifacts/row_files.h"
#include "base/check.h"
#include "base/error.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

constexpr size_t kThumbsPerTrack = 3;
// Something that looked like a face once and then lived off weak candidates is none: such ghosts
// had at most 0.32 of their detections sure (television clips and sample episodes).
constexpr double kMinSureShare = 0.33;

// What is known of a track once the whole journal was read.
struct TrackFacts {
  TrackRow row;
  double conf_sum = 0;
  int64_t sure = 0;                             // detections of at least track_thresh
  std::vector<std::pair<float, int64_t>> best;  // confidence x side, frame
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
  for_each_frame(in.paths.journal(), [&](const FrameRecord& f) {
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

// Adds up the face vectors of tracks, and notes which tracks share a frame.
class SightingCollector {
 public:
  explicit SightingCollector(BuildResult& result) : result_(result) {}

  // tracks: the number of each detection's track; 0: none.
  void add(const FrameRecord& f, const std::vector<int>& tracks) {
    for (const auto& [index, face] : f.embeddings) {
      const int track = tracks[static_cast<size_t>(index)];
      if (track == 0 || face.empty()) continue;
      Embedding& sum = result_.sightings[static_cast<size_t>(track - 1)].vector;
      sum.resize(face.size());
      for (size_t k = 0; k < face.size(); ++k) sum[k] += face[k];
    }
    for (size_t i = 0; i < tracks.size(); ++i) {
      for (size_t j = i + 1; j < tracks.size(); ++j) {
        if (tracks[i] != 0 && tracks[j] != 0) together_.insert(std::minmax({tracks[i], tracks[j]}));
      }
    }
  }

  void finish() {
    for (TrackSighting& s : result_.sightings) normalize(s.vector);
    result_.seen_together.assign(together_.begin(), together_.end());
  }

 private:
  BuildResult& result_;
  std::set<std::pair<int, int>> together_;
};

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

BuildResult build_artifacts(const BuildInput& in) {
  BuildResult result;
  const std::map<int, TrackFacts> tracks = collect_tracks(in);
  // All new files are complete, in the work folder, before the first of the old ones is replaced: a
  // disk that fills up must not leave a mixture.
  const std::vector<fs::path> places{in.paths.tracks(), in.paths.detections(), in.paths.samples(),
                                     in.paths.shots()};
  const auto staged = [&](const fs::path& place) { return in.paths.work() / place.filename(); };
  TrackWriter track_writer(staged(in.paths.tracks()), in.paths.episode());
  std::vector<const TrackRow*> ordered(tracks.size());
  for (const auto& [segment, t] : tracks) ordered[static_cast<size_t>(t.row.track - 1)] = &t.row;
  for (const TrackRow* row : ordered) {
    track_writer.write(*row);
    result.tracks.push_back({row->track, seconds_between(row->start, row->end), row->detections,
                             row->end_reason == "lost"});
    result.sightings.push_back({{row->start, row->end}, {}, row->avg_conf});
  }

  DetectionWriter detections(staged(in.paths.detections()), in.paths.episode(), in.detector_id);
  SampleWriter samples(staged(in.paths.samples()));
  ShotCollector shots;
  SightingCollector sightings(result);
  PictureFolder frames(in.paths.frames(), in.frames_saved);
  PictureFolder crops(in.paths.crops(), in.crops_saved);
  for_each_frame(in.paths.journal(), [&](const FrameRecord& f) {
    shots.add(f);
    SampleRow sample{f.frame_idx, f.ts, 0, f.luma, f.confidence_th};
    std::vector<int> track_numbers(f.detections.size(), 0);
    for (size_t i = 0; i < f.detections.size(); ++i) {
      const auto track = tracks.find(in.table.confirmed_segment(f.segments[i], f.frame_idx));
      const Detection& d = f.detections[i];
      const bool tracked = track != tracks.end();
      // A candidate below the threshold is a face only if a track vouches for it.
      if (!tracked && static_cast<double>(d.confidence) < f.confidence_th) continue;
      if (d.box.area() <= 0) continue;
      DetectionRow row = to_row(d, f, in.frame_size);
      if (tracked) {
        row.track = track_numbers[i] = track->second.row.track;
        if (crops.add(in.exports.crop(f.segments[i], f.frame_idx),
                      in.paths.crop(*row.track, f.frame_idx))) {
          ++result.crops_exported;
        }
      }
      detections.write(row);
      ++sample.faces;
      ++result.detections;
    }
    if (frames.add(in.exports.frame(f.frame_idx), in.paths.frame(f.frame_idx))) {
      ++result.frames_exported;
    }
    sightings.add(f, track_numbers);
    samples.write(sample);
    ++result.analysed_frames;
  });
  sightings.finish();
  const std::vector<ShotRow>& rows = shots.finish(in.end_frame, in.end);
  result.cuts = std::max<int64_t>(0, static_cast<int64_t>(rows.size()) - 1);
  write_shots(staged(in.paths.shots()), rows);
  samples.commit();
  detections.commit();
  track_writer.commit();
  for (const fs::path& place : places) move_to(staged(place), place);
  frames.commit();
  crops.commit();
  return result;
}

}  // namespace screenalytics
