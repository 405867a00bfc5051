// The people of an episode and their screen time, as a table for the terminal.
// SPDX-License-Identifier: MIT
#pragma once

#include "artifacts/screentime_file.h"

namespace screenalytics {

// Prints the longest first; the files have all of them.
void print_people(const ScreenTimeReport& report);

}  // namespace screenalytics
