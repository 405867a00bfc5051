// Writes who was seen when: identities.json, their pictures, and the files under analytics/.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "artifacts/assignment.h"
#include "artifacts/episode_paths.h"
#include "artifacts/identities_file.h"
#include "artifacts/rows.h"
#include "artifacts/screentime_file.h"
#include "config/settings.h"
#include "identities/episode_tracks.h"

namespace screenalytics {

// Says who the identity with this mean vector is, as far as known. An empty function: nobody asks.
using NameLookup = std::function<IdentityLabel(const Embedding& centroid)>;

// What is wrong with the identities, as track_metrics.json says it. Pure.
std::vector<MetricWarning> identity_warnings(const IdentityList& list);

// Mean of the tracks' unit vectors, those of good faces where there are any; empty without a
// vector.
Embedding identity_centroid(const std::vector<int>& tracks, const EpisodeTracks& episode);

struct PeopleSettings {
  ClusteringSettings clustering;
  ScreenTimeSettings screen_time;
};

// Labels that a human gave win over `lookup`. Identities of one person are one person of the screen
// time. All files are replaced; what an earlier call wrote is gone. The warnings in
// track_metrics.json, where there is one, are brought up to date.
// Requires: the episode's folders. Throws: io.
ScreenTimeReport write_people(const EpisodePaths& paths, const EpisodeTracks& episode,
                              const Assignment& assignment, const PeopleSettings& settings,
                              const NameLookup& lookup);

// identities.json, with tracks that the episode has. Throws: as read_identities().
IdentityList read_people(const EpisodePaths& paths, const EpisodeTracks& episode);

}  // namespace screenalytics
