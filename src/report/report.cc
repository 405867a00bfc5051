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
#include "report/html.h"
#include "report/style.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

// More lanes than this are no longer a picture; the others are in the table below it.
constexpr size_t kMaxLanes = 40;
// Told apart also by people who do not see all colours (Wong, Nature Methods 2011), then again.
constexpr std::array<const char*, 7> kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                 "#e69f00", "#56b4e9", "#8a6d3b"};

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
  for (const PersonRow& p : in.time.people) shown.insert(p.identities.front());
  for (const IdentityRow& i : in.identities.identities) {
    if (i.canonical_face.empty() || !shown.contains(i.identity)) continue;
    const fs::path picture = paths.out_root() / i.canonical_face;
    if (fs::exists(picture)) in.faces[i.identity] = read_file(picture);
  }
  return in;
}

const char* colour(size_t person) { return kColours[person % kColours.size()]; }

std::string video_text(const Inputs& in, const char* key) {
  const auto found = in.run.video.find(key);
  return found == in.run.video.end() ? std::string() : found->second;
}

void add_header(std::string& page, const Inputs& in) {
  const TrackMetrics& m = in.metrics;
  page += fmt::format("<h1>{}</h1>\n<p class=\"sub\">{} · {} · profile {} on {} · {}</p>\n",
                      html_text(in.time.ep_id),
                      html_text(fs::path(video_text(in, "path")).filename().string()),
                      html_text(video_text(in, "size")), html_text(in.run.profile),
                      html_text(m.device), html_text(in.run.finished_at));
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

void add_people(std::string& page, const Inputs& in) {
  page += "<section><h2>Screen time</h2>\n";
  if (in.time.people.empty()) page += "<p>Nobody was seen.</p>\n";
  const double most = in.time.people.empty() ? 1 : in.time.people.front().visual_s;
  for (size_t i = 0; i < in.time.people.size(); ++i) {
    const PersonRow& p = in.time.people[i];
    const auto face = in.faces.find(p.identities.front());
    page += "<div class=\"person\">";
    page += face == in.faces.end()
                ? std::string("<span class=\"face\"></span>")
                : fmt::format("<img class=\"face\" alt=\"\" src=\"data:image/jpeg;base64,{}\">",
                              base64(face->second));
    page += fmt::format(
        "<div class=\"name\">{}<br><span class=\"soft\">{} appearance{}</span></div>"
        "<div class=\"bar\"><i style=\"width:{:.2f}%;background:{}\"></i></div>"
        "<div class=\"amount\"><b>{:.1f} s</b> · {:.1f} %<br><span class=\"soft\">{} to "
        "{}</span></div></div>\n",
        html_text(p.label()), p.appearances.size(), p.appearances.size() == 1 ? "" : "s",
        100 * p.visual_s / most, colour(i), p.visual_s, p.percent,
        clock_text(p.appearances.front().first.seconds()),
        clock_text(p.appearances.back().second.seconds()));
  }
  page += "</section>\n";
}

// A step between two ticks of the time axis that gives some ten of them.
double tick_step(double duration_s) {
  for (const double step : {1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0}) {
    if (duration_s / step <= 12) return step;
  }
  return 1800;
}

void add_timeline(std::string& page, const Inputs& in) {
  constexpr double kLeft = 170, kWidth = 1000, kLane = 24, kTop = 24;
  const size_t lanes = std::min(kMaxLanes, in.time.people.size());
  if (lanes == 0 || in.time.duration_s <= 0) return;
  const double start = in.time.start.seconds(), duration = in.time.duration_s;
  const auto x = [&](double s) { return kLeft + kWidth * (s - start) / duration; };
  const double bottom = kTop + kLane * static_cast<double>(lanes);
  page += fmt::format(
      "<section><h2>Timeline</h2><div class=\"lanes\">\n<svg viewBox=\"0 0 {:.0f} {:.0f}\" "
      "role=\"img\" aria-label=\"When each person is on screen\">\n",
      kLeft + kWidth + 30, bottom + 10);
  for (double t = 0; t <= duration; t += tick_step(duration)) {
    const std::string clock = clock_text(t);
    page += fmt::format(
        "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/><text "
        "class=\"tick\" x=\"{0:.1f}\" y=\"14\" text-anchor=\"middle\">{3}</text>\n",
        x(start + t), kTop - 4, bottom, clock.substr(0, clock.size() - 2));
  }
  for (const ShotRow& shot : in.shots) {
    if (shot.shot == 0 || in.shots.size() > 400) continue;  // then they would be a grey area
    page +=
        fmt::format("<line class=\"cut\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>\n",
                    x(shot.start.seconds()), kTop, bottom);
  }
  for (size_t i = 0; i < lanes; ++i) {
    const PersonRow& p = in.time.people[i];
    const double y = kTop + kLane * static_cast<double>(i);
    std::string label = p.label();
    if (label.size() > 24) {
      size_t end = 22;  // not in the middle of a character
      while (end > 0 && (static_cast<unsigned char>(label[end]) & 0xC0) == 0x80) --end;
      label = label.substr(0, end) + "…";
    }
    page += fmt::format("<text x=\"{:.0f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
                        kLeft - 10, y + kLane / 2 + 4, html_text(label));
    for (const auto& [from, to] : p.appearances) {
      const double left = x(from.seconds()), right = x(to.seconds());
      page += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\" rx=\"2\" "
          "fill=\"{}\"><title>{}: {} to {} ({:.2f} s)</title></rect>\n",
          left, y + 4, std::max(1.0, right - left), kLane - 8, colour(i), html_text(p.label()),
          clock_text(from.seconds()), clock_text(to.seconds()), seconds_between(from, to));
    }
  }
  page += "</svg></div>\n";
  if (lanes < in.time.people.size()) {
    page += fmt::format("<p class=\"soft\">and {} more people, in the table above</p>\n",
                        in.time.people.size() - lanes);
  }
  page += "</section>\n";
}

