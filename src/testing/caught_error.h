// caught_error: the Error that a call throws, for tests of messages and codes.
// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.h"

namespace screenalytics {

// Returns what `call` throws; where it throws nothing, an error that no test expects.
template <typename Call>
Error caught_error(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::io, "(nothing was thrown)"};
}

}  // namespace screenalytics
