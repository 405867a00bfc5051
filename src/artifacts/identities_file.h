// identities.json: the people of one episode, as groups of tracks.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/rows.h"

namespace screenalytics {

inline constexpr std::string_view kIdentitySchema = "identities_v1";

// Requires: number >= 0. Returns "identity-00001".
std::string identity_name(int number);
// Returns nothing where `name` is not of that form with a number of at least 1.
std::optional<int> identity_number(std::string_view name);

// Who an identity is, and how that is known.
struct IdentityLabel {
  std::string name;       // as shown; empty: nobody has said
  std::string person_id;  // of the facebank; empty: none
  // Of a facebank match; without one, a human said so.
  std::optional<double> similarity, margin;  // to the best photo; over the runner-up
  std::string verdict;                       // known | ambiguous | unknown; empty: not looked up
  std::string evidence;                      // in words: which photo, the runner-up, candidates
  friend bool operator==(const IdentityLabel&, const IdentityLabel&) = default;
};

// An entry of identities.json.
struct IdentityRow {
  int identity = 0;            // number of identity_id; keeps its meaning while people correct
  std::optional<int> cluster;  // nothing where a human made the identity
  std::vector<int> tracks;     // numbers of track_ids, ascending, at least one
  std::string canonical_face;  // path of the picture, relative to the output root; empty: none
  double centroid_norm = 0;    // length of the mean of its tracks' unit vectors, 0..1
  double variance = 0;         // mean squared distance of those to their mean
  int64_t faces = 0;           // detections of its tracks
  IdentityLabel label;
  bool locked = false;                 // re-clustering neither adds nor removes tracks
  std::string created_at, updated_at;  // utc_text()
  friend bool operator==(const IdentityRow&, const IdentityRow&) = default;
};

// identities.json.
struct IdentityList {
  std::string ep_id;
  std::vector<IdentityRow> identities;  // by number; a track belongs to one of them at most
  int64_t tracks = 0;                   // of the episode, with or without an identity
  double cluster_thresh = 0;
  int min_cluster_size = 1;
  std::string linkage;
  std::string created_at;  // utc_text()
};

// Share of identities with one track only, and of the tracks in the largest identity.
double singleton_fraction(const IdentityList& list);
double largest_cluster_fraction(const IdentityList& list);

// Replaces the file atomically. Throws: invalid_argument for a value that breaks the schema, naming
// the field; io.
void write_identities(const std::filesystem::path& path, const IdentityList& list);
// Throws: not_found, io; corrupt_input naming file and field.
IdentityList read_identities(const std::filesystem::path& path);

// One entry as identities.json has it, and with it its tracks: those of `tracks` that it holds.
// Pure.
std::string identity_text(const IdentityRow& row, const std::vector<TrackRow>& tracks);

}  // namespace screenalytics
