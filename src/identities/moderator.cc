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
Assignment assignment_of_file(const EpisodePaths& paths, const EpisodeTracks& episode) {
  Assignment assignment;
  for (const IdentityRow& row : read_people(paths, episode).identities) {
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
  const std::set<std::pair<int, int>> together(episode.seen_together.begin(),
                                               episode.seen_together.end());
  for (Decision& d : journal.active) {
    if (d.tracks_id == tracks_id) continue;
    journal.lost_tracks += renumber_tracks(d, matches, together);
    d.tracks_id = tracks_id;
  }
  return journal;
}

std::vector<HistoryEntry> read_history(const EpisodePaths& paths) {
  std::vector<HistoryEntry> history;
  const std::optional<Store> store = Store::open_existing(facebank_file(paths.out_root()));
  if (!store) return history;
  for (DecisionRecord& r : store->decisions(paths.episode().str())) {
    const Decision d = parse_decision(r.payload, place_of(paths, r.seq));
    history.push_back({r.seq, std::move(r.at), std::move(r.op), d.summary, r.undone});
  }
  return history;
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
    base = AssignmentBase{tracks_id, 0, assignment_of_file(paths_, episode_)};
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
  state_.track_starts.clear();
  for (const EpisodeTrack& t : episode_.tracks) state_.track_starts.push_back(t.seen.start);
  state_.together = {episode_.seen_together.begin(), episode_.seen_together.end()};
  state_.next_identity = journal_.next_identity;
  for (const AssignedIdentity& i : state_.assignment.identities) {
    state_.next_identity = std::max(state_.next_identity, i.identity + 1);
  }
}

void Moderator::write() { write_people(paths_, episode_, state_.assignment, settings_, lookup_); }

// All of it, or nothing.
void Moderator::change(const std::function<void()>& entry) {
  try {
    Store::Transaction transaction(store_);
    entry();
    load();
    write();
    transaction.commit();
  } catch (...) {
    try {
      load();
      write();
    } catch (const std::exception&) {
      // What stood in the way of the change does so still, and its own error says more.
    }
    throw;
  }
}

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
  int64_t seq = 0;
  change([&] {
    seq = store_.append_decision(paths_.episode().str(), now, op, decision_text(decision));
  });
  return seq;
}

std::optional<std::string> Moderator::undo() {
  if (journal_.active.empty()) return std::nullopt;
  return undo_to(journal_.active_seqs.back() - 1).front();
}

std::vector<std::string> Moderator::undo_to(int64_t seq) {
  const int64_t last = journal_.records.empty() ? 0 : journal_.records.back().seq;
  if (seq < 0 || seq > last) {
    throw Error(
        ErrorCode::not_found,
        fmt::format("there is no decision {} of episode '{}'; {}", seq, paths_.episode().str(),
                    last == 0 ? "nothing was corrected yet" : fmt::format("the last is {}", last)));
  }
  std::vector<std::string> summaries;
  std::vector<int64_t> seqs;
  for (size_t i = journal_.active.size(); i-- > 0 && journal_.active_seqs[i] > seq;) {
    summaries.push_back(journal_.active[i].summary);
    seqs.push_back(journal_.active_seqs[i]);
  }
  if (seqs.empty()) return summaries;
  change([&] {
    for (const int64_t s : seqs) store_.set_undone(paths_.episode().str(), s, true);
    const std::optional<AssignmentBase> base = read_base(store_, paths_);
    // The tracks were clustered with these decisions: without them they come together otherwise.
    if (base && seqs.back() <= base->last_seq) recluster();
  });
  return summaries;
}

void Moderator::recluster() {
  const JournalOfDecisions rest = read_decisions(store_, paths_, episode_);
  remember_base(store_, paths_, episode_, rest,
                cluster_tracks(episode_, settings_.clustering, apply_decisions({}, rest.active)));
}

}  // namespace screenalytics
