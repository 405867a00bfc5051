// What a human can do to identities; each gives the decision that does it.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "artifacts/assignment.h"
#include "artifacts/decision_text.h"
#include "base/timestamp.h"

namespace screenalytics {

// The identities as they are, and what binds every change of them.
struct ModerationState {
  Assignment assignment;
  std::vector<Timestamp> track_starts;     // of the episode; of track number n at n - 1
  std::set<std::pair<int, int>> together;  // tracks seen in one frame, the smaller first
  int next_identity = 1;                   // a number that none ever had
};

// Each returns a decision with `summary`, `after`, `removed` and `dropped`. Pure.
// Each Throws: not_found for an identity or a track that is not there, naming what is; conflict
// where a lock, or two tracks of one frame, forbid it; invalid_argument for what makes no sense.

// An empty name takes the label away.
Decision label_identity(const ModerationState& state, int identity, const std::string& name,
                        const std::string& person_id);
Decision lock_identity(const ModerationState& state, int identity, bool locked);
// The target keeps its number and its label; without one it takes that of the first source that has
// one.
Decision merge_identities(const ModerationState& state, const std::vector<int>& sources,
                          int target);
// The tracks become an identity of their own.
Decision split_identity(const ModerationState& state, int identity, const std::vector<int>& tracks);
// target: nothing for a new identity.
Decision move_track(const ModerationState& state, int track, std::optional<int> target);
// The tracks are nobody's, and no face that somebody lacks.
Decision drop_tracks(const ModerationState& state, const std::vector<int>& tracks);
Decision drop_identity(const ModerationState& state, int identity);

// The decisions, in order, on top of an assignment. Pure.
Assignment apply_decisions(Assignment assignment, const std::vector<Decision>& decisions);

}  // namespace screenalytics
