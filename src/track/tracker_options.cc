// SPDX-License-Identifier: MIT
#include <string>

#include "base/error.h"
#include "track/tracker.h"

namespace screenalytics {
namespace {

void require(bool ok, const char* option, double value, const char* range) {
  if (ok) return;
  throw Error(ErrorCode::invalid_argument, std::string("cannot set up tracking: ") + option +
                                               " is " + std::to_string(value) + "; use " + range);
}

}  // namespace

void validate(const TrackerOptions& o) {
  const auto unit = [](const char* name, double v) {
    require(v >= 0 && v <= 1, name, v, "a value from 0 to 1");
  };
  const auto cosine = [](const char* name, double v) {
    require(v >= -1 && v <= 1, name, v, "a value from -1 to 1");
  };
  unit("track_thresh", o.track_thresh);
  unit("new_track_thresh", o.new_track_thresh);
  unit("match_thresh", o.match_thresh);
  unit("low_thresh", o.low_thresh);
  require(o.keep_lost_s >= 0, "keep_lost_s", o.keep_lost_s, "0 or more");
  require(o.max_keep_lost_s >= 0, "max_keep_lost_s", o.max_keep_lost_s, "0 or more");
  cosine("gate_hard", o.gate_hard);
  cosine("gate_soft", o.gate_soft);
  cosine("join_similarity", o.join_similarity);
  require(o.gate_hard <= o.gate_soft, "gate_hard", o.gate_hard, "at most gate_soft");
  require(o.gate_soft <= o.join_similarity, "gate_soft", o.gate_soft, "at most join_similarity");
  require(o.gate_streak >= 1, "gate_streak", o.gate_streak, "1 or more");
  require(o.gate_interval_s > 0, "gate_interval_s", o.gate_interval_s, "a value above 0");
}

}  // namespace screenalytics
