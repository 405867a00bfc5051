// Tests of where the tracker's face vectors come from.
// SPDX-License-Identifier: MIT
#include "pipeline/face_looks.h"

#include <gmock/gmock.h>

#include "pipeline/fake_parts_test.h"
#include "testing/caught_error.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// As FakeEmbedder, with a length of its own for each crop in turn.
class EmbedderWithNorms final : public FaceEmbedder {
 public:
  explicit EmbedderWithNorms(std::vector<float> norms) : norms_(std::move(norms)) {}
  std::vector<Embedding> embed(std::span<const Image> crops,
                               std::vector<float>* norms) const override {
    *norms = norms_;
    return fake_.embed(crops, nullptr);
  }
  int dim() const override { return fake_.dim(); }
  const std::string& device() const override { return fake_.device(); }
  const std::string& note() const override { return fake_.note(); }

 private:
  FakeEmbedder fake_{nullptr};
  std::vector<float> norms_;
};

const QualityLimits kLimits;
const Box kFirst{10, 20, 50, 60}, kSecond{100, 20, 140, 60}, kSmall{160, 20, 183, 60};

VideoFrame frame() {
  Image image(200, 100, 3);
  fill(image, kFirst, kPeople[0]);
  fill(image, kSecond, kPeople[1]);
  fill(image, kSmall, kPeople[2]);
  return VideoFrame::from_rgb(image);
}

std::vector<Detection> faces(float nose = 0) {
  return {{kFirst, frontal(kFirst), 0.9F},
          {kSecond, frontal(kSecond, nose), 0.9F},
          {kSmall, frontal(kSmall), 0.9F}};
}

TEST(FaceLooks, GivesOneVectorForEachFaceThatWasAskedFor) {
  const VideoFrame f = frame();
  const std::vector<Detection> d = faces();
  const FakeEmbedder embedder(nullptr);
  StageClock clock;
  FaceLooks looks(cut_from(f, d), d, &embedder, kLimits, 2, clock);
  const std::vector<int> wanted{0, 1};
  const std::vector<Embedding> v = looks.embed(wanted);
  ASSERT_EQ(v.size(), 2U);
  EXPECT_EQ(v[0][0], 1);  // the first person's colour was in the middle of the first crop
  EXPECT_EQ(v[1][1], 1);
  EXPECT_EQ(clock.counters().items, 2);
  EXPECT_EQ(clock.counters().calls, 1);
  const std::vector<FaceLook> taken = looks.take();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].vector, v[0]);
  EXPECT_EQ(taken[1].vector, v[1]);
  EXPECT_FLOAT_EQ(taken[0].quality.confidence, 0.9F);
}

TEST(FaceLooks, AFaceTooSmallOrInProfileGivesAnEmptyVectorAndIsNotEmbedded) {
  const VideoFrame f = frame();
  const std::vector<Detection> d = faces(0.4F);
  FakeEvents events;
  const FakeEmbedder embedder(&events);
  StageClock clock;
  FaceLooks looks(cut_from(f, d), d, &embedder, kLimits, 8, clock);
  const std::vector<int> wanted{0, 1, 2};
  const std::vector<Embedding> v = looks.embed(wanted);
  EXPECT_THAT(v[0], Not(IsEmpty()));
  EXPECT_THAT(v[1], IsEmpty());
  EXPECT_THAT(v[2], IsEmpty());
  EXPECT_EQ(events.largest_batch, 1);
  // Also the refused ones are kept: a replay must hear the same answer.
  EXPECT_EQ(looks.take().size(), 3U);
}

TEST(FaceLooks, NothingIsEmbeddedWhereNoFaceIsUsable) {
  const VideoFrame f = frame();
  const std::vector<Detection> d = faces();
  FakeEvents events;
  const FakeEmbedder embedder(&events);
  StageClock clock;
  FaceLooks looks(cut_from(f, d), d, &embedder, kLimits, 8, clock);
  const std::vector<int> wanted{2};
  EXPECT_THAT(looks.embed(wanted)[0], IsEmpty());
  EXPECT_EQ(events.embedded, 0);
}

TEST(FaceLooks, AVectorShorterThanTheManifestsMinNormIsEmpty) {
  const VideoFrame f = frame();
  const std::vector<Detection> d = faces();
  const EmbedderWithNorms embedder({9.9F, 10.0F});
  QualityLimits limits;
  limits.min_norm = 10;
  StageClock clock;
  FaceLooks looks(cut_from(f, d), d, &embedder, limits, 1, clock);
  const std::vector<int> wanted{0, 1};
  const std::vector<Embedding> v = looks.embed(wanted);
  EXPECT_THAT(v[0], IsEmpty());
  EXPECT_THAT(v[1], Not(IsEmpty()));
  EXPECT_EQ(clock.counters().calls, 2);  // one crop a call
}

TEST(FaceLooks, AFaceThatTheGateRefusedIsEmbeddedOnceWhereItIsAskedFor) {
  const VideoFrame f = frame();
  const std::vector<Detection> d = faces();
  FakeEvents events;
  const FakeEmbedder embedder(&events);
  StageClock clock;
  FaceLooks looks(cut_from(f, d), d, &embedder, kLimits, 8, clock);
  const std::vector<int> small{2};
  EXPECT_THAT(looks.embed(small)[0], IsEmpty());
  looks.embed_all(small);
  looks.embed_all(small);
  EXPECT_EQ(events.embedded, 1);
  EXPECT_THAT(looks.take()[0].vector, Not(IsEmpty()));
}

TEST(RecordedLooks, GivesBackWhatWasRecordedInTheOrderAsked) {
  const std::vector<Detection> d(4, faces()[0]);
  const std::vector<FaceLook> recorded{{0, {}, 1, {1, 0}}, {2, {}, 0, {}}, {3, {}, 1, {0, 1}}};
  RecordedLooks looks(d, recorded, kLimits);
  const std::vector<int> wanted{2, 3};
  EXPECT_EQ(looks.embed(wanted), (std::vector<Embedding>{{}, {0, 1}}));
}

TEST(RecordedLooks, AVectorThatWasNotRecordedIsAnErrorThatSaysWhatToDo) {
  const std::vector<Detection> d(2, faces()[0]);
  const std::vector<FaceLook> recorded{{0, {}, 1, {1, 0}}};
  RecordedLooks looks(d, recorded, kLimits);
  const std::vector<int> wanted{1};
  const Error error = caught_error([&] { looks.embed(wanted); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_THAT(error.what(), HasSubstr("run again without --resume"));
}

}  // namespace
}  // namespace screenalytics
