// run --dry-run: what a run would take, without doing it.
// SPDX-License-Identifier: MIT
#pragma once

#include "base/cancel.h"
#include "pipeline/episode_run.h"

namespace screenalytics {

// Prints frames, time and disk. Returns the exit code. Throws: as estimate_run().
int dry_run(const RunRequest& request, bool json, const CancelToken& cancel);

}  // namespace screenalytics
