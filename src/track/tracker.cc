// SPDX-License-Identifier: MIT
#include "track/tracker.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <map>
#include <utility>

#include "base/check.h"
#include "track/appearance_gate.h"
#include "track/association.h"
#include "track/face_motion.h"

namespace screenalytics {
namespace {

constexpr int kMaxYoungFrames = 256;
// A face farther than this from its expected place is looked at, or splits on one clear look.
constexpr double kJumpGap = 0.3, kJumpGapPerS = 1.0;

// A segment that has not ended.
struct Segment {
  int detections = 0;
  bool seen_late = false;             // its newest detection is in the newest observation
  bool sure = false;                  // that detection could have begun a track
  int64_t resumed_frame = INT64_MAX;  // where another track took it up after it was split
};

struct Track {
  Track(int its_segment, const Box& box, const TrackerOptions& options)
      : segment(its_segment), motion(box), at_rest(box), gate(options) {}

  int segment;
  FaceMotion motion;
  Box at_rest;
  AppearanceGate gate;
  Timestamp born;  // its segment
  Timestamp last_seen;
  int64_t last_frame = 0;
  bool missed = false;
  bool ghost = false;  // the person before a split, waiting to be seen again elsewhere
  // While its segment is young it may turn out to continue a lost one.
  bool young = true;
  std::vector<int64_t> young_frames;  // of its segment, ascending
  int split_from = -1;
};

bool contains(Size size, Point p) {
  return p.x >= 0 && p.y >= 0 && p.x < static_cast<float>(size.width) &&
         p.y < static_cast<float>(size.height);
}

}  // namespace

struct Tracker::State {
  TrackerOptions options;
  double keep_lost_s = 0;
  std::list<Track> tracks;  // in the order of their birth
  std::map<int, Segment> segments;
  int next_segment = 0;
  bool started = false, finished = false;
  int64_t frame_idx = 0;
  Timestamp ts;
  double step_s = 0;

  int new_segment() {
    segments[next_segment] = {};
    return next_segment++;
  }

  void end(int segment, EndReason reason, TrackerUpdate& out) {
    const auto it = segments.find(segment);
    SA_CHECK(it != segments.end());
    const Segment& s = it->second;
    const bool confirmed = s.detections >= 2 || (s.detections == 1 && s.seen_late && s.sure);
    out.ended.push_back({segment, reason, confirmed});
    segments.erase(it);
  }

  void end_all(EndReason reason, TrackerUpdate& out) {
    for (const Track& track : tracks) {
      end(track.segment, track.ghost ? EndReason::appearance_split : reason, out);
    }
    tracks.clear();
    SA_CHECK(segments.empty());
  }

