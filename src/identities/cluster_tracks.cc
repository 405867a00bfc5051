// SPDX-License-Identifier: MIT
#include "identities/cluster_tracks.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/check.h"
#include "base/face.h"
#include "cluster/agglomerate.h"

namespace screenalytics {
namespace {

// With fewer tracks nobody can say which one is the outlier.
constexpr size_t kFewestForOutliers = 3;

Linkage linkage_of(const std::string& name) {
  if (name == "complete") return Linkage::complete;
  if (name == "ward") return Linkage::ward;
  SA_CHECK(name == "average");
  return Linkage::average;
}

// A cluster in the making. Tracks of decided identities never leave theirs.
struct Group {
  std::vector<int> tracks;
  int decided = -1;    // place in the decided identities; -1: none
  Embedding sum;       // of the vectors of its good tracks
  size_t vectors = 0;  // that went into it
};

void accumulate(Group& group, const Embedding& v, float sign) {
  if (v.empty()) return;
  group.sum.resize(v.size());
  for (size_t k = 0; k < v.size(); ++k) group.sum[k] += sign * v[k];
  group.vectors += sign > 0 ? 1 : size_t(-1);
}

class TrackClustering {
 public:
  TrackClustering(const EpisodeTracks& episode, const ClusteringSettings& settings,
                  const Assignment& decided)
      : episode_(episode), settings_(settings), decided_(decided) {
    for (const auto& [a, b] : episode.seen_together) {
      apart_[a].insert(b);
      apart_[b].insert(a);
    }
    dropped_.insert(decided.dropped.begin(), decided.dropped.end());
    for (size_t i = 0; i < decided.identities.size(); ++i) {
      for (const int t : decided.identities[i].tracks) decided_of_[t] = static_cast<int>(i);
    }
  }

  Assignment run() {
    agglomerate_good();
    eject_outliers();
    join_alone();
    return numbered();
  }

 private:
  const EpisodeTrack& track(int number) const {
    return episode_.tracks[static_cast<size_t>(number - 1)];
  }
  bool good(int number) const { return !track(number).vector.empty() && !track(number).fallback; }

  // Returns the cluster of each of these tracks.
  std::vector<int> agglomerate_tracks(const std::vector<int>& numbers,
                                      const std::vector<AssignedIdentity>& decided) const {
    std::vector<Embedding> vectors;
    std::map<int, int> place;
    for (const int n : numbers) {
      place[n] = static_cast<int>(vectors.size());
      vectors.push_back(track(n).vector);
    }
    std::vector<std::pair<int, int>> apart;
    for (const auto& [a, b] : episode_.seen_together) {
      if (place.contains(a) && place.contains(b)) apart.emplace_back(place[a], place[b]);
    }
    std::vector<FixedGroup> fixed;
    for (const AssignedIdentity& identity : decided) {
      FixedGroup group{{}, identity.locked};
      for (const int t : identity.tracks) {
        if (place.contains(t)) group.items.push_back(place[t]);
      }
      if (!group.items.empty()) fixed.push_back(std::move(group));
    }
    return agglomerate(vectors, apart, {linkage_of(settings_.linkage), settings_.cluster_thresh},
                       fixed);
  }

  void agglomerate_good() {
    std::vector<int> numbers;
    for (int n = 1; n <= static_cast<int>(episode_.tracks.size()); ++n) {
      if (!dropped_.contains(n) && good(n)) numbers.push_back(n);
    }
    const std::vector<int> clusters = agglomerate_tracks(numbers, decided_.identities);
    groups_.resize(decided_.identities.size());
    for (size_t i = 0; i < decided_.identities.size(); ++i) {
      groups_[i].decided = static_cast<int>(i);
      for (const int t : decided_.identities[i].tracks) {
        if (!good(t)) groups_[i].tracks.push_back(t);
      }
    }
    std::map<int, size_t> group_of_cluster;
    for (size_t i = 0; i < numbers.size(); ++i) {
      const auto found = decided_of_.find(numbers[i]);
      if (found != decided_of_.end()) {
        group_of_cluster[clusters[i]] = static_cast<size_t>(found->second);
      }
    }
    for (size_t i = 0; i < numbers.size(); ++i) {
      const auto [entry, fresh] = group_of_cluster.try_emplace(clusters[i], groups_.size());
      if (fresh) groups_.emplace_back();
      add(groups_[entry->second], numbers[i]);
    }
  }

  void add(Group& group, int number) {
    group.tracks.push_back(number);
    if (good(number)) accumulate(group, track(number).vector, 1);
  }

  static float similarity(const Embedding& v, Embedding sum) {
    normalize(sum);
    return cosine_similarity(v, sum);
  }

  // Each is judged by the others of its identity as they were found.
  void eject_outliers() {
    const size_t before = groups_.size();
    for (size_t g = 0; g < before; ++g) {
      if (groups_[g].vectors < kFewestForOutliers) continue;
      std::vector<int> out;
      for (const int n : groups_[g].tracks) {
        if (!good(n) || decided_of_.contains(n)) continue;
        Group others = groups_[g];
        accumulate(others, track(n).vector, -1);
        if (static_cast<double>(similarity(track(n).vector, others.sum)) <
            settings_.min_identity_sim) {
          out.push_back(n);
        }
      }
      for (const int n : out) {
        std::erase(groups_[g].tracks, n);
        accumulate(groups_[g], track(n).vector, -1);
        ejected_.insert(n);
        groups_.emplace_back();
        add(groups_.back(), n);
      }
    }
  }

