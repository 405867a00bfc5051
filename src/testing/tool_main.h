// tool_main: the one place where tools and benchmarks catch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <exception>

#include "base/error.h"

namespace screenalytics {

// Returns what `run(argc, argv)` returns, or after an error, which goes to standard error behind
// the tool's name, its exit code.
template <typename Run>
int tool_main(const char* name, const Run& run, int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const Error& e) {
    std::fprintf(stderr, "%s: %s\n", name, e.what());
    return exit_code(e.code());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", name, e.what());
    return kExitFailed;
  }
}

}  // namespace screenalytics
