// SPDX-License-Identifier: MIT
#include "report/exports.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>
#include <span>

#include "artifacts/documents.h"
#include "artifacts/identities_file.h"
#include "artifacts/row_files.h"
#include "base/error.h"
#include "base/names.h"
#include "summarize/intervals.h"

namespace screenalytics {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Times are rounded down in both formats: rounded up, the first frame of a span would miss it.

// 00:00:12.480
std::string vtt_time(Timestamp t) {
  const int64_t ms = t.us / 1000;
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                     ms % 1000);
}

// 0:00:12.48, the format's own precision.
std::string ass_time(Timestamp t) {
  const int64_t cs = t.us / 10'000;
  return fmt::format("{}:{:02}:{:02}.{:02}", cs / 360'000, cs / 6000 % 60, cs / 100 % 60, cs % 100);
}

std::string vtt_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

// Braces begin a command and a backslash a line break.
std::string ass_text(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '{' ? '(' : c == '}' ? ')' : c == '\\' ? '/' : c;
  return out;
}

// Players count from the first picture, whatever its time in the container.
Timestamp player_time(const ScreenTimeReport& report, Timestamp t) {
  return {std::max<int64_t>(0, t.us - report.start.us)};
}

class Timecode {
 public:
  explicit Timecode(double fps)
      : fps_(fps),
        nominal_(std::max<int64_t>(1, std::llround(fps))),
        drop_(std::abs(fps - 30000.0 / 1001) < 0.005 || std::abs(fps - 60000.0 / 1001) < 0.005) {}

  bool drops() const { return drop_; }
  int64_t frame(Timestamp t) const { return std::llround(t.seconds() * fps_); }

  // SMPTE 12M: drop-frame leaves out the first two numbers (four at 59.94) of every minute but each
  // tenth, and so keeps step with the clock.
  std::string text(int64_t frame) const {
    if (drop_) {
      const int64_t skipped = nominal_ / 15, per_minute = nominal_ * 60 - skipped;
      const int64_t per_ten = nominal_ * 600 - 9 * skipped;
      const int64_t tens = frame / per_ten, rest = frame % per_ten;
      frame += 9 * skipped * tens;
      if (rest >= skipped) frame += skipped * ((rest - skipped) / per_minute);
    }
    const int64_t s = frame / nominal_;
    return fmt::format("{:02}:{:02}:{:02}{}{:02}", s / 3600, s / 60 % 60, s % 60, drop_ ? ';' : ':',
                       frame % nominal_);
  }

 private:
  double fps_;
  int64_t nominal_;
  bool drop_;
};

// What was seen of whom in one analysed frame.
struct FrameBoxes {
  Timestamp ts;
  std::vector<std::pair<const PersonRow*, Box>> boxes;
};

}  // namespace

const PersonRow& person_named(const ScreenTimeReport& report, std::string_view name) {
  std::vector<const PersonRow*> found;
  std::vector<std::string> labels;
  for (const PersonRow& p : report.people) {
    const bool identity = std::any_of(p.identities.begin(), p.identities.end(), [&](int i) {
      return identity_name(i) == name || std::to_string(i) == name;
    });
    if (p.label() == name || p.person_id == name || identity) return p;
    if (lower(p.label()) == lower(name)) found.push_back(&p);
    labels.push_back(p.label());
  }
  if (found.size() == 1) return *found[0];
  if (found.empty()) {
    const std::vector<std::string_view> known(labels.begin(), labels.end());
    const std::string near = nearest_name(name, known);
    constexpr size_t kNamed = 10;
    throw Error(
        ErrorCode::not_found,
        fmt::format(
            "nobody called '{}' is in episode '{}'; {}", name, report.ep_id,
            !near.empty() ? fmt::format("did you mean '{}'?", near)
            : known.empty()
                ? "it has nobody"
                : fmt::format(
                      "there are {}{}",
                      fmt::join(std::span(known).first(std::min(kNamed, known.size())), ", "),
                      known.size() > kNamed ? " and others" : "")));
  }
  throw Error(ErrorCode::conflict,
              fmt::format("several people are called '{}'; name an identity", name));
}

People everyone(const ScreenTimeReport& report) {
  People people;
  for (const PersonRow& p : report.people) people.push_back(&p);
  return people;
}

People people_named(const ScreenTimeReport& report, const std::vector<std::string>& names) {
  People people;
  for (const std::string& name : names) people.push_back(&person_named(report, name));
  return people;
}

std::vector<TimeSpan> appearances_of(const PersonRow& person) {
  std::vector<TimeSpan> spans;
  for (const auto& [start, end] : person.appearances) spans.push_back({start, end});
  return spans;
}

std::vector<TimeSpan> appearances_where(const People& with, const People& without, double min_s) {
  std::vector<TimeSpan> spans = appearances_of(*with.front());
  for (const PersonRow* p : with) spans = intersection(spans, appearances_of(*p));
  for (const PersonRow* p : without) spans = difference(spans, appearances_of(*p));
  std::erase_if(spans, [&](const TimeSpan& s) { return s.seconds() < min_s; });
  return spans;
}

std::string web_vtt(const ScreenTimeReport& report, const People& people) {
  std::map<Timestamp, std::vector<std::pair<bool, const PersonRow*>>> changes;
  for (const PersonRow* p : people) {
    for (const auto& [start, end] : p->appearances) {
      changes[player_time(report, start)].emplace_back(true, p);
      changes[player_time(report, end)].emplace_back(false, p);
    }
  }
  std::string text = fmt::format("WEBVTT - {}\n", vtt_text(report.ep_id));
  std::set<std::string> present;
  Timestamp since;
  for (const auto& [moment, list] : changes) {
    // A cue must end later than it starts, also in whole milliseconds.
    if (!present.empty() && vtt_time(since) != vtt_time(moment)) {
      std::string names;
      for (const std::string& name : present) names += (names.empty() ? "" : ", ") + name;
      text += fmt::format("\n{} --> {}\n{}\n", vtt_time(since), vtt_time(moment), vtt_text(names));
    }
    for (const auto& [comes, p] : list) {
      if (comes) {
        present.insert(p->label());
      } else {
        present.erase(p->label());
      }
    }
    since = moment;
  }
  return text;
}

