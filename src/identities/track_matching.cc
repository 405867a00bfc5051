// SPDX-License-Identifier: MIT
#include "identities/track_matching.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "artifacts/row_files.h"

namespace screenalytics {
namespace {

constexpr size_t kAnchorsPerTrack = 5;
constexpr double kSameMoment_s = 0.3;  // the slowest profile looks 2.4 times a second
constexpr float kSamePlace = 0.5F;     // IoU

// FNV-1a (Fowler, Noll, Vo): no secret, only a short name for a list of numbers.
class Fingerprint {
 public:
  void add(int64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      hash_ = (hash_ ^ (static_cast<uint64_t>(value) >> shift & 0xFF)) * 0x100000001B3U;
    }
  }
  std::string text() const { return fmt::format("{:016x}", hash_); }

 private:
  uint64_t hash_ = 0xCBF29CE484222325U;
};

// An anchor, and the present track whose face was nearest to its moment.
struct Sought {
  std::pair<std::string, int> owner;
  TrackAnchor anchor;
  int track = 0;
  double apart_s = kSameMoment_s;
};

std::vector<int> renumbered(const std::vector<int>& tracks, const std::string& tracks_id,
                            const TrackMatches& matches, int& lost) {
  std::set<int> present;
  for (const int t : tracks) {
    const auto found = matches.find({tracks_id, t});
    if (found == matches.end()) {
      ++lost;
    } else {
      present.insert(found->second.begin(), found->second.end());
    }
  }
  return {present.begin(), present.end()};
}

// A run that looks more closely may see two tracks at once that an earlier one saw in turn.
std::vector<int> kept_apart(const std::vector<int>& tracks,
                            const std::set<std::pair<int, int>>& together) {
  std::vector<int> kept;
  for (const int t : tracks) {
    if (std::none_of(kept.begin(), kept.end(),
                     [&](int k) { return together.contains(std::minmax(k, t)); })) {
      kept.push_back(t);
    }
  }
  return kept;
}

}  // namespace

std::string tracks_fingerprint(const EpisodeTracks& episode) {
  Fingerprint fingerprint;
  for (const EpisodeTrack& t : episode.tracks) {
    fingerprint.add(t.seen.start.us);
    fingerprint.add(t.seen.end.us);
    fingerprint.add(t.detections);
  }
  return fingerprint.text();
}

std::map<int, std::vector<TrackAnchor>> track_anchors(const std::set<int>& tracks,
                                                      const std::filesystem::path& detections) {
  std::map<int, std::vector<TrackAnchor>> all;
  DetectionReader reader(detections);
  for (DetectionRow row; reader.next(row);) {
    if (row.track && tracks.contains(*row.track)) all[*row.track].push_back({row.ts, row.bbox});
  }
  for (auto& [track, list] : all) {
    if (list.size() <= kAnchorsPerTrack) continue;
    std::vector<TrackAnchor> few;
    for (size_t k = 0; k < kAnchorsPerTrack; ++k) {
      few.push_back(list[k * (list.size() - 1) / (kAnchorsPerTrack - 1)]);
    }
    list = std::move(few);
  }
  return all;
}

TrackMatches match_tracks(const std::vector<Decision>& decisions,
                          const std::filesystem::path& detections) {
  std::vector<Sought> sought;
  for (const Decision& d : decisions) {
    for (const auto& [track, anchors] : d.anchors) {
      for (const TrackAnchor& a : anchors) sought.push_back({{d.tracks_id, track}, a});
    }
  }
  std::sort(sought.begin(), sought.end(),
            [](const Sought& a, const Sought& b) { return a.anchor.ts < b.anchor.ts; });
  size_t first = 0;  // the anchors before are too early for all detections to come
  DetectionReader reader(detections);
  for (DetectionRow row; reader.next(row);) {
    const auto apart = [&](const Sought& s) { return seconds_between(s.anchor.ts, row.ts); };
    while (first < sought.size() && apart(sought[first]) > kSameMoment_s) ++first;
    if (!row.track) continue;
    for (size_t i = first; i < sought.size() && apart(sought[i]) >= -kSameMoment_s; ++i) {
      const double away = std::abs(apart(sought[i]));
      if (away >= sought[i].apart_s || iou(sought[i].anchor.bbox, row.bbox) < kSamePlace) continue;
      sought[i].apart_s = away;
      sought[i].track = *row.track;
    }
  }
  std::map<int, std::map<std::pair<std::string, int>, int>> votes;  // by present track
  for (const Sought& s : sought) {
    if (s.track > 0) ++votes[s.track][s.owner];
  }
  TrackMatches matches;
  for (const auto& [track, owners] : votes) {
    // One of each run: a present track has an owner in every earlier numbering.
    std::map<std::string, std::pair<int, int>> best;  // votes and owner
    for (const auto& [owner, count] : owners) {
      std::pair<int, int>& b = best[owner.first];
      if (count > b.first) b = {count, owner.second};
    }
    for (const auto& [tracks_id, b] : best) matches[{tracks_id, b.second}].push_back(track);
  }
  return matches;
}

int renumber_tracks(Decision& decision, const TrackMatches& matches,
                    const std::set<std::pair<int, int>>& together) {
  int lost = 0;
  for (AssignedIdentity& i : decision.after) {
    i.tracks = kept_apart(renumbered(i.tracks, decision.tracks_id, matches, lost), together);
  }
  std::erase_if(decision.after, [](const AssignedIdentity& i) { return i.tracks.empty(); });
  decision.dropped = renumbered(decision.dropped, decision.tracks_id, matches, lost);
  return lost;
}

}  // namespace screenalytics
