// SPDX-License-Identifier: MIT
#include "artifacts/documents.h"

#include <fmt/format.h>

#include <array>

#include "artifacts/atomic_file.h"
#include "artifacts/json_fields.h"

namespace screenalytics {
namespace {

constexpr std::array<std::string_view, 3> kBoundaries = {"cut", "dissolve", "start"};
constexpr std::array<std::string_view, 9> kPhases = {
    "init", "detect", "track", "embed", "cluster", "summarize", "done", "error", "cancelled"};
constexpr size_t kLongestTracks = 5;

Json load(const std::filesystem::path& path, const Place& place) {
  Json json = parse_json(read_file(path));
  if (json.is_discarded()) place.fail("the file is not JSON");
  return json;
}

// Each document has one parser. A writer runs it over what it is about to write, so the two sides
// can never disagree on what is valid.
std::vector<ShotRow> parse_shots(const Json& json, const Place& place) {
  std::vector<ShotRow> shots;
  for (const Json& entry : Fields(json, place).array("shots")) {
    const Fields fields(entry, place, fmt::format("shots[{}].", shots.size()));
    ShotRow shot;
    shot.shot = static_cast<int>(shots.size());
    if (fields.integer("shot") != shot.shot) {
      fields.fail("shot", fields.any("shot"), fmt::format("{}, its place in the list", shot.shot));
    }
    const int64_t first = shots.empty() ? 0 : shots.back().end_frame;
    shot.start_frame = fields.integer("start_frame", first);
    if (!shots.empty() && shot.start_frame != first) {
      fields.fail("start_frame", fields.any("start_frame"),
                  fmt::format("{}, the end of the shot before", first));
    }
    shot.end_frame = fields.integer("end_frame", shot.start_frame + 1);
    shot.start = fields.time("start_s");
    shot.end = fields.time("end_s");
    if (!shots.empty() && shot.start != shots.back().end) {
      fields.fail("start_s", fields.any("start_s"), "the end of the shot before");
    }
    if (shot.end < shot.start) fields.fail("end_s", fields.any("end_s"), "at or after start_s");
    shot.boundary = fields.one_of("boundary", kBoundaries);
    shots.push_back(shot);
  }
  return shots;
}

Json stage_json(const StageCounters& stage) {
  const double count = static_cast<double>(stage.items);
  Json json = {{"busy_sec", stage.busy_s},
               {"wait_sec", stage.wait_s},
               {"items", stage.items},
               {"items_per_sec", stage.busy_s > 0 ? count / stage.busy_s : 0.0}};
  if (stage.calls > 0) {
    json["calls"] = stage.calls;
    json["items_per_call"] = count / static_cast<double>(stage.calls);
  }
  return json;
}

Json metrics_json(const TrackMetrics& m) {
  Json longest = Json::array(), stages = Json::object(), warnings = Json::array();
  for (const auto& [track, length] : m.longest_tracks) {
    longest.push_back({{"track_id", track_name(track)}, {"length", length}});
  }
  for (const auto& [name, stage] : m.stages) stages[name] = stage_json(stage);
  for (const MetricWarning& w : m.warnings) {
    warnings.push_back(
        {{"metric", w.metric}, {"value", w.value}, {"limit", w.limit}, {"advice", w.advice}});
  }
  return {{"ep_id", m.ep_id},
          {"tracks_born", m.tracks_born},
          {"tracks_lost", m.tracks_lost},
          {"id_switches", m.id_switches},
          {"longest_tracks", longest},
          {"avg_tracks_per_frame", m.avg_tracks_per_frame},
          {"tracks_per_minute", m.tracks_per_minute},
          {"short_track_fraction", m.short_track_fraction},
          {"id_switch_rate", m.id_switch_rate},
          {"total_frames", m.total_frames},
          {"analyzed_frames", m.analyzed_frames},
          {"analyzed_fps", m.analyzed_fps},
          {"elapsed_sec", m.elapsed_s},
          {"device", m.device},
          {"detector", m.detector},
          {"tracker", m.tracker},
          {"scene_cuts", m.scene_cuts},
          {"stages", stages},
          {"peak_rss_mb", m.peak_rss_mb},
          {"counts", m.counts},
          {"warnings", warnings}};
}

void parse_metric_lists(const Fields& f, const Place& place, TrackMetrics& m) {
  const Json& longest = f.array("longest_tracks");
  if (longest.size() > kLongestTracks) f.fail("longest_tracks", longest, "a list of up to five");
  for (const Json& entry : longest) {
    const Fields fields(entry, place, fmt::format("longest_tracks[{}].", m.longest_tracks.size()));
    const auto track = track_number(fields.text("track_id"));
    if (!track) fields.fail("track_id", fields.any("track_id"), "of the form track-00001");
    m.longest_tracks.emplace_back(*track, fields.number("length"));
  }
  for (const auto& [name, value] : f.object("stages").items()) {
    const Fields fields(value, place, fmt::format("stages.{}.", name));
    StageCounters stage{fields.number("busy_sec"), fields.number("wait_sec"),
                        fields.integer("items"), 0};
    fields.number("items_per_sec");
    if (value.contains("calls")) stage.calls = fields.integer("calls");
    m.stages.emplace_back(name, stage);
  }
  const Json& counts = f.object("counts");
  const Fields count_fields(counts, place, "counts.");
  for (const auto& [name, value] : counts.items()) {
    m.counts[name] = count_fields.integer(name.c_str());
  }
  for (const Json& entry : f.array("warnings")) {
    const Fields fields(entry, place, fmt::format("warnings[{}].", m.warnings.size()));
    m.warnings.push_back({fields.text("metric"), fields.number("value"), fields.number("limit"),
                          fields.text("advice")});
  }
}

TrackMetrics parse_metrics(const Json& json, const Place& place) {
  const Fields f(json, place);
  TrackMetrics m;
  m.ep_id = f.text("ep_id");
  m.tracks_born = f.integer("tracks_born");
  m.tracks_lost = f.integer("tracks_lost");
  m.id_switches = f.integer("id_switches");
  m.avg_tracks_per_frame = f.number("avg_tracks_per_frame");
  m.tracks_per_minute = f.number("tracks_per_minute");
  m.short_track_fraction = f.number("short_track_fraction", 0, 1);
  m.id_switch_rate = f.number("id_switch_rate");
  m.total_frames = f.integer("total_frames");
  m.analyzed_frames = f.integer("analyzed_frames");
  m.analyzed_fps = f.number("analyzed_fps");
  m.elapsed_s = f.number("elapsed_sec");
  m.device = f.text("device");
  m.detector = f.text("detector");
  m.tracker = f.text("tracker");
  m.scene_cuts = f.integer("scene_cuts");
  m.peak_rss_mb = f.number("peak_rss_mb");
  parse_metric_lists(f, place, m);
  return m;
}

Json progress_json(const Progress& p) {
  return {{"ep_id", p.ep_id},
          {"phase", p.phase},
          {"frames_done", p.frames_done},
          {"frames_total", p.frames_total ? Json(*p.frames_total) : Json()},
          {"elapsed_sec", p.elapsed_s},
          {"fps_detected", p.fps_detected},
          {"analyzed_fps", p.analyzed_fps},
          {"eta_sec", p.eta_s ? Json(*p.eta_s) : Json()},
          {"stage_fps", p.stage_fps},
          {"percent", p.percent},
          {"message", p.message},
          {"updated_at", p.updated_at}};
}

Progress parse_progress(const Json& json, const Place& place) {
  const Fields f(json, place);
  Progress p;
  p.ep_id = f.text("ep_id");
  p.phase = f.one_of("phase", kPhases);
  p.frames_done = f.integer("frames_done");
  if (!f.is_null("frames_total")) p.frames_total = f.integer("frames_total");
  p.elapsed_s = f.number("elapsed_sec");
  p.fps_detected = f.number("fps_detected");
  p.analyzed_fps = f.number("analyzed_fps");
  if (!f.is_null("eta_sec")) p.eta_s = f.number("eta_sec");
  const Json& rates = f.object("stage_fps");
  const Fields rate_fields(rates, place, "stage_fps.");
  for (const auto& [name, value] : rates.items()) {
    p.stage_fps[name] = rate_fields.number(name.c_str());
  }
  p.percent = f.number("percent", 0, 100);
  p.message = f.text("message", true);
  p.updated_at = f.text("updated_at");
  return p;
}

}  // namespace

void write_shots(const std::filesystem::path& path, const std::vector<ShotRow>& shots) {
  Json list = Json::array();
  for (const ShotRow& shot : shots) {
    list.push_back({{"shot", shot.shot},
                    {"start_frame", shot.start_frame},
                    {"end_frame", shot.end_frame},
                    {"start_s", shot.start.seconds()},
                    {"end_s", shot.end.seconds()},
                    {"boundary", shot.boundary}});
  }
  const Json json = {{"shots", list}};
  parse_shots(json, Place{path.string(), true});
  write_file_atomically(path, json_text(json) + "\n");
}

std::vector<ShotRow> read_shots(const std::filesystem::path& path) {
  const Place place{path.string()};
  return parse_shots(load(path, place), place);
}

void write_track_metrics(const std::filesystem::path& path, const TrackMetrics& metrics) {
  const Json json = metrics_json(metrics);
  parse_metrics(json, Place{path.string(), true});
  write_file_atomically(path, json_text(json) + "\n");
}

TrackMetrics read_track_metrics(const std::filesystem::path& path) {
  const Place place{path.string()};
  return parse_metrics(load(path, place), place);
}

void write_progress(const std::filesystem::path& path, const Progress& progress) {
  const Json json = progress_json(progress);
  parse_progress(json, Place{path.string(), true});
  write_file_atomically(path, json_text(json) + "\n", Durability::volatile_);
}

std::string progress_line(const Progress& progress) {
  return json_text(progress_json(progress), -1);
}

std::string metrics_line(const TrackMetrics& metrics) {
  return json_text(metrics_json(metrics), -1);
}

Progress read_progress(const std::filesystem::path& path) {
  const Place place{path.string()};
  return parse_progress(load(path, place), place);
}

}  // namespace screenalytics
