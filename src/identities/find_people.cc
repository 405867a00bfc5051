// SPDX-License-Identifier: MIT
#include "identities/find_people.h"

#include <filesystem>

#include "identities/cluster_tracks.h"
#include "identities/episode_tracks.h"

namespace screenalytics {

bool has_track_vectors(const EpisodePaths& paths) {
  return std::filesystem::exists(paths.tracks()) && std::filesystem::exists(paths.track_vectors());
}

FoundPeople find_people(const EpisodePaths& paths, const PeopleSettings& settings) {
  const EpisodeTracks episode = read_episode_tracks(paths);
  FoundPeople found;
  found.tracks = static_cast<int64_t>(episode.tracks.size());
  const Assignment assignment = cluster_tracks(episode, settings.clustering, {});
  found.report = write_people(paths, episode, assignment, settings, {});
  found.identities = read_identities(paths.identities());
  return found;
}

}  // namespace screenalytics
