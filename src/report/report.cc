// SPDX-License-Identifier: MIT
#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "artifacts/atomic_file.h"
#include "artifacts/documents.h"
#include "artifacts/identities_file.h"
#include "artifacts/screentime_file.h"
#include "report/co_presence.h"
#include "report/html.h"
#include "report/style.h"
#include "report/timeline.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

struct Inputs {
  ScreenTimeReport time;
  IdentityList identities;
  RunRecord run;
  TrackMetrics metrics;
  std::vector<ShotRow> shots;
  std::map<int, std::string> faces;  // bytes of the picture, by identity
};

Inputs read_inputs(const EpisodePaths& paths) {
  Inputs in;
  in.time = read_screentime_json(paths.screentime_json());
  in.identities = read_identities(paths.identities());
  in.run = read_run(paths.run());
  in.metrics = read_track_metrics(paths.track_metrics());
  in.shots = read_shots(paths.shots());
  std::set<int> shown;
  for (const PersonRow& p : in.time.people) shown.insert(p.identities.begin(), p.identities.end());
  for (const IdentityRow& i : in.identities.identities) {
    if (i.canonical_face.empty() || !shown.contains(i.identity)) continue;
    const fs::path picture = paths.out_root() / i.canonical_face;
    if (fs::exists(picture)) in.faces[i.identity] = read_file(picture);
  }
  return in;
}

std::string video_text(const Inputs& in, const char* key) {
  const auto found = in.run.video.find(key);
  return found == in.run.video.end() ? std::string() : found->second;
}

// "2026-01-31 12:00 UTC" of a utc_text().
std::string moment_text(const std::string& utc) {
  if (utc.size() < 16 || utc[10] != 'T') return utc;
  return fmt::format("{} {} UTC", utc.substr(0, 10), utc.substr(11, 5));
}

void add_header(std::string& page, const Inputs& in) {
  const TrackMetrics& m = in.metrics;
  page += fmt::format("<h1>{}</h1>\n<p class=\"sub\">{} · {} · profile {} on {} · {}</p>\n",
                      html_text(in.time.ep_id),
                      html_text(fs::path(video_text(in, "path")).filename().string()),
                      html_text(video_text(in, "size")), html_text(in.run.profile),
                      html_text(m.device), html_text(moment_text(in.run.finished_at)));
  const auto number = [&](const std::string& value, const char* what) {
    page += fmt::format("<div><b>{}</b><span>{}</span></div>\n", value, what);
  };
  page += "<section><h2>In short</h2><div class=\"numbers\">\n";
  number(clock_text(in.time.duration_s), "of video");
  number(std::to_string(in.time.people.size()), "people");
  number(std::to_string(m.tracks_born), "tracks");
  number(std::to_string(m.counts.contains("detections") ? m.counts.at("detections") : 0), "faces");
  number(std::to_string(in.shots.size()), "shots");
  number(clock_text(in.time.unassigned_s), "nobody knows whose");
  number(std::to_string(m.analyzed_frames), "frames analysed");
  number(fmt::format("{:.0f} s", m.elapsed_s), "to analyse");
  page += "</div></section>\n";
}

// The picture of one of the person's identities, else a grey square.
std::string face_html(const Inputs& in, const PersonRow& person) {
  for (const int identity : person.identities) {
    const auto face = in.faces.find(identity);
    if (face == in.faces.end()) continue;
    return fmt::format("<img class=\"face\" alt=\"\" src=\"data:image/jpeg;base64,{}\">",
                       base64(face->second));
  }
  return "<span class=\"face\"></span>";
}

std::string person_html(const Inputs& in, size_t place) {
  const PersonRow& p = in.time.people[place];
  return fmt::format(
      "<div class=\"person\">{}<div class=\"name\">{}<br><span class=\"soft\">{} "
      "appearance{}</span></div><div class=\"bar\"><i "
      "style=\"width:{:.2f}%;background:{}\"></i></div><div class=\"amount\"><b>{:.1f} s</b> · "
      "{:.1f} %<br><span class=\"soft\">{}</span></div></div>\n",
      face_html(in, p), html_text(p.label()), p.appearances.size(),
      p.appearances.size() == 1 ? "" : "s", 100 * p.visual_s / in.time.people.front().visual_s,
      person_colour(place), p.visual_s, p.percent,
      span_text(in.time, p.appearances.front().first, p.appearances.back().second));
}

void add_people(std::string& page, const Inputs& in) {
  page += "<section><h2>Screen time</h2>\n";
  const size_t all = in.time.people.size(), shown = std::min(kMaxLanes, all);
  if (all == 0) page += "<p>Nobody was seen.</p>\n";
  for (size_t i = 0; i < shown; ++i) page += person_html(in, i);
  if (shown < all) {
    page += fmt::format("<details><summary>and {} more people</summary>\n", all - shown);
    for (size_t i = shown; i < all; ++i) page += person_html(in, i);
    page += "</details>\n";
  }
  page += "</section>\n";
}

int64_t embedded_faces(const TrackMetrics& m) {
  for (const auto& [stage, counters] : m.stages) {
    if (stage == "embed") return counters.items;
  }
  return 0;
}

