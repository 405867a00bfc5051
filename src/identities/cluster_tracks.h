// From tracks to identities: clustering, within what humans have decided.
// SPDX-License-Identifier: MIT
#pragma once

#include "artifacts/assignment.h"
#include "config/settings.h"
#include "identities/episode_tracks.h"

namespace screenalytics {

// decided: identities that humans made, labelled or locked, and tracks that they threw out. They
// keep their tracks and numbers; other tracks may join those that are not locked.
//
// Tracks with a vector of good faces are clustered (agglomerate.h). Then, of what no human decided:
// a track less like the others of its identity than min_identity_sim leaves it; a track alone, or
// with a vector of a refused face only, joins the identity that it is most like, from
// singleton_merge; what is left of the latter is clustered by itself; identities of fewer than
// min_cluster_size tracks are given up. Two tracks seen in one frame never come together. A new
// identity has the number of its first track, where that is free. Returns the same for the same
// tracks in another order, but for the numbers and exact ties. Pure. Throws: unsupported for too
// many tracks.
Assignment cluster_tracks(const EpisodeTracks& episode, const ClusteringSettings& settings,
                          const Assignment& decided);

}  // namespace screenalytics
