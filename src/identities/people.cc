// SPDX-License-Identifier: MIT
#include "identities/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "artifacts/atomic_file.h"
#include "artifacts/documents.h"
#include "artifacts/rows.h"
#include "base/error.h"
#include "summarize/screen_time.h"
#include "summarize/track_quality.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

const EpisodeTrack& track_of(const EpisodeTracks& episode, int number) {
  return episode.tracks.at(static_cast<size_t>(number - 1));
}

// The best picture of a face that was good enough, else the best of all.
std::string best_thumb(const std::vector<int>& tracks, const EpisodeTracks& episode) {
  std::pair<bool, double> best{false, -1};
  std::string thumb;
  for (const int n : tracks) {
    const EpisodeTrack& t = track_of(episode, n);
    const std::pair<bool, double> rank{!t.fallback, t.quality};
    if (t.thumb.empty() || rank <= best) continue;
    best = rank;
    thumb = t.thumb;
  }
  return thumb;
}

IdentityRow identity_row(const AssignedIdentity& assigned, const EpisodeTracks& episode,
                         const NameLookup& lookup, const std::string& now) {
  IdentityRow row;
  row.identity = assigned.identity;
  row.cluster = assigned.cluster;
  row.tracks = assigned.tracks;
  row.locked = assigned.locked;
  row.created_at = assigned.created_at.empty() ? now : assigned.created_at;
  row.updated_at = assigned.updated_at.empty() ? row.created_at : assigned.updated_at;
  for (const int n : assigned.tracks) row.faces += track_of(episode, n).detections;
  Embedding mean = identity_centroid(assigned.tracks, episode);
  double squared = 0;
  for (const float x : mean) squared += static_cast<double>(x) * static_cast<double>(x);
  row.centroid_norm = std::min(1.0, std::sqrt(squared));
  row.variance = std::max(0.0, 1 - squared);
  if (!assigned.name.empty()) {
    row.label.name = assigned.name;
    row.label.person_id = assigned.person_id;
  } else if (lookup && !mean.empty()) {
    normalize(mean);
    row.label = lookup(mean);
  }
  return row;
}

// Two names for one picture, or two pictures where the file system has no such thing.
void put_picture(const fs::path& from, const fs::path& to) {
  create_folder(to.parent_path());
  std::error_code ec;
  fs::remove(to, ec);
  fs::create_hard_link(from, to, ec);
  if (ec) fs::copy_file(from, to, fs::copy_options::overwrite_existing, ec);
  if (ec) throw Error(ErrorCode::io, io_message("put the picture at", to, ec.value()));
}

// Gives each identity its picture, and takes away those of identities that are no more.
void put_pictures(const EpisodePaths& paths, const EpisodeTracks& episode,
                  std::vector<IdentityRow>& rows) {
  std::set<fs::path> wanted;
  for (IdentityRow& row : rows) {
    const std::string thumb = best_thumb(row.tracks, episode);
    const fs::path from = paths.out_root() / thumb;
    if (thumb.empty() || !fs::exists(from)) continue;
    const fs::path to = paths.identity_thumb(row.identity);
    put_picture(from, to);
    row.canonical_face = to.lexically_relative(paths.out_root()).generic_string();
    wanted.insert(to.parent_path().filename());
  }
  std::error_code ec;
  std::vector<fs::path> stale;
  for (const auto& entry : fs::directory_iterator(paths.thumbs(), ec)) {
    const fs::path name = entry.path().filename();
    if (identity_number(name.string()) && !wanted.contains(name)) stale.push_back(entry.path());
  }
  for (const fs::path& folder : stale) fs::remove_all(folder, ec);
}

// Who of the identities are one person, in the order of their first identity.
std::vector<std::vector<size_t>> people_of(const std::vector<IdentityRow>& rows) {
  std::vector<std::vector<size_t>> people;
  std::map<std::string, size_t> by_key;
  for (size_t i = 0; i < rows.size(); ++i) {
    const IdentityLabel& label = rows[i].label;
    if (label.person_id.empty() && label.name.empty()) {
      people.push_back({i});
      continue;
    }
    const std::string key =
        label.person_id.empty() ? "name " + label.name : "person " + label.person_id;
    const auto [entry, fresh] = by_key.try_emplace(key, people.size());
    if (fresh) people.emplace_back();
    people[entry->second].push_back(i);
  }
  return people;
}

PersonRow person_row(const IdentityScreenTime& time, const std::vector<size_t>& members,
                     const std::vector<IdentityRow>& rows, const EpisodeTracks& episode) {
  PersonRow person;
  person.name = rows[members[0]].label.name;
  person.person_id = rows[members[0]].label.person_id;
  person.visual_s = time.visual_s;
  person.percent = time.percent;
  for (const TimeSpan& s : time.appearances) person.appearances.emplace_back(s.start, s.end);
  person.by_second = seconds_by_second(time.appearances, episode.video);
  double confidence = 0;
  for (const size_t i : members) {
    person.identities.push_back(rows[i].identity);
    person.tracks += static_cast<int64_t>(rows[i].tracks.size());
    person.faces += rows[i].faces;
    for (const int n : rows[i].tracks) {
      const EpisodeTrack& t = track_of(episode, n);
      confidence += t.avg_conf * static_cast<double>(t.detections);
    }
  }
  person.confidence = confidence / static_cast<double>(std::max<int64_t>(1, person.faces));
  return person;
}

