// BoundedQueue and OrderedQueue: how values go from one thread of a run to the next.
// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace screenalytics {

// First in, first out. Threads: any. Memory: `capacity` values.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t capacity) : capacity_(capacity) {}

  // Waits for room. Returns: false, and drops the value, once the queue is closed.
  bool push(T value) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || values_.size() < capacity_; });
    if (closed_) return false;
    values_.push_back(std::move(value));
    filled_.notify_one();
    return true;
  }

  // Waits for a value. Returns: nothing once the queue is closed and empty.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return closed_ || !values_.empty(); });
    if (values_.empty()) return std::nullopt;
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    room_.notify_one();
    return value;
  }

  // No more values come in; those inside still go out.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_all();
    filled_.notify_all();
  }

 private:
  const size_t capacity_;
  std::mutex mutex_;
  std::condition_variable room_, filled_;
  std::deque<T> values_;
  bool closed_ = false;
};

// Values numbered 0, 1, 2, … come in in any order and go out in that of their numbers.
// Threads: any number in, one out. Memory: `window` values.
template <typename T>
class OrderedQueue {
 public:
  explicit OrderedQueue(int64_t window) : window_(window) {}

  // Waits while `number` is a window or more ahead of the value that is due; the value that is due
  // never waits. Returns: false once closed.
  bool push(int64_t number, T value) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || number < due_ + window_; });
    if (closed_) return false;
    values_.emplace(number, std::move(value));
    if (number == due_) filled_.notify_one();
    return true;
  }

  // Returns: nothing once closed, or once `finish`ed and all values are out.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return closed_ || values_.contains(due_) || due_ == end_; });
    if (closed_ || due_ == end_) return std::nullopt;
    auto node = values_.extract(due_++);
    room_.notify_all();
    return std::move(node.mapped());
  }

  // No value with a number of `count` or more will come.
  void finish(int64_t count) {
    const std::lock_guard lock(mutex_);
    end_ = count;
    filled_.notify_all();
  }

  // Gives up: what is inside is dropped.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    values_.clear();
    room_.notify_all();
    filled_.notify_all();
  }

 private:
  const int64_t window_;
  std::mutex mutex_;
  std::condition_variable room_, filled_;
  std::map<int64_t, T> values_;
  int64_t due_ = 0, end_ = -1;
  bool closed_ = false;
};

}  // namespace screenalytics
