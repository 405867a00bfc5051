// solve_assignment: the cheapest one-to-one pairing of rows with columns.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

namespace screenalytics {

// Minimises the sum of cost over the pairs made plus max_cost for each pair that could have been
// made and was not, so a pair cheaper than max_cost is never left out for nothing.
// Returns for each row its column or -1; pairs whose cost is > max_cost (or is not a number) are
// never made.
// Requires: cost has rows * cols values, row-major; max_cost is finite.
// Pure. Cost: O(min^2 * max) of the two sides. Kuhn 1955; shortest augmenting paths with dual
// variables as in Jonker & Volgenant 1987, section 2.
std::vector<int> solve_assignment(const std::vector<float>& cost, int rows, int cols,
                                  float max_cost);

}  // namespace screenalytics
