// SPDX-License-Identifier: MIT
#include "identities/group_identities.h"

#include <gmock/gmock.h>

#include <cmath>

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// One track an identity; its face at this angle, in degrees.
struct Made {
  double angle = 0;
  std::string name = {};
  bool locked = false, by_facebank = false;
};

struct Episode {
  explicit Episode(const std::vector<Made>& made) {
    for (size_t i = 0; i < made.size(); ++i) {
      const double radians = made[i].angle * 3.14159265358979 / 180;
      EpisodeTrack track;
      track.vector = {static_cast<float>(std::cos(radians)), static_cast<float>(std::sin(radians))};
      tracks.tracks.push_back(track);
      IdentityRow row;
      row.identity = static_cast<int>(i) + 1;
      row.tracks = {row.identity};
      row.label.name = made[i].name;
      if (made[i].by_facebank) row.label.similarity = 0.6;
      row.locked = made[i].locked;
      list.identities.push_back(row);
    }
  }
  std::vector<std::vector<int>> groups() const {
    std::vector<std::vector<int>> result;
    for (const IdentityGroup& g : group_identities(list, tracks, 0.5)) {
      result.push_back({g.target});
      result.back().insert(result.back().end(), g.sources.begin(), g.sources.end());
    }
    return result;
  }
  EpisodeTracks tracks;
  IdentityList list;
};

TEST(GroupIdentities, JoinsThoseThatAreAlike) {
  Episode e({{0}, {50}, {180}, {200}});
  EXPECT_THAT(e.groups(), ElementsAre(ElementsAre(1, 2), ElementsAre(3, 4)));
  EXPECT_THAT(Episode({{0}, {70}, {140}}).groups(), IsEmpty());
  EXPECT_THAT(Episode({}).groups(), IsEmpty());
}

TEST(GroupIdentities, ANameJoinsAndANameKeepsApart) {
  EXPECT_THAT(Episode({{0, "Ann"}, {90, "Ann"}}).groups(), ElementsAre(ElementsAre(1, 2)))
      << "unlike each other, and known to be one";
  EXPECT_THAT(Episode({{0, "Ann"}, {10, "Bob"}}).groups(), IsEmpty());
  EXPECT_THAT(Episode({{0, "Ann", false, true}, {10}, {0, "Ann"}}).groups(),
              ElementsAre(ElementsAre(3, 1, 2)))
      << "the one that a human named keeps its number";
}

TEST(GroupIdentities, LeavesAloneWhatIsLockedOrSeenTogetherOrNotSeenWell) {
  EXPECT_THAT(Episode({{0, "", true}, {10}}).groups(), IsEmpty());
  Episode together({{0}, {10}, {20}});
  together.tracks.seen_together = {{1, 2}};
  EXPECT_THAT(together.groups(), SizeIs(1));
  EXPECT_THAT(together.groups()[0], SizeIs(2));
  Episode of_one_name({{0, "Ann"}, {10, "Ann"}});
  of_one_name.tracks.seen_together = {{1, 2}};
  EXPECT_THAT(of_one_name.groups(), IsEmpty());
  Episode blurred({{0}, {10}});
  blurred.tracks.tracks[1].fallback = true;
  EXPECT_THAT(blurred.groups(), IsEmpty());
}

}  // namespace
}  // namespace screenalytics
