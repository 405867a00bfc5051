// Tests of open-set matching.
// SPDX-License-Identifier: MIT
#include "facebank/match.h"

#include <gmock/gmock.h>

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

// A unit vector this similar to the first axis; `axis` takes the rest.
Embedding at(float similarity, size_t axis = 2) {
  Embedding v(4, 0);
  v[0] = similarity;
  v[axis] = std::sqrt(1 - similarity * similarity);
  return v;
}

const Embedding kProbe = at(1);
const MatchOptions kOptions{0.4, 0.1};

TEST(Match, APersonIsAsNearAsTheirNearestPhoto) {
  const std::vector<Reference> refs = {{"ann", "Ann", "1", "old.jpg", at(0.1F)},
                                       {"bob", "Bob", "2", "bob.jpg", at(0.3F)},
                                       {"ann", "Ann", "3", "new.jpg", at(0.8F)}};
  const Match m = match(kProbe, refs, kOptions);
  EXPECT_EQ(m.verdict, Verdict::known);
  EXPECT_EQ(m.best->seed_id, "3");
  EXPECT_EQ(m.runner_up->person_id, "bob");
  EXPECT_NEAR(m.similarity, 0.8, 1e-6);
  EXPECT_NEAR(m.margin, 0.5, 1e-6);
  EXPECT_EQ(m.evidence(), "nearest photo: new.jpg of Ann (0.80); next person: Bob (0.30)");
}

TEST(Match, AnotherPhotoOfTheSamePersonIsNoRunnerUp) {
  const std::vector<Reference> refs = {{"ann", "Ann", "1", "a.jpg", at(0.8F)},
                                       {"ann", "Ann", "2", "b.jpg", at(0.79F)}};
  const Match m = match(kProbe, refs, kOptions);
  EXPECT_EQ(m.verdict, Verdict::known);
  EXPECT_EQ(m.runner_up, nullptr);
}

TEST(Match, BelowTheThresholdNobodyIsKnown) {
  const std::vector<Reference> refs = {{"ann", "Ann", "1", "a.jpg", at(0.39F)}};
  EXPECT_EQ(match(kProbe, refs, kOptions).verdict, Verdict::unknown);
  EXPECT_EQ(match(kProbe, {}, kOptions).verdict, Verdict::unknown);
  EXPECT_THAT(match(kProbe, {}, kOptions).evidence(), HasSubstr("no reference photos"));
}

TEST(Match, WithinTheMarginOfAnotherPersonItIsAmbiguousInAnyOrder) {
  std::vector<Reference> refs = {{"ann", "Ann", "1", "a.jpg", at(0.6F)},
                                 {"bob", "Bob", "2", "b.jpg", at(0.55F)},
                                 {"cem", "Cem", "3", "c.jpg", at(0.2F)}};
  for (int i = 0; i < 3; ++i) {
    const Match m = match(kProbe, refs, kOptions);
    EXPECT_EQ(m.verdict, Verdict::ambiguous);
    EXPECT_EQ(m.best->person_id, "ann");
    EXPECT_EQ(m.runner_up->person_id, "bob");
    std::rotate(refs.begin(), refs.begin() + 1, refs.end());
  }
}

}  // namespace
}  // namespace screenalytics
