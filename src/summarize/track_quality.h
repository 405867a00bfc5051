// Quality metrics of a run's tracks, and the acceptance bands they are held against.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace screenalytics {

struct TrackSpan {
  int track = 0;        // number of track_id
  double length_s = 0;  // first to last moment it was seen
  int64_t detections = 0;
  bool ended_lost = false;  // out of sight, as against a cut or the end of the video
};

struct QualityWarning {
  std::string metric;
  double value = 0, limit = 0;
  std::string advice;  // what moves the number
};

struct TrackQuality {
  int64_t tracks_born = 0, tracks_lost = 0, id_switches = 0;
  std::vector<std::pair<int, double>>
      longest_tracks;               // number, seconds; the longest first, up to 5
  double avg_tracks_per_frame = 0;  // over analysed frames
  double tracks_per_minute = 0;     // of video
  double short_track_fraction = 0;  // shorter than kShortTrack_s
  double id_switch_rate = 0;        // identity changes per track
  std::vector<QualityWarning> warnings;
};

inline constexpr double kShortTrack_s = 1.0;

// Pure. id_switches: identity changes found inside a tracker's track. duration_s: of the part of
// the video that was analysed.
TrackQuality track_quality(const std::vector<TrackSpan>& tracks, int64_t id_switches,
                           int64_t analyzed_frames, double duration_s);

// The bands of identities: the share of those with one track only, and that of the tracks in the
// largest one. Pure.
std::vector<QualityWarning> identity_warnings(double singleton_fraction,
                                              double largest_cluster_fraction);

}  // namespace screenalytics
