// Makes a published ONNX file flexible: any batch, for detectors any picture size, and for
// embedders PReLU in a form that ONNX Runtime's CPU kernels keep in their blocked layout.
// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <onnx/onnx_pb.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

onnx::ModelProto read_model(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("it cannot be read");
  onnx::ModelProto model;
  if (!model.ParseFromIstream(&file)) {
    throw std::runtime_error("it is not an ONNX model");
  }
  return model;
}

// Deterministic, because the manifest pins the hash of what is written.
void write_model(const onnx::ModelProto& model, const fs::path& path) {
  if (fs::exists(path) && !fs::is_regular_file(path)) {
    throw std::runtime_error(fmt::format("will not replace {}: not a file", path.string()));
  }
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  const fs::path temporary = path.string() + ".new";
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    bool written = false;
    if (file) {
      google::protobuf::io::OstreamOutputStream stream(&file);
      google::protobuf::io::CodedOutputStream coded(&stream);
      coded.SetSerializationDeterministic(true);
      written = model.SerializeToCodedStream(&coded);
    }
    file.close();
    if (!written || !file) {
      std::error_code ignored;
      fs::remove(temporary, ignored);
      throw std::runtime_error(
          fmt::format("cannot write {}: is the disk full, or the folder "
                      "read-only?",
                      temporary.string()));
    }
  }
  fs::rename(temporary, path);
}

onnx::TensorProto* find_initializer(onnx::GraphProto& graph, const std::string& name) {
  for (onnx::TensorProto& tensor : *graph.mutable_initializer()) {
    if (tensor.name() == name) return &tensor;
  }
  return nullptr;
}

template <typename T>
std::vector<T> values_of(const onnx::TensorProto& tensor) {
  if (tensor.has_raw_data()) {
    std::vector<T> values(tensor.raw_data().size() / sizeof(T));
    std::memcpy(values.data(), tensor.raw_data().data(), values.size() * sizeof(T));
    return values;
  }
  if constexpr (std::is_same_v<T, float>) {
    return {tensor.float_data().begin(), tensor.float_data().end()};
  } else {
    return {tensor.int64_data().begin(), tensor.int64_data().end()};
  }
}

template <typename T>
void set_values(onnx::TensorProto& tensor, const std::vector<T>& values) {
  tensor.clear_float_data();
  tensor.clear_int64_data();
  tensor.set_raw_data(values.data(), values.size() * sizeof(T));
}

// A reshape to [1, ...] pins the batch; 0 means "as in the input".
void free_batch_in_reshapes(onnx::GraphProto& graph) {
  for (const onnx::NodeProto& node : graph.node()) {
    if (node.op_type() != "Reshape" || node.input_size() < 2) continue;
    onnx::TensorProto* const shape = find_initializer(graph, node.input(1));
    if (shape == nullptr) continue;
    std::vector<int64_t> values = values_of<int64_t>(*shape);
    if (values.empty() || values[0] != 1) continue;
    values[0] = 0;
    set_values(*shape, values);
  }
}

void make_flexible(onnx::GraphProto& graph, bool any_size) {
  auto& dims = *graph.mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  if (dims.dim_size() != 4) throw std::runtime_error("the first input is not [n, 3, h, w]");
  dims.mutable_dim(0)->set_dim_param("batch");
  if (any_size) {
    dims.mutable_dim(2)->set_dim_param("height");
    dims.mutable_dim(3)->set_dim_param("width");
  }
  for (onnx::ValueInfoProto& output : *graph.mutable_output()) {
    auto& type = *output.mutable_type()->mutable_tensor_type();
    if (any_size) {
      type.clear_shape();
    } else {
      type.mutable_shape()->mutable_dim(0)->set_dim_param("batch");
    }
  }
  graph.clear_value_info();
  free_batch_in_reshapes(graph);
}

void add_initializer(onnx::GraphProto& graph, const std::string& name,
                     const std::vector<float>& values) {
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_dims(static_cast<int64_t>(values.size()));
  set_values(tensor, values);
}

