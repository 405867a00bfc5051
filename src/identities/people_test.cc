// Tests of how tracks become identities, and identities people with screen time.
// SPDX-License-Identifier: MIT
#include "identities/people.h"

#include <gmock/gmock.h>

#include "artifacts/atomic_file.h"
#include "identities/cluster_tracks.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TimeSpan span(double start, double end) {
  return {Timestamp::from_seconds(start), Timestamp::from_seconds(end)};
}

class People : public ::testing::Test {
 protected:
  void SetUp() override {
    paths_.create_folders();
    episode_.video = span(0, 10);
  }

  EpisodeTrack& track(double start, double end, const Embedding& vector, int64_t detections = 10) {
    episode_.tracks.push_back({span(start, end), detections, 0.9, vector, false, 0.5, ""});
    return episode_.tracks.back();
  }
  ScreenTimeReport build(const NameLookup& lookup = {}) {
    const Assignment assignment = cluster_tracks(episode_, settings_.clustering, decided_);
    return write_people(paths_, episode_, assignment, settings_, lookup);
  }
  std::vector<IdentityRow> identities() const {
    return read_identities(paths_.identities()).identities;
  }
  std::vector<std::vector<int>> tracks_of_identities() const {
    std::vector<std::vector<int>> tracks;
    for (const IdentityRow& row : identities()) tracks.push_back(row.tracks);
    return tracks;
  }

  const Embedding ann_{1, 0, 0}, bob_{0, 1, 0}, half_{0.5F, 0.8660254F, 0};
  TempFolder folder_;
  EpisodePaths paths_{folder_ / "out", EpisodeId("ep")};
  EpisodeTracks episode_;
  PeopleSettings settings_;
  Assignment decided_;
};

