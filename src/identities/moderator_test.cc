// Tests of corrections: each holds through whatever comes later, and can be taken back.
// SPDX-License-Identifier: MIT
#include "identities/moderator.h"

#include <gmock/gmock.h>

#include "artifacts/documents.h"
#include "artifacts/face_files.h"
#include "artifacts/identities_file.h"
#include "artifacts/row_files.h"
#include "base/error.h"
#include "identities/find_people.h"
#include "testing/caught_error.h"
#include "testing/random.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct MadeTrack {
  int person = 0;
  double start = 0, end = 0;
  float x = 0;  // of its box
};

constexpr int kDim = 16;
constexpr double kStep_s = 0.25;  // between two analysed frames

Embedding face_of(int person) {
  Embedding v(kDim, 0);
  v[static_cast<size_t>(person)] = 1;
  return v;
}

// An episode's folder with tracks of known people.
class MadeEpisode {
 public:
  explicit MadeEpisode(std::vector<MadeTrack> tracks) { write(std::move(tracks)); }

  void write(std::vector<MadeTrack> tracks) {
    paths_.create_folders();
    double end = 0;
    TrackWriter track_writer(paths_.tracks(), paths_.episode());
    std::vector<TrackEmbeddingRow> rows;
    NpyWriter vectors(paths_.track_vectors(), static_cast<int64_t>(tracks.size()), kDim);
    for (size_t i = 0; i < tracks.size(); ++i) {
      const MadeTrack& t = tracks[i];
      const int number = static_cast<int>(i) + 1;
      const auto first = static_cast<int64_t>(t.start / kStep_s),
                 last = static_cast<int64_t>(t.end / kStep_s);
      track_writer.write(
          {number, at(t.start), at(t.end), first, last, {}, last - first, 0.9, 0.9, 0.9, "lost"});
      rows.push_back({number, 1, 0, 0.5, false, ""});
      vectors.write(face_of(t.person));
      end = std::max(end, t.end);
    }
    track_writer.commit();
    vectors.commit();
    write_track_embeddings(paths_.track_embeddings(), paths_.episode(), rows);
    DetectionWriter detections(paths_.detections(), paths_.episode(), "det");
    for (double s = 0; s < end; s += kStep_s) {
      for (size_t i = 0; i < tracks.size(); ++i) {
        if (s < tracks[i].start || s >= tracks[i].end) continue;
        DetectionRow row;
        row.frame_idx = static_cast<int64_t>(s / kStep_s);
        row.ts = at(s);
        row.bbox = {tracks[i].x, 0.2F, tracks[i].x + 0.1F, 0.4F};
        row.conf = 0.9F;
        row.track = static_cast<int>(i) + 1;
        detections.write(row);
      }
    }
    detections.commit();
    write_shots(paths_.shots(),
                {{0, 0, static_cast<int64_t>(end / kStep_s), at(0), at(end), "start"}});
  }

  static Timestamp at(double s) { return Timestamp::from_seconds(s); }
  const EpisodePaths& paths() const { return paths_; }
  FoundPeople cluster() const { return find_people(paths_, settings); }
  Moderator moderator() const { return {paths_, settings}; }
  std::vector<IdentityRow> identities() const {
    return read_identities(paths_.identities()).identities;
  }

  PeopleSettings settings;

 private:
  TempFolder folder_;
  EpisodePaths paths_{folder_ / "out", EpisodeId("ep")};
};

// Ann, Bob, Ann, Bob and Cem; the first two together.
std::vector<MadeTrack> five_tracks() {
  return {{0, 0, 2, 0.1F}, {1, 1, 3, 0.5F}, {0, 4, 6, 0.1F}, {1, 7, 9, 0.5F}, {2, 10, 12, 0.3F}};
}

TEST(Moderator, ANameLastsUntilItIsTakenBack) {
  MadeEpisode e(five_tracks());
  e.cluster();
  Moderator m = e.moderator();
  EXPECT_EQ(m.carry_out("label", label_identity(m.state(), 1, "Ann Dowd", "")), 1);
  EXPECT_EQ(e.identities()[0].label.name, "Ann Dowd");
  EXPECT_EQ(read_screentime_json(e.paths().screentime_json()).people[0].label(), "Ann Dowd");
  EXPECT_THAT(e.cluster().notes, ElementsAre(HasSubstr("1 corrections")));
  EXPECT_EQ(e.identities()[0].label.name, "Ann Dowd");
  Moderator later = e.moderator();
  EXPECT_EQ(later.undo(), "identity-00001 is Ann Dowd");
  EXPECT_EQ(e.identities()[0].label.name, "");
  EXPECT_EQ(later.undo(), std::nullopt);
  EXPECT_THAT(later.journal().records, SizeIs(1)) << "what was undone stays in the history";
}

