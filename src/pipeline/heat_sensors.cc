// SPDX-License-Identifier: MIT
#include "pipeline/heat_sensors.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <string_view>
#include <system_error>

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

bool is_the_processors(std::string name) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "cpu", "core", "pkg", "package", "k10temp", "zenpower", "soc", "tctl"};
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view n) { return name.find(n) != std::string::npos; });
}

// In thousandths of a degree.
void add(std::vector<HeatSensor>& sensors, const std::string& name, const fs::path& file) {
  std::ifstream in(file);
  double milli = 0;
  if (in >> milli) sensors.push_back({name, milli / 1000});
}

void add_zones(std::vector<HeatSensor>& sensors, const fs::path& sys) {
  std::error_code ec;
  for (const auto& zone : fs::directory_iterator(sys / "class/thermal", ec)) {
    if (zone.path().filename().string().starts_with("thermal_zone")) {
      add(sensors, first_line(zone.path() / "type"), zone.path() / "temp");
    }
  }
}

void add_monitors(std::vector<HeatSensor>& sensors, const fs::path& sys) {
  std::error_code ec;
  for (const auto& chip : fs::directory_iterator(sys / "class/hwmon", ec)) {
    for (const auto& entry : fs::directory_iterator(chip.path(), ec)) {
      const std::string file = entry.path().filename().string();
      if (file.starts_with("temp") && file.ends_with("_input")) {
        add(sensors, first_line(chip.path() / "name"), entry.path());
      }
    }
  }
}

}  // namespace

std::vector<HeatSensor> heat_sensors(const fs::path& sys) {
  std::vector<HeatSensor> sensors;
  add_zones(sensors, sys);
  add_monitors(sensors, sys);
  return sensors;
}

std::optional<double> processor_heat(const fs::path& sys) {
  std::vector<HeatSensor> sensors = heat_sensors(sys);
  std::erase_if(sensors, [](const HeatSensor& s) { return !is_the_processors(s.name); });
  if (sensors.empty()) add_zones(sensors, sys);
  const auto hottest =
      std::max_element(sensors.begin(), sensors.end(),
                       [](const auto& a, const auto& b) { return a.celsius < b.celsius; });
  if (hottest == sensors.end()) return std::nullopt;
  return hottest->celsius;
}

int64_t throttle_count(const fs::path& sys) {
  int64_t count = 0;
  std::error_code ec;
  for (const auto& core : fs::directory_iterator(sys / "devices/system/cpu", ec)) {
    std::ifstream in(core.path() / "thermal_throttle/core_throttle_count");
    int64_t times = 0;
    if (in >> times) count += times;
  }
  return count;
}

}  // namespace screenalytics
