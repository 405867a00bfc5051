// Which identities of an episode are one person, though clustering has left them apart.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "artifacts/identities_file.h"
#include "identities/episode_tracks.h"

namespace screenalytics {

struct IdentityGroup {
  int target = 0;            // keeps its number: named by a human, else with the most tracks
  std::vector<int> sources;  // at least one, ascending
};

// Identities of one name, or one person of the facebank, are one; so are those whose means are at
// least `group_thresh` alike (average linkage over the identities; cosine). Never together: two
// names, two that were seen in one frame, one that is locked, one without a good face. Pure.
// Throws: unsupported for too many identities.
std::vector<IdentityGroup> group_identities(const IdentityList& list, const EpisodeTracks& episode,
                                            double group_thresh);

}  // namespace screenalytics
