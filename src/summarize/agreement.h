// How far two counts of the same video agree on who was seen when.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "summarize/screen_time.h"

namespace screenalytics {

// Each person's disjoint appearances, in order. People are paired one to one so that they share the
// most time; the agreement is twice the shared time over all time of both (Dice 1945): 1 where both
// have the same people at the same moments, 0 where nothing is shared, 1 where both have nobody.
// Pure. Cost: cubic in the number of people.
double agreement(const std::vector<std::vector<TimeSpan>>& a,
                 const std::vector<std::vector<TimeSpan>>& b);

}  // namespace screenalytics
