// AppearanceGate: watches over one track that its face stays the same person's.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "base/face.h"
#include "base/timestamp.h"
#include "track/face_gallery.h"
#include "track/face_pose.h"
#include "track/tracker.h"

namespace screenalytics {

// One observation of a track, as the gate looks at it.
struct GateSighting {
  int64_t frame_idx = 0;
  Timestamp ts;
  double step_s = 0;    // since the previous observed frame
  double gap = 0;       // from the expected place, in face sizes
  bool jumped = false;  // farther from it than a face moves
  FacePose pose;
};

// Memory: kMaxLooks + 4 vectors, and at most kMaxSightings of the frames since the last agreement.
class AppearanceGate {
 public:
  static constexpr int kMaxSightings = 600;

  explicit AppearanceGate(const TrackerOptions& options) : options_(&options) {}

  // Whether the face of this sighting should be looked at.
  bool due(const GateSighting& sighting) const;

  // Takes in an observation of the track; face is empty where it was not or could not be looked
  // at. Call for every observation, in order.
  // Returns whether the track now shows another person; then split() must follow.
  bool observe(const GateSighting& sighting, const Embedding& face, bool looked);

  // Requires: observe() has just returned true.
  // Returns the observations of the other person, oldest first: from where the track jumped since
  // the last agreement, or else all since then.
  std::vector<GateSighting> sightings_of_other() const;

  // Leaves the former person's gallery to the caller and goes on with the new person's faces.
  FaceGallery split();

  // Goes on as a person known from before.
  void continue_from(const FaceGallery& earlier) { gallery_.add(earlier); }

  const FaceGallery& gallery() const { return gallery_; }

 private:
  void agree(const Embedding& face, float similarity);
  bool disagree(const GateSighting& sighting, const Embedding& face, float similarity);

  const TrackerOptions* options_;
  FaceGallery gallery_;
  bool looked_before_ = false;
  Timestamp last_look_;
  FacePose last_pose_;
  std::vector<GateSighting> since_agreement_;
  std::vector<Embedding> doubts_;  // faces that disagreed, newest last
  int64_t first_doubt_frame_ = -1;
  int hard_streak_ = 0, soft_streak_ = 0;
  Timestamp last_soft_;
};

}  // namespace screenalytics