void add_co_presence(std::string& page, const Inputs& in) {
  constexpr size_t kShown = 40;
  if (in.time.co_presence.empty()) return;
  page +=
      "<section><h2>Seen together</h2><div class=\"table\"><table><tr><th>Who</th><th>and</th><th "
      "class=\"n\">Seconds</th></tr>\n";
  for (size_t i = 0; i < std::min(kShown, in.time.co_presence.size()); ++i) {
    const SharedTime& s = in.time.co_presence[i];
    page += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"n\">{:.1f}</td></tr>\n",
                        html_text(in.time.people[s.a].label()),
                        html_text(in.time.people[s.b].label()), s.seconds);
  }
  page += "</table></div>\n";
  if (in.time.co_presence.size() > kShown) {
    page += fmt::format("<p class=\"soft\">and {} more pairs, in screentime.json</p>\n",
                        in.time.co_presence.size() - kShown);
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
    double value;
    const char* wanted;
  };
  const TrackMetrics& m = in.metrics;
  const std::array<Band, 5> bands = {{
      {"tracks_per_minute", m.tracks_per_minute, "10 to 30, at most 50"},
      {"short_track_fraction", m.short_track_fraction, "below 0.20, at most 0.30"},
      {"id_switch_rate", m.id_switch_rate, "below 0.05, at most 0.10"},
      {"singleton_fraction", singleton_fraction(in.identities), "below 0.30, at most 0.50"},
      {"largest_cluster_fraction", largest_cluster_fraction(in.identities),
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
    page += fmt::format(
        "<tr><td>{}</td><td class=\"n\">{:.2f}</td><td>{}</td><td class=\"{}\">{}</td></tr>\n",
        band.name, band.value, band.wanted, warned ? "warn" : "good",
        warned ? html_text(warning->advice) : std::string("within its band"));
  }
  page += "</table></div>\n";
  const auto count = [&](const char* name) {
    const auto found = m.counts.find(name);
    return found == m.counts.end() ? 0 : found->second;
  };
  page += fmt::format(
      "<p class=\"soft\">Read in one pass: {} packets, {} frames decoded, {} faces embedded.</p>\n",
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
        s.shot + 1, clock_text(s.start.seconds()), clock_text(s.end.seconds()),
        seconds_between(s.start, s.end), html_text(s.boundary));
  }
  page += "</table></div></details></section>\n";
}

void add_settings(std::string& page, const Inputs& in) {
  page +=
      "<section><details><summary>Settings</summary><div class=\"table\"><table><tr><th>Setting"
      "</th><th>Value</th><th>From</th></tr>\n";
  for (const RunSetting& s : in.run.settings) {
    page += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", html_text(s.key),
                        html_text(s.value), html_text(s.source));
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
  add_timeline(page, in);
  add_co_presence(page, in);
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
