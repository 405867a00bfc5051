// The last stages of a run, cluster and summarize, from the artifacts alone.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "artifacts/episode_paths.h"
#include "artifacts/screentime_file.h"
#include "identities/people.h"

namespace screenalytics {

struct FoundPeople {
  ScreenTimeReport report;
  IdentityList identities;
  int64_t tracks = 0;
  std::vector<std::string> notes;
};

// Clusters the tracks within what humans have decided, and writes identities.json, the pictures and
// the files under analytics/. Who `lookup` knows gets a name.
// Requires: nobody else writes to the episode. Throws: not_found where the episode has no tracks
// with vectors; unsupported for too many tracks; corrupt_input, io.
FoundPeople find_people(const EpisodePaths& paths, const PeopleSettings& settings,
                        const NameLookup& lookup = {});

// Whether the episode has what find_people() needs. Throws: as read_run().
bool has_track_vectors(const EpisodePaths& paths);

}  // namespace screenalytics
