// SPDX-License-Identifier: MIT
#include "artifacts/decision_text.h"

#include <algorithm>
#include <limits>

#include "artifacts/identities_file.h"
#include "artifacts/json_fields.h"
#include "artifacts/row_fields.h"
#include "artifacts/rows.h"

namespace screenalytics {
namespace {

Json identity_json(const AssignedIdentity& i) {
  return {{"identity", i.identity},     {"cluster", i.cluster ? Json(*i.cluster) : Json(nullptr)},
          {"tracks", i.tracks},         {"name", i.name},
          {"person_id", i.person_id},   {"locked", i.locked},
          {"created_at", i.created_at}, {"updated_at", i.updated_at}};
}

Json identities_json(const std::vector<AssignedIdentity>& identities) {
  Json list = Json::array();
  for (const AssignedIdentity& i : identities) list.push_back(identity_json(i));
  return list;
}

std::vector<int> parse_numbers(const Fields& fields, const char* name) {
  std::vector<int> numbers;
  for (const Json& value : fields.array(name)) {
    if (!value.is_number_integer() || value.get<int64_t>() < 1 ||
        value.get<int64_t>() > std::numeric_limits<int>::max()) {
      fields.fail(name, value, "whole numbers of at least 1");
    }
    numbers.push_back(value.get<int>());
  }
  return numbers;
}

AssignedIdentity parse_identity(const Json& json, const Place& place) {
  const Fields fields(json, place, "identity.");
  AssignedIdentity i;
  i.identity = static_cast<int>(fields.integer("identity", 1));
  if (!fields.is_null("cluster")) i.cluster = static_cast<int>(fields.integer("cluster"));
  i.tracks = parse_numbers(fields, "tracks");
  if (i.tracks.empty() || !std::is_sorted(i.tracks.begin(), i.tracks.end())) {
    fields.fail("tracks", fields.any("tracks"), "at least one number, ascending");
  }
  i.name = fields.text("name", true);
  i.person_id = fields.text("person_id", true);
  i.locked = fields.boolean("locked");
  i.created_at = fields.text("created_at", true);
  i.updated_at = fields.text("updated_at", true);
  return i;
}

std::vector<AssignedIdentity> parse_identities(const Fields& fields, const char* name,
                                               const Place& place) {
  std::vector<AssignedIdentity> identities;
  for (const Json& entry : fields.array(name)) identities.push_back(parse_identity(entry, place));
  return identities;
}

}  // namespace

std::string history_text(const std::vector<HistoryEntry>& history) {
  Json list = Json::array();
  for (const HistoryEntry& e : history) {
    list.push_back({{"decision", e.seq},
                    {"at", e.at},
                    {"op", e.op},
                    {"summary", e.summary},
                    {"undone", e.undone}});
  }
  return json_text({{"decisions", std::move(list)}}) + "\n";
}

std::string decision_text(const Decision& d) {
  Json anchors = Json::object();
  for (const auto& [track, list] : d.anchors) {
    Json places = Json::array();
    for (const TrackAnchor& a : list) {
      places.push_back(
          {{"ts_s", a.ts.seconds()}, {"bbox", {a.bbox.x1, a.bbox.y1, a.bbox.x2, a.bbox.y2}}});
    }
    anchors[track_name(track)] = std::move(places);
  }
  return json_text({{"summary", d.summary},
                    {"tracks_id", d.tracks_id},
                    {"after", identities_json(d.after)},
                    {"removed", d.removed},
                    {"dropped", d.dropped},
                    {"anchors", std::move(anchors)}},
                   -1);
}

Decision parse_decision(std::string_view text, const std::string& where) {
  const Place place{where};
  const Json json = parse_line(text, place);
  const Fields fields(json, place);
  Decision d;
  d.summary = fields.text("summary");
  d.tracks_id = fields.text("tracks_id");
  d.after = parse_identities(fields, "after", place);
  d.removed = parse_numbers(fields, "removed");
  d.dropped = parse_numbers(fields, "dropped");
  for (const auto& [name, places] : fields.object("anchors").items()) {
    const auto track = track_number(name);
    if (!track || !places.is_array()) fields.fail("anchors", places, "lists by name of track");
    for (const Json& entry : places) {
      const Fields anchor(entry, place, "anchors.");
      d.anchors[*track].push_back({anchor.time("ts_s"), read_box(anchor)});
    }
  }
  return d;
}

std::string base_text(const AssignmentBase& base) {
  return json_text({{"tracks_id", base.tracks_id},
                    {"last_seq", base.last_seq},
                    {"identities", identities_json(base.assignment.identities)},
                    {"dropped", base.assignment.dropped}},
                   -1);
}

AssignmentBase parse_base(std::string_view text, const std::string& where) {
  const Place place{where};
  const Json json = parse_line(text, place);
  const Fields fields(json, place);
  AssignmentBase base;
  base.tracks_id = fields.text("tracks_id");
  base.last_seq = fields.integer("last_seq");
  base.assignment.identities = parse_identities(fields, "identities", place);
  base.assignment.dropped = parse_numbers(fields, "dropped");
  return base;
}

}  // namespace screenalytics
