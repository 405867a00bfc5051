// SPDX-License-Identifier: MIT
#include "base/error.h"

#include "base/check.h"

namespace screenalytics {
namespace {

struct Row {
  ErrorCode code;
  std::string_view name;
  int exit_code;
};

constexpr Row kTable[] = {
    {ErrorCode::invalid_argument, "invalid_argument", kExitUsage},
    {ErrorCode::not_found, "not_found", kExitVideo},
    {ErrorCode::unsupported, "unsupported", kExitVideo},
    {ErrorCode::corrupt_input, "corrupt_input", kExitVideo},
    {ErrorCode::model, "model", kExitModel},
    {ErrorCode::io, "io", kExitFailed},
    {ErrorCode::conflict, "conflict", kExitFailed},
    {ErrorCode::unavailable, "unavailable", kExitModel},
};

const Row& row(ErrorCode code) {
  for (const Row& r : kTable) {
    if (r.code == code) return r;
  }
  check_failed("ErrorCode is in the table", __FILE__, __LINE__);
}

}  // namespace

std::string_view to_string(ErrorCode code) { return row(code).name; }
int exit_code(ErrorCode code) { return row(code).exit_code; }

}  // namespace screenalytics
