// SPDX-License-Identifier: MIT
#include "identities/moderator.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "artifacts/identities_file.h"
#include "artifacts/row_files.h"
#include "artifacts/rows.h"
#include "base/error.h"
#include "identities/cluster_tracks.h"
#include "identities/track_matching.h"

namespace screenalytics {
namespace {

constexpr const char* kBase = "base";

std::string place_of(const EpisodePaths& paths, int64_t seq) {
  return fmt::format("decision {} of episode '{}'", seq, paths.episode().str());
}

// The assignment that a run without any decision has left in identities.json.
Assignment assignment_of_file(const EpisodePaths& paths) {
  Assignment assignment;
  for (const IdentityRow& row : read_identities(paths.identities()).identities) {
    AssignedIdentity i;
    i.identity = row.identity;
    i.cluster = row.cluster;
    i.tracks = row.tracks;
    i.created_at = row.created_at;
    assignment.identities.push_back(std::move(i));
  }
  return assignment;
}

std::optional<AssignmentBase> read_base(const Store& store, const EpisodePaths& paths) {
  const std::optional<std::string> text = store.episode_value(paths.episode().str(), kBase);
  if (!text) return std::nullopt;
  return parse_base(*text, fmt::format("clustering of episode '{}'", paths.episode().str()));
}

void write_base(Store& store, const EpisodePaths& paths, const AssignmentBase& base) {
  store.set_episode_value(paths.episode().str(), kBase, base_text(base));
}

}  // namespace

JournalOfDecisions read_decisions(const Store& store, const EpisodePaths& paths,
                                  const EpisodeTracks& episode) {
  JournalOfDecisions journal;
  journal.records = store.decisions(paths.episode().str());
  journal.next_identity = static_cast<int>(episode.tracks.size()) + 1;
  const std::string tracks_id = tracks_fingerprint(episode);
  std::vector<Decision> foreign;
  for (const DecisionRecord& record : journal.records) {
    Decision d = parse_decision(record.payload, place_of(paths, record.seq));
    journal.summaries.push_back(d.summary);
    for (const AssignedIdentity& i : d.after) {
      journal.next_identity = std::max(journal.next_identity, i.identity + 1);
    }
    if (record.undone) continue;
    if (d.tracks_id != tracks_id) foreign.push_back(d);
    journal.active.push_back(std::move(d));
    journal.active_seqs.push_back(record.seq);
  }
  if (foreign.empty()) return journal;
  const TrackMatches matches = match_tracks(foreign, paths.detections());
  for (Decision& d : journal.active) {
    if (d.tracks_id == tracks_id) continue;
    journal.lost_tracks += renumber_tracks(d, matches);
    d.tracks_id = tracks_id;
  }
  return journal;
}

void remember_base(Store& store, const EpisodePaths& paths, const EpisodeTracks& episode,
                   const JournalOfDecisions& journal, const Assignment& assignment) {
  const int64_t last = journal.records.empty() ? 0 : journal.records.back().seq;
  write_base(store, paths, {tracks_fingerprint(episode), last, assignment});
}

Moderator::Moderator(const EpisodePaths& paths, const PeopleSettings& settings, NameLookup lookup)
    : paths_(paths),
      settings_(settings),
      lookup_(std::move(lookup)),
      store_(facebank_file(paths.out_root())),
      episode_(read_episode_tracks(paths)) {
  load();
}

void Moderator::load() {
  journal_ = read_decisions(store_, paths_, episode_);
  const std::string tracks_id = tracks_fingerprint(episode_);
  std::optional<AssignmentBase> base = read_base(store_, paths_);
  if (!base || (base->tracks_id != tracks_id && journal_.active.empty())) {
    base = AssignmentBase{tracks_id, 0, assignment_of_file(paths_)};
    write_base(store_, paths_, *base);
  } else if (base->tracks_id != tracks_id) {
    base->assignment =
        cluster_tracks(episode_, settings_.clustering, apply_decisions({}, journal_.active));
    remember_base(store_, paths_, episode_, journal_, base->assignment);
    base->last_seq = journal_.records.back().seq;
  }
  std::vector<Decision> since;
  for (size_t i = 0; i < journal_.active.size(); ++i) {
    if (journal_.active_seqs[i] > base->last_seq) since.push_back(journal_.active[i]);
  }
  state_.assignment = apply_decisions(std::move(base->assignment), since);
  state_.tracks = static_cast<int>(episode_.tracks.size());
  state_.together = {episode_.seen_together.begin(), episode_.seen_together.end()};
  state_.next_identity = journal_.next_identity;
  for (const AssignedIdentity& i : state_.assignment.identities) {
    state_.next_identity = std::max(state_.next_identity, i.identity + 1);
  }
}

void Moderator::write() { write_people(paths_, episode_, state_.assignment, settings_, lookup_); }

int64_t Moderator::carry_out(const std::string& op, Decision decision) {
  const std::string now = utc_text();
  std::set<int> tracks(decision.dropped.begin(), decision.dropped.end());
  for (AssignedIdentity& i : decision.after) {
    if (i.created_at.empty()) i.created_at = now;
    i.updated_at = now;
    tracks.insert(i.tracks.begin(), i.tracks.end());
  }
  decision.tracks_id = tracks_fingerprint(episode_);
  decision.anchors = track_anchors(tracks, paths_.detections());
  Store::Transaction transaction(store_);
  const int64_t seq =
      store_.append_decision(paths_.episode().str(), now, op, decision_text(decision));
  load();
  write();
  transaction.commit();
  return seq;
}

std::optional<std::string> Moderator::undo() {
  if (journal_.active.empty()) return std::nullopt;
  const std::string summary = journal_.active.back().summary;
  const int64_t seq = journal_.active_seqs.back();
  const std::optional<AssignmentBase> base = read_base(store_, paths_);
  Store::Transaction transaction(store_);
  store_.set_undone(paths_.episode().str(), seq, true);
  if (base && seq <= base->last_seq) {
    // The tracks were clustered with this decision: without it they come together in another way.
    const JournalOfDecisions rest = read_decisions(store_, paths_, episode_);
    remember_base(store_, paths_, episode_, rest,
                  cluster_tracks(episode_, settings_.clustering, apply_decisions({}, rest.active)));
  }
  load();
  write();
  transaction.commit();
  return summary;
}

}  // namespace screenalytics
