// SPDX-License-Identifier: MIT
#include "pipeline/run_description.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/resource.h>
#endif

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "inference/runtime.h"

namespace screenalytics {
namespace {

using Keys = std::set<std::string>;

// Knobs that say where and how fast.
const Keys& speed_knobs() {
  static const Keys keys{"threads",       "out_root", "progress_file",   "allow_cpu_fallback",
                         "thermal_limit", "nice",     "embed_batch_size"};
  return keys;
}

// Knobs that act when all tracks are known. A journal does not depend on them.
const Keys& choice_knobs() {
  static const Keys keys{"max_crops_per_track", "sampling_mode", "max_faces_per_episode"};
  return keys;
}

// Knobs of the stage embed.
const Keys& embed_knobs() {
  static const Keys keys{"embedder",      "min_quality",           "max_crops_per_track",
                         "sampling_mode", "max_faces_per_episode", "embed_batch_size"};
  return keys;
}

// Knobs that act on the finished tracks.
const Keys& people_knobs() {
  static const Keys keys{"cluster_thresh",   "linkage",        "min_cluster_size",
                         "min_identity_sim", "group_thresh",   "singleton_merge",
                         "person_thresh",    "person_margin",  "smoothing",
                         "gap_tolerance_s",  "edge_padding_s", "min_appearance_s"};
  return keys;
}

constexpr std::array<const char*, 4> kStageNames = {"detect", "track", "embed", "cluster"};

double peak_rss_mb() {
#ifdef __APPLE__
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / (1024 * 1024);
#else
  // Not getrusage: its peak includes what the parent held when it started this process.
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  }
  return 0;
#endif
}

// Nanoseconds since some moment that is the same for all files of this machine.
std::string modified_text(const std::filesystem::path& video) {
  std::error_code ec;
  return std::to_string(std::filesystem::last_write_time(video, ec).time_since_epoch().count());
}

}  // namespace

bool needs_embedder(const RunRequest& request) {
  return request.wants(RunStage::embed) ||
         (request.wants(RunStage::track) && request.settings.tracking.gate_enabled);
}

std::string run_fingerprint(const RunRequest& request, const VideoInfo& video) {
  std::error_code ec;
  const auto modified = std::filesystem::last_write_time(request.video, ec);
  std::string text =
      fmt::format(SCREENALYTICS_VERSION ";{};{};{};{}x{}",
                  std::filesystem::absolute(request.video, ec).string(), video.file_size,
                  modified.time_since_epoch().count(), video.size.width, video.size.height);
  text += fmt::format(";{};{};{}", request.detector.sha256, request.embedder.sha256,
                      static_cast<int>(std::min(request.last_stage, RunStage::embed)));
  for (const auto& [key, origin] : request.settings.provenance) {
    if (speed_knobs().contains(key) || choice_knobs().contains(key) ||
        people_knobs().contains(key)) {
      continue;
    }
    text += fmt::format(";{}={}", key, origin.value);
  }
  return text;
}

bool same_faces_and_tracks(const RunRecord& a, const RunRecord& b) {
  const auto settings = [](const RunRecord& run) {
    std::map<std::string, std::string> values;
    for (const RunSetting& s : run.settings) {
      if (!speed_knobs().contains(s.key) && !people_knobs().contains(s.key))
        values[s.key] = s.value;
    }
    return values;
  };
  const auto models = [](const RunRecord& run) {
    std::map<std::string, std::string> hashes;
    for (const RunModel& m : run.models) hashes[m.role] = m.sha256;
    return hashes;
  };
  return a.video == b.video && a.versions == b.versions && settings(a) == settings(b) &&
         models(a) == models(b);
}

void set_track_quality(TrackMetrics& m, const TrackQuality& q) {
  m.tracks_born = q.tracks_born;
  m.tracks_lost = q.tracks_lost;
  m.id_switches = q.id_switches;
  m.longest_tracks = q.longest_tracks;
  m.avg_tracks_per_frame = q.avg_tracks_per_frame;
  m.tracks_per_minute = q.tracks_per_minute;
  m.short_track_fraction = q.short_track_fraction;
  m.id_switch_rate = q.id_switch_rate;
  static const Keys ours{"tracks_per_minute", "short_track_fraction", "id_switch_rate"};
  std::erase_if(m.warnings, [](const MetricWarning& w) { return ours.contains(w.metric); });
  std::vector<MetricWarning> warnings;
  for (const QualityWarning& w : q.warnings) {
    warnings.push_back({w.metric, w.value, w.limit, w.advice});
  }
  m.warnings.insert(m.warnings.begin(), warnings.begin(), warnings.end());
}

