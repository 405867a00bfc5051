// SPDX-License-Identifier: MIT
#include "testing/metrics.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/assignment.h"

namespace screenalytics {
namespace {

double ratio(int part, int rest) {
  return part + rest == 0 ? 1.0 : static_cast<double>(part) / (part + rest);
}

// Indices of a frame's faces: truth and found that are one face, and found without excuse.
struct FrameMatch {
  std::vector<std::pair<size_t, size_t>> pairs;  // truth, found
  std::vector<size_t> alone;                     // found that match nothing, not even don't-care
};

bool excuses(const Box& truth, const Box& found) {
  const Box shared = intersection(truth, found);
  if (shared.width() <= 0 || shared.height() <= 0) return false;
  return iou(truth, found) >= kExcuseIou || shared.area() >= kExcuseCover * found.area();
}

// `kept` are pairs that are made before all others.
FrameMatch match_frame(const ScoredFrame& frame,
                       const std::vector<std::pair<size_t, size_t>>& kept) {
  FrameMatch match;
  match.pairs = kept;
  std::vector<char> truth_used(frame.truth.size(), 0), found_used(frame.found.size(), 0);
  for (const auto& [t, f] : kept) truth_used[t] = found_used[f] = 1;

  std::vector<float> cost;
  for (size_t t = 0; t < frame.truth.size(); ++t) {
    for (size_t f = 0; f < frame.found.size(); ++f) {
      const bool free = !truth_used[t] && !found_used[f] && !frame.truth[t].dont_care;
      const float overlap = free ? iou(frame.truth[t].box, frame.found[f].box) : 0.f;
      // A forbidden pair costs more than any; near ties of the limit are decided here, exactly.
      cost.push_back(overlap >= kMatchIou ? 1 - overlap : 2.f);
    }
  }
  const std::vector<int> column = solve_assignment(cost, static_cast<int>(frame.truth.size()),
                                                   static_cast<int>(frame.found.size()), 1.f);
  for (size_t t = 0; t < column.size(); ++t) {
    if (column[t] < 0) continue;
    const size_t f = static_cast<size_t>(column[t]);
    match.pairs.emplace_back(t, f);
    found_used[f] = 1;
  }
  for (size_t f = 0; f < frame.found.size(); ++f) {
    if (found_used[f]) continue;
    const bool excused =
        std::any_of(frame.truth.begin(), frame.truth.end(), [&](const CountedFace& truth) {
          return truth.dont_care && excuses(truth.box, frame.found[f].box);
        });
    if (!excused) match.alone.push_back(f);
  }
  return match;
}

int counted(const ScoredFrame& frame) {
  return static_cast<int>(std::count_if(frame.truth.begin(), frame.truth.end(),
                                        [](const CountedFace& face) { return !face.dont_care; }));
}

ScoredFrame tracked_only(const ScoredFrame& frame) {
  ScoredFrame kept{{}, frame.truth};
  std::copy_if(frame.found.begin(), frame.found.end(), std::back_inserter(kept.found),
               [](const FoundFace& face) { return face.track >= 0; });
  return kept;
}

// Follows each identity through the frames for switches and fragments.
class Follower {
 public:
  explicit Follower(TrackScore& score) : score_(score) {}

  void add(const ScoredFrame& frame) {
    std::vector<std::pair<size_t, size_t>> kept;
    for (size_t t = 0; t < frame.truth.size(); ++t) {
      if (frame.truth[t].dont_care) continue;
      const auto known = last_track_.find(frame.truth[t].identity);
      if (known == last_track_.end()) continue;
      for (size_t f = 0; f < frame.found.size(); ++f) {
        const bool same = frame.found[f].track == known->second;
        if (same && iou(frame.truth[t].box, frame.found[f].box) >= kMatchIou &&
            std::none_of(kept.begin(), kept.end(), [&](auto& pair) { return pair.second == f; })) {
          kept.emplace_back(t, f);
          break;
        }
      }
    }
    const FrameMatch match = match_frame(frame, kept);
    std::set<int> followed;
    for (const auto& [t, f] : match.pairs) {
      follow(frame.truth[t].identity, frame.found[f].track);
      followed.insert(frame.truth[t].identity);
      tracks_.insert(frame.found[f].track);
    }
    for (const size_t f : match.alone) tracks_.insert(frame.found[f].track);
    for (const CountedFace& face : frame.truth) {
      if (face.dont_care) continue;
      identities_.insert(face.identity);
      if (!followed.contains(face.identity) && last_track_.contains(face.identity)) {
        lost_.insert(face.identity);
      }
    }
    score_.tracks = static_cast<int>(tracks_.size());
    score_.identities = static_cast<int>(identities_.size());
  }

