// ProgressReporter: keeps progress.json and the terminal up to date while a run goes on.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "artifacts/rows.h"

namespace screenalytics {

using ProgressListener = std::function<void(const Progress&)>;

// Writes the file on construction, every half second, and on finish(). A progress file that cannot
// be written does not end the run; its error is kept for the report.
// Threads: update() and set_phase() from any; the listener is called from one thread at a time, and
// never again once it has thrown.
class ProgressReporter {
 public:
  ProgressReporter(std::filesystem::path file, std::string ep_id, ProgressListener listener);
  ~ProgressReporter();
  ProgressReporter(const ProgressReporter&) = delete;
  ProgressReporter& operator=(const ProgressReporter&) = delete;

  void set_video(double fps, int64_t frames_total);
  void set_phase(const std::string& phase, const std::string& message = {});
  // frames_done: source frames behind the last stage. resumed: of those, by the interrupted run.
  void update(int64_t frames_done, int64_t analysed, int64_t resumed);
  void set_stage_rates(std::map<std::string, double> per_second);

  // The last state: done, cancelled or error.
  void finish(const std::string& phase, const std::string& message);

  const std::string& write_error() const { return write_error_; }

 private:
  void publish();
  void refresh();

  std::filesystem::path file_;
  ProgressListener listener_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_, publish_mutex_;
  std::condition_variable wake_;
  Progress state_;
  int64_t analysed_ = 0, resumed_ = 0;
  bool stopping_ = false;
  std::string write_error_;
  std::thread ticker_;
};

}  // namespace screenalytics
