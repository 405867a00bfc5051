// CancelToken: one flag that asks every thread of a run to stop.
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

namespace screenalytics {

// Threads: any. Safe to set from a signal handler.
class CancelToken {
 public:
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

}  // namespace screenalytics
