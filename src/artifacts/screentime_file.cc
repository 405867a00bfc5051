// SPDX-License-Identifier: MIT
#include "artifacts/screentime_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "artifacts/atomic_file.h"
#include "artifacts/identities_file.h"
#include "artifacts/json_fields.h"
#include "artifacts/row_text.h"

namespace screenalytics {
namespace {

double seconds(Timestamp t) { return t.seconds(); }

void check_report(const ScreenTimeReport& report, const Place& place) {
  for (const PersonRow& p : report.people) {
    Timestamp last = report.start;
    for (const auto& [start, end] : p.appearances) {
      if (start < last || end <= start) {
        place.fail_field("appearances", fmt::format("[{}, {}]", seconds(start), seconds(end)),
                         "an interval behind the one before, with content");
      }
      last = end;
    }
    if (p.identities.empty() || p.appearances.empty()) {
      place.fail_field("people", "[]", "at least one identity and one appearance each");
    }
    if (p.visual_s > report.duration_s + 1e-6) {
      place.fail_field("visual_s", fmt::format("{}", p.visual_s), "at most the video's duration");
    }
  }
}

std::string millionths(double value) {
  std::string text;
  append_millionths(text, to_millionths(value));
  return text;
}

Json person_json(const PersonRow& p) {
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
  };
  Json identities = Json::array(), appearances = Json::array();
  for (const int i : p.identities) identities.push_back(identity_name(i));
  for (const auto& [start, end] : p.appearances) {
    appearances.push_back({seconds(start), seconds(end)});
  }
  return {{"name", text_or_null(p.name)},
          {"person_id", text_or_null(p.person_id)},
          {"identity_ids", std::move(identities)},
          {"visual_s", p.visual_s},
          {"percent", p.percent},
          {"first_s", seconds(p.appearances.front().first)},
          {"last_s", seconds(p.appearances.back().second)},
          {"appearances", std::move(appearances)},
          {"confidence", p.confidence},
          {"tracks_count", p.tracks},
          {"faces_count", p.faces}};
}

Json report_json(const ScreenTimeReport& report) {
  Json people = Json::array();
  for (const PersonRow& p : report.people) people.push_back(person_json(p));
  Json shared = Json::array();
  for (const SharedTime& s : report.co_presence) {
    shared.push_back({{"a", report.people[s.a].label()},
                      {"b", report.people[s.b].label()},
                      {"seconds", s.seconds}});
  }
  return {{"ep_id", report.ep_id},
          {"start_s", seconds(report.start)},
          {"duration_s", report.duration_s},
          {"people", std::move(people)},
          {"co_presence", std::move(shared)},
          {"unassigned_s", report.unassigned_s}};
}

PersonRow parse_person(const Fields& fields) {
  PersonRow p;
  if (!fields.is_null("name")) p.name = fields.text("name");
  if (!fields.is_null("person_id")) p.person_id = fields.text("person_id");
  for (const Json& id : fields.array("identity_ids")) {
    const auto number = id.is_string() ? identity_number(id.get<std::string>()) : std::nullopt;
    if (!number) fields.fail("identity_ids", id, "names like identity-00001");
    p.identities.push_back(*number);
  }
  for (const Json& span : fields.array("appearances")) {
    if (!span.is_array() || span.size() != 2 || !span[0].is_number() || !span[1].is_number()) {
      fields.fail("appearances", span, "pairs of seconds");
    }
    p.appearances.emplace_back(Timestamp::from_seconds(span[0].get<double>()),
                               Timestamp::from_seconds(span[1].get<double>()));
  }
  p.visual_s = fields.number("visual_s");
  p.percent = fields.number("percent", 0, 100.0001);
  p.confidence = fields.number("confidence", 0, 1.0001);
  p.tracks = fields.integer("tracks_count");
  p.faces = fields.integer("faces_count");
  return p;
}

ScreenTimeReport parse_report(const Json& json, const Place& place) {
  const Fields fields(json, place);
  ScreenTimeReport report;
  report.ep_id = fields.text("ep_id");
  report.start = fields.time("start_s");
  report.duration_s = fields.number("duration_s");
  report.unassigned_s = fields.number("unassigned_s");
  std::map<std::string, size_t> places;
  for (const Json& entry : fields.array("people")) {
    const std::string path = fmt::format("people[{}].", report.people.size());
    const Fields of_person(entry, place, path);
    PersonRow person = parse_person(of_person);
    if (person.identities.empty()) {
      of_person.fail("identity_ids", of_person.any("identity_ids"), "at least one identity");
    }
    if (!places.emplace(person.label(), report.people.size()).second) {
      of_person.fail("name", of_person.any("name"), "a name that no other has");
    }
    report.people.push_back(std::move(person));
  }
  for (const Json& entry : fields.array("co_presence")) {
    const Fields pair(entry, place, fmt::format("co_presence[{}].", report.co_presence.size()));
    const auto person = [&](const char* key) {
      const auto found = places.find(pair.text(key));
      if (found == places.end()) pair.fail(key, pair.any(key), "somebody of `people`");
      return found->second;
    };
    report.co_presence.push_back({person("a"), person("b"), pair.number("seconds")});
  }
  return report;
}

}  // namespace

