// SPDX-License-Identifier: MIT
#include "inference/session.h"

#include <gmock/gmock.h>
#include <onnx/onnx_pb.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "inference/runtime.h"
#include "inference/sha256.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    std::string pattern = (fs::temp_directory_path() / "session-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~SessionTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  static ModelManifest manifest_of(const fs::path& file, const std::string& sha256) {
    ModelManifest manifest;
    manifest.id = "some_model";
    manifest.file = file;
    manifest.sha256 = sha256;
    manifest.origin = "somewhere";
    return manifest;
  }

  static Error failure(const ModelManifest& manifest, const SessionOptions& options = {}) {
    try {
      const Session session(manifest, options);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "the session was made";
    return {ErrorCode::io, ""};
  }

  fs::path folder_;
};

TEST_F(SessionTest, AMissingFileSaysHowToGetIt) {
  const Error error = failure(manifest_of(folder_ / "none.onnx", ""));
  EXPECT_EQ(error.code(), ErrorCode::model);
  EXPECT_THAT(error.what(), HasSubstr("some_model"));
  EXPECT_THAT(error.what(), HasSubstr("none.onnx"));
  EXPECT_THAT(error.what(), HasSubstr("./quickstart.sh"));
  EXPECT_THAT(error.what(), HasSubstr("somewhere"));
}

TEST_F(SessionTest, AFolderIsNotAModel) {
  EXPECT_EQ(failure(manifest_of(folder_, "")).code(), ErrorCode::model);
}

TEST_F(SessionTest, AChangedFileNamesBothHashes) {
  const fs::path file = write("changed.onnx", "abc");
  const Error error = failure(manifest_of(file, std::string(64, '0')));
  EXPECT_EQ(error.code(), ErrorCode::model);
  EXPECT_THAT(error.what(), HasSubstr(std::string(64, '0')));
  EXPECT_THAT(error.what(), HasSubstr(sha256_of_file(file)));
}

TEST_F(SessionTest, AFileThatIsNoModelIsRefused) {
  const fs::path file = write("text.onnx", "this is not a model");
  const Error error = failure(manifest_of(file, sha256_of_file(file)));
  EXPECT_EQ(error.code(), ErrorCode::model);
  EXPECT_THAT(error.what(), HasSubstr("text.onnx"));
}

// A model of Identity nodes with these inputs.
struct IdentityInput {
  onnx::TensorProto::DataType type;
  std::vector<int64_t> shape;
};

std::string identity_model(const std::vector<IdentityInput>& inputs) {
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(12);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name("identity");
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::string number = std::to_string(i);
    onnx::ValueInfoProto& input = *graph.add_input();
    input.set_name("in" + number);
    auto& type = *input.mutable_type()->mutable_tensor_type();
    type.set_elem_type(inputs[i].type);
    for (const int64_t side : inputs[i].shape) type.mutable_shape()->add_dim()->set_dim_value(side);
    onnx::ValueInfoProto& output = *graph.add_output();
    output = input;
    output.set_name("out" + number);
    onnx::NodeProto& node = *graph.add_node();
    node.set_op_type("Identity");
    node.add_input(input.name());
    node.add_output(output.name());
  }
  return model.SerializeAsString();
}

TEST_F(SessionTest, AModelThatDoesNotTakeOneFloatImageIsRefused) {
  constexpr auto kFloat = onnx::TensorProto::FLOAT;
  struct Case {
    std::vector<IdentityInput> inputs;
    const char* complaint;
  };
  const std::vector<Case> cases{
      {{{kFloat, {1, 3, 8, 8}}, {kFloat, {1, 3, 8, 8}}}, "2 inputs"},
      {{{onnx::TensorProto::UINT8, {1, 3, 8, 8}}}, "'in0' is not float32"},
      {{{kFloat, {1, 8, 8, 3}}}, "[1, 8, 8, 3]"},
      {{{kFloat, {3, 8, 8}}}, "[3, 8, 8]"},
  };
  for (const Case& c : cases) {
    const fs::path file = write("model.onnx", identity_model(c.inputs));
    const Error error = failure(manifest_of(file, sha256_of_file(file)), {.device = "cpu"});
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr(c.complaint));
  }
}

TEST_F(SessionTest, AModelThatTakesOneFloatImageRuns) {
  const fs::path file =
      write("model.onnx", identity_model({{onnx::TensorProto::FLOAT, {1, 3, 2, 2}}}));
  const Session session(manifest_of(file, sha256_of_file(file)), {.device = "cpu", .threads = 2});
  const std::vector<float> input{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const std::vector<Tensor> outputs = session.run(input, {1, 3, 2, 2});
  ASSERT_EQ(outputs.size(), 1u);
  EXPECT_EQ(outputs[0].values, input);
  EXPECT_THAT(outputs[0].shape, testing::ElementsAre(1, 3, 2, 2));
  EXPECT_EQ(session.input().name, "in0");
  EXPECT_EQ(session.outputs()[0].name, "out0");
}

TEST_F(SessionTest, AnUnknownDeviceNamesTheKnownOnes) {
  const Error error = failure(manifest_of(folder_ / "x", ""), {.device = "tpu"});
  EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  EXPECT_THAT(error.what(), HasSubstr("'tpu'"));
  EXPECT_THAT(error.what(), HasSubstr("cuda"));
}

TEST_F(SessionTest, Sha256IsThatOfTheStandard) {
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(sha256_of_file(write("abc", "abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(SessionTest, Sha256OfAMissingFileIsNotFound) {
  try {
    sha256_of_file(folder_ / "none");
    FAIL() << "there is a hash";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_THAT(error.what(), HasSubstr("none"));
  }
}

TEST_F(SessionTest, Sha256OfAFileThatCannotBeReadIsAnIoError) {
  // The process's own memory opens, and has nothing at address 0.
  try {
    sha256_of_file("/proc/self/mem");
    FAIL() << "there is a hash";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
  }
}

TEST(Devices, AutoTriesTheFastestFirstAndTheCpuLast) {
  EXPECT_THAT(devices_for("auto"),
              testing::ElementsAre(Device::cuda, Device::coreml, Device::webgpu, Device::cpu));
  EXPECT_THAT(devices_for("mps"), testing::ElementsAre(Device::coreml));
  EXPECT_THAT(devices_for("cpu"), testing::ElementsAre(Device::cpu));
}

TEST(Devices, TheCpuIsAlwaysThere) {
  EXPECT_TRUE(may_have_device(Device::cpu));
  EXPECT_THAT(available_providers(), testing::Contains("CPUExecutionProvider"));
  EXPECT_THAT(runtime_version(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+.*"));
}

}  // namespace
}  // namespace screenalytics
