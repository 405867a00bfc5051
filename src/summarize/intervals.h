// Sets of time: half-open intervals, disjoint and in order.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "summarize/screen_time.h"

namespace screenalytics {

// Each takes sets of disjoint intervals in order and gives such a set. Pure.
std::vector<TimeSpan> intersection(const std::vector<TimeSpan>& a, const std::vector<TimeSpan>& b);
std::vector<TimeSpan> difference(const std::vector<TimeSpan>& a, const std::vector<TimeSpan>& b);

}  // namespace screenalytics
