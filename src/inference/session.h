// Session: a model file checked against its manifest and ready to run on a device.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/model_manifest.h"

namespace screenalytics {

struct SessionOptions {
  // auto | cpu | cuda | coreml (or mps) | webgpu. auto: the first of CUDA, CoreML, WebGPU (only
  // where a GPU adapter answers) that can run this model, else the CPU.
  std::string device = "auto";
  int threads = 1;                  // inside one run, the calling thread included
  bool allow_cpu_fallback = false;  // a named device that is absent becomes the CPU and a note
  bool denormals_as_zero = true;    // see docs: a weight file full of denormals is 7x slower
};

// Dense row-major values.
struct Tensor {
  std::vector<int64_t> shape;
  std::vector<float> values;
};

struct TensorInfo {
  std::string name;
  std::vector<int64_t> shape;  // -1 where the model leaves it open
};

// Threads: run() from any number of threads at once. They share `threads` - 1 helper threads.
// Memory: the weights, and the activations of the runs in progress.
class Session {
 public:
  // Requires: options.threads >= 1.
  // Throws: model (file missing, hash different, not one float NCHW image input, not loadable),
  // unavailable (named device absent), invalid_argument (unknown device name).
  Session(const ModelManifest& manifest, const SessionOptions& options);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  // One NCHW float32 tensor in; out come the outputs with the given indices into outputs(), in
  // that order, or all of them where none is given.
  // Requires: input.size() is the product of `shape`. Throws: model, when the run fails.
  std::vector<Tensor> run(std::span<const float> input, std::array<int64_t, 4> shape,
                          std::span<const size_t> wanted = {}) const;

  const std::string& device() const;  // cpu | cuda | coreml | webgpu
  const std::string& note() const;    // what the user should be told about the device, or empty
  const TensorInfo& input() const;
  const std::vector<TensorInfo>& outputs() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace screenalytics
