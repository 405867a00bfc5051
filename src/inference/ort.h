// ONNX Runtime's C++ wrapper, included by the sources of this module only.
// SPDX-License-Identifier: MIT
#pragma once

// Without this the wrapper fetches its function table before main() and is left with a null
// pointer where the shared library is older than the headers.
#define ORT_API_MANUAL_INIT

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <onnxruntime_cxx_api.h>
#pragma GCC diagnostic pop

#include <filesystem>

#include "inference/runtime.h"

namespace screenalytics {

// The one environment of the process, started on the first call; silent, because every failure
// comes back as a status. Throws: unavailable. Threads: any.
Ort::Env& ort_environment();

// Options for one device. Throws: Ort::Exception where its provider cannot start.
Ort::SessionOptions ort_options(Device device, int threads, bool denormals_as_zero);

}  // namespace screenalytics
