// SPDX-License-Identifier: MIT
#include "artifacts/people_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "artifacts/atomic_file.h"
#include "artifacts/json_fields.h"
#include "artifacts/row_text.h"
#include "artifacts/rows.h"

namespace screenalytics {
namespace {

constexpr std::string_view kIdentityPrefix = "identity-";
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

Json identities_json(const IdentityList& list) {
  Json identities = Json::array();
  size_t clustered = 0;
  for (const IdentityRow& row : list.identities) {
    Json tracks = Json::array();
    for (const int t : row.tracks) tracks.push_back(track_name(t));
    clustered += row.tracks.size();
    identities.push_back({{"identity_id", identity_name(row.identity)},
                          {"cluster_id", row.identity},
                          {"track_ids", std::move(tracks)},
                          {"canonical_face_path", nullptr},
                          {"embedding_stats",
                           {{"centroid_norm", row.centroid_norm},
                            {"variance", row.variance},
                            {"num_tracks", row.tracks.size()},
                            {"num_faces_total", row.faces}}},
                          {"labels", Json::object()},
                          {"locked", false},
                          {"created_at", list.created_at},
                          {"updated_at", list.created_at}});
  }
  const auto clusters = static_cast<double>(list.identities.size());
  const int64_t alone = singletons(list.identities);
  const size_t most = largest(list.identities);
  return {{"identities", std::move(identities)},
          {"metadata",
           {{"ep_id", list.ep_id},
            {"num_tracks", list.tracks},
            {"num_clusters", list.identities.size()},
            {"num_singletons", alone},
            {"singleton_fraction", fraction(static_cast<double>(alone), clusters)},
            {"largest_cluster_size", most},
            {"largest_cluster_fraction",
             fraction(static_cast<double>(most), static_cast<double>(clustered))},
            {"cluster_thresh", list.cluster_thresh},
            {"min_cluster_size", 1},
            {"algorithm", "agglomerative"},
            {"linkage", list.linkage},
            {"created_at", list.created_at}}},
          {"schema_version", kIdentitySchema}};
}

int identity_number(const Fields& fields) {
  const std::string name = fields.text("identity_id");
  int number = 0;
  if (name.starts_with(kIdentityPrefix)) {
    std::from_chars(name.data() + kIdentityPrefix.size(), name.data() + name.size(), number);
  }
  if (number < 1 || identity_name(number) != name) {
    fields.fail("identity_id", fields.any("identity_id"), "a name like identity-00001");
  }
  return number;
}

IdentityRow parse_identity(const Fields& fields, const Place& place, const std::string& path,
                           std::set<int>& taken) {
  IdentityRow row;
  row.identity = identity_number(fields);
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
  list.linkage = metadata.one_of("linkage", kLinkages);
  list.created_at = metadata.text("created_at");
  return list;
}

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

}  // namespace

std::string identity_name(int number) { return fmt::format("{}{:05}", kIdentityPrefix, number); }

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

void write_screentime_json(const std::filesystem::path& path, const ScreenTimeReport& report) {
  check_report(report, {path.string(), true});
  Json people = Json::array();
  for (const PersonRow& p : report.people) {
    Json identities = Json::array(), appearances = Json::array();
    for (const int i : p.identities) identities.push_back(identity_name(i));
    for (const auto& [start, end] : p.appearances) {
      appearances.push_back({seconds(start), seconds(end)});
    }
    people.push_back({{"name", nullptr},
                      {"person_id", nullptr},
                      {"identity_ids", std::move(identities)},
                      {"visual_s", p.visual_s},
                      {"percent", p.percent},
                      {"first_s", seconds(p.appearances.front().first)},
                      {"last_s", seconds(p.appearances.back().second)},
                      {"appearances", std::move(appearances)},
                      {"confidence", p.confidence},
                      {"tracks_count", p.tracks},
                      {"faces_count", p.faces}});
  }
  Json shared = Json::array();
  for (const SharedTime& s : report.co_presence) {
    shared.push_back({{"a", report.people[s.a].label()},
                      {"b", report.people[s.b].label()},
                      {"seconds", s.seconds}});
  }
  write_file_atomically(path, json_text({{"ep_id", report.ep_id},
                                         {"duration_s", report.duration_s},
                                         {"people", std::move(people)},
                                         {"co_presence", std::move(shared)},
                                         {"unassigned_s", report.unassigned_s}}) +
                                  "\n");
}

void write_screentime_csv(const std::filesystem::path& path, const ScreenTimeReport& report) {
  check_report(report, {path.string(), true});
  std::string text = "person,visual_s,percent,first_s,last_s,appearances,tracks,faces,confidence\n";
  for (const PersonRow& p : report.people) {
    text += fmt::format("{},{},{},{},{},{},{},{},{}\n", p.label(), millionths(p.visual_s),
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
    line += p.label();
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
