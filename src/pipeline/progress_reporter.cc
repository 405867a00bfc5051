// SPDX-License-Identifier: MIT
#include "pipeline/progress_reporter.h"

#include <algorithm>

#include "artifacts/documents.h"
#include "base/error.h"

namespace screenalytics {
namespace {

constexpr auto kPeriod = std::chrono::milliseconds(500);

}  // namespace

ProgressReporter::ProgressReporter(std::filesystem::path file, std::string ep_id,
                                   ProgressListener listener)
    : file_(std::move(file)), listener_(std::move(listener)) {
  state_.ep_id = std::move(ep_id);
  state_.phase = "init";
  publish();
  ticker_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, kPeriod, [&] { return stopping_; })) {
      lock.unlock();
      publish();
      lock.lock();
    }
  });
}

ProgressReporter::~ProgressReporter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (ticker_.joinable()) ticker_.join();
}

void ProgressReporter::set_video(double fps, int64_t frames_total) {
  const std::lock_guard lock(mutex_);
  state_.fps_detected = fps;
  if (frames_total > 0) state_.frames_total = frames_total;
}

void ProgressReporter::set_phase(const std::string& phase, const std::string& message) {
  {
    const std::lock_guard lock(mutex_);
    state_.phase = phase;
    state_.message = message;
  }
  publish();
}

void ProgressReporter::update(int64_t frames_done, int64_t analysed, int64_t resumed) {
  const std::lock_guard lock(mutex_);
  state_.frames_done = frames_done;
  analysed_ = analysed;
  resumed_ = resumed;
}

void ProgressReporter::set_stage_rates(std::map<std::string, double> per_second) {
  const std::lock_guard lock(mutex_);
  state_.stage_fps = std::move(per_second);
}

void ProgressReporter::finish(const std::string& phase, const std::string& message) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    state_.phase = phase;
    state_.message = message;
    if (phase == "done") {
      state_.frames_total = state_.frames_done;
      state_.percent = 100;
    }
  }
  wake_.notify_all();
  if (ticker_.joinable()) ticker_.join();
  publish();
}

// Requires: the lock.
void ProgressReporter::refresh() {
  const auto passed = std::chrono::steady_clock::now() - start_;
  state_.elapsed_s = std::chrono::duration<double>(passed).count();
  state_.updated_at = utc_text();
  const auto done_now = static_cast<double>(state_.frames_done - resumed_);
  if (done_now > 0 && state_.fps_detected > 0) {  // per second of video, as in track_metrics.json
    state_.analyzed_fps = static_cast<double>(analysed_) / (done_now / state_.fps_detected);
  }
  state_.eta_s.reset();
  if (!state_.frames_total || *state_.frames_total <= 0) return;
  const auto total = static_cast<double>(*state_.frames_total);
  const auto done = static_cast<double>(state_.frames_done);
  if (state_.phase != "done") state_.percent = std::clamp(100 * done / total, 0.0, 99.9);
  if (done_now > 0) state_.eta_s = std::max(0.0, total - done) * state_.elapsed_s / done_now;
}

void ProgressReporter::publish() {
  const std::lock_guard publishing(publish_mutex_);
  Progress now;
  {
    const std::lock_guard lock(mutex_);
    refresh();
    now = state_;
  }
  try {
    write_progress(file_, now);
    write_error_.clear();
  } catch (const Error& e) {
    write_error_ = e.what();
  }
  if (!listener_) return;
  try {
    listener_(now);
  } catch (const std::exception&) {
    listener_ = nullptr;  // a display that is gone (a closed pipe, say) must not end the run
  }
}

}  // namespace screenalytics
