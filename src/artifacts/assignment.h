// Assignment: which tracks of an episode are whose.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace screenalytics {

// One identity as clustering or a human made it.
struct AssignedIdentity {
  int identity = 0;             // at least 1
  std::optional<int> cluster;   // nothing where a human made it
  std::vector<int> tracks;      // numbers, ascending
  std::string name, person_id;  // as a human said; empty: nothing
  bool locked = false;
  std::string created_at, updated_at;  // utc_text(); empty: not known
  friend bool operator==(const AssignedIdentity&, const AssignedIdentity&) = default;
};

// Every identity of an episode, by number. A track is in one of them at most; one in none belongs
// to nobody.
struct Assignment {
  std::vector<AssignedIdentity> identities;
  std::vector<int> dropped;  // tracks that a human threw out, ascending
  friend bool operator==(const Assignment&, const Assignment&) = default;
};

}  // namespace screenalytics
