// SPDX-License-Identifier: MIT
#include "pipeline/heat_guard.h"

#include <gmock/gmock.h>

#include <fstream>

#include "pipeline/heat_sensors.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A /sys of our own, and a clock that only moves when somebody works or rests.
class FakeMachine {
 public:
  void set(const std::string& file, const std::string& text) const {
    fs::create_directories((folder_.path() / file).parent_path());
    std::ofstream(folder_.path() / file) << text << "\n";
  }
  void heat(int celsius) const {
    set("class/thermal/thermal_zone0/type", "x86_pkg_temp");
    set("class/thermal/thermal_zone0/temp", std::to_string(celsius * 1000));
  }
  HeatClock clock() {
    return {[this] { return now_s_; },
            [this](double s) {
              now_s_ += s;
              rested_s_ += s;
            }};
  }
  // Returns the share of time that was rested.
  double work(HeatGuard& guard, double seconds) {
    const double began = now_s_, rested = rested_s_;
    while (now_s_ < began + seconds) {
      now_s_ += 0.1;
      guard.breathe();
    }
    return (rested_s_ - rested) / (now_s_ - began);
  }
  const fs::path& sys() const { return folder_.path(); }

 private:
  TempFolder folder_;
  double now_s_ = 100, rested_s_ = 0;
};

TEST(HeatGuard, RestsMoreAndMoreWhileItIsHotAndLessWhenItHasCooled) {
  FakeMachine m;
  m.heat(70);
  HeatGuard guard(80, m.sys(), m.clock());
  EXPECT_EQ(m.work(guard, 10), 0);
  EXPECT_EQ(guard.report(), "");
  m.heat(84);
  const double first = m.work(guard, 3), later = m.work(guard, 10);
  EXPECT_GT(first, 0);
  EXPECT_GT(later, first);
  EXPECT_NEAR(m.work(guard, 20), 0.8, 0.02) << "it never stops altogether";
  EXPECT_THAT(guard.report(), HasSubstr("to stay below 80 C the run rested for "));
  EXPECT_THAT(guard.report(), HasSubstr("the hottest was 84 C"));
  m.heat(78);
  EXPECT_NEAR(m.work(guard, 10), 0.8, 0.02) << "just below the limit it goes on so";
  m.heat(60);
  m.work(guard, 60);
  EXPECT_EQ(m.work(guard, 10), 0);
}

TEST(HeatGuard, RestsWhereTheProcessorHasSlowedItselfDown) {
  FakeMachine m;
  m.heat(60);
  m.set("devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "7");
  HeatGuard guard(80, m.sys(), m.clock());
  EXPECT_EQ(m.work(guard, 5), 0);
  m.set("devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "9");
  EXPECT_GT(m.work(guard, 2), 0.1);
}

TEST(HeatGuard, WithoutALimitOrSensorsItNeverRests) {
  FakeMachine hot;
  hot.heat(110);
  HeatGuard off(0, hot.sys(), hot.clock());
  EXPECT_EQ(hot.work(off, 10), 0);
  EXPECT_EQ(off.report(), "");
  FakeMachine blind;
  HeatGuard guard(80, blind.sys(), blind.clock());
  EXPECT_EQ(blind.work(guard, 10), 0);
  EXPECT_THAT(guard.report(), HasSubstr("does not say how hot it is"));
}

TEST(HeatSensors, TheProcessorsOwnCountAndADiskDoesNot) {
  FakeMachine m;
  EXPECT_FALSE(processor_heat(m.sys()).has_value());
  m.set("class/thermal/thermal_zone0/type", "acpitz");
  m.set("class/thermal/thermal_zone0/temp", "41000");
  EXPECT_EQ(processor_heat(m.sys()), 41) << "nothing better is there";
  m.set("class/hwmon/hwmon0/name", "nvme");
  m.set("class/hwmon/hwmon0/temp1_input", "90000");
  EXPECT_EQ(processor_heat(m.sys()), 41);
  m.set("class/hwmon/hwmon1/name", "coretemp");
  m.set("class/hwmon/hwmon1/temp1_input", "66500");
  m.set("class/hwmon/hwmon1/temp2_input", "64000");
  EXPECT_EQ(processor_heat(m.sys()), 66.5);
  EXPECT_THAT(heat_sensors(m.sys()), SizeIs(4));
}

}  // namespace
}  // namespace screenalytics
