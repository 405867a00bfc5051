// The one exception type of the program and the table that maps it to exit codes.
// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace screenalytics {

enum class ErrorCode {
  invalid_argument,  // bad usage or configuration
  not_found,         // an input that was named is not there
  unsupported,       // a readable input that this build cannot handle
  corrupt_input,     // an input that is not what it should be
  model,             // model file missing, changed or not of its declared shape
  io,                // reading or writing failed
  conflict,          // somebody else holds what is needed
  unavailable,       // a device that was asked for is not there
};

// A failure: what was attempted, on what, what happened, and what to do.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

std::string_view to_string(ErrorCode code);

// Exit codes of the command line: 0 done, 1 failed, 2 bad usage or configuration, 3 bad input
// video, 4 model or device problem, 130 cancelled.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitVideo = 3;
inline constexpr int kExitModel = 4;
inline constexpr int kExitCancelled = 130;
int exit_code(ErrorCode code);

}  // namespace screenalytics
