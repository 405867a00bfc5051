// Finds the tracks of an episode that hold more than one person.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "artifacts/episode_paths.h"

namespace screenalytics {

// The frames with which another person begins inside of a track, by track; tracks of one person are
// left out. The change is between two faces whose surroundings are less alike than `similarity`
// (track_splitter.h), at the place where the box jumps most.
// Memory: the vectors of the tracks that are on screen. Throws: not_found, io; corrupt_input.
std::map<int, std::vector<int64_t>> find_mixed_tracks(const EpisodePaths& paths, double similarity);

}  // namespace screenalytics
