// cleanup.json: what a cleanup of an episode did, and what it changed.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace screenalytics {

// A measure of the episode, before and after.
struct CleanupFigure {
  std::string name;
  double before = 0, after = 0;
};

// Screen time of one person, by the name or identity that stands for them; 0 where they are not.
struct CleanupPerson {
  std::string label;
  double before_s = 0, after_s = 0;
};

struct CleanupStep {
  std::string action, result;  // the second in words
};

struct CleanupReport {
  std::string ep_id, at;  // utc_text()
  std::vector<CleanupStep> steps;
  std::vector<CleanupFigure> figures;
  std::vector<CleanupPerson> people;  // whose screen time has changed
  std::vector<std::string> notes;
};

// As JSON, with a line end. Pure.
std::string cleanup_text(const CleanupReport& report);

// Replaces the file atomically. Throws: io.
void write_cleanup(const std::filesystem::path& path, const CleanupReport& report);

}  // namespace screenalytics
