// Association: which detection of a frame continues which track.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "base/face.h"
#include "base/geometry.h"
#include "track/face_gallery.h"
#include "track/tracker.h"

namespace screenalytics {

// A track as association sees it, already moved to the frame's time and camera.
struct TrackView {
  Box predicted;            // with its velocity
  Box at_rest;              // where it was last seen
  double unseen_s = 0;      // since it was last seen
  bool missed = false;      // not seen in the previous observed frame
  bool needs_face = false;  // place alone must not continue it
  double faceless_s = -1;   // how long it has lived without a face vector; below 0: it has one
  const FaceGallery* gallery = nullptr;
};

// How a track and a detection lie to each other.
struct PairGeometry {
  float overlap = 0;   // intersection over union
  float distance = 0;  // of the centres, in face sizes
  float size_log = 0;  // |ln(size ratio)|
  float gap() const { return distance + size_log / 2; }
};

// Pure. The prediction or the place of rest, whichever is nearer: at low rates a velocity made
// from a few observations is as often wrong as right.
PairGeometry pair_geometry(const TrackView& track, const Box& detection);

// How far, in face sizes, a face may have moved in the time when only place and size speak for it.
double reach_alone(double unseen_s);
// The same when neither another track nor another detection is anywhere near.
double reach_unrivalled(double unseen_s);
// The same when its face agrees.
double reach_with_face(double unseen_s);

// Matches in steps: clear() by place where there is no doubt, then, with the vectors of the faces
// that are left, rest(): by face; ByteTrack's two steps by overlap; by distance, for the low frame
// rates at which overlap is no longer to be expected.
// Cost: O(tracks x detections) and three small assignment problems.
class Association {
 public:
  // The spans must outlive the object.
  Association(const TrackerOptions& options, std::span<const TrackView> tracks,
              std::span<const Detection> detections);

  void match_clear();
  // Returns the detections, ascending, whose vectors rest() can use.
  std::vector<int> undecided() const;
  // faces: per detection; empty where there is none.
  void match_rest(const std::vector<Embedding>& faces);

  // Per track, -1: none.
  const std::vector<int>& detection_of_track() const { return detection_of_track_; }
  // Per detection, -1: none.
  const std::vector<int>& track_of_detection() const { return track_of_detection_; }

 private:
  enum class Face { unknown, same, unclear, different };

  const PairGeometry& geometry(int track, int detection) const;
  bool high(int detection) const;
  bool low(int detection) const;
  bool lost(int track) const;
  bool near(int track, int detection) const;
  bool reachable(int track, int detection) const;
  bool place_decides(int track, int detection) const;
  Face face(int track, int detection) const;
  float face_similarity(int track, int detection) const;
  bool refused(int track, int detection) const;
  template <typename Counts>
  bool unrivalled(int track, int detection, Counts counts) const;
  bool follows(int track, int detection) const;
  void find_second_boxes();
  void compare_faces(const std::vector<Embedding>& faces);
  void pair(int track, int detection);
  template <typename TrackFilter, typename DetectionFilter, typename Cost>
  void assign(TrackFilter use_track, DetectionFilter use_detection, Cost cost, double max_cost);

  const TrackerOptions& options_;
  std::span<const TrackView> tracks_;
  std::span<const Detection> detections_;
  std::vector<PairGeometry> geometry_;  // [track][detection]
  std::vector<float> similarity_;       // [track][detection]; kNoFace where unknown
  std::vector<bool> second_box_;        // per detection: weak, on the face of a sure one
  std::vector<int> detection_of_track_, track_of_detection_;
};

}  // namespace screenalytics