 private:
  void follow(int identity, int track) {
    const auto [it, is_new] = last_track_.try_emplace(identity, track);
    if (!is_new && it->second != track) {
      ++score_.id_switches;
      it->second = track;
    }
    if (lost_.erase(identity) > 0) ++score_.fragments;
  }

  TrackScore& score_;
  std::map<int, int> last_track_;
  std::set<int> lost_, tracks_, identities_;
};

// Frames in which identity i and track j are one face, as the matching of the whole video sees it.
int matched_frames(const std::map<std::pair<int, int>, int>& together,
                   const std::vector<int>& identities, const std::vector<int>& tracks) {
  std::vector<float> cost;
  for (const int identity : identities) {
    for (const int track : tracks) {
      const auto it = together.find({identity, track});
      cost.push_back(it == together.end() ? 0.f : -static_cast<float>(it->second));
    }
  }
  // A pair saves one false positive and one false negative for each shared frame, so the cheapest
  // matching of section 3 is the one with the most shared frames.
  const std::vector<int> column = solve_assignment(cost, static_cast<int>(identities.size()),
                                                   static_cast<int>(tracks.size()), 0.f);
  int sum = 0;
  for (size_t i = 0; i < column.size(); ++i) {
    if (column[i] < 0) continue;
    const auto it = together.find({identities[i], tracks[static_cast<size_t>(column[i])]});
    if (it != together.end()) sum += it->second;
  }
  return sum;
}

void score_identities(const std::vector<ScoredFrame>& frames, TrackScore& score) {
  std::map<std::pair<int, int>, int> together;
  std::set<int> identities, tracks;
  int truths = 0, founds = 0;
  for (const ScoredFrame& frame : frames) {
    const FrameMatch match = match_frame(frame, {});
    truths += counted(frame);
    founds += static_cast<int>(match.pairs.size() + match.alone.size());
    for (const CountedFace& truth : frame.truth) {
      if (truth.dont_care) continue;
      for (const FoundFace& found : frame.found) {
        if (iou(truth.box, found.box) < kMatchIou) continue;
        ++together[{truth.identity, found.track}];
        identities.insert(truth.identity);
        tracks.insert(found.track);
      }
    }
  }
  score.idtp = matched_frames(together, {identities.begin(), identities.end()},
                              {tracks.begin(), tracks.end()});
  score.idfn = truths - score.idtp;
  score.idfp = std::max(0, founds - score.idtp);
}

}  // namespace

double MatchCounts::precision() const { return ratio(right, wrong); }
double MatchCounts::recall() const { return ratio(right, missed); }
double MatchCounts::f1() const { return ratio(2 * right, wrong + missed); }

double TrackScore::idf1() const { return ratio(2 * idtp, idfp + idfn); }
double TrackScore::id_precision() const { return ratio(idtp, idfp); }
double TrackScore::id_recall() const { return ratio(idtp, idfn); }
double TrackScore::tracks_per_identity() const {
  return identities == 0 ? (tracks == 0 ? 1.0 : static_cast<double>(tracks))
                         : static_cast<double>(tracks) / identities;
}

MatchCounts score_detections(const std::vector<ScoredFrame>& frames) {
  MatchCounts counts;
  for (const ScoredFrame& frame : frames) {
    const FrameMatch match = match_frame(frame, {});
    const int right = static_cast<int>(match.pairs.size());
    counts.right += right;
    counts.wrong += static_cast<int>(match.alone.size());
    counts.missed += counted(frame) - right;
  }
  return counts;
}

TrackScore score_tracks(const std::vector<ScoredFrame>& frames) {
  TrackScore score;
  std::vector<ScoredFrame> tracked;
  tracked.reserve(frames.size());
  for (const ScoredFrame& frame : frames) tracked.push_back(tracked_only(frame));
  Follower follower(score);
  for (const ScoredFrame& frame : tracked) follower.add(frame);
  score_identities(tracked, score);
  return score;
}

MatchCounts score_cuts(const std::vector<int>& truth, const std::vector<int>& found,
                       int tolerance) {
  MatchCounts counts;
  size_t t = 0, f = 0;
  while (t < truth.size() && f < found.size()) {
    if (std::abs(truth[t] - found[f]) <= tolerance) {
      ++counts.right, ++t, ++f;
    } else if (truth[t] < found[f]) {
      ++counts.missed, ++t;
    } else {
      ++counts.wrong, ++f;
    }
  }
  counts.missed += static_cast<int>(truth.size() - t);
  counts.wrong += static_cast<int>(found.size() - f);
  return counts;
}

}  // namespace screenalytics
