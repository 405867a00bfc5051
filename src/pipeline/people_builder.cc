// SPDX-License-Identifier: MIT
#include "pipeline/people_builder.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "artifacts/identities_file.h"
#include "base/check.h"
#include "cluster/agglomerate.h"

namespace screenalytics {
namespace {

Linkage linkage_of(const std::string& name) {
  if (name == "complete") return Linkage::complete;
  if (name == "ward") return Linkage::ward;
  SA_CHECK(name == "average");
  return Linkage::average;
}

// Returns: the identity of each track, numbered from 1; 0 where there is no vector to tell by.
std::vector<int> identities_of(const BuildResult& built, const ClusteringSettings& settings) {
  std::vector<Embedding> vectors;
  std::vector<int> place(built.sightings.size(), -1);
  for (size_t i = 0; i < built.sightings.size(); ++i) {
    if (built.sightings[i].vector.empty()) continue;
    place[i] = static_cast<int>(vectors.size());
    vectors.push_back(built.sightings[i].vector);
  }
  std::vector<std::pair<int, int>> apart;
  for (const auto& [a, b] : built.seen_together) {
    const int first = place[static_cast<size_t>(a - 1)], second = place[static_cast<size_t>(b - 1)];
    if (first >= 0 && second >= 0) apart.emplace_back(first, second);
  }
  const std::vector<int> clusters =
      agglomerate(vectors, apart, {linkage_of(settings.linkage), settings.cluster_thresh});
  std::vector<int> identities(place.size(), 0);
  for (size_t i = 0; i < place.size(); ++i) {
    if (place[i] >= 0) identities[i] = clusters[static_cast<size_t>(place[i])] + 1;
  }
  return identities;
}

// Length of the mean of unit vectors, and their mean squared distance to it.
void describe_spread(IdentityRow& row, const BuildResult& built) {
  Embedding mean;
  for (const int track : row.tracks) {
    const Embedding& v = built.sightings[static_cast<size_t>(track - 1)].vector;
    mean.resize(v.size());
    for (size_t k = 0; k < v.size(); ++k) {
      mean[k] += v[k] / static_cast<float>(row.tracks.size());
    }
  }
  double squared = 0;
  for (const float x : mean) squared += static_cast<double>(x) * static_cast<double>(x);
  row.centroid_norm = std::min(1.0, std::sqrt(squared));
  row.variance = std::max(0.0, 1 - squared);
}

std::vector<IdentityRow> identity_rows(const BuildResult& built,
                                       const std::vector<int>& identities) {
  std::map<int, IdentityRow> rows;
  for (size_t i = 0; i < identities.size(); ++i) {
    if (identities[i] == 0) continue;
    IdentityRow& row = rows[identities[i]];
    row.identity = identities[i];
    row.tracks.push_back(built.tracks[i].track);
    row.faces += built.tracks[i].detections;
  }
  std::vector<IdentityRow> list;
  for (auto& [number, row] : rows) {
    row.cluster = row.identity;
    row.created_at = row.updated_at = utc_text();
    describe_spread(row, built);
    list.push_back(std::move(row));
  }
  return list;
}

PersonRow person_row(const IdentityScreenTime& time, const IdentityRow& identity,
                     const BuildResult& built, const TimeSpan& video) {
  PersonRow person;
  person.identities = {identity.identity};
  person.visual_s = time.visual_s;
  person.percent = time.percent;
  for (const TimeSpan& s : time.appearances) person.appearances.emplace_back(s.start, s.end);
  person.tracks = static_cast<int64_t>(identity.tracks.size());
  person.faces = identity.faces;
  for (const int track : identity.tracks) {
    const auto i = static_cast<size_t>(track - 1);
    person.confidence += built.sightings[i].avg_conf *
                         static_cast<double>(built.tracks[i].detections) /
                         static_cast<double>(identity.faces);
  }
  person.by_second = seconds_by_second(time.appearances, video);
  return person;
}

}  // namespace

ScreenTimeReport build_people(const EpisodePaths& paths, const BuildResult& built,
                              const TimeSpan& video, const ClusteringSettings& clustering,
                              const ScreenTimeSettings& smoothing) {
  const std::vector<int> identities = identities_of(built, clustering);
  const std::vector<IdentityRow> rows = identity_rows(built, identities);
  std::vector<SeenTrack> seen;
  for (size_t i = 0; i < identities.size(); ++i) {
    seen.push_back({identities[i] == 0 ? -1 : identities[i], built.sightings[i].seen});
  }
  const ScreenTime time = screen_time(
      seen, video,
      {smoothing.gap_tolerance_s, smoothing.edge_padding_s, smoothing.min_appearance_s});
  ScreenTimeReport report;
  report.ep_id = paths.episode().str();
  report.start = video.start;
  report.duration_s = std::max(0.0, video.seconds());
  report.unassigned_s = time.unassigned_s;
  std::map<int, size_t> place;
  for (const IdentityScreenTime& t : time.identities) {
    place[t.identity] = report.people.size();
    report.people.push_back(
        person_row(t, rows.at(static_cast<size_t>(t.identity - 1)), built, video));
  }
  for (const CoPresence& c : time.co_presence) {
    report.co_presence.push_back({place.at(c.a), place.at(c.b), c.seconds});
  }
  write_identities(paths.identities(),
                   {report.ep_id, rows, static_cast<int64_t>(built.tracks.size()),
                    clustering.cluster_thresh, 1, clustering.linkage, utc_text()});
  write_screentime_json(paths.screentime_json(), report);
  write_screentime_csv(paths.screentime_csv(), report);
  write_timeline(paths.timeline(), report);
  return report;
}

}  // namespace screenalytics
