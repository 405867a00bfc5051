// Moderator: corrects the identities of one episode, keeps every correction in a journal, and takes
// it back.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/episode_paths.h"
#include "identities/episode_tracks.h"
#include "identities/operations.h"
#include "identities/people.h"
#include "store/store.h"

namespace screenalytics {

// What of the journal holds for the tracks as they are now.
struct JournalOfDecisions {
  std::vector<DecisionRecord> records;  // all, also undone ones
  std::vector<Decision> active;         // not undone, in the present numbers of tracks
  std::vector<int64_t> active_seqs;
  int next_identity = 1;  // a number that none ever had
  int lost_tracks = 0;    // decided on, and not found among the present tracks
};

// Throws: as Store; corrupt_input where an entry is none of ours.
JournalOfDecisions read_decisions(const Store& store, const EpisodePaths& paths,
                                  const EpisodeTracks& episode);

// Every correction that was ever made, the oldest first; nothing is written, not even a database
// where there is none. Throws: as Store; corrupt_input where an entry is none of ours.
std::vector<HistoryEntry> read_history(const EpisodePaths& paths);

// Remembers a clustering, on which later decisions are applied.
void remember_base(Store& store, const EpisodePaths& paths, const EpisodeTracks& episode,
                   const JournalOfDecisions& journal, const Assignment& assignment);

// Threads: one at a time. Requires: the episode's lock is held while it changes anything.
class Moderator {
 public:
  // Throws: not_found where the episode has no identities; as Store; corrupt_input.
  Moderator(const EpisodePaths& paths, const PeopleSettings& settings, NameLookup lookup = {});

  const ModerationState& state() const { return state_; }
  const JournalOfDecisions& journal() const { return journal_; }
  const EpisodeTracks& episode() const { return episode_; }

  // Enters the decision and rewrites identities.json and the screen time. Where these cannot be
  // written, the journal stays as it was, and what was written already is taken back.
  // Returns: its number in the journal.
  int64_t carry_out(const std::string& op, Decision decision);

  // Takes the last decision that holds back. Returns: its summary; nothing where there is none.
  std::optional<std::string> undo();

  // Takes back all decisions after this one; 0: all there are. Returns: their summaries, the last
  // first. Throws: not_found where there is no such decision, naming the last.
  std::vector<std::string> undo_to(int64_t seq);

 private:
  void load();
  void write();
  void change(const std::function<void()>& entry);
  void recluster();

  EpisodePaths paths_;
  PeopleSettings settings_;
  NameLookup lookup_;
  Store store_;
  EpisodeTracks episode_;
  JournalOfDecisions journal_;
  ModerationState state_;
};

}  // namespace screenalytics
