// SPDX-License-Identifier: MIT
#include "inference/session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <numeric>
#include <optional>
#include <system_error>

#include "base/check.h"
#include "base/error.h"
#include "inference/ort.h"
#include "inference/sha256.h"

namespace screenalytics {
namespace {

Error model_error(const ModelManifest& manifest, const std::string& what) {
  return {ErrorCode::model,
          fmt::format("cannot load model {}: {}: {}", manifest.id, manifest.file.string(), what)};
}

void check_file(const ModelManifest& manifest) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(manifest.file, error)) {
    throw model_error(manifest, fmt::format("there is no such file; run ./quickstart.sh (or "
                                            "tools/fetch_deps.sh and a build), or get it from: {}",
                                            manifest.origin));
  }
  const std::string actual = sha256_of_file(manifest.file);
  if (actual != manifest.sha256) {
    throw model_error(manifest,
                      fmt::format("its SHA-256 is {} and the manifest says {}; delete the file and "
                                  "run ./quickstart.sh, or correct the manifest",
                                  actual, manifest.sha256));
  }
}

TensorInfo describe(std::string name, const Ort::TypeInfo& type, const ModelManifest& manifest) {
  if (type.GetONNXType() != ONNX_TYPE_TENSOR) {
    throw model_error(manifest, fmt::format("'{}' is not a tensor", name));
  }
  const auto tensor = type.GetTensorTypeAndShapeInfo();
  if (tensor.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) {
    throw model_error(manifest, fmt::format("'{}' is not float32", name));
  }
  return {std::move(name), tensor.GetShape()};
}

}  // namespace

struct Session::Impl {
  std::string id;
  Ort::Session session{nullptr};
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::string device, note;
  TensorInfo input;
  std::vector<TensorInfo> outputs;

  void read_interface(const ModelManifest& manifest);
  void warm_up(const ModelManifest& manifest);
  std::vector<Tensor> run(std::span<const float> values, std::array<int64_t, 4> shape,
                          std::span<const size_t> wanted);
};

void Session::Impl::read_interface(const ModelManifest& manifest) {
  if (session.GetInputCount() != 1) {
    throw model_error(manifest, fmt::format("it has {} inputs; a face model has one image input",
                                            session.GetInputCount()));
  }
  Ort::AllocatorWithDefaultOptions allocator;
  input = describe(session.GetInputNameAllocated(0, allocator).get(), session.GetInputTypeInfo(0),
                   manifest);
  if (input.shape.size() != 4 || (input.shape[1] != 3 && input.shape[1] != -1)) {
    throw model_error(manifest, fmt::format("input '{}' has the shape [{}]; a face model takes "
                                            "[batch, 3, height, width]",
                                            input.name, fmt::join(input.shape, ", ")));
  }
  outputs.clear();
  for (size_t i = 0; i < session.GetOutputCount(); ++i) {
    outputs.push_back(describe(session.GetOutputNameAllocated(i, allocator).get(),
                               session.GetOutputTypeInfo(i), manifest));
  }
}

// A provider may accept the graph and fail on its first kernel, so a device counts as working
// only after one run of black pixels.
void Session::Impl::warm_up(const ModelManifest& manifest) {
  const auto side = [&](size_t axis, int declared) -> int64_t {
    if (input.shape[axis] > 0) return input.shape[axis];
    return declared > 0 ? declared : 2 * manifest.input_multiple;
  };
  const std::array<int64_t, 4> shape{input.shape[0] > 0 ? input.shape[0] : 1, 3,
                                     side(2, manifest.input_height), side(3, manifest.input_width)};
  const std::vector<float> black(static_cast<size_t>(shape[0] * shape[1] * shape[2] * shape[3]));
  static_cast<void>(run(black, shape, {}));
}

std::vector<Tensor> Session::Impl::run(std::span<const float> values, std::array<int64_t, 4> shape,
                                       std::span<const size_t> wanted) {
  std::vector<const char*> names;
  for (const size_t index : wanted) names.push_back(outputs.at(index).name.c_str());
  if (wanted.empty()) {
    for (const TensorInfo& output : outputs) names.push_back(output.name.c_str());
  }
  // The runtime reads the input only; its interface has no const version.
  const Ort::Value tensor = Ort::Value::CreateTensor<float>(
      memory, const_cast<float*>(values.data()), values.size(), shape.data(), shape.size());
  const char* const input_name = input.name.c_str();
  const std::vector<Ort::Value> results =
      session.Run(Ort::RunOptions{nullptr}, &input_name, &tensor, 1, names.data(), names.size());
  std::vector<Tensor> tensors;
  tensors.reserve(results.size());
  for (const Ort::Value& result : results) {
    const auto info = result.GetTensorTypeAndShapeInfo();
    const float* const data = result.GetTensorData<float>();
    tensors.push_back({info.GetShape(), {data, data + info.GetElementCount()}});
  }
  return tensors;
}

Session::Session(const ModelManifest& manifest, const SessionOptions& options) {
  SA_CHECK(options.threads >= 1);
  std::vector<Device> candidates = devices_for(options.device);
  const bool named = candidates.size() == 1;
  check_file(manifest);
  ort_environment();
  std::string refused = "this ONNX Runtime or this machine does not have it";
  if (named && options.allow_cpu_fallback && candidates[0] != Device::cpu) {
    candidates.push_back(Device::cpu);
  }
  for (const Device device : candidates) {
    if (device != Device::cpu && !may_have_device(device)) continue;
    try {
      auto impl = std::make_unique<Impl>();
      impl->id = manifest.id;
      impl->device = device_name(device);
      impl->session = Ort::Session(ort_environment(), manifest.file.c_str(),
                                   ort_options(device, options.threads, options.denormals_as_zero));
      impl->read_interface(manifest);
      if (device != Device::cpu) impl->warm_up(manifest);
      impl_ = std::move(impl);
      break;
    } catch (const Ort::Exception& error) {
      if (device == Device::cpu) throw model_error(manifest, error.what());
      refused = error.what();
    }
  }
  if (!impl_) {
    throw Error(
        ErrorCode::unavailable,
        fmt::format("cannot run model {} on device '{}': {}; ONNX Runtime {} here lists: {}; "
                    "choose --device auto or cpu, or add --allow-cpu-fallback",
                    manifest.id, options.device, refused, runtime_version(),
                    fmt::join(available_providers(), ", ")));
  }
  if (named && impl_->device != device_name(candidates[0])) {
    impl_->note = fmt::format("device '{}' cannot run model {}: {}; running on the CPU instead",
                              options.device, manifest.id, refused);
  }
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

std::vector<Tensor> Session::run(std::span<const float> input, std::array<int64_t, 4> shape,
                                 std::span<const size_t> wanted) const {
  SA_CHECK(static_cast<int64_t>(input.size()) ==
           std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>()));
  try {
    return impl_->run(input, shape, wanted);
  } catch (const Ort::Exception& error) {
    throw Error(ErrorCode::model,
                fmt::format("cannot run model {} on an input of [{}]: {}; check the input size of "
                            "its manifest",
                            impl_->id, fmt::join(shape, ", "), error.what()));
  }
}

const std::string& Session::device() const { return impl_->device; }
const std::string& Session::note() const { return impl_->note; }
const TensorInfo& Session::input() const { return impl_->input; }
const std::vector<TensorInfo>& Session::outputs() const { return impl_->outputs; }

}  // namespace screenalytics
