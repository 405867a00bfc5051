// Private to this module: numbers as the line artifacts write them.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace screenalytics {

// Appends millionths as a decimal with six places: 12480000 as 12.480000. Pure.
void append_millionths(std::string& out, int64_t millionths);

void append_integer(std::string& out, int64_t value);

// Returns the nearest whole number of millionths. Requires: finite, |value| < 1e12.
int64_t to_millionths(double value);

}  // namespace screenalytics