  void advance(const FrameObservation& o, TrackerUpdate& out);
  std::vector<TrackView> views(Size frame_size) const;
  void associate(const FrameObservation& o, AppearanceSource& appearance, TrackerUpdate& out);
  GateSighting sighting(const TrackView& view, const Detection& detection) const;
  bool observe(Track& track, const GateSighting& seen, const Detection& detection,
               const Embedding& face, bool looked);
  Track& begin(const Detection& detection, const Embedding& face);
  void split(Track& track, TrackerUpdate& out);
  bool continues(const Track& young, const Track& lost) const;
  bool vacant(int segment, int64_t first, int64_t end) const;
  void join(Track& young, TrackerUpdate& out);
};

// Moves every track to the frame's time and camera, after ending those that cannot go on.
void Tracker::State::advance(const FrameObservation& o, TrackerUpdate& out) {
  SA_CHECK(o.frame_size.width > 0 && o.frame_size.height > 0);
  SA_CHECK(!started || o.frame_idx > frame_idx);
  step_s = started ? std::max(0.0, seconds_between(ts, o.ts)) : 0;
  started = true;
  frame_idx = o.frame_idx;
  ts = o.ts;
  if (o.starts_shot) {
    end_all(EndReason::shot_cut, out);
    return;
  }
  for (auto it = tracks.begin(); it != tracks.end();) {
    if (seconds_between(it->last_seen, ts) > keep_lost_s && (it->missed || it->ghost)) {
      end(it->segment, it->ghost ? EndReason::appearance_split : EndReason::lost, out);
      it = tracks.erase(it);
      continue;
    }
    it->motion.predict(step_s);
    it->motion.move_with_camera(o.motion);
    const Point c = o.motion.apply(it->at_rest.center());
    const auto zoom =
        static_cast<float>(std::sqrt(std::abs(o.motion.a * o.motion.e - o.motion.b * o.motion.d)));
    const float w = it->at_rest.width() * zoom / 2, h = it->at_rest.height() * zoom / 2;
    it->at_rest = {c.x - w, c.y - h, c.x + w, c.y + h};
    ++it;
  }
  for (auto& [id, segment] : segments) segment.seen_late = false;
}

std::vector<TrackView> Tracker::State::views(Size frame_size) const {
  std::vector<TrackView> result;
  result.reserve(tracks.size());
  for (const Track& track : tracks) {
    TrackView view;
    view.predicted = track.motion.box();
    view.at_rest = track.at_rest;
    view.unseen_s = std::max(0.0, seconds_between(track.last_seen, ts));
    view.missed = track.missed;
    // Who left the picture is not who comes in there next, unless the face says so.
    const bool left = track.missed && (!contains(frame_size, view.predicted.center()) ||
                                       !contains(frame_size, view.at_rest.center()));
    view.needs_face = track.ghost || left;
    if (options.gate_enabled && track.young && track.gate.gallery().empty()) {
      view.faceless_s = std::max(0.0, seconds_between(track.born, ts));
    }
    view.gallery = options.gate_enabled ? &track.gate.gallery() : nullptr;
    result.push_back(view);
  }
  return result;
}

GateSighting Tracker::State::sighting(const TrackView& view, const Detection& detection) const {
  const double gap = static_cast<double>(pair_geometry(view, detection.box).gap());
  return {frame_idx,
          ts,
          step_s,
          gap,
          gap > kJumpGap + kJumpGapPerS * view.unseen_s,
          face_pose(detection.landmarks)};
}

// Returns whether the track now shows another person.
bool Tracker::State::observe(Track& track, const GateSighting& seen, const Detection& detection,
                             const Embedding& face, bool looked) {
  track.motion.correct(detection.box);
  track.at_rest = detection.box;
  track.last_seen = ts;
  track.last_frame = frame_idx;
  track.missed = false;
  Segment& segment = segments.at(track.segment);
  if (track.ghost) segment.resumed_frame = frame_idx;
  track.ghost = false;
  if (track.young) {
    track.young_frames.push_back(frame_idx);
    track.young = track.young_frames.size() < static_cast<size_t>(kMaxYoungFrames);
  }
  ++segment.detections;
  segment.seen_late = true;
  segment.sure = static_cast<double>(detection.confidence) >= options.new_track_thresh;
  return options.gate_enabled && track.gate.observe(seen, face, looked);
}

Track& Tracker::State::begin(const Detection& detection, const Embedding& face) {
  tracks.emplace_back(new_segment(), detection.box, options);
  tracks.back().born = ts;
  GateSighting seen;
  seen.frame_idx = frame_idx;
  seen.ts = ts;
  seen.pose = face_pose(detection.landmarks);
  observe(tracks.back(), seen, detection, face, options.gate_enabled);
  return tracks.back();
}

// The track goes on as a new segment; the person it showed before waits as a ghost.
void Tracker::State::split(Track& track, TrackerUpdate& out) {
  const std::vector<GateSighting> moved = track.gate.sightings_of_other();
  const int former = track.segment;
  Track ghost = track;
  ghost.gate = AppearanceGate(options);
  ghost.gate.continue_from(track.gate.split());
  ghost.ghost = ghost.missed = true;
  ghost.young = false;
  ghost.last_seen = moved.front().ts;
  ghost.last_frame = moved.front().frame_idx - 1;

  track.segment = new_segment();
  track.born = moved.front().ts;
  track.young = moved.size() < static_cast<size_t>(kMaxYoungFrames);
  track.split_from = former;
  track.young_frames.clear();
  for (const GateSighting& seen : moved) track.young_frames.push_back(seen.frame_idx);
  if (moved.size() > 1) {
    out.reassignments.push_back({former, track.segment, moved.front().frame_idx, frame_idx});
  }
  Segment& before = segments.at(former);
  Segment& after = segments.at(track.segment);
  after = before;
  after.detections = static_cast<int>(moved.size());
  before.detections -= after.detections;
  before.seen_late = false;
  before.resumed_frame = after.resumed_frame = INT64_MAX;
  tracks.push_back(std::move(ghost));
}

// Whether [first, end) of a segment that was split at `first` is still nobody's.
bool Tracker::State::vacant(int segment, int64_t first, int64_t end) const {
  const auto it = segments.find(segment);
  if (it == segments.end()) return false;
  for (const Track& track : tracks) {
    if (track.segment == segment && track.ghost) return track.last_frame < first;
  }
  return it->second.resumed_frame >= end;
}

bool Tracker::State::continues(const Track& young, const Track& lost) const {
  if (!lost.missed || lost.segment == young.segment || lost.gate.gallery().empty()) return false;
  const int64_t first = young.young_frames.front();
  if (lost.last_frame >= first) {
    // Two tracks that exchanged their people were split at different moments.
    if (lost.last_frame >= young.young_frames.back() || lost.segment == young.split_from ||
        !vacant(young.split_from, first, lost.last_frame + 1)) {
      return false;
    }
  }
  TrackView view;
  view.predicted = lost.motion.box();
  view.at_rest = lost.at_rest;
  const PairGeometry g = pair_geometry(view, young.at_rest);
  return static_cast<double>(g.distance) <= reach_with_face(seconds_between(lost.last_seen, ts));
}

// Gives a young segment's detections to the lost segment whose person it shows, if there is one.
void Tracker::State::join(Track& young, TrackerUpdate& out) {
  auto best = tracks.end();
  double best_similarity = options.join_similarity;
  for (auto it = tracks.begin(); it != tracks.end(); ++it) {
    if (!continues(young, *it)) continue;
    const auto similarity =
        static_cast<double>(it->gate.gallery().similarity(young.gate.gallery().mean()));
    if (similarity < best_similarity) continue;
    best_similarity = similarity;
    best = it;
  }
  if (best == tracks.end()) return;

  const int from = young.segment, to = best->segment;
  int64_t first = young.young_frames.front();
  Segment& old_segment = segments.at(to);
  Segment& young_segment = segments.at(from);
  if (best->last_frame >= first) {
    const int64_t end = best->last_frame + 1;
    const auto given_back = std::count_if(young.young_frames.begin(), young.young_frames.end(),
                                          [&](int64_t frame) { return frame < end; });
    out.reassignments.push_back({from, young.split_from, first, end});
    segments.at(young.split_from).detections += static_cast<int>(given_back);
    young_segment.detections -= static_cast<int>(given_back);
    for (Track& track : tracks) {
      if (track.ghost && track.segment == young.split_from) track.last_frame = best->last_frame;
    }
    first = end;
  }
  if (first < frame_idx) out.reassignments.push_back({from, to, first, frame_idx});
  old_segment.detections += std::exchange(young_segment.detections, 0);
  old_segment.seen_late = young_segment.seen_late;
  old_segment.sure = young_segment.sure;
  old_segment.resumed_frame = first;
  young.gate.continue_from(best->gate.gallery());
  young.segment = to;
  young.young = false;
  young.split_from = -1;
  tracks.erase(best);
  end(from, EndReason::joined, out);
}

void Tracker::State::associate(const FrameObservation& o, AppearanceSource& appearance,
                               TrackerUpdate& out) {
  const std::vector<TrackView> seen_as = views(o.frame_size);
  std::vector<Track*> candidates;
  for (Track& track : tracks) candidates.push_back(&track);
  Association association(options, seen_as, o.detections);
  std::vector<Embedding> faces(o.detections.size());
  std::vector<bool> looked(o.detections.size(), false);
  if (options.gate_enabled) {
    association.match_clear();
    std::vector<int> wanted = association.undecided();
    for (size_t t = 0; t < candidates.size(); ++t) {
      const int d = association.detection_of_track()[t];
      if (d >= 0 &&
          candidates[t]->gate.due(sighting(seen_as[t], o.detections[static_cast<size_t>(d)]))) {
        wanted.push_back(d);
      }
    }
    std::sort(wanted.begin(), wanted.end());
    if (!wanted.empty()) {
      std::vector<Embedding> found = appearance.embed(wanted);
      SA_CHECK(found.size() == wanted.size());
      for (size_t i = 0; i < wanted.size(); ++i) {
        faces[static_cast<size_t>(wanted[i])] = std::move(found[i]);
        looked[static_cast<size_t>(wanted[i])] = true;
      }
    }
  }
  association.match_rest(faces);

  std::vector<Track*> track_of_detection(o.detections.size(), nullptr);
  std::vector<Track*> changed;
  for (size_t t = 0; t < candidates.size(); ++t) {
    const int matched = association.detection_of_track()[t];
    if (matched < 0) {
      candidates[t]->missed = true;
      continue;
    }
    const auto d = static_cast<size_t>(matched);
    track_of_detection[d] = candidates[t];
    const GateSighting seen = sighting(seen_as[t], o.detections[d]);
    if (observe(*candidates[t], seen, o.detections[d], faces[d], looked[d])) {
      changed.push_back(candidates[t]);
    }
  }
  for (size_t d = 0; d < o.detections.size(); ++d) {
    const bool sure = static_cast<double>(o.detections[d].confidence) >=
                      std::max(options.new_track_thresh, options.track_thresh);
    if (track_of_detection[d] == nullptr && sure) {
      track_of_detection[d] = &begin(o.detections[d], faces[d]);
    }
  }
  for (Track* track : changed) split(*track, out);
  for (size_t d = 0; d < o.detections.size(); ++d) {
    Track* track = track_of_detection[d];
    if (track == nullptr || !track->young || track->gate.gallery().empty()) continue;
    if (!faces[d].empty() || !changed.empty()) join(*track, out);
  }
  for (size_t d = 0; d < o.detections.size(); ++d) {
    if (track_of_detection[d] != nullptr) {
      out.segment_of_detection[d] = track_of_detection[d]->segment;
    }
  }
}

Tracker::Tracker(const TrackerOptions& options) : state_(std::make_unique<State>()) {
  validate(options);
  state_->options = options;
  state_->keep_lost_s = std::min(options.keep_lost_s, options.max_keep_lost_s);
}
Tracker::~Tracker() = default;
Tracker::Tracker(Tracker&&) noexcept = default;
Tracker& Tracker::operator=(Tracker&&) noexcept = default;

TrackerUpdate Tracker::update(const FrameObservation& observation, AppearanceSource& appearance) {
  SA_CHECK(!state_->finished);
  TrackerUpdate out;
  out.segment_of_detection.assign(observation.detections.size(), -1);
  state_->advance(observation, out);
  state_->associate(observation, appearance, out);
  return out;
}

TrackerUpdate Tracker::finish() {
  SA_CHECK(!state_->finished);
  state_->finished = true;
  TrackerUpdate out;
  state_->end_all(EndReason::end_of_video, out);
  return out;
}

}  // namespace screenalytics