  bool may_join(int number, const Group& group) const {
    if (group.decided >= 0 && decided_.identities[static_cast<size_t>(group.decided)].locked) {
      return false;
    }
    const auto found = apart_.find(number);
    if (found == apart_.end()) return true;
    return std::none_of(group.tracks.begin(), group.tracks.end(),
                        [&](int t) { return found->second.contains(t); });
  }

  struct Wish {
    float similarity = 0;
    int track = 0;
    size_t from = 0, to = 0;  // groups; from == to: in none yet
  };

  // The most alike first; where two that may not meet want the same identity, the first has it.
  void join_alone() {
    std::vector<Wish> wishes;
    const auto wish = [&](int number, size_t from, size_t fewest) {
      for (size_t g = 0; g < groups_.size(); ++g) {
        if (g == from || groups_[g].vectors < fewest || !may_join(number, groups_[g])) continue;
        const float s = similarity(track(number).vector, groups_[g].sum);
        if (static_cast<double>(s) >= settings_.singleton_merge) {
          wishes.push_back({s, number, from, g});
        }
      }
    };
    const size_t none = groups_.size();
    for (size_t g = 0; g < none; ++g) {
      const Group& group = groups_[g];
      if (group.decided < 0 && group.tracks.size() == 1 && !ejected_.contains(group.tracks[0])) {
        wish(group.tracks[0], g, 2);
      }
    }
    for (int n = 1; n <= static_cast<int>(episode_.tracks.size()); ++n) {
      const bool free = !dropped_.contains(n) && !decided_of_.contains(n);
      if (free && track(n).fallback) wish(n, none, 1);
    }
    std::stable_sort(wishes.begin(), wishes.end(),
                     [](const Wish& a, const Wish& b) { return a.similarity > b.similarity; });
    std::set<int> settled;
    for (const Wish& w : wishes) {
      if (settled.contains(w.track) || !may_join(w.track, groups_[w.to])) continue;
      if (groups_[w.to].tracks.empty()) continue;  // it has joined another itself
      if (w.from != none && groups_[w.from].tracks.size() > 1) continue;  // no longer alone
      settled.insert(w.track);
      groups_[w.to].tracks.push_back(w.track);
      if (w.from != none) groups_[w.from].tracks.clear();
    }
    std::vector<int> left;
    for (int n = 1; n <= static_cast<int>(episode_.tracks.size()); ++n) {
      const bool free = !dropped_.contains(n) && !decided_of_.contains(n);
      if (free && track(n).fallback && !settled.contains(n)) left.push_back(n);
    }
    std::map<int, std::vector<int>> clusters;
    const std::vector<int> cluster_of = agglomerate_tracks(left, {});
    for (size_t i = 0; i < left.size(); ++i) clusters[cluster_of[i]].push_back(left[i]);
    for (auto& [cluster, tracks] : clusters) {
      groups_.emplace_back();
      groups_.back().tracks = std::move(tracks);
    }
  }

  Assignment numbered() {
    Assignment result;
    result.dropped = decided_.dropped;
    std::set<int> taken;
    int next = static_cast<int>(episode_.tracks.size()) + 1;
    for (const AssignedIdentity& identity : decided_.identities) {
      taken.insert(identity.identity);
      next = std::max(next, identity.identity + 1);
    }
    for (Group& group : groups_) std::sort(group.tracks.begin(), group.tracks.end());
    std::sort(groups_.begin(), groups_.end(),
              [](const Group& a, const Group& b) { return a.tracks < b.tracks; });
    int cluster = 0;
    for (Group& group : groups_) {
      if (group.decided >= 0) {
        AssignedIdentity identity = decided_.identities[static_cast<size_t>(group.decided)];
        identity.tracks = std::move(group.tracks);
        if (!identity.tracks.empty()) result.identities.push_back(std::move(identity));
        continue;
      }
      if (group.tracks.empty() ||
          group.tracks.size() < static_cast<size_t>(settings_.min_cluster_size)) {
        continue;
      }
      AssignedIdentity identity;
      identity.identity = taken.insert(group.tracks.front()).second ? group.tracks.front() : next++;
      identity.cluster = ++cluster;
      identity.tracks = std::move(group.tracks);
      result.identities.push_back(std::move(identity));
    }
    std::sort(result.identities.begin(), result.identities.end(),
              [](const auto& a, const auto& b) { return a.identity < b.identity; });
    return result;
  }

  const EpisodeTracks& episode_;
  const ClusteringSettings& settings_;
  const Assignment& decided_;
  std::map<int, std::set<int>> apart_;
  std::set<int> dropped_, ejected_;
  std::map<int, int> decided_of_;
  std::vector<Group> groups_;
};

}  // namespace

Assignment cluster_tracks(const EpisodeTracks& episode, const ClusteringSettings& settings,
                          const Assignment& decided) {
  return TrackClustering(episode, settings, decided).run();
}

}  // namespace screenalytics
