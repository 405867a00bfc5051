// SPDX-License-Identifier: MIT
#include "identities/operations.h"

#include <fmt/format.h>

#include <algorithm>

#include "artifacts/identities_file.h"
#include "artifacts/rows.h"
#include "base/error.h"
#include "base/names.h"

namespace screenalytics {
namespace {

const AssignedIdentity* find(const Assignment& assignment, int identity) {
  const auto found =
      std::find_if(assignment.identities.begin(), assignment.identities.end(),
                   [&](const AssignedIdentity& i) { return i.identity == identity; });
  return found == assignment.identities.end() ? nullptr : &*found;
}

const AssignedIdentity& identity_of(const ModerationState& state, int identity) {
  if (const AssignedIdentity* found = find(state.assignment, identity)) return *found;
  int nearest = 0;
  for (const AssignedIdentity& i : state.assignment.identities) {
    if (nearest == 0 || std::abs(i.identity - identity) < std::abs(nearest - identity)) {
      nearest = i.identity;
    }
  }
  throw Error(ErrorCode::not_found,
              fmt::format("there is no {}; {}", identity_name(identity),
                          nearest == 0 ? "the episode has no identities"
                                       : "the nearest is " + identity_name(nearest)));
}

void require_unlocked(const AssignedIdentity& identity) {
  if (!identity.locked) return;
  throw Error(ErrorCode::conflict, fmt::format("{} is locked: its tracks stay; unlock it first",
                                               identity_name(identity.identity)));
}

void require_track(const ModerationState& state, int track) {
  if (track >= 1 && track <= std::ssize(state.track_starts)) return;
  throw Error(ErrorCode::not_found,
              fmt::format("there is no {}; the episode has {} tracks",
                          track_name(std::max(0, track)), state.track_starts.size()));
}

void require_apart(const ModerationState& state, const std::vector<int>& a,
                   const std::vector<int>& b) {
  const auto start = [&](int track) { return state.track_starts[static_cast<size_t>(track - 1)]; };
  for (const int x : a) {
    for (const int y : b) {
      if (!state.together.contains(std::minmax({x, y}))) continue;
      throw Error(
          ErrorCode::conflict,
          fmt::format("{} and {} were seen in one frame (both are there at {:.2f} s), so "
                      "they are two people: drop or split off the one that is wrong first",
                      track_name(x), track_name(y), std::max(start(x), start(y)).seconds()));
    }
  }
}

std::vector<int> merged(std::vector<int> a, const std::vector<int>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  return a;
}

std::vector<int> without(const std::vector<int>& all, const std::vector<int>& gone) {
  std::vector<int> left;
  for (const int t : all) {
    if (std::find(gone.begin(), gone.end(), t) == gone.end()) left.push_back(t);
  }
  return left;
}

// Takes tracks away from their identity; one without tracks is no more.
void take_away(Decision& decision, AssignedIdentity from, const std::vector<int>& tracks) {
  from.tracks = without(from.tracks, tracks);
  if (from.tracks.empty()) {
    decision.removed.push_back(from.identity);
  } else {
    decision.after.push_back(std::move(from));
  }
}

const AssignedIdentity* owner_of(const ModerationState& state, int track) {
  for (const AssignedIdentity& i : state.assignment.identities) {
    if (std::binary_search(i.tracks.begin(), i.tracks.end(), track)) return &i;
  }
  return nullptr;
}

std::string names(const std::vector<int>& tracks) {
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(3, tracks.size()); ++i) {
    text += (i > 0 ? ", " : "") + track_name(tracks[i]);
  }
  if (tracks.size() > 3) text += fmt::format(" and {} more", tracks.size() - 3);
  return text;
}

std::vector<int> sorted_unique(std::vector<int> list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

}  // namespace

Decision label_identity(const ModerationState& state, int identity, const std::string& name,
                        const std::string& person_id) {
  if (!name.empty()) require_name(name);
  AssignedIdentity after = identity_of(state, identity);
  after.name = name;
  after.person_id = person_id;
  Decision d;
  d.summary = name.empty() ? fmt::format("take the name from {}", identity_name(identity))
                           : fmt::format("{} is {}", identity_name(identity), name);
  d.after = {std::move(after)};
  return d;
}

Decision lock_identity(const ModerationState& state, int identity, bool locked) {
  AssignedIdentity after = identity_of(state, identity);
  if (after.locked == locked) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("{} is {} already", identity_name(identity), locked ? "locked" : "unlocked"));
  }
  after.locked = locked;
  Decision d;
  d.summary = fmt::format("{} {}", locked ? "lock" : "unlock", identity_name(identity));
  d.after = {std::move(after)};
  return d;
}