TEST_F(People, TracksOfOneFaceAreOneIdentity) {
  track(0, 2, ann_);
  track(1, 2, bob_);
  track(5, 8, ann_, 30);
  episode_.seen_together = {{1, 2}};
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

TEST_F(People, FacesSeenTogetherAreTwoIdentitiesHoweverAlike) {
  track(0, 2, ann_);
  track(1, 3, ann_);
  episode_.seen_together = {{1, 2}};
  build();
  EXPECT_THAT(tracks_of_identities(), ElementsAre(ElementsAre(1), ElementsAre(2)));
}

TEST_F(People, ATrackWithoutAVectorIsNotAssignedToAnybody) {
  track(0, 2, {});
  track(3, 4, ann_);
  episode_.seen_together = {{1, 2}};
  const ScreenTimeReport report = build();
  EXPECT_THAT(tracks_of_identities(), ElementsAre(ElementsAre(2)));
  EXPECT_DOUBLE_EQ(report.unassigned_s, 2);
}

TEST_F(People, TheThresholdAndTheLinkageAct) {
  track(0, 1, ann_);
  track(2, 3, half_);  // 0.5 to ann, 0.87 to bob
  track(4, 5, bob_);
  settings_.clustering = {0.2, "average", 1, -1, 1.01};
  build();
  EXPECT_THAT(tracks_of_identities(), SizeIs(1));
  settings_.clustering = {0.2, "complete", 1, -1, 1.01};
  build();
  EXPECT_THAT(tracks_of_identities(), ElementsAre(ElementsAre(1), ElementsAre(2, 3)));
  settings_.clustering = {0.95, "average", 1, -1, 1.01};
  build();
  EXPECT_THAT(tracks_of_identities(), SizeIs(3));
}

TEST_F(People, AnEpisodeWithNobodyHasFilesThatSaySo) {
  const ScreenTimeReport report = build();
  EXPECT_THAT(report.people, IsEmpty());
  EXPECT_THAT(tracks_of_identities(), IsEmpty());
  EXPECT_EQ(read_file(paths_.timeline()), "start_s\n");
}

TEST_F(People, ATrackOfRefusedFacesJoinsWhomItIsMostLikeOrIsSomebodyOfItsOwn) {
  track(0, 1, ann_);
  track(2, 3, bob_);
  track(4, 5, half_).fallback = true;
  track(6, 7, {0, 0, 1}).fallback = true;
  build();
  EXPECT_THAT(tracks_of_identities(),
              ElementsAre(ElementsAre(1), ElementsAre(2, 3), ElementsAre(4)));
}

TEST_F(People, ATrackAloneJoinsTheIdentityItIsMostLike) {
  settings_.clustering.cluster_thresh = 0.95;
  settings_.clustering.singleton_merge = 0.8;
  track(0, 1, bob_);
  track(2, 3, bob_);
  track(4, 5, half_);
  track(6, 7, ann_);
  build();
  EXPECT_THAT(tracks_of_identities(), ElementsAre(ElementsAre(1, 2, 3), ElementsAre(4)));
  episode_.seen_together = {{1, 3}};
  build();
  EXPECT_THAT(tracks_of_identities(),
              ElementsAre(ElementsAre(1, 2), ElementsAre(3), ElementsAre(4)));
}

TEST_F(People, ATrackUnlikeTheOthersOfItsIdentityLeavesIt) {
  settings_.clustering.cluster_thresh = 0.1;
  settings_.clustering.min_identity_sim = 0.6;
  track(0, 1, bob_);
  track(2, 3, bob_);
  track(4, 5, Embedding{0.8660254F, 0.5F, 0});
  build();
  EXPECT_THAT(tracks_of_identities(), ElementsAre(ElementsAre(1, 2), ElementsAre(3)));
}

TEST_F(People, IdentitiesWithTooFewTracksAreGivenUp) {
  settings_.clustering.min_cluster_size = 2;
  track(0, 1, ann_);
  track(2, 3, ann_);
  track(4, 6, bob_);
  const ScreenTimeReport report = build();
  EXPECT_THAT(tracks_of_identities(), ElementsAre(ElementsAre(1, 2)));
  EXPECT_DOUBLE_EQ(report.unassigned_s, 2);
}

TEST_F(People, WhatAHumanDecidedStays) {
  track(0, 1, ann_);
  track(2, 3, ann_);
  track(4, 5, ann_);
  track(6, 7, ann_);
  track(8, 9, bob_);
  decided_.identities = {{7, {}, {1, 5}, "Ann", "", false, "", ""},
                         {9, {}, {2}, "Twin", "", true, "", ""}};
  decided_.dropped = {3};
  const ScreenTimeReport report = build();
  // Track 4 may join the one who is not locked; that one's tracks are together whatever they show.
  EXPECT_THAT(tracks_of_identities(), ElementsAre(ElementsAre(1, 4, 5), ElementsAre(2)));
  EXPECT_EQ(identities()[0].identity, 7);
  EXPECT_EQ(identities()[0].label.name, "Ann");
  EXPECT_FALSE(identities()[0].cluster.has_value());
  EXPECT_TRUE(identities()[1].locked);
  EXPECT_DOUBLE_EQ(report.unassigned_s, 0);  // a dropped track is no face that somebody lacks
}

TEST_F(People, IdentitiesOfOneNameAreOnePersonOfTheScreenTime) {
  settings_.clustering.cluster_thresh = 0.9;
  settings_.clustering.singleton_merge = 1.01;
  track(0, 2, ann_);
  track(1, 4, bob_);
  track(6, 7, {0, 0, 1});
  const NameLookup lookup = [&](const Embedding& centroid) {
    IdentityLabel label;
    if (centroid[2] < 0.5F) label = {"Ann", "ann", 0.8, 0.3, "known", "photo"};
    return label;
  };
  const ScreenTimeReport report = build(lookup);
  ASSERT_THAT(report.people, SizeIs(2));
  EXPECT_EQ(report.people[0].label(), "Ann");
  EXPECT_THAT(report.people[0].identities, ElementsAre(1, 2));
  EXPECT_DOUBLE_EQ(report.people[0].visual_s, 4);
  EXPECT_EQ(report.people[0].tracks, 2);
  EXPECT_EQ(report.people[1].label(), "identity-00003");
  EXPECT_EQ(identities()[0].label.evidence, "photo");
}

TEST_F(People, EachIdentityHasThePictureOfItsBestFaceAndNoOtherIsLeft) {
  const auto picture = [&](int number, double quality, bool fallback) {
    EpisodeTrack& t = episode_.tracks[static_cast<size_t>(number - 1)];
    const auto path = paths_.track_thumb(number);
    create_folder(path.parent_path());
    write_file_atomically(path, "picture of " + std::to_string(number));
    t.thumb = path.lexically_relative(paths_.out_root()).generic_string();
    t.quality = quality;
    t.fallback = fallback;
  };
  track(0, 1, ann_);
  track(2, 3, ann_);
  track(4, 5, ann_);
  picture(1, 0.5, false);
  picture(2, 0.7, false);
  picture(3, 0.9, true);
  create_folder(paths_.identity_thumb(8).parent_path());
  build();
  EXPECT_EQ(identities()[0].canonical_face, "frames/ep/thumbs/identity-00001/rep.jpg");
  EXPECT_EQ(read_file(paths_.identity_thumb(1)), "picture of 2");
  EXPECT_FALSE(std::filesystem::exists(paths_.identity_thumb(8).parent_path()));
  EXPECT_TRUE(std::filesystem::exists(paths_.track_thumb(1)));
}

}  // namespace
}  // namespace screenalytics
