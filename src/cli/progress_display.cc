// SPDX-License-Identifier: MIT
#include "cli/progress_display.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "artifacts/documents.h"

namespace screenalytics {
namespace {

constexpr int kBarWidth = 28;
constexpr auto kLinePeriod = std::chrono::seconds(10);

// A terminal that is gone must not end a run, hence nothing that throws.
void say(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

bool ended(const Progress& p) {
  return p.phase == "done" || p.phase == "error" || p.phase == "cancelled";
}

std::string rate_text(const Progress& p) {
  if (p.fps_detected <= 0 || p.elapsed_s <= 0) return fmt::format("{} frames", p.frames_done);
  const double video_s = static_cast<double>(p.frames_done) / p.fps_detected;
  return fmt::format("{} of video, {:.1f}x real time", duration_text(video_s),
                     video_s / p.elapsed_s);
}

}  // namespace

std::string duration_text(double seconds) {
  const auto s = static_cast<int64_t>(std::llround(std::max(0.0, seconds)));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

void ProgressDisplay::show(const Progress& progress) {
  switch (mode_) {
    case DisplayMode::bar:
      return show_bar(progress);
    case DisplayMode::lines:
      return show_line(progress);
    case DisplayMode::json:
      fmt::print("{}\n", progress_line(progress));
      std::fflush(stdout);
      return;
    case DisplayMode::quiet:
      return;
  }
}

void ProgressDisplay::show_bar(const Progress& p) {
  if (ended(p)) return;
  std::string line;
  if (p.frames_total) {
    const int filled = static_cast<int>(p.percent / 100 * kBarWidth);
    for (int i = 0; i < kBarWidth; ++i) line += i < filled ? "█" : "░";
    line += fmt::format(" {:5.1f} %  ", p.percent);
  }
  line += fmt::format("{}: {}", p.phase, rate_text(p));
  if (p.eta_s) line += fmt::format(", {} left", duration_text(*p.eta_s));
  say("\r\033[K" + line);
  bar_open_ = true;
}

void ProgressDisplay::show_line(const Progress& p) {
  const auto now = std::chrono::steady_clock::now();
  if (ended(p) || p.phase == "init" || (p.phase == last_phase_ && now < next_line_)) return;
  last_phase_ = p.phase;
  next_line_ = now + kLinePeriod;
  std::string line = fmt::format("{}: ", p.phase);
  if (p.frames_total) line += fmt::format("{:.1f} %, ", p.percent);
  line += rate_text(p);
  if (p.eta_s) line += fmt::format(", {} left", duration_text(*p.eta_s));
  say(line + "\n");
}

void ProgressDisplay::finish() {
  if (bar_open_) say("\r\033[K");
  bar_open_ = false;
}

}  // namespace screenalytics
