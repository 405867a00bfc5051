// What the machine says about its heat.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace screenalytics {

struct HeatSensor {
  std::string name;
  double celsius = 0;
};

// Every sensor of the thermal zones and the hardware monitors below `sys` (Linux: /sys). Elsewhere,
// and where there are none: empty.
std::vector<HeatSensor> heat_sensors(const std::filesystem::path& sys = "/sys");

// The hottest of the processor's own; where none says so, of all thermal zones.
std::optional<double> processor_heat(const std::filesystem::path& sys = "/sys");

// How often the processor has slowed itself down since the start of the machine, over all cores; 0
// where it does not say.
int64_t throttle_count(const std::filesystem::path& sys = "/sys");

}  // namespace screenalytics
