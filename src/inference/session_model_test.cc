// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <random>
#include <thread>

#include "base/error.h"
#include "config/model_manifests.h"
#include "inference/runtime.h"
#include "inference/session.h"

namespace screenalytics {
namespace {

using testing::HasSubstr;

ModelManifest shipped(const std::string& id) {
  return find_model_manifest(std::filesystem::path(SOURCE_ROOT) / "models", id);
}

std::vector<float> random_pixels(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random() % 256);
  return values;
}

TEST(SessionModel, ThePreparedModelsHaveTheHashesOfTheirManifests) {
  for (const char* id : {"retinaface_mnet025_v2", "arcface_mobilefacenet"}) {
    EXPECT_NO_THROW(Session(shipped(id), {.device = "cpu"})) << id;
  }
}

TEST(SessionModel, ThePreparedDetectorIsOpenInBatchHeightAndWidth) {
  const Session session(shipped("retinaface_mnet025_v2"), {.device = "cpu"});
  EXPECT_THAT(session.input().shape, testing::ElementsAre(-1, 3, -1, -1));
  const auto outputs = session.run(random_pixels(2 * 3 * 64 * 96, 1), {2, 3, 64, 96});
  ASSERT_EQ(outputs.size(), 9u);
  for (const Tensor& output : outputs) EXPECT_EQ(output.shape[0], 2);
}

TEST(SessionModel, AnImageOfABatchDoesNotDependOnTheOthers) {
  const Session session(shipped("retinaface_mnet025_v2"), {.device = "cpu"});
  std::vector<float> both = random_pixels(2 * 3 * 64 * 64, 2);
  const std::span<const float> second = std::span(both).subspan(3 * 64 * 64);
  const auto together = session.run(both, {2, 3, 64, 64});
  const auto alone = session.run(second, {1, 3, 64, 64});
  for (size_t i = 0; i < alone.size(); ++i) {
    const size_t n = alone[i].values.size();
    ASSERT_EQ(together[i].values.size(), 2 * n);
    for (size_t k = 0; k < n; ++k) {
      // Another blocking of the same sums: a few units in the last place.
      ASSERT_NEAR(together[i].values[n + k], alone[i].values[k], 1e-4);
    }
  }
}

TEST(SessionModel, OnlyTheOutputsThatAreWantedComeInTheirOrder) {
  const Session session(shipped("retinaface_mnet025_v2"), {.device = "cpu"});
  const std::vector<float> input = random_pixels(3 * 32 * 32, 3);
  const auto all = session.run(input, {1, 3, 32, 32});
  const std::array<size_t, 2> wanted{4, 1};
  const auto some = session.run(input, {1, 3, 32, 32}, wanted);
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(some[0].values, all[4].values);
  EXPECT_EQ(some[1].values, all[1].values);
}

TEST(SessionModel, ThreadsSharingASessionGetTheSameAnswers) {
  const Session session(shipped("retinaface_mnet025_v2"), {.device = "cpu"});
  const std::vector<float> input = random_pixels(3 * 96 * 96, 4);
  const auto expected = session.run(input, {1, 3, 96, 96});
  std::vector<int> equal(4, 0);
  std::vector<std::thread> threads;
  for (int& count : equal) {
    threads.emplace_back([&session, &input, &expected, &count] {
      for (int i = 0; i < 5; ++i) {
        const auto outputs = session.run(input, {1, 3, 96, 96});
        for (size_t k = 0; k < outputs.size(); ++k) {
          count += outputs[k].values == expected[k].values ? 1 : 0;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(equal, testing::Each(5 * 9));
}

TEST(SessionModel, AnInputOfAnotherShapeIsAModelError) {
  const Session session(shipped("arcface_mobilefacenet"), {.device = "cpu"});
  try {
    session.run(std::vector<float>(3 * 64 * 64), {1, 3, 64, 64});
    FAIL() << "it ran";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr("1, 3, 64, 64"));
  }
}

// CoreML exists on Apple's systems only, so it is the device that is absent wherever tests run.
TEST(SessionModel, ANamedDeviceThatIsAbsentSaysWhatIsThere) {
  try {
    const Session session(shipped("retinaface_mnet025_v2"), {.device = "mps"});
    FAIL() << "it runs on " << session.device();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unavailable);
    EXPECT_THAT(error.what(), HasSubstr("'mps'"));
    for (const std::string& provider : available_providers()) {
      EXPECT_THAT(error.what(), HasSubstr(provider));
    }
    EXPECT_THAT(error.what(), HasSubstr("--allow-cpu-fallback"));
  }
}

TEST(SessionModel, AFallBackToTheCpuIsAllowedOnlyWhenAskedForAndIsNoted) {
  const Session session(shipped("retinaface_mnet025_v2"),
                        {.device = "coreml", .allow_cpu_fallback = true});
  EXPECT_EQ(session.device(), "cpu");
  EXPECT_THAT(session.note(), HasSubstr("coreml"));
}

TEST(SessionModel, AutoFindsADeviceWithoutANote) {
  const Session session(shipped("retinaface_mnet025_v2"), {});
  EXPECT_THAT(session.device(), testing::AnyOf("cpu", "cuda", "webgpu"));
  EXPECT_EQ(session.note(), "");
}

}  // namespace
}  // namespace screenalytics
