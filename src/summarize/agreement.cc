// SPDX-License-Identifier: MIT
#include "summarize/agreement.h"

#include <algorithm>

#include "base/assignment.h"
#include "summarize/intervals.h"

namespace screenalytics {
namespace {

double seconds_of(const std::vector<TimeSpan>& spans) {
  double seconds = 0;
  for (const TimeSpan& s : spans) seconds += s.seconds();
  return seconds;
}

}  // namespace

double agreement(const std::vector<std::vector<TimeSpan>>& a,
                 const std::vector<std::vector<TimeSpan>>& b) {
  double all = 0, most = 0;
  for (const auto* people : {&a, &b}) {
    for (const std::vector<TimeSpan>& person : *people) {
      all += seconds_of(person);
      most = std::max(most, seconds_of(person));
    }
  }
  if (all == 0) return 1;
  std::vector<double> shared;
  std::vector<float> cost;  // what the longest of all appearances exceeds the shared time by
  for (const std::vector<TimeSpan>& x : a) {
    for (const std::vector<TimeSpan>& y : b) {
      shared.push_back(seconds_of(intersection(x, y)));
      cost.push_back(static_cast<float>(most - shared.back()));
    }
  }
  const std::vector<int> pairs = solve_assignment(
      cost, static_cast<int>(a.size()), static_cast<int>(b.size()), static_cast<float>(most));
  double together = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i] >= 0) together += shared[i * b.size() + static_cast<size_t>(pairs[i])];
  }
  return 2 * together / all;
}

}  // namespace screenalytics
