// SPDX-License-Identifier: MIT
#include "identities/find_people.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "artifacts/documents.h"
#include "identities/cluster_tracks.h"
#include "identities/episode_tracks.h"
#include "identities/moderator.h"

namespace screenalytics {

bool has_track_vectors(const EpisodePaths& paths) {
  if (!std::filesystem::exists(paths.tracks()) || !std::filesystem::exists(paths.track_vectors())) {
    return false;
  }
  // A run that stopped earlier has left empty ones.
  const std::string stage = read_run(paths.run()).last_stage;
  return stage == "embed" || stage == "cluster";
}

FoundPeople find_people(const EpisodePaths& paths, const PeopleSettings& settings,
                        const NameLookup& lookup) {
  const EpisodeTracks episode = read_episode_tracks(paths);
  FoundPeople found;
  found.tracks = static_cast<int64_t>(episode.tracks.size());
  std::optional<Store> store = Store::open_existing(facebank_file(paths.out_root()));
  const JournalOfDecisions journal =
      store ? read_decisions(*store, paths, episode) : JournalOfDecisions{};
  const Assignment assignment =
      cluster_tracks(episode, settings.clustering, apply_decisions({}, journal.active));
  if (store) remember_base(*store, paths, episode, journal, assignment);
  if (!journal.active.empty()) {
    found.notes.push_back(
        fmt::format("{} corrections of the identities were kept", journal.active.size()));
  }
  if (journal.lost_tracks > 0) {
    found.notes.push_back(
        fmt::format("{} corrected tracks were not found again; what was decided "
                    "of them holds when they are",
                    journal.lost_tracks));
  }
  found.report = write_people(paths, episode, assignment, settings, lookup);
  found.identities = read_identities(paths.identities());
  return found;
}

}  // namespace screenalytics