std::optional<RunStage> stage_of_knob(const Knob& knob) {
  const std::string key(knob.key);
  if (people_knobs().contains(key)) return RunStage::cluster;
  if (embed_knobs().contains(key)) return RunStage::embed;
  if (knob.file == "tracking.yaml") return RunStage::track;
  const bool sampling = key == "stride" || key == "fps" || key == "skip_non_reference";
  if (sampling || knob.file == "detection.yaml") return RunStage::detect;
  return std::nullopt;
}

void set_stage_settings(RunRecord& run, RunStage stage, const Settings& settings) {
  const Keys& keys = stage == RunStage::embed ? embed_knobs() : people_knobs();
  for (RunSetting& s : run.settings) {
    if (!keys.contains(s.key)) continue;
    const Origin& origin = settings.provenance.at(s.key);
    s = {s.key, origin.value, origin.source, origin.text};
  }
}

TrackMetrics describe_metrics(const FinishedRun& run) {
  TrackMetrics m;
  const TrackQuality q = track_quality(run.built.tracks, run.identity_changes,
                                       run.built.analysed_frames, run.analysed_s);
  m.ep_id = run.request.episode.str();
  set_track_quality(m, q);
  m.total_frames = run.total_frames;
  m.analyzed_frames = run.built.analysed_frames;
  if (run.analysed_s > 0) {
    m.analyzed_fps = static_cast<double>(run.built.analysed_frames) / run.analysed_s;
  }
  m.elapsed_s = run.elapsed_s;
  m.device = run.device;
  m.detector = run.request.detector.id;
  m.tracker = run.request.wants(RunStage::track) ? "bytetrack" : "none";
  m.scene_cuts = run.built.cuts;
  m.stages = run.clocks.counters();
  m.peak_rss_mb = peak_rss_mb();
  m.counts = {{"detections", run.built.detections},
              {"packets_read", run.source.packets_read},
              {"packets_damaged", run.source.packets_damaged},
              {"frames_decoded", run.source.frames_decoded},
              {"frames_not_decoded", run.source.frames_not_decoded},
              {"frames_concealed", run.source.frames_concealed},
              {"timestamps_repaired", run.source.timestamps_repaired},
              {"frames_exported", run.built.frames_exported},
              {"crops_exported", run.built.crops_exported}};
  return m;
}

RunRecord describe_run(const RunRequest& request, const VideoInfo& video, const std::string& status,
                       const std::string& started_at, const std::vector<std::string>& notes) {
  RunRecord r;
  r.ep_id = request.episode.str();
  r.status = status;
  r.last_stage = kStageNames.at(static_cast<size_t>(request.last_stage));
  r.profile = request.settings.profile;
  r.profile_source = request.settings.profile_source;
  r.started_at = started_at;
  r.finished_at = utc_text();
  r.video = {{"path", video.path},
             {"container", video.container},
             {"codec", video.codec},
             {"pixel_format", video.pixel_format},
             {"size", fmt::format("{}x{}", video.size.width, video.size.height)},
             {"average_fps", fmt::format("{:.6g}", video.average_fps)},
             {"duration_s", fmt::format("{:.3f}", video.duration_s)},
             {"start_s", fmt::format("{:.6f}", video.start_s)},
             {"interlaced", video.interlaced ? "true" : "false"},
             {"bytes", std::to_string(video.file_size)},
             {"modified", modified_text(request.video)}};
  for (const auto& [key, origin] : request.settings.provenance) {
    r.settings.push_back({key, origin.value, origin.source, origin.text});
  }
  const auto add_model = [&](const char* role, const ModelManifest& m) {
    r.models.push_back({role, m.id, m.sha256, m.file.filename().string()});
  };
  add_model("detector", request.detector);
  if (needs_embedder(request)) add_model("embedder", request.embedder);
  r.versions = {{"screenalytics", SCREENALYTICS_VERSION},
                {"ffmpeg", ffmpeg_version()},
                {"onnxruntime", runtime_version()}};
  utsname system{};
  if (uname(&system) == 0) {
    r.host["system"] = fmt::format("{} {}", system.sysname, system.release);
    r.host["machine"] = system.machine;
  }
  r.host["cores"] = std::to_string(sysconf(_SC_NPROCESSORS_ONLN));
  r.notes = notes;
  return r;
}

}  // namespace screenalytics
