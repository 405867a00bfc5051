// SA_CHECK: a broken precondition is a bug and ends the process in every build.
// SPDX-License-Identifier: MIT
#pragma once

namespace screenalytics {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}  // namespace screenalytics

#define SA_CHECK(condition)           \
  ((condition) ? static_cast<void>(0) \
               : ::screenalytics::check_failed(#condition, __FILE__, __LINE__))