void add_metrics(std::string& page, const Inputs& in) {
  struct Band {
    const char* name;
    double value, low, high;  // what it usually is
    const char* wanted;
  };
  const TrackMetrics& m = in.metrics;
  const std::array<Band, 5> bands = {{
      {"tracks_per_minute", m.tracks_per_minute, 10, 30, "10 to 30, at most 50"},
      {"short_track_fraction", m.short_track_fraction, 0, 0.20, "below 0.20, at most 0.30"},
      {"id_switch_rate", m.id_switch_rate, 0, 0.05, "below 0.05, at most 0.10"},
      {"singleton_fraction", singleton_fraction(in.identities), 0, 0.30,
       "below 0.30, at most 0.50"},
      {"largest_cluster_fraction", largest_cluster_fraction(in.identities), 0, 0.40,
       "below 0.40, at most 0.60"},
  }};
  page +=
      "<section><h2>How sure is this</h2><div class=\"table\"><table><tr><th>Measure</th><th "
      "class=\"n\">Value</th><th>Should be</th><th>Advice</th></tr>\n";
  for (const Band& band : bands) {
    const auto warning =
        std::find_if(m.warnings.begin(), m.warnings.end(),
                     [&](const MetricWarning& w) { return w.metric == band.name; });
    const bool warned = warning != m.warnings.end();
    std::string words = band.name;
    std::replace(words.begin(), words.end(), '_', ' ');
    const bool usual = band.value >= band.low && band.value <= band.high;
    page += fmt::format(
        "<tr><td>{}</td><td class=\"n\">{:.2f}</td><td>{}</td><td class=\"{}\">{}</td></tr>\n",
        band.name, band.value, band.wanted,
        warned  ? "warn"
        : usual ? "good"
                : "soft",
        warned  ? html_text(warning->advice)
        : usual ? "within its band"
                : "unusual, but within the limit");
  }
  page += "</table></div>\n";
  const auto count = [&](const char* name) {
    const auto found = m.counts.find(name);
    return found == m.counts.end() ? 0 : found->second;
  };
  page += fmt::format(
      "<p class=\"soft\">Read in one pass: {} packets, {} frames decoded, {} faces "
      "embedded.</p>\n",
      count("packets_read"), count("frames_decoded"), embedded_faces(m));
  for (const std::string& note : in.run.notes) {
    page += fmt::format("<p class=\"soft\">{}</p>\n", html_text(note));
  }
  page += "</section>\n";
}

void add_shots(std::string& page, const Inputs& in) {
  constexpr size_t kShown = 2000;
  page += fmt::format(
      "<section><details><summary>Shots ({})</summary><div class=\"table\"><table><tr><th "
      "class=\"n\">Shot</th><th class=\"n\">From</th><th class=\"n\">To</th><th "
      "class=\"n\">Seconds</th><th>Begins with</th></tr>\n",
      in.shots.size());
  for (size_t i = 0; i < std::min(kShown, in.shots.size()); ++i) {
    const ShotRow& s = in.shots[i];
    page += fmt::format(
        "<tr><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
        "class=\"n\">{:.2f}</td><td>{}</td></tr>\n",
        s.shot + 1, clock_text(seconds_between(in.time.start, s.start)),
        clock_text(seconds_between(in.time.start, s.end)), seconds_between(s.start, s.end),
        html_text(s.boundary));
  }
  page += "</table></div></details></section>\n";
}

// Without the folders of the machine that it was made on: a page is sent on.
std::string without_folders(std::string text) {
  for (size_t slash = text.find('/'); slash != std::string::npos; slash = text.find('/')) {
    const size_t before = text.find_last_of(" (", slash);
    const size_t start = before == std::string::npos ? 0 : before + 1;
    text.erase(start, slash - start + 1);
  }
  return text;
}

void add_settings(std::string& page, const Inputs& in) {
  page +=
      "<section><details><summary>Settings</summary><div class=\"table\"><table><tr><th>Setting"
      "</th><th>Value</th><th>From</th></tr>\n";
  for (const RunSetting& s : in.run.settings) {
    page += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", html_text(s.key),
                        html_text(without_folders(s.value)), html_text(without_folders(s.source)));
  }
  for (const RunModel& m : in.run.models) {
    page += fmt::format("<tr><td>{}</td><td>{}</td><td>sha256 {}</td></tr>\n", html_text(m.role),
                        html_text(m.id), html_text(m.sha256));
  }
  page += "</table></div></details></section>\n";
}

}  // namespace

std::string report_html(const EpisodePaths& paths) {
  const Inputs in = read_inputs(paths);
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{} · Screenalytics</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
      html_text(in.time.ep_id), report_style());
  add_header(page, in);
  add_people(page, in);
  page += timeline_html(in.time, in.shots);
  page += co_presence_html(in.time);
  add_metrics(page, in);
  add_shots(page, in);
  add_settings(page, in);
  page += "</main>\n</body>\n</html>\n";
  return page;
}

void write_report(const EpisodePaths& paths, const fs::path& file) {
  write_file_atomically(file, report_html(paths));
}

}  // namespace screenalytics
