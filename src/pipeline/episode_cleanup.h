// Puts the tracks and identities of a finished episode right, as far as a program can tell.
// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string_view>

#include "artifacts/cleanup_file.h"
#include "pipeline/episode_rework.h"

namespace screenalytics {

// In the order in which they are done.
enum class CleanupAction {
  split_tracks,    // where the person changes inside of a track
  reembed,         // all face vectors anew: from crops on the disk, or one more decode
  recluster,       // identities, within what humans have decided; always after the two above
  group_clusters,  // identities that are one person become one; each is a correction to be undone
};

// "split_tracks" and so on.
std::string_view to_string(CleanupAction action);
// Throws: invalid_argument, naming those that there are.
CleanupAction parse_cleanup_action(std::string_view text);

struct CleanupRequest {
  EpisodePaths paths;
  // As ReworkRequest has them; without reembed the embedder is that of the episode's vectors.
  Settings settings;
  ModelManifest embedder;
  std::set<CleanupAction> actions;
  ProgressListener on_progress;
};

struct CleanupResult {
  bool cancelled = false;  // then nothing was changed
  CleanupReport report;    // also in cleanup.json
};

// Requires: the episode's lock is held. Throws: not_found for an episode without face vectors,
// where reembed is not among the actions; as rework_episode(), find_people(), Moderator.
CleanupResult clean_up(const CleanupRequest& request, const CancelToken& cancel,
                       const RunParts& parts);
CleanupResult clean_up(const CleanupRequest& request, const CancelToken& cancel);

}  // namespace screenalytics
