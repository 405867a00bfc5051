// Screen time: who is on screen when, for how long, and with whom.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "base/timestamp.h"

namespace screenalytics {

// Half-open.
struct TimeSpan {
  Timestamp start, end;
  double seconds() const { return seconds_between(start, end); }
  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

// A track as screen time sees it: all the time that it was followed, not the faces that were
// looked at more closely.
struct SeenTrack {
  int identity = -1;  // -1: nobody knows whose
  TimeSpan seen;
};

struct ScreenTimeOptions {
  double gap_tolerance_s = 0;   // two appearances of one identity with less between them are one
  double edge_padding_s = 0;    // put before and behind each appearance, inside the video
  double min_appearance_s = 0;  // shorter appearances are left out
};

struct IdentityScreenTime {
  int identity = 0;
  double visual_s = 0, percent = 0;   // of the video
  std::vector<TimeSpan> appearances;  // disjoint, in order, not empty
};

struct CoPresence {
  int a = 0, b = 0;  // a < b
  double seconds = 0;
};

struct ScreenTime {
  std::vector<IdentityScreenTime> identities;  // the longest first; those with no time are left out
  std::vector<CoPresence> co_presence;         // of pairs that share time, the longest first
  double unassigned_s = 0;                     // with a face on screen that nobody is known for
};

// Pure. `video`: all appearances are cut to it.
ScreenTime screen_time(const std::vector<SeenTrack>& tracks, const TimeSpan& video,
                       const ScreenTimeOptions& options);

// Returns: for each second of `video`, the last one maybe shorter, how much of it is in
// `appearances`, in seconds.
std::vector<double> seconds_by_second(const std::vector<TimeSpan>& appearances,
                                      const TimeSpan& video);

}  // namespace screenalytics
