// The files under analytics/: screentime.json, screentime.csv, timeline.csv.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/timestamp.h"

namespace screenalytics {

// A person of screentime.json. People without a name are one identity each.
struct PersonRow {
  std::string name, person_id;  // empty: none
  std::vector<int> identities;  // numbers, at least one
  double visual_s = 0, percent = 0;
  std::vector<std::pair<Timestamp, Timestamp>> appearances;  // half-open, disjoint, in order
  double confidence = 0;                                     // mean of the faces', 0..1
  int64_t tracks = 0, faces = 0;
  // Seconds seen in each second of the video: a column of timeline.csv; not in screentime.json.
  std::vector<double> by_second;

  // What stands for the person where a single word is needed: the name, else the first identity.
  std::string label() const;
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
  std::vector<PersonRow> people;  // the longest first; no two with one label()
  std::vector<SharedTime> co_presence;
  double unassigned_s = 0;
};

// Each replaces its file atomically. Throws: invalid_argument for a value that breaks the schema,
// naming the field; io.
void write_screentime_json(const std::filesystem::path& path, const ScreenTimeReport& report);
// One person a line.
void write_screentime_csv(const std::filesystem::path& path, const ScreenTimeReport& report);
// One second a line, one person a column.
void write_timeline(const std::filesystem::path& path, const ScreenTimeReport& report);

// A field of CSV, quoted where it must be (RFC 4180); one that a spreadsheet would take for a
// formula gets an apostrophe before it. Pure.
std::string csv_text(const std::string& text);

// Returns the report without by_second. Throws: not_found, io; corrupt_input naming file and field.
ScreenTimeReport read_screentime_json(const std::filesystem::path& path);

}  // namespace screenalytics
