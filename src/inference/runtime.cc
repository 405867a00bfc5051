// SPDX-License-Identifier: MIT
#include "inference/runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "inference/ort.h"

namespace screenalytics {
namespace {

struct DeviceRow {
  Device device;
  const char* name;
  std::string_view provider;
};

// In the order of `auto`.
constexpr std::array<DeviceRow, 4> kDevices{{
    {Device::cuda, "cuda", "CUDAExecutionProvider"},
    {Device::coreml, "coreml", "CoreMLExecutionProvider"},
    {Device::webgpu, "webgpu", "WebGpuExecutionProvider"},
    {Device::cpu, "cpu", "CPUExecutionProvider"},
}};

const DeviceRow& row_of(Device device) {
  const auto* const row = std::ranges::find(kDevices, device, &DeviceRow::device);
  SA_CHECK(row != kDevices.end());
  return *row;
}

void start_api() {
  static const bool started = [] {
    // Published builds of ONNX Runtime 1.30 send usage data to their maker as soon as an
    // environment is made; DisableTelemetryEvents() comes too late for that. Nothing may leave the
    // machine.
    ::setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    const OrtApiBase* const base = OrtGetApiBase();
    const OrtApi* const api = base->GetApi(ORT_API_VERSION);
    if (api == nullptr) {
      throw Error(ErrorCode::unavailable,
                  fmt::format("cannot use ONNX Runtime {}: this program was built for API version "
                              "{}; install a newer ONNX Runtime or build against this one",
                              base->GetVersionString(), ORT_API_VERSION));
    }
    Ort::InitApi(api);
    return true;
  }();
  static_cast<void>(started);
}

// WebGPU starts happily on a software renderer, which is slower than our CPU path, so a GPU has
// to be visible first.
bool machine_shows_gpu() {
#if ORT_API_VERSION >= 22
  const auto devices = ort_environment().GetEpDevices();
  return std::ranges::any_of(devices, [](const Ort::ConstEpDevice& device) {
    return std::string_view(device.EpName()) == row_of(Device::webgpu).provider &&
           device.Device().Type() == OrtHardwareDeviceType_GPU;
  });
#else
  return false;
#endif
}

}  // namespace

const char* device_name(Device device) { return row_of(device).name; }

std::vector<Device> devices_for(const std::string& name) {
  std::vector<Device> devices;
  for (const DeviceRow& row : kDevices) {
    if (name == "auto" || name == row.name || (name == "mps" && row.device == Device::coreml)) {
      devices.push_back(row.device);
    }
  }
  if (devices.empty()) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("unknown device '{}'; choose auto, cpu, cuda, coreml, mps or webgpu", name));
  }
  return devices;
}

bool may_have_device(Device device) {
  const std::vector<std::string> providers = available_providers();
  if (std::ranges::find(providers, row_of(device).provider) == providers.end()) return false;
  return device != Device::webgpu || machine_shows_gpu();
}

std::vector<std::string> available_providers() {
  start_api();
  return Ort::GetAvailableProviders();
}

std::string runtime_version() {
  start_api();
  return OrtGetApiBase()->GetVersionString();
}

Ort::Env& ort_environment() {
  start_api();
  static Ort::Env environment = [] {
    Ort::Env made(ORT_LOGGING_LEVEL_FATAL, "screenalytics");
    made.DisableTelemetryEvents();
    return made;
  }();
  return environment;
}

Ort::SessionOptions ort_options(Device device, int threads, bool denormals_as_zero) {
  Ort::SessionOptions options;
  options.SetExecutionMode(ORT_SEQUENTIAL);
  options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
  options.SetInterOpNumThreads(1);
  options.SetIntraOpNumThreads(threads);
  // Spinning helpers burn the cores that decoding needs, and break the thread budget.
  options.AddConfigEntry("session.intra_op.allow_spinning", "0");
  options.AddConfigEntry("session.inter_op.allow_spinning", "0");
  if (denormals_as_zero) options.AddConfigEntry("session.set_denormal_as_zero", "1");
  switch (device) {
    case Device::cpu:
      break;
    case Device::cuda: {
      OrtCUDAProviderOptionsV2* cuda = nullptr;
      Ort::ThrowOnError(Ort::GetApi().CreateCUDAProviderOptions(&cuda));
      const std::unique_ptr<OrtCUDAProviderOptionsV2, void (*)(OrtCUDAProviderOptionsV2*)> owner(
          cuda, Ort::GetApi().ReleaseCUDAProviderOptions);
      options.AppendExecutionProvider_CUDA_V2(*cuda);
      break;
    }
    case Device::coreml:
      options.AppendExecutionProvider("CoreML", {});
      break;
    case Device::webgpu:
      options.AppendExecutionProvider("WebGPU", {});
      break;
  }
  return options;
}

}  // namespace screenalytics
