// The artifacts that are one JSON document each: shots, metrics, progress, run.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "artifacts/rows.h"

namespace screenalytics {

// Writing replaces the file atomically. Throws: invalid_argument for a value that breaks the
// schema, naming the field; io. Reading Throws: not_found, io; corrupt_input naming file and field.
// Threads: any; two writers of one path leave the file of one of them, whole.

// Shots are numbered from 0, in order, and each begins where the one before ended.
void write_shots(const std::filesystem::path& path, const std::vector<ShotRow>& shots);
std::vector<ShotRow> read_shots(const std::filesystem::path& path);

void write_track_metrics(const std::filesystem::path& path, const TrackMetrics& metrics);
TrackMetrics read_track_metrics(const std::filesystem::path& path);

// Not flushed to the disk: this file is rewritten several times a second and of no use after a
// power cut.
void write_progress(const std::filesystem::path& path, const Progress& progress);
Progress read_progress(const std::filesystem::path& path);

// The same documents as one line of JSON without a line end, for a stream of them. Pure.
std::string progress_line(const Progress& progress);
std::string metrics_line(const TrackMetrics& metrics);

void write_run(const std::filesystem::path& path, const RunRecord& run);
RunRecord read_run(const std::filesystem::path& path);

}  // namespace screenalytics
