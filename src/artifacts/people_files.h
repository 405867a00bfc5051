// The artifacts about people: identities.json, screentime.json, screentime.csv, timeline.csv.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/timestamp.h"

namespace screenalytics {

inline constexpr std::string_view kIdentitySchema = "identities_v1";

// Requires: number >= 0. Returns "identity-00001".
std::string identity_name(int number);

// An entry of identities.json: a cluster of tracks inside one episode.
struct IdentityRow {
  int identity = 0;          // number of identity_id
  std::vector<int> tracks;   // numbers of track_ids, ascending, at least one
  double centroid_norm = 0;  // length of the mean of its tracks' unit vectors, 0..1
  double variance = 0;       // mean squared distance of those to their mean
  int64_t faces = 0;         // detections of its tracks
  friend bool operator==(const IdentityRow&, const IdentityRow&) = default;
};

// identities.json.
struct IdentityList {
  std::string ep_id;
  std::vector<IdentityRow> identities;  // a track belongs to one of them at most
  int64_t tracks = 0;                   // of the episode, with or without an identity
  double cluster_thresh = 0;
  std::string linkage;
  std::string created_at;  // utc_text()
};

// A person of screentime.json. People without a name are one identity each.
struct PersonRow {
  std::vector<int> identities;  // numbers, at least one
  double visual_s = 0, percent = 0;
  std::vector<std::pair<Timestamp, Timestamp>> appearances;  // half-open, disjoint, in order
  double confidence = 0;                                     // mean of the faces', 0..1
  int64_t tracks = 0, faces = 0;
  std::vector<double> by_second;  // seconds seen in each second of the video; a column of timeline

  // What stands for the person where a single word is needed.
  std::string label() const { return identity_name(identities.front()); }
};

struct SharedTime {
  size_t a = 0, b = 0;  // places in `people`
  double seconds = 0;
};

// screentime.json and its tables.
struct ScreenTimeReport {
  std::string ep_id;
  Timestamp start;  // of the video
  double duration_s = 0;
  std::vector<PersonRow> people;  // the longest first
  std::vector<SharedTime> co_presence;
  double unassigned_s = 0;
};

// Each replaces its file atomically. Throws: invalid_argument for a value that breaks the schema,
// naming the field; io.
void write_identities(const std::filesystem::path& path, const IdentityList& list);
IdentityList read_identities(const std::filesystem::path& path);  // also: not_found, corrupt_input

void write_screentime_json(const std::filesystem::path& path, const ScreenTimeReport& report);
// One person a line.
void write_screentime_csv(const std::filesystem::path& path, const ScreenTimeReport& report);
// One second a line, one person a column.
void write_timeline(const std::filesystem::path& path, const ScreenTimeReport& report);

}  // namespace screenalytics
