// SPDX-License-Identifier: MIT
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace screenalytics {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "bug: %s:%d: expected %s\n", file, line, condition);
  std::abort();
}

}  // namespace screenalytics