// A person of the facebank and one of the same name that a human wrote are told apart.
void make_labels_unique(std::vector<PersonRow>& people) {
  std::set<std::string> taken;
  for (PersonRow& p : people) {
    if (!taken.insert(p.label()).second) {
      p.name = fmt::format("{} ({})", p.name, identity_name(p.identities.front()));
      taken.insert(p.label());
    }
  }
}

ScreenTimeReport screen_time_report(const EpisodePaths& paths, const EpisodeTracks& episode,
                                    const std::vector<IdentityRow>& rows,
                                    const std::vector<int>& dropped,
                                    const ScreenTimeSettings& smoothing) {
  const std::vector<std::vector<size_t>> people = people_of(rows);
  std::vector<int> person_of(episode.tracks.size(), -1);
  for (size_t p = 0; p < people.size(); ++p) {
    for (const size_t i : people[p]) {
      for (const int n : rows[i].tracks) {
        person_of[static_cast<size_t>(n - 1)] = static_cast<int>(p);
      }
    }
  }
  std::vector<SeenTrack> seen;
  for (size_t i = 0; i < episode.tracks.size(); ++i) {
    if (std::binary_search(dropped.begin(), dropped.end(), static_cast<int>(i) + 1)) continue;
    seen.push_back({person_of[i], episode.tracks[i].seen});
  }
  const ScreenTime time = screen_time(
      seen, episode.video,
      {smoothing.gap_tolerance_s, smoothing.edge_padding_s, smoothing.min_appearance_s});
  ScreenTimeReport report;
  report.ep_id = paths.episode().str();
  report.start = episode.video.start;
  report.duration_s = std::max(0.0, episode.video.seconds());
  report.unassigned_s = time.unassigned_s;
  std::map<int, size_t> place;
  for (const IdentityScreenTime& t : time.identities) {
    place[t.identity] = report.people.size();
    report.people.push_back(person_row(t, people[static_cast<size_t>(t.identity)], rows, episode));
  }
  make_labels_unique(report.people);
  for (const CoPresence& c : time.co_presence) {
    report.co_presence.push_back({place.at(c.a), place.at(c.b), c.seconds});
  }
  return report;
}

void update_warnings(const EpisodePaths& paths, const IdentityList& list) {
  if (!fs::exists(paths.track_metrics())) return;
  TrackMetrics metrics = read_track_metrics(paths.track_metrics());
  const std::vector<MetricWarning> fresh = identity_warnings(list);
  std::erase_if(metrics.warnings, [](const MetricWarning& w) {
    return w.metric == "singleton_fraction" || w.metric == "largest_cluster_fraction";
  });
  metrics.warnings.insert(metrics.warnings.end(), fresh.begin(), fresh.end());
  write_track_metrics(paths.track_metrics(), metrics);
}

}  // namespace

Embedding identity_centroid(const std::vector<int>& tracks, const EpisodeTracks& episode) {
  const bool any_good = std::any_of(tracks.begin(), tracks.end(), [&](int n) {
    return !track_of(episode, n).vector.empty() && !track_of(episode, n).fallback;
  });
  Embedding mean;
  float count = 0;
  for (const int n : tracks) {
    const EpisodeTrack& t = track_of(episode, n);
    if (t.vector.empty() || (any_good && t.fallback)) continue;
    mean.resize(t.vector.size());
    for (size_t k = 0; k < mean.size(); ++k) mean[k] += t.vector[k];
    ++count;
  }
  for (float& x : mean) x /= count;
  return mean;
}

std::vector<MetricWarning> identity_warnings(const IdentityList& list) {
  std::vector<MetricWarning> warnings;
  for (QualityWarning& w :
       identity_warnings(singleton_fraction(list), largest_cluster_fraction(list))) {
    warnings.push_back({w.metric, w.value, w.limit, std::move(w.advice)});
  }
  return warnings;
}

ScreenTimeReport write_people(const EpisodePaths& paths, const EpisodeTracks& episode,
                              const Assignment& assignment, const PeopleSettings& settings,
                              const NameLookup& lookup) {
  const std::string now = utc_text();
  IdentityList list;
  list.ep_id = paths.episode().str();
  for (const AssignedIdentity& identity : assignment.identities) {
    list.identities.push_back(identity_row(identity, episode, lookup, now));
  }
  put_pictures(paths, episode, list.identities);
  list.tracks = static_cast<int64_t>(episode.tracks.size());
  list.cluster_thresh = settings.clustering.cluster_thresh;
  list.min_cluster_size = settings.clustering.min_cluster_size;
  list.linkage = settings.clustering.linkage;
  list.created_at = now;
  ScreenTimeReport report =
      screen_time_report(paths, episode, list.identities, assignment.dropped, settings.screen_time);
  write_identities(paths.identities(), list);
  write_screentime_json(paths.screentime_json(), report);
  write_screentime_csv(paths.screentime_csv(), report);
  write_timeline(paths.timeline(), report);
  update_warnings(paths, list);
  return report;
}

IdentityList read_people(const EpisodePaths& paths, const EpisodeTracks& episode) {
  IdentityList list = read_identities(paths.identities());
  for (const IdentityRow& row : list.identities) {
    const int last = *std::max_element(row.tracks.begin(), row.tracks.end());
    if (last <= std::ssize(episode.tracks)) continue;
    throw Error(ErrorCode::corrupt_input,
                fmt::format("cannot use '{}': {} has {}, and the episode has {} tracks; make it "
                            "anew with run --cluster",
                            paths.identities().string(), identity_name(row.identity),
                            track_name(last), episode.tracks.size()));
  }
  return list;
}

}  // namespace screenalytics