Decision merge_identities(const ModerationState& state, const std::vector<int>& sources,
                          int target) {
  AssignedIdentity after = identity_of(state, target);
  require_unlocked(after);
  Decision d;
  std::string from;
  for (const int source : sorted_unique(sources)) {
    if (source == target) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("cannot merge {} with itself", identity_name(target)));
    }
    const AssignedIdentity& other = identity_of(state, source);
    require_unlocked(other);
    require_apart(state, after.tracks, other.tracks);
    after.tracks = merged(std::move(after.tracks), other.tracks);
    if (after.name.empty()) {
      after.name = other.name;
      after.person_id = other.person_id;
    }
    d.removed.push_back(source);
    from += (from.empty() ? "" : ", ") + identity_name(source);
  }
  if (d.removed.empty()) {
    throw Error(ErrorCode::invalid_argument, "name at least one identity to merge");
  }
  d.summary = fmt::format("merge {} into {}", from, identity_name(target));
  d.after = {std::move(after)};
  return d;
}

Decision split_identity(const ModerationState& state, int identity,
                        const std::vector<int>& tracks) {
  const AssignedIdentity& from = identity_of(state, identity);
  require_unlocked(from);
  const std::vector<int> part = sorted_unique(tracks);
  for (const int t : part) {
    require_track(state, t);
    if (!std::binary_search(from.tracks.begin(), from.tracks.end(), t)) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("{} is not in {}", track_name(t), identity_name(identity)));
    }
  }
  if (part.empty() || part.size() == from.tracks.size()) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("split off some of the {} tracks of {}, not {}", from.tracks.size(),
                            identity_name(identity), part.empty() ? "none" : "all"));
  }
  Decision d;
  take_away(d, from, part);
  AssignedIdentity fresh;
  fresh.identity = state.next_identity;
  fresh.tracks = part;
  d.after.push_back(std::move(fresh));
  d.summary = fmt::format("split {} off {}, as {}", names(part), identity_name(identity),
                          identity_name(state.next_identity));
  return d;
}

Decision move_track(const ModerationState& state, int track, std::optional<int> target) {
  require_track(state, track);
  const AssignedIdentity* from = owner_of(state, track);
  Decision d;
  AssignedIdentity to;
  if (target) {
    to = identity_of(state, *target);
    require_unlocked(to);
    if (from != nullptr && from->identity == *target) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("{} is in {} already", track_name(track), identity_name(*target)));
    }
    require_apart(state, to.tracks, {track});
  } else {
    to.identity = state.next_identity;
    if (from != nullptr && from->tracks.size() == 1) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("{} is alone in {} already", track_name(track),
                              identity_name(from->identity)));
    }
  }
  if (from != nullptr) {
    require_unlocked(*from);
    take_away(d, *from, {track});
  }
  to.tracks = merged(std::move(to.tracks), {track});
  d.summary = fmt::format("move {} to {}", track_name(track), identity_name(to.identity));
  d.after.push_back(std::move(to));
  return d;
}

Decision drop_tracks(const ModerationState& state, const std::vector<int>& tracks) {
  Decision d;
  d.dropped = sorted_unique(tracks);
  if (d.dropped.empty()) {
    throw Error(ErrorCode::invalid_argument, "name at least one track to drop");
  }
  std::set<int> owners;
  for (const int t : d.dropped) {
    require_track(state, t);
    const std::vector<int>& gone = state.assignment.dropped;
    if (std::binary_search(gone.begin(), gone.end(), t)) {
      throw Error(ErrorCode::invalid_argument, fmt::format("{} is dropped already", track_name(t)));
    }
    if (const AssignedIdentity* owner = owner_of(state, t)) owners.insert(owner->identity);
  }
  for (const int identity : owners) {
    const AssignedIdentity& owner = identity_of(state, identity);
    require_unlocked(owner);
    take_away(d, owner, d.dropped);
  }
  d.summary = fmt::format("drop {}", names(d.dropped));
  return d;
}

Decision drop_identity(const ModerationState& state, int identity) {
  Decision d = drop_tracks(state, identity_of(state, identity).tracks);
  d.summary = fmt::format("drop {}", identity_name(identity));
  return d;
}

Assignment apply_decisions(Assignment assignment, const std::vector<Decision>& decisions) {
  std::vector<AssignedIdentity>& identities = assignment.identities;
  for (const Decision& d : decisions) {
    std::set<int> claimed(d.dropped.begin(), d.dropped.end()),
        replaced(d.removed.begin(), d.removed.end());
    for (const AssignedIdentity& i : d.after) {
      replaced.insert(i.identity);
      claimed.insert(i.tracks.begin(), i.tracks.end());
    }
    std::erase_if(identities, [&](const auto& i) { return replaced.contains(i.identity); });
    // Only where tracks were numbered anew can anybody else have one of these.
    for (AssignedIdentity& i : identities) {
      std::erase_if(i.tracks, [&](int t) { return claimed.contains(t); });
    }
    std::erase_if(identities, [](const auto& i) { return i.tracks.empty(); });
    identities.insert(identities.end(), d.after.begin(), d.after.end());
    std::erase_if(assignment.dropped, [&](int t) { return claimed.contains(t); });
    assignment.dropped = merged(std::move(assignment.dropped), d.dropped);
  }
  std::sort(identities.begin(), identities.end(),
            [](const auto& a, const auto& b) { return a.identity < b.identity; });
  return assignment;
}

}  // namespace screenalytics
