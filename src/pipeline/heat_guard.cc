// SPDX-License-Identifier: MIT
#include "pipeline/heat_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "pipeline/heat_sensors.h"

namespace screenalytics {
namespace {

constexpr double kLook_s = 1, kLongestRest_s = 2;
constexpr double kMore = 0.1, kMuchMore = 0.2, kLess = 0.05, kMostShare = 0.8;
constexpr double kCoolBelow_c = 3;

}  // namespace

HeatClock steady_heat_clock() {
  return {
      [] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
            .count();
      },
      [](double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }};
}

HeatGuard::HeatGuard(double limit_c, std::filesystem::path sys, HeatClock clock)
    : limit_c_(limit_c), sys_(std::move(sys)), clock_(std::move(clock)) {
  if (limit_c_ <= 0) return;
  blind_ = !processor_heat(sys_);
  throttled_ = throttle_count(sys_);
  began_s_ = last_s_ = clock_.now_s();
}

void HeatGuard::look(double now_s) {
  if (now_s < next_look_s_) return;
  next_look_s_ = now_s + kLook_s;
  const double heat = processor_heat(sys_).value_or(0);
  hottest_c_ = std::max(hottest_c_, heat);
  const int64_t throttled = throttle_count(sys_);
  if (throttled > std::exchange(throttled_, throttled)) {
    share_ += kMuchMore;
  } else if (heat >= limit_c_) {
    share_ += kMore;
  } else if (heat < limit_c_ - kCoolBelow_c) {
    share_ -= kLess;
  }
  share_ = std::clamp(share_, 0.0, kMostShare);
}

void HeatGuard::breathe() {
  if (limit_c_ <= 0 || blind_) return;
  const double now = clock_.now_s();
  look(now);
  if (share_ > 0) {
    const double rest = std::min(kLongestRest_s, (now - last_s_) * share_ / (1 - share_));
    clock_.sleep_s(rest);
    rested_s_ += rest;
  }
  last_s_ = clock_.now_s();
}

std::string HeatGuard::report() const {
  if (limit_c_ <= 0) return {};
  if (blind_) return "thermal_limit has no effect: this machine does not say how hot it is";
  if (rested_s_ <= 0) return {};
  return fmt::format(
      "to stay below {:.0f} C the run rested for {:.1f} s of {:.1f} s; the hottest was {:.0f} C",
      limit_c_, rested_s_, last_s_ - began_s_, hottest_c_);
}

}  // namespace screenalytics
