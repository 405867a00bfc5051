// SPDX-License-Identifier: MIT
#include "summarize/intervals.h"

#include <algorithm>

namespace screenalytics {

std::vector<TimeSpan> intersection(const std::vector<TimeSpan>& a, const std::vector<TimeSpan>& b) {
  std::vector<TimeSpan> both;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const TimeSpan shared{std::max(a[i].start, b[j].start), std::min(a[i].end, b[j].end)};
    if (shared.start < shared.end) both.push_back(shared);
    if (a[i].end < b[j].end) {
      ++i;
    } else {
      ++j;
    }
  }
  return both;
}

std::vector<TimeSpan> difference(const std::vector<TimeSpan>& a, const std::vector<TimeSpan>& b) {
  std::vector<TimeSpan> left;
  size_t first = 0;  // the intervals of b before it end before all that is to come
  for (TimeSpan rest : a) {
    while (first < b.size() && b[first].end <= rest.start) ++first;
    for (size_t j = first; j < b.size() && b[j].start < rest.end; ++j) {
      if (rest.start < b[j].start) left.push_back({rest.start, b[j].start});
      rest.start = std::max(rest.start, b[j].end);
    }
    if (rest.start < rest.end) left.push_back(rest);
  }
  return left;
}

}  // namespace screenalytics
