// The ONNX Runtime of this process and the execution providers that it offers.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace screenalytics {

enum class Device { cpu, cuda, coreml, webgpu };

const char* device_name(Device device);

// Devices to try in order for what the user asked for: one, or all for `auto`.
// Throws: invalid_argument, listing the names that there are.
std::vector<Device> devices_for(const std::string& name);

// Whether this ONNX Runtime was built with the device's provider and, for WebGPU, whether the
// machine shows a GPU at all. Starting the provider can still fail.
bool may_have_device(Device device);

// Execution providers of the ONNX Runtime in use, by its own names.
// Throws: unavailable, when the library is older than the headers this program was built with.
std::vector<std::string> available_providers();

// Version of the ONNX Runtime in use, such as "1.30.0". Throws: as available_providers().
std::string runtime_version();

}  // namespace screenalytics
