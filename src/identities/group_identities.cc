// SPDX-License-Identifier: MIT
#include "identities/group_identities.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "cluster/agglomerate.h"
#include "identities/people.h"

namespace screenalytics {
namespace {

bool has_good_face(const IdentityRow& row, const EpisodeTracks& episode) {
  return std::any_of(row.tracks.begin(), row.tracks.end(), [&](int n) {
    const EpisodeTrack& t = episode.tracks[static_cast<size_t>(n - 1)];
    return !t.vector.empty() && !t.fallback;
  });
}

std::string key_of(const IdentityLabel& label) {
  if (!label.person_id.empty()) return "person " + label.person_id;
  return label.name.empty() ? std::string() : "name " + label.name;
}

// Pairs of places in `rows` that share a frame.
std::set<std::pair<int, int>> seen_together(const std::vector<const IdentityRow*>& rows,
                                            const EpisodeTracks& episode) {
  std::map<int, int> place;
  for (size_t i = 0; i < rows.size(); ++i) {
    for (const int t : rows[i]->tracks) place[t] = static_cast<int>(i);
  }
  std::set<std::pair<int, int>> together;
  for (const auto& [a, b] : episode.seen_together) {
    const auto x = place.find(a), y = place.find(b);
    if (x == place.end() || y == place.end() || x->second == y->second) continue;
    together.insert(std::minmax({x->second, y->second}));
  }
  return together;
}

// Those of one name. One that shares a frame with another of its name is left to itself.
std::vector<FixedGroup> named_groups(const std::vector<const IdentityRow*>& rows,
                                     const std::set<std::pair<int, int>>& together) {
  std::map<std::string, FixedGroup> by_key;
  std::vector<FixedGroup> groups;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string key = key_of(rows[i]->label);
    if (key.empty()) continue;
    const auto place = static_cast<int>(i);
    std::vector<int>& items = by_key[key].items;
    const bool apart = std::any_of(items.begin(), items.end(), [&](int other) {
      return together.contains(std::minmax({other, place}));
    });
    if (apart) {
      groups.push_back({{place}, true});
    } else {
      items.push_back(place);
    }
  }
  for (auto& [key, group] : by_key) groups.push_back(std::move(group));
  return groups;
}

IdentityGroup group_of(std::vector<const IdentityRow*> rows) {
  const auto rank = [](const IdentityRow& r) {
    const bool by_human = !r.label.name.empty() && !r.label.similarity;
    return std::tuple(by_human, r.tracks.size(), -r.identity);
  };
  const auto best = std::max_element(
      rows.begin(), rows.end(), [&](const auto* a, const auto* b) { return rank(*a) < rank(*b); });
  IdentityGroup group{(*best)->identity, {}};
  for (const IdentityRow* r : rows) {
    if (r->identity != group.target) group.sources.push_back(r->identity);
  }
  return group;
}

}  // namespace

std::vector<IdentityGroup> group_identities(const IdentityList& list, const EpisodeTracks& episode,
                                            double group_thresh) {
  std::vector<const IdentityRow*> rows;
  std::vector<Embedding> means;
  for (const IdentityRow& row : list.identities) {
    if (row.locked || !has_good_face(row, episode)) continue;
    rows.push_back(&row);
    means.push_back(identity_centroid(row.tracks, episode));
    normalize(means.back());
  }
  const std::set<std::pair<int, int>> together = seen_together(rows, episode);
  const std::vector<std::pair<int, int>> apart(together.begin(), together.end());
  const std::vector<int> clusters =
      agglomerate(means, apart, {Linkage::average, group_thresh}, named_groups(rows, together));
  std::map<int, std::vector<const IdentityRow*>> members;
  for (size_t i = 0; i < rows.size(); ++i) members[clusters[i]].push_back(rows[i]);
  std::vector<IdentityGroup> groups;
  for (auto& [cluster, group] : members) {
    if (group.size() > 1) groups.push_back(group_of(std::move(group)));
  }
  return groups;
}

}  // namespace screenalytics
