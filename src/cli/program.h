// The command line program: parses, dispatches, and turns errors into messages and exit codes.
// SPDX-License-Identifier: MIT
#pragma once

namespace screenalytics {

// Returns: the exit code, see base/error.h. Called as `episode_run` it is `screenalytics run`,
// as `episode_cleanup` it is `screenalytics cleanup`.
int run_program(int argc, char** argv);

}  // namespace screenalytics
