// The rows and documents of an episode's artifacts, as plain values.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/geometry.h"
#include "base/timestamp.h"

namespace screenalytics {

inline constexpr std::string_view kDetectionSchema = "det_v1";
inline constexpr std::string_view kTrackSchema = "track_v1";

// Requires: number >= 0. Returns "track-00001".
std::string track_name(int number);
// Returns nothing where `name` is not of that form.
std::optional<int> track_number(std::string_view name);

// A line of detections.jsonl. Box and landmarks are divided by the size of the shown frame;
// landmarks may lie a little outside of it.
struct DetectionRow {
  int64_t frame_idx = 0;  // in the source video
  Timestamp ts;
  Box bbox;
  Landmarks landmarks;
  float conf = 0;
  std::optional<int> track;  // number of track_id
  friend bool operator==(const DetectionRow&, const DetectionRow&) = default;
};

// A line of tracks.jsonl.
struct TrackRow {
  int track = 0;  // number of track_id
  Timestamp start, end;
  int64_t first_frame = 0, last_frame = 0;
  std::vector<std::string> sample_thumbs;  // paths relative to the output root
  int64_t detections = 0;
  double avg_conf = 0, min_conf = 0, max_conf = 0;
  std::string end_reason;  // lost | shot_cut | appearance_split | end_of_video
  friend bool operator==(const TrackRow&, const TrackRow&) = default;
};

// A line of samples.csv: one analysed frame.
struct SampleRow {
  int64_t frame_idx = 0;
  Timestamp ts;
  int faces = 0;
  double luma = 0;  // mean, 0..255
  double confidence_th = 0;
  friend bool operator==(const SampleRow&, const SampleRow&) = default;
};

// An entry of shots.json; half-open.
struct ShotRow {
  int shot = 0;
  int64_t start_frame = 0, end_frame = 0;
  Timestamp start, end;
  std::string boundary;  // how it began: cut | dissolve | start
  friend bool operator==(const ShotRow&, const ShotRow&) = default;
};

// Work of one stage. items_per_sec is written as items / busy_s.
struct StageCounters {
  double busy_s = 0, wait_s = 0;
  int64_t items = 0;
  int64_t calls = 0;  // model calls; items / calls is written where there were any
  friend bool operator==(const StageCounters&, const StageCounters&) = default;
};

struct MetricWarning {
  std::string metric;
  double value = 0, limit = 0;
  std::string advice;
  friend bool operator==(const MetricWarning&, const MetricWarning&) = default;
};

// track_metrics.json.
struct TrackMetrics {
  std::string ep_id;
  int64_t tracks_born = 0, tracks_lost = 0, id_switches = 0;
  std::vector<std::pair<int, double>> longest_tracks;  // track number, length in seconds; up to 5
  double avg_tracks_per_frame = 0, tracks_per_minute = 0;
  double short_track_fraction = 0, id_switch_rate = 0;
  int64_t total_frames = 0, analyzed_frames = 0;
  double analyzed_fps = 0, elapsed_s = 0;
  std::string device, detector, tracker;
  int64_t scene_cuts = 0;
  std::vector<std::pair<std::string, StageCounters>> stages;  // in the order they are written
  double peak_rss_mb = 0;
  std::map<std::string, int64_t> counts;  // damaged packets, files exported and the like
  std::vector<MetricWarning> warnings;
  friend bool operator==(const TrackMetrics&, const TrackMetrics&) = default;
};

// progress.json.
struct Progress {
  std::string ep_id;
  std::string
      phase;  // init | detect | track | embed | cluster | summarize | done | error | cancelled
  int64_t frames_done = 0;
  std::optional<int64_t> frames_total;  // null where the container does not say
  double elapsed_s = 0;
  double fps_detected = 0;  // the video's own rate
  double analyzed_fps = 0;
  std::optional<double> eta_s;
  std::map<std::string, double> stage_fps;
  double percent = 0;  // 0..100
  std::string message;
  std::string updated_at;  // utc_text()
  friend bool operator==(const Progress&, const Progress&) = default;
};

// One effective knob of run.json. `text`: the value is written as a string, else as it stands.
struct RunSetting {
  std::string key, value, source;
  bool text = true;
  friend bool operator==(const RunSetting&, const RunSetting&) = default;
};

struct RunModel {
  std::string role, id, sha256, file;
  friend bool operator==(const RunModel&, const RunModel&) = default;
};

// run.json.
struct RunRecord {
  std::string ep_id;
  std::string status;                  // running | done | cancelled | error
  std::string last_stage = "cluster";  // detect | track | embed | cluster
  std::string profile, profile_source;
  std::string started_at, finished_at;       // utc_text(); the second empty while running
  std::map<std::string, std::string> video;  // path, codec, size, duration_s and the like
  std::vector<RunSetting> settings;
  std::vector<RunModel> models;
  std::map<std::string, std::string> versions;  // program and libraries
  std::map<std::string, std::string> host;      // cores, processor, system
  std::vector<std::string> notes;
  friend bool operator==(const RunRecord&, const RunRecord&) = default;
};

// Returns the present moment as 2026-01-31T12:00:00.123Z.
std::string utc_text();

}  // namespace screenalytics
