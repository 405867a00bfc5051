// SPDX-License-Identifier: MIT
#include "track/track_splitter.h"

#include <gmock/gmock.h>

#include <string>

#include "testing/random.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kDim = 64;

// A letter a person, '?' a face like nobody's. Faces of one person are about 0.8 alike.
std::vector<Embedding> faces_of(const std::string& people) {
  Random random(7);
  std::vector<Embedding> faces;
  int stranger = 26;
  for (const char c : people) {
    Embedding v(kDim, 0);
    v[static_cast<size_t>(c == '?' ? stranger++ : c - 'a')] = 1;
    for (float& x : v) x += 0.06F * static_cast<float>(random.below(201) - 100) / 100;
    normalize(v);
    faces.push_back(v);
  }
  return faces;
}

std::vector<size_t> changes(const std::string& people) {
  return find_person_changes(faces_of(people), 0.38);
}

TEST(TrackSplitter, FindsEachPlaceWhereThePersonChanges) {
  EXPECT_THAT(changes("aaaaaabbbbb"), ElementsAre(6));
  EXPECT_THAT(changes("aabb"), ElementsAre(2));
  EXPECT_THAT(changes("aaaabbbaaaa"), ElementsAre(4, 7)) << "somebody comes back";
  EXPECT_THAT(changes("aaabbbcccddd"), ElementsAre(3, 6, 9));
  EXPECT_THAT(changes(std::string(60, 'a') + "bb"), ElementsAre(60));
}

TEST(TrackSplitter, LeavesOnePersonAlone) {
  EXPECT_THAT(changes(""), IsEmpty());
  EXPECT_THAT(changes("a"), IsEmpty());
  EXPECT_THAT(changes("ab"), IsEmpty()) << "which of the two is the track?";
  EXPECT_THAT(changes("aaaaaaaa"), IsEmpty());
  EXPECT_THAT(changes("aaaa?aaaa"), IsEmpty()) << "one bad face is nobody";
  EXPECT_THAT(changes("aaaa??aaaa"), IsEmpty()) << "nor are two that are unlike each other";
  EXPECT_THAT(changes("aaaaaab"), IsEmpty());
  EXPECT_THAT(changes("aaaabbaaaa"), IsEmpty()) << "two faces of a moment are not enough";
}

}  // namespace
}  // namespace screenalytics
