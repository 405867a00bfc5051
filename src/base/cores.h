// How many cores there are for us.
// SPDX-License-Identifier: MIT
#pragma once

namespace screenalytics {

// Cores this process may run on now, not those of the machine: containers and taskset count.
int available_cores();

}  // namespace screenalytics
