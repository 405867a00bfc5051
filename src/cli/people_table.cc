// SPDX-License-Identifier: MIT
#include "cli/people_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace screenalytics {

void print_people(const ScreenTimeReport& report) {
  constexpr size_t kShown = 20;
  fmt::print("  {:<12} {}\n", "people", report.people.size());
  if (!report.people.empty()) {
    fmt::print("    {:<16} {:>11} {:>7} {:>12} {:>10} {:>10}\n", "", "screen time", "share",
               "appearances", "first", "last");
  }
  for (size_t i = 0; i < std::min(kShown, report.people.size()); ++i) {
    const PersonRow& p = report.people[i];
    fmt::print("    {:<16} {:>9.1f} s {:>5.1f} % {:>12} {:>8.1f} s {:>8.1f} s\n", p.label(),
               p.visual_s, p.percent, p.appearances.size(), p.appearances.front().first.seconds(),
               p.appearances.back().second.seconds());
  }
  if (report.people.size() > kShown) {
    fmt::print("    and {} more, in screentime.csv\n", report.people.size() - kShown);
  }
  if (report.unassigned_s > 0) {
    fmt::print("    {:<16} {:>9.1f} s\n", "not assigned", report.unassigned_s);
  }
}

}  // namespace screenalytics