// PReLU(x) = slope * x + (1 - slope) * max(x, 0), each product written as a BatchNormalization of
// mean 0, variance 1 and epsilon 0.
class PreluRewriter {
 public:
  explicit PreluRewriter(onnx::GraphProto& graph) : graph_(graph) {}

  void rewrite() {
    onnx::GraphProto old;
    old.mutable_node()->Swap(graph_.mutable_node());
    for (const onnx::NodeProto& node : old.node()) {
      if (node.op_type() == "PRelu") {
        replace(node);
      } else {
        *graph_.add_node() = node;
      }
    }
    drop_replaced_slopes();
  }

 private:
  void replace(const onnx::NodeProto& prelu) {
    const onnx::TensorProto* const slope_tensor = find_initializer(graph_, prelu.input(1));
    if (slope_tensor == nullptr) throw std::runtime_error("a PRelu without a constant slope");
    replaced_.insert(prelu.input(1));
    const std::vector<float> slope = values_of<float>(*slope_tensor);
    std::vector<float> rest(slope.size());
    for (size_t i = 0; i < slope.size(); ++i) rest[i] = 1 - slope[i];
    const std::string& out = prelu.output(0);
    add_initializer(graph_, out + "_slope", slope);
    add_initializer(graph_, out + "_rest", rest);
    add_node("Relu", {prelu.input(0)}, out + "_relu");
    add_scale(out + "_relu", out + "_rest", out + "_positive", slope.size());
    add_scale(prelu.input(0), out + "_slope", out + "_linear", slope.size());
    add_node("Add", {out + "_linear", out + "_positive"}, out);
  }

  onnx::NodeProto& add_node(const std::string& type, const std::vector<std::string>& inputs,
                            const std::string& output) {
    onnx::NodeProto& node = *graph_.add_node();
    node.set_op_type(type);
    node.set_name(output + "_" + type);
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(output);
    return node;
  }

  void add_scale(const std::string& input, const std::string& scale, const std::string& output,
                 size_t channels) {
    const std::string zeros = constant("zeros", 0, channels);
    const std::string ones = constant("ones", 1, channels);
    onnx::NodeProto& node =
        add_node("BatchNormalization", {input, scale, zeros, zeros, ones}, output);
    onnx::AttributeProto& epsilon = *node.add_attribute();
    epsilon.set_name("epsilon");
    epsilon.set_type(onnx::AttributeProto::FLOAT);
    epsilon.set_f(0);
  }

  std::string constant(const std::string& kind, float value, size_t channels) {
    std::string name = fmt::format("prelu_{}_{}", kind, channels);
    if (constants_.insert(name).second) {
      add_initializer(graph_, name, std::vector<float>(channels, value));
    }
    return name;
  }

  void drop_replaced_slopes() {
    onnx::GraphProto old;
    old.mutable_initializer()->Swap(graph_.mutable_initializer());
    for (const onnx::TensorProto& tensor : old.initializer()) {
      if (!replaced_.contains(tensor.name())) *graph_.add_initializer() = tensor;
    }
  }

  onnx::GraphProto& graph_;
  std::set<std::string> constants_, replaced_;
};

void prepare(const std::string& kind, const fs::path& raw, const fs::path& prepared) {
  onnx::ModelProto model = read_model(raw);
  onnx::GraphProto& graph = *model.mutable_graph();
  if (graph.input_size() < 1) throw std::runtime_error("the graph has no input");
  make_flexible(graph, kind == "detector");
  if (kind == "embedder") PreluRewriter(graph).rewrite();
  write_model(model, prepared);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() != 3 || (args[0] != "detector" && args[0] != "embedder")) {
    fmt::print(stderr, "usage: prepare_model detector|embedder PUBLISHED.onnx PREPARED.onnx\n");
    return 2;
  }
  try {
    prepare(args[0], args[1], args[2]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "prepare_model: {}: {}\n", args[1], error.what());
    return 1;
  }
  return 0;
}
