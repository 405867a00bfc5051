// ProgramRun: the built program as a process of its own: what it printed, returned and used.
// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "testing/temp_folder.h"

namespace screenalytics {

struct ProgramCall {
  std::vector<std::string> args;
  std::map<std::string, std::string> env{};   // on top of the tests' own, less all of the program's
  std::filesystem::path cwd{};                // empty: that of the tests
  std::filesystem::path executable{};         // empty: the built program
  std::optional<uint64_t> file_size_limit{};  // bytes, as a full disk stands in for
};

struct ProgramResult {
  int exit_code = -1;  // -1 where a signal ended it
  int signal = 0;
  std::string out, err;
  double cpu_s = 0, wall_s = 0;
  double peak_rss_mb = 0;

  // What it printed, for the message of a failed expectation.
  std::string text() const { return out + err; }
};

// Starts on construction; killed on destruction where nobody waited. Threads: one.
class RunningProgram {
 public:
  explicit RunningProgram(const ProgramCall& call);
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  pid_t pid() const { return pid_; }
  void send(int signal) const;
  bool running();
  // A program that hangs is killed after ten minutes. Requires: called once.
  ProgramResult wait();

 private:
  bool poll();

  TempFolder streams_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  pid_t pid_ = -1;
  bool ended_ = false;
  ProgramResult result_;
};

ProgramResult run_program(const ProgramCall& call);

// The built program.
std::filesystem::path program_path();

// The root of the source tree: config, models, .deps.
std::filesystem::path source_root();

}  // namespace screenalytics
