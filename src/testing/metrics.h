// Metrics: how right detections, tracks and cuts are against ground truth.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "base/geometry.h"

namespace screenalytics {

// Counts of right, wrong and missed, and the ratios made of them. A ratio of nothing is 1: nothing
// was to be found and nothing was found.
struct MatchCounts {
  int right = 0, wrong = 0, missed = 0;
  double precision() const;
  double recall() const;
  double f1() const;
};

// A face that a run found. Tracks are numbered from 0; -1: in no track.
struct FoundFace {
  Box box;
  int track = -1;
};

// A face that is there. Identities are numbered from 0 and last as long as a track may.
struct CountedFace {
  Box box;
  int identity = 0;
  bool dont_care = false;  // to find it is neither right nor wrong
};

// One analysed frame.
struct ScoredFrame {
  std::vector<FoundFace> found;
  std::vector<CountedFace> truth;
};

inline constexpr float kMatchIou = 0.5f;
// A found face is excused by a don't-care face from this overlap on, or where that face covers
// more than half of it: the part of a hidden face that shows is not known to the truth.
inline constexpr float kExcuseIou = 0.3f;
inline constexpr float kExcuseCover = 0.5f;

// One-to-one matching in each frame at IoU >= 0.5. Pure.
MatchCounts score_detections(const std::vector<ScoredFrame>& frames);

struct TrackScore {
  // Ristani et al. 2016, "Performance Measures and a Data Set for Multi-Target, Multi-Camera
  // Tracking", section 3: identities and tracks matched one-to-one over the whole video.
  int idtp = 0, idfp = 0, idfn = 0;
  // Bernardin and Stiefelhagen 2008, CLEAR MOT: a change of the track that follows an identity.
  int id_switches = 0;
  int fragments = 0;   // times a followed identity was lost and found again
  int tracks = 0;      // that hold a face which is not excused
  int identities = 0;  // with at least one counted face

  double idf1() const;
  double id_precision() const;
  double id_recall() const;
  double tracks_per_identity() const;
};

// Requires: frames in order of time; a track at most once in a frame. Only found faces with a
// track count. Pure.
TrackScore score_tracks(const std::vector<ScoredFrame>& frames);

// Requires: both ascending, in frames. A true cut is found by one cut at most `tolerance` frames
// from it. Pure.
MatchCounts score_cuts(const std::vector<int>& truth, const std::vector<int>& found, int tolerance);

}  // namespace screenalytics
