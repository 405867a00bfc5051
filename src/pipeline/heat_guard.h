// HeatGuard: lets a run rest before the machine gets too hot.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace screenalytics {

// How a guard tells time and waits; a test has its own.
struct HeatClock {
  std::function<double()> now_s;
  std::function<void(double)> sleep_s;
};
HeatClock steady_heat_clock();

// Once a second the processor's heat is read. From the limit on, and where the processor has slowed
// itself down, the run rests for a growing share of the time, at most 80 %; 3 degrees below it for
// a shrinking one. Threads: one.
class HeatGuard {
 public:
  // limit_c: degrees Celsius; 0: never rests. sys: see heat_sensors.h.
  HeatGuard(double limit_c, std::filesystem::path sys, HeatClock clock);

  // Between two pieces of work: waits as long as it takes.
  void breathe();

  // Whether there is a limit and no sensor.
  bool blind() const { return blind_; }
  // What it did, for the user; empty where there is nothing to say.
  std::string report() const;

 private:
  void look(double now_s);

  double limit_c_;
  std::filesystem::path sys_;
  HeatClock clock_;
  bool blind_ = false;
  double began_s_ = 0, last_s_ = 0, next_look_s_ = 0;
  double share_ = 0;  // of the time that is rested
  double rested_s_ = 0, hottest_c_ = 0;
  int64_t throttled_ = 0;
};

}  // namespace screenalytics
