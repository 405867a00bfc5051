// ProgressDisplay: shows a run's progress on a terminal, as plain lines, or as JSON.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

#include "artifacts/rows.h"

namespace screenalytics {

enum class DisplayMode { bar, lines, json, quiet };

// Threads: one at a time. Bar and lines go to standard error, JSON to standard output.
class ProgressDisplay {
 public:
  explicit ProgressDisplay(DisplayMode mode) : mode_(mode) {}

  void show(const Progress& progress);
  // Ends the bar's line.
  void finish();

 private:
  void show_bar(const Progress& progress);
  void show_line(const Progress& progress);

  DisplayMode mode_;
  bool bar_open_ = false;
  std::string last_phase_;
  std::chrono::steady_clock::time_point next_line_{};
};

// "1:02:03", "2:03" or "3 s".
std::string duration_text(double seconds);

}  // namespace screenalytics
