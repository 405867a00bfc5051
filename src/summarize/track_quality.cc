// SPDX-License-Identifier: MIT
#include "summarize/track_quality.h"

#include <algorithm>

namespace screenalytics {
namespace {

constexpr size_t kLongestTracks = 5;
// Below this a rate per minute is an accident of where the clip ends.
constexpr double kMinDurationForRate_s = 30;
constexpr double kMaxSingletonFraction = 0.50, kMaxLargestFraction = 0.60;

void warn_above(TrackQuality& q, const char* metric, double value, double limit,
                const char* advice) {
  if (value > limit) q.warnings.push_back({metric, value, limit, advice});
}

}  // namespace

TrackQuality track_quality(const std::vector<TrackSpan>& tracks, int64_t id_switches,
                           int64_t analyzed_frames, double duration_s) {
  TrackQuality q;
  q.tracks_born = static_cast<int64_t>(tracks.size());
  q.id_switches = id_switches;
  int64_t detections = 0, short_tracks = 0;
  for (const TrackSpan& t : tracks) {
    q.tracks_lost += t.ended_lost ? 1 : 0;
    short_tracks += t.length_s < kShortTrack_s ? 1 : 0;
    detections += t.detections;
    q.longest_tracks.emplace_back(t.track, t.length_s);
  }
  std::stable_sort(q.longest_tracks.begin(), q.longest_tracks.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (q.longest_tracks.size() > kLongestTracks) q.longest_tracks.resize(kLongestTracks);
  if (analyzed_frames > 0) {
    q.avg_tracks_per_frame = static_cast<double>(detections) / static_cast<double>(analyzed_frames);
  }
  if (duration_s > 0) q.tracks_per_minute = static_cast<double>(tracks.size()) / duration_s * 60;
  if (!tracks.empty()) {
    const auto count = static_cast<double>(tracks.size());
    q.short_track_fraction = static_cast<double>(short_tracks) / count;
    q.id_switch_rate = static_cast<double>(id_switches) / count;
  }
  if (duration_s >= kMinDurationForRate_s) {
    warn_above(q, "tracks_per_minute", q.tracks_per_minute, 50,
               "many tracks: raise track_buffer or min_size, or lower stride so that faces overlap "
               "from one analysed frame to the next");
  }
  warn_above(q, "short_track_fraction", q.short_track_fraction, 0.30,
             "many tracks shorter than 1 s: raise new_track_thresh or min_size, or set "
             "min_track_length_s; a video cut very fast has short tracks by itself");
  warn_above(q, "id_switch_rate", q.id_switch_rate, 0.10,
             "tracks jump from person to person: lower stride or match_thresh; if one turning "
             "face is split, lower gate_soft");
  return q;
}

std::vector<QualityWarning> identity_warnings(double singleton_fraction,
                                              double largest_cluster_fraction) {
  std::vector<QualityWarning> warnings;
  if (singleton_fraction > kMaxSingletonFraction) {
    warnings.push_back({"singleton_fraction", singleton_fraction, kMaxSingletonFraction,
                        "many identities have one track only: lower cluster_thresh or "
                        "singleton_merge, or merge them by hand"});
  }
  if (largest_cluster_fraction > kMaxLargestFraction) {
    warnings.push_back({"largest_cluster_fraction", largest_cluster_fraction, kMaxLargestFraction,
                        "one identity has most of the tracks: raise cluster_thresh, unless it is "
                        "the story of one person"});
  }
  return warnings;
}

}  // namespace screenalytics