TEST(Moderator, MergeSplitMoveAndDropDoWhatTheySay) {
  MadeEpisode e(five_tracks());
  e.cluster();
  Moderator m = e.moderator();
  const auto tracks = [&] {
    std::vector<std::vector<int>> list;
    for (const IdentityRow& i : e.identities()) list.push_back(i.tracks);
    return list;
  };
  EXPECT_THAT(tracks(), ElementsAre(ElementsAre(1, 3), ElementsAre(2, 4), ElementsAre(5)));
  m.carry_out("merge", merge_identities(m.state(), {5}, 1));
  EXPECT_THAT(tracks(), ElementsAre(ElementsAre(1, 3, 5), ElementsAre(2, 4)));
  m.carry_out("split", split_identity(m.state(), 1, {3, 5}));
  EXPECT_THAT(tracks(), ElementsAre(ElementsAre(1), ElementsAre(2, 4), ElementsAre(3, 5)));
  m.carry_out("move", move_track(m.state(), 3, 2));
  EXPECT_THAT(tracks(), ElementsAre(ElementsAre(1), ElementsAre(2, 3, 4), ElementsAre(5)));
  m.carry_out("drop", drop_tracks(m.state(), {5}));
  EXPECT_THAT(tracks(), ElementsAre(ElementsAre(1), ElementsAre(2, 3, 4)));
  e.cluster();
  EXPECT_THAT(tracks(), ElementsAre(ElementsAre(1), ElementsAre(2, 3, 4)));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(e.moderator().undo().has_value());
  EXPECT_THAT(tracks(), ElementsAre(ElementsAre(1, 3), ElementsAre(2, 4), ElementsAre(5)));
}

