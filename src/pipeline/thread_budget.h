// ThreadBudget: keeps the whole process, its libraries included, on at most N cores.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace screenalytics {

// Restricts every thread of the process, present and future, to `threads` of the cores it may use:
// the least busy of them at this moment. Thread counts alone cannot hold a budget, since codec,
// inference and our own threads each have theirs. Where the system has no such call, or `threads`
// is no restriction, nothing happens.
// Returns: empty, or why the system refused.
std::string restrict_to_cores(int threads);

// Lowers the priority of this thread and of all that it starts: 0 changes nothing, 19 gives way to
// everybody. Returns: empty, or why the system refused.
std::string give_way(int nice);

}  // namespace screenalytics
