// StageClock: how long the threads of a stage worked and waited, and on how much.
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "artifacts/rows.h"

namespace screenalytics {

// Threads: any.
class StageClock {
 public:
  // Adds the time from its construction to its end.
  class Span {
   public:
    explicit Span(std::atomic<int64_t>& total_ns) : total_ns_(total_ns) {}
    ~Span() {
      const auto passed = std::chrono::steady_clock::now() - start_;
      total_ns_ += std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count();
    }
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    std::atomic<int64_t>& total_ns_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  };

  Span busy() { return Span(busy_ns_); }
  Span waiting() { return Span(wait_ns_); }
  void count(int64_t items, int64_t calls = 0) {
    items_ += items;
    calls_ += calls;
  }

  StageCounters counters() const {
    StageCounters c;
    c.busy_s = static_cast<double>(busy_ns_) / 1e9;
    c.wait_s = static_cast<double>(wait_ns_) / 1e9;
    c.items = items_;
    c.calls = calls_;
    return c;
  }

 private:
  std::atomic<int64_t> busy_ns_{0}, wait_ns_{0}, items_{0}, calls_{0};
};

}  // namespace screenalytics
