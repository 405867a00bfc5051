// Tests of how tracks become identities with screen time.
// SPDX-License-Identifier: MIT
#include "pipeline/people_builder.h"

#include <gmock/gmock.h>

#include "artifacts/atomic_file.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PeopleBuilder : public ::testing::Test {
 protected:
  void SetUp() override { paths_.create_folders(); }

  void track(double start, double end, const Embedding& vector, int64_t detections = 10) {
    const int number = static_cast<int>(built_.tracks.size()) + 1;
    built_.tracks.push_back({number, end - start, detections, true});
    built_.sightings.push_back({span(start, end), vector, 0.9});
  }
  static TimeSpan span(double start, double end) {
    return {Timestamp::from_seconds(start), Timestamp::from_seconds(end)};
  }
  ScreenTimeReport build() { return build_people(paths_, built_, span(0, 10), clustering_, {}); }
  std::vector<std::vector<int>> tracks_of_identities() const {
    std::vector<std::vector<int>> tracks;
    for (const IdentityRow& row : read_identities(paths_.identities()).identities) {
      tracks.push_back(row.tracks);
    }
    return tracks;
  }

  const Embedding ann_{1, 0, 0}, bob_{0, 1, 0};
  TempFolder folder_;
  EpisodePaths paths_{folder_ / "out", EpisodeId("ep")};
  BuildResult built_;
  ClusteringSettings clustering_;
};

TEST_F(PeopleBuilder, TracksOfOneFaceAreOneIdentity) {
  track(0, 2, ann_);
  track(1, 2, bob_);
  track(5, 8, ann_, 30);
  built_.seen_together = {{1, 2}};
  const ScreenTimeReport report = build();
  EXPECT_THAT(tracks_of_identities(), ElementsAre(ElementsAre(1, 3), ElementsAre(2)));
  ASSERT_THAT(report.people, SizeIs(2));
  EXPECT_DOUBLE_EQ(report.people[0].visual_s, 5);
  EXPECT_DOUBLE_EQ(report.people[0].percent, 50);
  EXPECT_EQ(report.people[0].faces, 40);
  EXPECT_NEAR(report.people[0].confidence, 0.9, 1e-9);
  EXPECT_THAT(report.people[0].by_second, ElementsAre(1, 1, 0, 0, 0, 1, 1, 1, 0, 0));
  ASSERT_THAT(report.co_presence, SizeIs(1));
  EXPECT_DOUBLE_EQ(report.co_presence[0].seconds, 1);
  EXPECT_TRUE(std::filesystem::exists(paths_.screentime_json()));
  EXPECT_TRUE(std::filesystem::exists(paths_.screentime_csv()));
  EXPECT_TRUE(std::filesystem::exists(paths_.timeline()));
}

TEST_F(PeopleBuilder, FacesSeenTogetherAreTwoIdentitiesHoweverAlike) {
  track(0, 2, ann_);
  track(1, 3, ann_);
  built_.seen_together = {{1, 2}};
  build();
  EXPECT_THAT(tracks_of_identities(), ElementsAre(ElementsAre(1), ElementsAre(2)));
}

TEST_F(PeopleBuilder, ATrackWithoutAVectorIsNotAssignedToAnybody) {
  track(0, 2, {});
  track(3, 4, ann_);
  built_.seen_together = {{1, 2}};
  const ScreenTimeReport report = build();
  EXPECT_THAT(tracks_of_identities(), ElementsAre(ElementsAre(2)));
  EXPECT_DOUBLE_EQ(report.unassigned_s, 2);
}

TEST_F(PeopleBuilder, TheThresholdAndTheLinkageAct) {
  const Embedding half{0.5F, 0.8660254F, 0};  // 0.5 to ann, 0.87 to bob
  track(0, 1, ann_);
  track(2, 3, half);
  track(4, 5, bob_);
  clustering_ = {0.2, "average"};
  build();
  EXPECT_THAT(tracks_of_identities(), SizeIs(1));
  clustering_ = {0.2, "complete"};
  build();
  EXPECT_THAT(tracks_of_identities(), ElementsAre(ElementsAre(1), ElementsAre(2, 3)));
  clustering_ = {0.95, "average"};
  build();
  EXPECT_THAT(tracks_of_identities(), SizeIs(3));
}

TEST_F(PeopleBuilder, AnEpisodeWithNobodyHasFilesThatSaySo) {
  const ScreenTimeReport report = build();
  EXPECT_THAT(report.people, IsEmpty());
  EXPECT_THAT(tracks_of_identities(), IsEmpty());
  EXPECT_EQ(read_file(paths_.timeline()), "start_s\n");
}

}  // namespace
}  // namespace screenalytics
