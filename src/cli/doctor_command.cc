// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/cores.h"
#include "base/error.h"
#include "cli/command.h"
#include "config/home.h"
#include "config/model_manifests.h"
#include "config/settings.h"
#include "decode/video_source.h"
#include "inference/runtime.h"
#include "inference/session.h"
#include "pipeline/heat_sensors.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

std::string processor_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

// The device that `auto` takes for the default detector, found by starting it.
std::string automatic_device(const fs::path& home) {
  try {
    const ModelManifest m = find_model_manifest(home / "models", DetectionSettings{}.detector);
    return Session(m, SessionOptions{}).device();
  } catch (const Error& e) {
    return fmt::format("none: {}", e.what());
  }
}

int doctor() {
  const fs::path home = find_home();
  const int cores = available_cores();
  const double memory_gb = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                           static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 30);
  const auto row = [](const char* name, const std::string& value) {
    fmt::print("{:<14} {}\n", name, value);
  };
  row("processor", processor_name());
  row("cores", fmt::format("{} usable of {}", cores, std::thread::hardware_concurrency()));
  row("memory", fmt::format("{:.1f} GB", memory_gb));
  row("ONNX Runtime",
      fmt::format("{}, providers: {}", runtime_version(), fmt::join(available_providers(), ", ")));
  const std::string device = automatic_device(home);
  row("device", fmt::format("{} (what --device auto takes)", device));
  const std::vector<std::string> decoders = video_decoders();
  const auto has = [&](const char* name) {
    return std::find(decoders.begin(), decoders.end(), name) != decoders.end();
  };
  std::vector<std::string> present, absent;
  for (const char* name : {"h264", "hevc", "vp9", "av1", "libdav1d", "vvc", "mpeg2video", "mpeg4",
                           "prores", "dnxhd", "vc1"}) {
    (has(name) ? present : absent).emplace_back(name);
  }
  row("FFmpeg", fmt::format("{}, {} video decoders", ffmpeg_version(), decoders.size()));
  row("  decodes", fmt::format("{}", fmt::join(present, ", ")));
  if (!absent.empty()) row("  not", fmt::format("{}", fmt::join(absent, ", ")));
  const std::vector<HeatSensor> sensors = heat_sensors();
  if (sensors.empty()) row("temperature", "no sensors");
  for (const HeatSensor& s : sensors)
    row("temperature", fmt::format("{} {:.0f} C", s.name, s.celsius));
  const bool gpu = device == "cuda" || device == "coreml" || device == "webgpu";
  const char* profile = gpu ? "high_accuracy" : cores >= 4 ? "balanced" : "fast_cpu";
  const char* why = gpu          ? "a GPU carries the models"
                    : cores >= 4 ? "enough cores for several frames a second"
                                 : "few cores; balanced works too, more slowly";
  row("profile", fmt::format("{} ({})", profile, why));
  return device.starts_with("none") ? kExitModel : kExitDone;
}

}  // namespace

Action define_doctor(CLI::App&) { return doctor; }

}  // namespace screenalytics
