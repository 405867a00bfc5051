// Knows the tracks of an earlier run again in those of a later one that numbers them anew.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "artifacts/decision_text.h"
#include "identities/episode_tracks.h"

namespace screenalytics {

// The same for the same tracks only. Pure.
std::string tracks_fingerprint(const EpisodeTracks& episode);

// A few places of each of these tracks, spread over it. Throws: as DetectionReader.
std::map<int, std::vector<TrackAnchor>> track_anchors(const std::set<int>& tracks,
                                                      const std::filesystem::path& detections);

// The present tracks of each earlier one, by the fingerprint and number that it had.
using TrackMatches = std::map<std::pair<std::string, int>, std::vector<int>>;

// A present track is that of the most anchors which lie on it: within 0.3 s and half of the box in
// common (IoU). Throws: as DetectionReader. Memory: the anchors.
TrackMatches match_tracks(const std::vector<Decision>& decisions,
                          const std::filesystem::path& detections);

// Puts present numbers in place of earlier ones. Of two present tracks that were seen in one frame
// (`together`, the smaller first) an identity has the first only; identities without a track are
// left out. Returns: how many tracks were not found. Pure.
int renumber_tracks(Decision& decision, const TrackMatches& matches,
                    const std::set<std::pair<int, int>>& together);

}  // namespace screenalytics