std::string csv_text(const std::string& text) {
  constexpr std::string_view kFormulaStarts = "=+-@\t\r";
  std::string safe;
  if (!text.empty() && kFormulaStarts.find(text[0]) != std::string_view::npos) safe += '\'';
  safe += text;
  if (safe.find_first_of(",\"\r\n") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char ch : safe) {
    if (ch == '"') quoted += '"';
    quoted += ch;
  }
  return quoted + "\"";
}

std::string PersonRow::label() const {
  return name.empty() ? identity_name(identities.front()) : name;
}

void write_screentime_json(const std::filesystem::path& path, const ScreenTimeReport& report) {
  check_report(report, {path.string(), true});
  const Json json = report_json(report);
  parse_report(json, {path.string(), true});
  write_file_atomically(path, json_text(json) + "\n");
}

ScreenTimeReport read_screentime_json(const std::filesystem::path& path) {
  const Place place{path.string()};
  const Json json = parse_json(read_file(path));
  if (json.is_discarded()) place.fail("the file is not JSON");
  ScreenTimeReport report = parse_report(json, place);
  check_report(report, place);
  return report;
}

void write_screentime_csv(const std::filesystem::path& path, const ScreenTimeReport& report) {
  check_report(report, {path.string(), true});
  std::string text = "person,visual_s,percent,first_s,last_s,appearances,tracks,faces,confidence\n";
  for (const PersonRow& p : report.people) {
    text += fmt::format("{},{},{},{},{},{},{},{},{}\n", csv_text(p.label()), millionths(p.visual_s),
                        millionths(p.percent), millionths(seconds(p.appearances.front().first)),
                        millionths(seconds(p.appearances.back().second)), p.appearances.size(),
                        p.tracks, p.faces, millionths(p.confidence));
  }
  write_file_atomically(path, text);
}

void write_timeline(const std::filesystem::path& path, const ScreenTimeReport& report) {
  AtomicFile file(path);
  std::string line = "start_s";
  size_t rows = 0;
  for (const PersonRow& p : report.people) {
    line += ',';
    line += csv_text(p.label());
    rows = std::max(rows, p.by_second.size());
  }
  file.write(line + "\n");
  for (size_t second = 0; second < rows; ++second) {
    line.clear();
    append_millionths(line, report.start.us + static_cast<int64_t>(second) * 1'000'000);
    for (const PersonRow& p : report.people) {
      line += ',';
      append_millionths(line, to_millionths(p.by_second.at(second)));
    }
    file.write(line + "\n");
  }
  file.commit();
}

}  // namespace screenalytics
