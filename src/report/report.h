// report.html: one page that shows who is on screen when, to look at, to print and to send on.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "artifacts/episode_paths.h"

namespace screenalytics {

// Makes the page from the episode's artifacts. It needs no network and no other file: pictures,
// style and charts are in it. Every text from outside is escaped.
// Throws: not_found where the episode has no screen time; io, corrupt_input.
std::string report_html(const EpisodePaths& paths);

// Replaces the file atomically. Throws: as report_html().
void write_report(const EpisodePaths& paths, const std::filesystem::path& file);

}  // namespace screenalytics
