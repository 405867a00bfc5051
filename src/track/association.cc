// SPDX-License-Identifier: MIT
#include "track/association.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/assignment.h"

namespace screenalytics {
namespace {

constexpr float kNoFace = -2;  // below every similarity
constexpr float kNever = std::numeric_limits<float>::infinity();
constexpr double kLowMaxCost = 0.5;  // ByteTrack, section 3: second association
// A track that was away for longer than this may have been replaced, so its face is asked.
constexpr double kTrustPlaceS = 0.5;
constexpr float kMaxSizeLog = 0.693F;      // ln 2
constexpr float kMaxSizeLogFace = 0.916F;  // ln 2.5
// A match is clear when it is near and every rival is this much farther off.
constexpr float kClearGap = 0.6F;
constexpr float kRivalFactor = 1.5F, kRivalMargin = 0.35F;
// A match this close is not put in doubt by tracks that are not to be seen.
constexpr float kSnugGap = 0.25F;
// A weak box this much on a sure one is a second box of the same face. (A face that is hidden this
// far is hardly ever detected.)
constexpr float kSecondBoxShare = 0.6F, kSecondBoxMaxAreaRatio = 2.5F;
constexpr float kFaceGapWeight = 0.15F, kMaxFaceCost = 4;

float size_of(const Box& box) { return std::sqrt(std::max(1.F, box.area())); }

float centre_distance(const Box& a, const Box& b) {
  const Point p = a.center(), q = b.center();
  return std::hypot(p.x - q.x, p.y - q.y) / ((size_of(a) + size_of(b)) / 2);
}

}  // namespace

PairGeometry pair_geometry(const TrackView& track, const Box& detection) {
  PairGeometry g;
  g.overlap = std::max(iou(track.predicted, detection), iou(track.at_rest, detection));
  g.distance = std::min(centre_distance(track.predicted, detection),
                        centre_distance(track.at_rest, detection));
  g.size_log = std::abs(std::log(size_of(track.predicted) / size_of(detection)));
  return g;
}

double reach_alone(double unseen_s) { return std::min(1.5, 0.3 + 1.75 * unseen_s); }
double reach_unrivalled(double unseen_s) { return std::min(1.5, 0.3 + 5 * unseen_s); }
double reach_with_face(double unseen_s) { return 1.5 + 6 * unseen_s; }

Association::Association(const TrackerOptions& options, std::span<const TrackView> tracks,
                         std::span<const Detection> detections)
    : options_(options),
      tracks_(tracks),
      detections_(detections),
      similarity_(tracks.size() * detections.size(), kNoFace),
      second_box_(detections.size(), false),
      detection_of_track_(tracks.size(), -1),
      track_of_detection_(detections.size(), -1) {
  geometry_.reserve(tracks.size() * detections.size());
  for (const TrackView& track : tracks) {
    for (const Detection& detection : detections) {
      geometry_.push_back(pair_geometry(track, detection.box));
    }
  }
  find_second_boxes();
}

void Association::find_second_boxes() {
  for (size_t d = 0; d < detections_.size(); ++d) {
    if (high(static_cast<int>(d))) continue;
    const Box& weak = detections_[d].box;
    for (size_t other = 0; other < detections_.size() && !second_box_[d]; ++other) {
      if (!high(static_cast<int>(other))) continue;
      const Box& sure = detections_[other].box;
      const float smaller = std::min(weak.area(), sure.area());
      const float larger = std::max(weak.area(), sure.area());
      second_box_[d] = larger <= kSecondBoxMaxAreaRatio * smaller &&
                       intersection(weak, sure).area() >= kSecondBoxShare * smaller;
    }
  }
}

const PairGeometry& Association::geometry(int track, int detection) const {
  return geometry_[static_cast<size_t>(track) * detections_.size() +
                   static_cast<size_t>(detection)];
}

bool Association::high(int detection) const {
  return static_cast<double>(detections_[static_cast<size_t>(detection)].confidence) >=
         options_.track_thresh;
}

bool Association::low(int detection) const {
  return !high(detection) && !second_box_[static_cast<size_t>(detection)] &&
         static_cast<double>(detections_[static_cast<size_t>(detection)].confidence) >=
             options_.low_thresh;
}

bool Association::lost(int track) const {
  const TrackView& view = tracks_[static_cast<size_t>(track)];
  return view.missed && view.unseen_s > kTrustPlaceS;
}

bool Association::near(int track, int detection) const {
  const PairGeometry& g = geometry(track, detection);
  return g.size_log <= kMaxSizeLog && static_cast<double>(g.distance) <=
                                          reach_alone(tracks_[static_cast<size_t>(track)].unseen_s);
}

bool Association::reachable(int track, int detection) const {
  const PairGeometry& g = geometry(track, detection);
  return g.size_log <= kMaxSizeLogFace &&
         static_cast<double>(g.distance) <=
             reach_with_face(tracks_[static_cast<size_t>(track)].unseen_s);
}

bool Association::place_decides(int track, int detection) const {
  return near(track, detection) ||
         1 - static_cast<double>(geometry(track, detection).overlap) <= options_.match_thresh;
}

void Association::pair(int track, int detection) {
  detection_of_track_[static_cast<size_t>(track)] = detection;
  track_of_detection_[static_cast<size_t>(detection)] = track;
}

// Whether every other detection, and every other track that counts, is clearly farther off.
template <typename Counts>
bool Association::unrivalled(int track, int detection, Counts counts) const {
  const float rival = kRivalFactor * geometry(track, detection).gap() + kRivalMargin;
  for (int other = 0; other < static_cast<int>(detections_.size()); ++other) {
    if (other != detection && high(other) && track_of_detection_[static_cast<size_t>(other)] < 0 &&
        geometry(track, other).gap() < rival)
      return false;
  }
  for (int other = 0; other < static_cast<int>(tracks_.size()); ++other) {
    if (other != track && counts(other) && geometry(other, detection).gap() < rival) return false;
  }
  return true;
}

void Association::match_clear() {
  for (int t = 0; t < static_cast<int>(tracks_.size()); ++t) {
    const TrackView& view = tracks_[static_cast<size_t>(t)];
    if (lost(t) || view.needs_face) continue;
    for (int d = 0; d < static_cast<int>(detections_.size()); ++d) {
      const float gap = geometry(t, d).gap();
      if (!high(d) || gap > kClearGap || !place_decides(t, d)) continue;
      const auto counts = [&](int other) {
        const TrackView& rival = tracks_[static_cast<size_t>(other)];
        if (!rival.missed) return true;
        // A track that had gone before this one came may be the same person: once a face vector
        // tells, the two are joined.
        const bool before = view.faceless_s >= 0 && rival.unseen_s > view.faceless_s;
        return gap > kSnugGap && !before;
      };
      if (unrivalled(t, d, counts)) pair(t, d);
    }
  }
}

std::vector<int> Association::undecided() const {
  std::vector<int> result;
  for (int d = 0; d < static_cast<int>(detections_.size()); ++d) {
    if (!high(d) || track_of_detection_[static_cast<size_t>(d)] >= 0) continue;
    bool useful = static_cast<double>(detections_[static_cast<size_t>(d)].confidence) >=
                  options_.new_track_thresh;
    for (int t = 0; t < static_cast<int>(tracks_.size()) && !useful; ++t) {
      useful = detection_of_track_[static_cast<size_t>(t)] < 0 && reachable(t, d);
    }
    if (useful) result.push_back(d);
  }
  return result;
}

float Association::face_similarity(int track, int detection) const {
  return similarity_[static_cast<size_t>(track) * detections_.size() +
                     static_cast<size_t>(detection)];
}

Association::Face Association::face(int track, int detection) const {
  const float similarity = face_similarity(track, detection);
  if (similarity == kNoFace) return Face::unknown;
  if (static_cast<double>(similarity) >= options_.join_similarity) return Face::same;
  return static_cast<double>(similarity) < options_.gate_hard ? Face::different : Face::unclear;
}

void Association::compare_faces(const std::vector<Embedding>& faces) {
  for (size_t t = 0; t < tracks_.size(); ++t) {
    const FaceGallery* gallery = tracks_[t].gallery;
    if (detection_of_track_[t] >= 0 || gallery == nullptr || gallery->empty()) continue;
    for (size_t d = 0; d < detections_.size(); ++d) {
      if (track_of_detection_[d] >= 0 || faces[d].empty()) continue;
      if (!reachable(static_cast<int>(t), static_cast<int>(d))) continue;
      similarity_[t * detections_.size() + d] = gallery->similarity(faces[d]);
    }
  }
}

// A face that clearly is another's stops a match, unless place speaks so plainly for it that a
// blurred or turned face is the likelier reason; the appearance gate looks at that track again. A
// face that cannot be told is not guessed to be one of several that were near some time ago.
bool Association::refused(int track, int detection) const {
  const Face verdict = face(track, detection);
  if (tracks_[static_cast<size_t>(track)].needs_face) return verdict != Face::same;
  if (verdict == Face::unknown) {
    const auto waits = [this](int t) { return detection_of_track_[static_cast<size_t>(t)] < 0; };
    return lost(track) && !unrivalled(track, detection, waits);
  }
  if (verdict != Face::different) return false;
  return lost(track) || geometry(track, detection).gap() > kClearGap;
}

// A head that moves fast, or stays in the picture while the camera pans after it, is far from where
// it is expected and too blurred for its face to tell.
bool Association::follows(int track, int detection) const {
  const TrackView& view = tracks_[static_cast<size_t>(track)];
  if (lost(track) || view.needs_face || face(track, detection) != Face::unknown) return false;
  const PairGeometry& g = geometry(track, detection);
  return g.size_log <= kMaxSizeLog &&
         static_cast<double>(g.distance) <= reach_unrivalled(view.unseen_s) &&
         unrivalled(track, detection, [](int) { return true; });
}

template <typename TrackFilter, typename DetectionFilter, typename Cost>
void Association::assign(TrackFilter use_track, DetectionFilter use_detection, Cost cost,
                         double max_cost) {
  std::vector<int> rows, columns;
  for (int t = 0; t < static_cast<int>(tracks_.size()); ++t) {
    if (detection_of_track_[static_cast<size_t>(t)] < 0 && use_track(t)) rows.push_back(t);
  }
  for (int d = 0; d < static_cast<int>(detections_.size()); ++d) {
    if (track_of_detection_[static_cast<size_t>(d)] < 0 && use_detection(d)) columns.push_back(d);
  }
  if (rows.empty() || columns.empty()) return;
  std::vector<float> costs;
  costs.reserve(rows.size() * columns.size());
  for (const int t : rows) {
    for (const int d : columns) costs.push_back(cost(t, d));
  }
  const std::vector<int> column_of_row =
      solve_assignment(costs, static_cast<int>(rows.size()), static_cast<int>(columns.size()),
                       static_cast<float>(max_cost));
  for (size_t i = 0; i < rows.size(); ++i) {
    if (column_of_row[i] >= 0) pair(rows[i], columns[static_cast<size_t>(column_of_row[i])]);
  }
}

void Association::match_rest(const std::vector<Embedding>& faces) {
  compare_faces(faces);
  const auto any_track = [](int) { return true; };
  const auto seen_last = [this](int t) { return !tracks_[static_cast<size_t>(t)].missed; };
  const auto is_high = [this](int d) { return high(d); };
  const auto is_low = [this](int d) { return low(d); };
  const auto by_face = [this](int t, int d) {
    if (!reachable(t, d) || face(t, d) != Face::same) return kNever;
    return 1 - face_similarity(t, d) + kFaceGapWeight * geometry(t, d).gap();
  };
  const auto by_overlap = [this](int t, int d) {
    return refused(t, d) ? kNever : 1 - geometry(t, d).overlap;
  };
  const auto by_distance = [this](int t, int d) {
    return refused(t, d) || !near(t, d) ? kNever : geometry(t, d).gap();
  };
  const auto by_itself = [this](int t, int d) {
    return follows(t, d) ? geometry(t, d).gap() : kNever;
  };
  const double farthest = 2;  // above every gap that near() and follows() allow
  assign(any_track, is_high, by_face, static_cast<double>(kMaxFaceCost));
  assign(any_track, is_high, by_overlap, options_.match_thresh);
  assign(seen_last, is_low, by_overlap, kLowMaxCost);
  assign(any_track, is_high, by_distance, farthest);
  assign(seen_last, is_low, by_distance, farthest);
  assign(any_track, is_high, by_itself, farthest);
}

}  // namespace screenalytics