TEST(Moderator, WhatCannotBeIsRefusedAndChangesNothing) {
  MadeEpisode e(five_tracks());
  e.cluster();
  Moderator m = e.moderator();
  const auto refused = [&](auto&& operation) { return caught_error(operation); };
  const ModerationState& s = m.state();
  EXPECT_THAT(refused([&] { merge_identities(s, {1}, 1); }).what(), HasSubstr("with itself"));
  EXPECT_THAT(refused([&] { merge_identities(s, {7}, 1); }).what(),
              HasSubstr("no identity-00007; the nearest is identity-00005"));
  EXPECT_THAT(refused([&] { merge_identities(s, {2}, 1); }).what(),
              HasSubstr("track-00001 and track-00002 were seen in one frame (both are there at "
                        "1.00 s)"));
  EXPECT_THAT(refused([&] { split_identity(s, 1, {1, 3}); }).what(), HasSubstr("not all"));
  EXPECT_THAT(refused([&] { split_identity(s, 1, {}); }).what(), HasSubstr("not none"));
  EXPECT_THAT(refused([&] { split_identity(s, 1, {2}); }).what(),
              HasSubstr("track-00002 is not in identity-00001"));
  EXPECT_THAT(refused([&] { move_track(s, 9, 1); }).what(), HasSubstr("the episode has 5 tracks"));
  EXPECT_THAT(refused([&] { move_track(s, 1, 1); }).what(), HasSubstr("already"));
  EXPECT_THAT(refused([&] { move_track(s, 5, {}); }).what(), HasSubstr("alone"));
  EXPECT_THAT(refused([&] { move_track(s, 2, 1); }).what(), HasSubstr("seen in one frame"));
  EXPECT_THAT(refused([&] { drop_tracks(s, {}); }).what(), HasSubstr("at least one"));
  EXPECT_THAT(refused([&] { lock_identity(s, 1, false); }).what(), HasSubstr("unlocked already"));
  EXPECT_THAT(refused([&] { label_identity(s, 1, std::string(201, 'a'), ""); }).what(),
              HasSubstr("at most 200"));
  for (const char* name :
       {"a\nb", "a\xC2\x85", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"}) {
    EXPECT_THAT(refused([&] { label_identity(s, 1, name, ""); }).what(), HasSubstr("control"));
  }
  EXPECT_THAT(refused([&] { label_identity(s, 1, "  ", ""); }).what(), HasSubstr("blanks"));
  EXPECT_THAT(refused([&] { m.undo_to(3); }).what(), HasSubstr("nothing was corrected yet"));
  EXPECT_THAT(refused([&] { label_identity(s, 1, "\xC3\x28", ""); }).what(), HasSubstr("UTF-8"));
  m.carry_out("lock", lock_identity(s, 1, true));
  EXPECT_EQ(refused([&] { split_identity(s, 1, {1}); }).code(), ErrorCode::conflict);
  EXPECT_THAT(refused([&] { merge_identities(s, {5}, 1); }).what(), HasSubstr("unlock it first"));
  EXPECT_THAT(refused([&] { drop_identity(s, 1); }).what(), HasSubstr("locked"));
  EXPECT_THAT(m.journal().records, SizeIs(1));
}

TEST(Moderator, DecisionsFindTheirTracksAgainWhenARunNumbersThemAnew) {
  std::vector<MadeTrack> tracks = five_tracks();
  MadeEpisode e(tracks);
  e.cluster();
  {
    Moderator m = e.moderator();
    m.carry_out("label", label_identity(m.state(), 2, "Bob", ""));
    m.carry_out("merge", merge_identities(m.state(), {5}, 1));
  }
  // A track of somebody new comes first, Bob's first track is torn in two, Cem was not found.
  e.write({{7, 0, 1, 0.8F},
           {0, 0, 2, 0.1F},
           {1, 1, 2, 0.5F},
           {1, 2, 3, 0.5F},
           {0, 4, 6, 0.1F},
           {1, 7, 9, 0.5F}});
  const FoundPeople found = e.cluster();
  ASSERT_THAT(e.identities(), SizeIs(3));
  EXPECT_EQ(e.identities()[1].label.name, "Bob");
  EXPECT_THAT(e.identities()[1].tracks, ElementsAre(3, 4, 6));
  EXPECT_THAT(found.notes, testing::Contains(HasSubstr("1 corrected tracks were not found")));
  // The first numbers again, and with them Cem.
  e.write(tracks);
  e.cluster();
  EXPECT_THAT(e.identities()[0].tracks, ElementsAre(1, 3, 5));
  EXPECT_EQ(e.identities()[1].label.name, "Bob");
  e.write({{7, 0, 1, 0.8F}, {0, 0, 2, 0.1F}});
  e.cluster();
  Moderator m = e.moderator();
  EXPECT_TRUE(m.undo() && m.undo());
  EXPECT_THAT(m.journal().active, IsEmpty());
}

TEST(Moderator, GoesBackToAnyPlaceOfTheHistory) {
  MadeEpisode e(five_tracks());
  e.cluster();
  EXPECT_THAT(read_history(e.paths()), IsEmpty());
  Moderator m = e.moderator();
  m.carry_out("label", label_identity(m.state(), 1, "Ann", ""));
  m.carry_out("label", label_identity(m.state(), 2, "Bob", ""));
  m.carry_out("merge", merge_identities(m.state(), {5}, 1));
  e.cluster();
  Moderator later = e.moderator();
  EXPECT_THAT(later.undo_to(1), ElementsAre(HasSubstr("identity-00005"), "identity-00002 is Bob"));
  EXPECT_EQ(e.identities()[0].label.name, "Ann");
  EXPECT_EQ(e.identities()[1].label.name, "");
  EXPECT_THAT(e.identities(), SizeIs(3));
  EXPECT_THAT(later.undo_to(1), IsEmpty());
  EXPECT_THAT(caught_error([&] { later.undo_to(4); }).what(), HasSubstr("the last is 3"));
  EXPECT_THAT(later.undo_to(0), SizeIs(1));
  std::vector<std::string> undone;
  for (const HistoryEntry& h : read_history(e.paths())) {
    EXPECT_TRUE(h.undone);
    undone.push_back(h.op);
  }
  EXPECT_THAT(undone, ElementsAre("label", "label", "merge"));
}

TEST(Moderator, AChangeThatCannotBeWrittenIsNotHalfMade) {
  MadeEpisode e(five_tracks());
  e.cluster();
  Moderator m = e.moderator();
  std::filesystem::remove(e.paths().screentime_csv());
  std::filesystem::create_directories(e.paths().screentime_csv() / "in the way");
  EXPECT_EQ(
      caught_error([&] { m.carry_out("label", label_identity(m.state(), 1, "Ann", "")); }).code(),
      ErrorCode::io);
  EXPECT_THAT(read_history(e.paths()), IsEmpty());
  EXPECT_EQ(e.identities()[0].label.name, "");
}

TEST(Moderator, TracksThatANewRunSeesTogetherArePutApart) {
  MadeEpisode e(five_tracks());
  e.cluster();
  Moderator m = e.moderator();
  m.carry_out("merge", merge_identities(m.state(), {5}, 1));
  std::vector<MadeTrack> tracks = five_tracks();
  tracks[4].start = 5;  // while the third is there, which is of the same identity
  e.write(tracks);
  e.cluster();
  EXPECT_THAT(e.identities()[0].tracks, ElementsAre(1, 3));
}

// What a random human does, as far as it is allowed.
std::optional<Decision> random_decision(const ModerationState& s, Random& random) {
  const std::vector<AssignedIdentity>& all = s.assignment.identities;
  const auto any = [&] {
    return all[static_cast<size_t>(random.below(static_cast<int>(all.size())))];
  };
  const auto any_track = [&] { return 1 + random.below(static_cast<int>(s.track_starts.size())); };
  try {
    switch (random.below(8)) {
      case 0:
        return label_identity(s, any().identity, "name " + std::to_string(random.below(99)), "");
      case 1:
      case 2:
        return merge_identities(s, {any().identity}, any().identity);
      case 3: {
        const AssignedIdentity i = any();
        return split_identity(s, i.identity, {i.tracks.front()});
      }
      case 4: {
        const AssignedIdentity i = any();
        return lock_identity(s, i.identity, !i.locked);
      }
      case 5:
        return move_track(s, any_track(), any().identity);
      case 6:
        return move_track(s, any_track(), {});
      default:
        return drop_tracks(s, {any_track()});
    }
  } catch (const Error&) {
    return std::nullopt;
  }
}

void expect_sound(const ModerationState& s) {
  std::set<int> seen(s.assignment.dropped.begin(), s.assignment.dropped.end());
  for (const AssignedIdentity& i : s.assignment.identities) {
    for (size_t a = 0; a < i.tracks.size(); ++a) {
      ASSERT_TRUE(seen.insert(i.tracks[a]).second) << "track " << i.tracks[a] << " is there twice";
      for (size_t b = a + 1; b < i.tracks.size(); ++b) {
        ASSERT_FALSE(s.together.contains({i.tracks[a], i.tracks[b]}));
      }
    }
  }
}

// Everything that a human has decided is still so.
void expect_decided(const Assignment& decided, const Assignment& now) {
  for (const AssignedIdentity& want : decided.identities) {
    const auto found =
        std::find_if(now.identities.begin(), now.identities.end(),
                     [&](const AssignedIdentity& i) { return i.identity == want.identity; });
    ASSERT_NE(found, now.identities.end()) << identity_name(want.identity);
    EXPECT_EQ(found->name, want.name);
    EXPECT_EQ(found->locked, want.locked);
    EXPECT_TRUE(std::includes(found->tracks.begin(), found->tracks.end(), want.tracks.begin(),
                              want.tracks.end()));
    if (want.locked) {
      EXPECT_EQ(found->tracks, want.tracks);
    }
  }
  EXPECT_EQ(now.dropped, decided.dropped);
}

TEST(Moderator, AHundredRandomCorrectionsHoldThroughReclusteringAndCanAllBeTakenBack) {
  for (const uint64_t seed : {1U, 2U, 3U}) {
    Random random(seed);
    std::vector<MadeTrack> tracks;
    for (int i = 0; i < 40; ++i) {
      const double start = random.below(60);
      tracks.push_back({random.below(9), start, start + 1 + random.below(5),
                        0.01F + 0.02F * static_cast<float>(i)});
    }
    std::sort(tracks.begin(), tracks.end(), [](auto& a, auto& b) { return a.start < b.start; });
    MadeEpisode e(tracks);
    e.cluster();
    const Assignment start = e.moderator().state().assignment;
    int done = 0;
    while (done < 100) {
      Moderator m = e.moderator();
      const std::optional<Decision> decision = random_decision(m.state(), random);
      if (!decision) continue;
      m.carry_out("random", *decision);
      ++done;
      expect_sound(m.state());
      if (random.below(10) == 0) {
        e.settings.clustering.cluster_thresh = random.below(2) == 0 ? 0.42 : 0.9;
        e.cluster();
      }
      const Moderator after = e.moderator();
      expect_sound(after.state());
      expect_decided(apply_decisions({}, after.journal().active), after.state().assignment);
      if (HasFatalFailure()) return;
    }
    e.settings.clustering.cluster_thresh = 0.42;
    for (int i = 0; i < 100; ++i) {
      Moderator m = e.moderator();
      ASSERT_TRUE(m.undo().has_value());
      expect_sound(m.state());
    }
    Moderator m = e.moderator();
    EXPECT_EQ(m.undo(), std::nullopt);
    const Assignment end = m.state().assignment;
    ASSERT_EQ(end.identities.size(), start.identities.size());
    for (size_t i = 0; i < end.identities.size(); ++i) {
      EXPECT_EQ(end.identities[i].identity, start.identities[i].identity);
      EXPECT_EQ(end.identities[i].tracks, start.identities[i].tracks);
      EXPECT_EQ(end.identities[i].name, "");
    }
    EXPECT_THAT(end.dropped, IsEmpty());
  }
}

}  // namespace
}  // namespace screenalytics