std::string appearances_csv(const People& people) {
  std::string text = "person,start_s,end_s,duration_s\n";
  for (const PersonRow* p : people) {
    for (const auto& [start, end] : p->appearances) {
      text += fmt::format("{},{:.6f},{:.6f},{:.6f}\n", csv_text(p->label()), start.seconds(),
                          end.seconds(), seconds_between(start, end));
    }
  }
  return text;
}

std::string edit_list(const ScreenTimeReport& report, const People& people, double fps) {
  const Timecode timecode(fps);
  std::vector<std::pair<TimeSpan, const PersonRow*>> events;
  for (const PersonRow* p : people) {
    for (const TimeSpan& s : appearances_of(*p)) events.emplace_back(s, p);
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.first.start < b.first.start; });
  std::string text = fmt::format("TITLE: {}\nFCM: {}\n", report.ep_id,
                                 timecode.drops() ? "DROP FRAME" : "NON-DROP FRAME");
  int64_t record = 0;
  int number = 0;
  for (const auto& [span, person] : events) {
    const int64_t in = timecode.frame(player_time(report, span.start));
    const int64_t out = std::max(in + 1, timecode.frame(player_time(report, span.end)));
    text += fmt::format("\n{:03}  AX       V     C        {} {} {} {}\n* FROM CLIP NAME: {}\n",
                        ++number, timecode.text(in), timecode.text(out), timecode.text(record),
                        timecode.text(record + out - in), person->label());
    record += out - in;
  }
  return text;
}

void write_ass(const EpisodePaths& paths, const ScreenTimeReport& report, const People& people,
               const std::function<void(std::string_view)>& write) {
  const RunRecord run = read_run(paths.run());
  const auto size = run.video.find("size");
  int width = 0, height = 0;
  if (size != run.video.end()) std::sscanf(size->second.c_str(), "%dx%d", &width, &height);
  if (width < 1 || height < 1) {
    throw Error(ErrorCode::corrupt_input, fmt::format("cannot use '{}': video.size is no size; run "
                                                      "the episode again",
                                                      paths.run().string()));
  }
  std::map<int, const PersonRow*> by_identity, by_track;
  for (const PersonRow* p : people) {
    for (const int i : p->identities) by_identity[i] = p;
  }
  for (const IdentityRow& i : read_identities(paths.identities()).identities) {
    const auto person = by_identity.find(i.identity);
    if (person == by_identity.end()) continue;
    for (const int t : i.tracks) by_track[t] = person->second;
  }
  const int font = std::max(12, height / 36), line = std::max(1, height / 360);
  write(fmt::format(
      "[Script Info]\nTitle: {}\nScriptType: v4.00+\nPlayResX: {}\nPlayResY: {}\n"
      "ScaledBorderAndShadow: yes\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize, "
      "PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, "
      "StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, "
      "MarginL, MarginR, MarginV, Encoding\nStyle: Name,Sans,{},&H00FFFFFF,&H00FFFFFF,&H00000000,"
      "&H80000000,-1,0,0,0,100,100,0,0,1,{},0,1,0,0,0,1\nStyle: Box,Sans,20,&HFF000000,"
      "&HFF000000,&H0000D7FF,&HFF000000,0,0,0,0,100,100,0,0,1,{},0,7,0,0,0,1\n\n[Events]\n"
      "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n",
      ass_text(report.ep_id), width, height, font, line, 2 * line));
  FrameBoxes now;
  const auto flush = [&](Timestamp until) {
    for (const auto& [person, b] : now.boxes) {
      const auto x1 = std::lround(b.x1 * static_cast<float>(width));
      const auto y1 = std::lround(b.y1 * static_cast<float>(height));
      const auto x2 = std::lround(b.x2 * static_cast<float>(width));
      const auto y2 = std::lround(b.y2 * static_cast<float>(height));
      const std::string start = ass_time(now.ts), end = ass_time(until);
      write(
          fmt::format("Dialogue: 0,{},{},Box,,0,0,0,,{{\\pos(0,0)\\p1}}m {} {} l {} {} {} {} {} "
                      "{}{{\\p0}}\n",
                      start, end, x1, y1, x2, y1, x2, y2, x1, y2));
      write(fmt::format("Dialogue: 1,{},{},Name,,0,0,0,,{{\\pos({},{})}}{}\n", start, end, x1,
                        std::max<long>(font, y1 - 2 * line), ass_text(person->label())));
    }
    now.boxes.clear();
  };
  // Every analysed frame ends what the one before showed, also where it shows nobody.
  SampleReader samples(paths.samples());
  DetectionReader detections(paths.detections());
  DetectionRow face;
  bool more = detections.next(face);
  for (SampleRow sample; samples.next(sample);) {
    flush(player_time(report, sample.ts));
    now.ts = player_time(report, sample.ts);
    for (; more && face.frame_idx <= sample.frame_idx; more = detections.next(face)) {
      const auto person = by_track.find(face.track.value_or(0));
      if (person != by_track.end()) now.boxes.emplace_back(person->second, face.bbox);
    }
  }
  flush(Timestamp::from_seconds(report.duration_s));
}

}  // namespace screenalytics
