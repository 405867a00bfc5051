// SPDX-License-Identifier: MIT
#include "artifacts/identities_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "artifacts/atomic_file.h"
#include "artifacts/json_fields.h"
#include "artifacts/rows.h"

namespace screenalytics {
namespace {

constexpr std::string_view kIdentityPrefix = "identity-";
constexpr std::array<std::string_view, 3> kVerdicts = {"known", "ambiguous", "unknown"};
constexpr std::array<std::string_view, 3> kLinkages = {"average", "complete", "ward"};

int64_t singletons(const std::vector<IdentityRow>& identities) {
  return std::count_if(identities.begin(), identities.end(),
                       [](const IdentityRow& i) { return i.tracks.size() == 1; });
}

size_t largest(const std::vector<IdentityRow>& identities) {
  size_t most = 0;
  for (const IdentityRow& i : identities) most = std::max(most, i.tracks.size());
  return most;
}

double fraction(double part, double whole) { return whole > 0 ? part / whole : 0; }

Json label_json(const IdentityLabel& label) {
  Json json = Json::object();
  const auto put_text = [&](const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
  };
  put_text("name", label.name);
  put_text("person_id", label.person_id);
  if (label.similarity) json["similarity"] = *label.similarity;
  if (label.margin) json["margin"] = *label.margin;
  put_text("verdict", label.verdict);
  put_text("evidence", label.evidence);
  return json;
}

Json identity_json(const IdentityRow& row) {
  Json tracks = Json::array();
  for (const int t : row.tracks) tracks.push_back(track_name(t));
  return {{"identity_id", identity_name(row.identity)},
          {"cluster_id", row.cluster ? Json(*row.cluster) : Json(nullptr)},
          {"track_ids", std::move(tracks)},
          {"canonical_face_path",
           row.canonical_face.empty() ? Json(nullptr) : Json(row.canonical_face)},
          {"embedding_stats",
           {{"centroid_norm", row.centroid_norm},
            {"variance", row.variance},
            {"num_tracks", row.tracks.size()},
            {"num_faces_total", row.faces}}},
          {"labels", label_json(row.label)},
          {"locked", row.locked},
          {"created_at", row.created_at},
          {"updated_at", row.updated_at}};
}

Json identities_json(const IdentityList& list) {
  Json identities = Json::array();
  for (const IdentityRow& row : list.identities) identities.push_back(identity_json(row));
  return {{"identities", std::move(identities)},
          {"metadata",
           {{"ep_id", list.ep_id},
            {"num_tracks", list.tracks},
            {"num_clusters", list.identities.size()},
            {"num_singletons", singletons(list.identities)},
            {"singleton_fraction", singleton_fraction(list)},
            {"largest_cluster_size", largest(list.identities)},
            {"largest_cluster_fraction", largest_cluster_fraction(list)},
            {"cluster_thresh", list.cluster_thresh},
            {"min_cluster_size", list.min_cluster_size},
            {"algorithm", "agglomerative"},
            {"linkage", list.linkage},
            {"created_at", list.created_at}}},
          {"schema_version", kIdentitySchema}};
}

int parse_identity_id(const Fields& fields) {
  const std::optional<int> number = identity_number(fields.text("identity_id"));
  if (!number) fields.fail("identity_id", fields.any("identity_id"), "a name like identity-00001");
  return *number;
}

IdentityLabel parse_label(const Json& json, const Place& place, const std::string& path) {
  const Fields fields(json, place, path);
  IdentityLabel label;
  const auto text = [&](const char* key) {
    return json.contains(key) ? fields.text(key) : std::string();
  };
  label.name = text("name");
  label.person_id = text("person_id");
  if (json.contains("similarity")) label.similarity = fields.number("similarity", -1.0001, 1.0001);
  if (json.contains("margin")) label.margin = fields.number("margin", -2.0001, 2.0001);
  if (json.contains("verdict")) label.verdict = fields.one_of("verdict", kVerdicts);
  label.evidence = text("evidence");
  return label;
}

IdentityRow parse_identity(const Fields& fields, const Place& place, const std::string& path,
                           std::set<int>& taken) {
  IdentityRow row;
  row.identity = parse_identity_id(fields);
  if (!fields.is_null("cluster_id")) row.cluster = static_cast<int>(fields.integer("cluster_id"));
  for (const Json& name : fields.array("track_ids")) {
    const auto number = name.is_string() ? track_number(name.get<std::string>()) : std::nullopt;
    if (!number) fields.fail("track_ids", name, "names like track-00001");
    if (!taken.insert(*number).second) {
      fields.fail("track_ids", name, "a track that is in no other identity");
    }
    row.tracks.push_back(*number);
  }
  if (row.tracks.empty()) {
    fields.fail("track_ids", fields.any("track_ids"), "at least one track");
  }
  const Fields stats(fields.object("embedding_stats"), place, path + "embedding_stats.");
  row.centroid_norm = stats.number("centroid_norm", 0, 1.0001);
  row.variance = stats.number("variance");
  row.faces = stats.integer("num_faces_total");
  if (!fields.is_null("canonical_face_path")) {
    row.canonical_face = fields.path_below_root("canonical_face_path");
  }
  row.label = parse_label(fields.object("labels"), place, path + "labels.");
  row.locked = fields.boolean("locked");
  row.created_at = fields.text("created_at");
  row.updated_at = fields.text("updated_at");
  return row;
}

IdentityList parse_identities(const Json& json, const Place& place) {
  const Fields fields(json, place);
  require_schema(fields, kIdentitySchema);
  IdentityList list;
  std::set<int> tracks, numbers;
  for (const Json& entry : fields.array("identities")) {
    const std::string path = fmt::format("identities[{}].", list.identities.size());
    const Fields of_entry(entry, place, path);
    list.identities.push_back(parse_identity(of_entry, place, path, tracks));
    if (!numbers.insert(list.identities.back().identity).second) {
      of_entry.fail("identity_id", of_entry.any("identity_id"), "a name that no other has");
    }
  }
  const Fields metadata(fields.object("metadata"), place, "metadata.");
  list.ep_id = metadata.text("ep_id");
  list.tracks = metadata.integer("num_tracks", static_cast<int64_t>(tracks.size()));
  list.cluster_thresh = metadata.number("cluster_thresh", -1, 1);
  list.min_cluster_size = static_cast<int>(metadata.integer("min_cluster_size", 1));
  list.linkage = metadata.one_of("linkage", kLinkages);
  list.created_at = metadata.text("created_at");
  return list;
}

}  // namespace

std::string identity_name(int number) { return fmt::format("{}{:05}", kIdentityPrefix, number); }

std::optional<int> identity_number(std::string_view name) {
  int number = 0;
  if (name.starts_with(kIdentityPrefix)) {
    std::from_chars(name.data() + kIdentityPrefix.size(), name.data() + name.size(), number);
  }
  if (number < 1 || identity_name(number) != name) return std::nullopt;
  return number;
}

double singleton_fraction(const IdentityList& list) {
  return fraction(static_cast<double>(singletons(list.identities)),
                  static_cast<double>(list.identities.size()));
}

double largest_cluster_fraction(const IdentityList& list) {
  size_t clustered = 0;
  for (const IdentityRow& row : list.identities) clustered += row.tracks.size();
  return fraction(static_cast<double>(largest(list.identities)), static_cast<double>(clustered));
}

void write_identities(const std::filesystem::path& path, const IdentityList& list) {
  const Json json = identities_json(list);
  parse_identities(json, {path.string(), true});
  write_file_atomically(path, json_text(json) + "\n");
}

IdentityList read_identities(const std::filesystem::path& path) {
  const Place place{path.string()};
  const Json json = parse_json(read_file(path));
  if (json.is_discarded()) place.fail("the file is not JSON");
  return parse_identities(json, place);
}

std::string identity_text(const IdentityRow& row, const std::vector<TrackRow>& tracks) {
  Json json = identity_json(row);
  Json& list = json["tracks"] = Json::array();
  for (const TrackRow& t : tracks) {
    if (std::find(row.tracks.begin(), row.tracks.end(), t.track) == row.tracks.end()) continue;
    list.push_back({{"track_id", track_name(t.track)},
                    {"start_s", t.start.seconds()},
                    {"end_s", t.end.seconds()},
                    {"detections", t.detections}});
  }
  return json_text(json) + "\n";
}

}  // namespace screenalytics
