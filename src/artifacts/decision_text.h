// Decision: one correction that a human made to the identities of an episode, as the journal keeps
// it. SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/assignment.h"
#include "base/geometry.h"
#include "base/timestamp.h"

namespace screenalytics {

// Where a track was seen: enough to know it again when a later run numbers tracks anew.
struct TrackAnchor {
  Timestamp ts;
  Box bbox;  // as in detections.jsonl
  friend bool operator==(const TrackAnchor&, const TrackAnchor&) = default;
};

// Stands alone: it says what every identity that it touched is afterwards.
struct Decision {
  std::string summary;                              // for humans
  std::string tracks_id;                            // of the tracks that the numbers below are of
  std::vector<AssignedIdentity> after;              // all that it touched
  std::vector<int> removed;                         // identities that are no more
  std::vector<int> dropped;                         // tracks that were thrown out
  std::map<int, std::vector<TrackAnchor>> anchors;  // of all tracks above
  friend bool operator==(const Decision&, const Decision&) = default;
};

// What the decisions since the last clustering are applied to.
struct AssignmentBase {
  std::string tracks_id;
  int64_t last_seq = 0;  // of the decisions that it holds already
  Assignment assignment;
  friend bool operator==(const AssignmentBase&, const AssignmentBase&) = default;
};

// An entry of the journal, for humans.
struct HistoryEntry {
  int64_t seq = 0;
  std::string at;  // utc_text()
  std::string op, summary;
  bool undone = false;
};

// As JSON. Pure.
std::string history_text(const std::vector<HistoryEntry>& history);

// As JSON, and back. `where` is for messages. Pure. Parsing Throws: corrupt_input naming the field.
std::string decision_text(const Decision& decision);
Decision parse_decision(std::string_view text, const std::string& where);
std::string base_text(const AssignmentBase& base);
AssignmentBase parse_base(std::string_view text, const std::string& where);

}  // namespace screenalytics
