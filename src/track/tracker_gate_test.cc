// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <set>
#include <string>

#include "testing/synthetic_tracks.h"
#include "track/track_table.h"
#include "track/tracked_scene_test.h"
#include "track/tracker.h"

namespace screenalytics {
namespace {

constexpr double kPi = std::numbers::pi;

// Person 1 takes the place of person 0 at `at_s`, `shift` pixels aside.
SyntheticScene hand_over(double at_s, double shift, uint64_t seed) {
  SyntheticScene scene;
  scene.seed = seed;
  scene.actors = {{.person = 0,
                   .box = [=](double t) -> std::optional<Box> {
                     if (t >= at_s) return std::nullopt;
                     return face_at(600, 500);
                   }},
                  {.person = 1, .box = [=](double t) -> std::optional<Box> {
                     if (t < at_s) return std::nullopt;
                     return face_at(600 + shift, 500);
                   }}};
  return scene;
}

TEST(TrackerGate, AHandOverWithAJumpIsSplitAtItsFrame) {
  for (const double fps : {2.4, 8.0, 30.0}) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      const SyntheticScene scene = hand_over(5 + 0.037 * static_cast<double>(seed), 60, seed);
      const Outcome outcome = track_scene(scene.frames(frame_times(10, fps)));
      EXPECT_EQ(outcome.segments_of(0).size(), 1U) << fps << " seed " << seed;
      EXPECT_EQ(outcome.segments_of(1).size(), 1U) << fps << " seed " << seed;
      EXPECT_NE(outcome.segments_of(0), outcome.segments_of(1)) << fps << " seed " << seed;
    }
  }
}

TEST(TrackerGate, AHandOverAtTheSamePlaceIsSplitWithinTheGateInterval) {
  for (const double fps : {2.4, 8.0, 30.0}) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      const double at_s = 4 + 0.13 * static_cast<double>(seed);
      const auto frames = hand_over(at_s, 0, seed).frames(frame_times(10, fps));
      const Outcome outcome = track_scene(frames);
      EXPECT_EQ(outcome.table.confirmed_segments().size(), 2U) << fps << " seed " << seed;
      EXPECT_EQ(outcome.segments_of(1).size(), 1U) << fps << " seed " << seed;
      const int after = *outcome.segments_of(1).begin();
      // What cannot be known is where between two looks the change was.
      for (const auto& frame : frames) {
        if (frame.ts.seconds() > at_s - 0.5 - 1 / fps || frame.person[0] == 1) continue;
        EXPECT_NE(outcome.segments.at(0).at(frame.frame_idx), after) << frame.ts.seconds();
      }
    }
  }
}

TEST(TrackerGate, AHandOverIsReportedAsASplit) {
  const Outcome outcome = track_scene(hand_over(5, 0, 1).frames(frame_times(10, 8)));
  EXPECT_EQ(outcome.table.identity_changes(), 1);
  const int before = outcome.segments.at(0).at(0);
  EXPECT_EQ(outcome.table.end_of(before)->reason, EndReason::appearance_split);
}

TEST(TrackerGate, WithoutTheGateNothingIsSplitAndNoFaceIsAskedFor) {
  TrackerOptions options;
  options.gate_enabled = false;
  const Outcome outcome = track_scene(hand_over(5, 0, 1).frames(frame_times(10, 8)), options);
  EXPECT_EQ(outcome.table.confirmed_segments().size(), 1U);
  EXPECT_EQ(outcome.faces_looked_at, 0);
}

TEST(TrackerGate, AHeadThatTurnsToItsProfileForTwoSecondsIsNotSplit) {
  for (const double fps : {2.4, 4.0, 8.0, 30.0}) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      SyntheticActor actor = standing(0, 900, 500);
      actor.yaw = [](double t) {
        const double turn_s = 0.5;
        const double in = std::clamp((t - 4) / turn_s, 0.0, 1.0);
        const double out = std::clamp((t - 6.5) / turn_s, 0.0, 1.0);
        return kPi / 2 * (in - out);
      };
      SyntheticScene scene{.actors = {actor}};
      scene.seed = seed;
      const Outcome outcome = track_scene(scene.frames(frame_times(12, fps)));
      EXPECT_EQ(outcome.table.confirmed_segments().size(), 1U) << fps << " seed " << seed;
    }
  }
}

TEST(TrackerGate, BadLooksThatAreUnlikeEachOtherAreNotAnotherPerson) {
  SyntheticScene scene;
  scene.actors = {standing(0, 900, 500)};
  for (const double fps : {2.4, 8.0, 30.0}) {
    auto frames = scene.frames(frame_times(8, fps));
    for (size_t i = 0; i < frames.size(); ++i) {
      const double t = frames[i].ts.seconds();
      if (t > 4 && t < 5) frames[i].faces[0] = synthetic_face(100 + static_cast<int>(i));
    }
    EXPECT_EQ(track_scene(frames).table.confirmed_segments().size(), 1U) << fps;
  }
}

TEST(TrackerGate, TwoPeopleWhoExchangePlacesBetweenTwoFramesKeepTheirSegments) {
  for (const double fps : {8.0, 30.0}) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      SyntheticScene scene;
      scene.seed = seed;
      const double at_s = 4 + 0.07 * static_cast<double>(seed);
      for (const int person : {0, 1}) {
        scene.actors.push_back({.person = person, .box = [=](double t) -> std::optional<Box> {
                                  const bool left = (t < at_s) == (person == 0);
                                  return face_at(left ? 700 : 1100, 500);
                                }});
      }
      const Outcome outcome = track_scene(scene.frames(frame_times(10, fps)));
      EXPECT_EQ(outcome.table.confirmed_segments().size(), 2U) << fps << " seed " << seed;
      EXPECT_EQ(outcome.segments.at(0).rbegin()->second, outcome.segments.at(0).begin()->second);
      EXPECT_EQ(outcome.segments.at(1).rbegin()->second, outcome.segments.at(1).begin()->second);
    }
  }
}

TEST(TrackerGate, AFaceIsLookedAtAboutOncePerGateInterval) {
  const SyntheticScene scene{.actors = {standing(0, 600, 500)}};
  const Outcome outcome = track_scene(scene.frames(frame_times(60, 30)));
  EXPECT_GE(outcome.faces_looked_at, 110);
  EXPECT_LE(outcome.faces_looked_at, 130);
}

TEST(TrackerGate, ALateLookAtABlurredFaceStillJoinsItToItsLostTrack) {
  SyntheticActor actor;
  actor.person = 0;
  actor.box = [](double t) -> std::optional<Box> {
    if (t >= 3 && t < 4.5) return std::nullopt;
    return t < 3 ? face_at(600, 500) : face_at(1100, 520);
  };
  actor.usable = [](double t) { return t < 3 || t > 5; };
  SyntheticScene scene;
  scene.actors = {actor};
  for (const double fps : {2.4, 8.0, 30.0}) {
    const auto frames = scene.frames(frame_times(8, fps));
    const Outcome outcome = track_scene(frames);
    EXPECT_EQ(outcome.segments_of(0).size(), 1U) << fps;
    EXPECT_EQ(outcome.tracked(0), static_cast<int>(outcome.segments.at(0).size())) << fps;
    EXPECT_EQ(outcome.updates.back().ended.size(), 1U) << fps;
  }
}

TEST(TrackerGate, WhoLeftThePictureIsNotTakenForWhoComesInThereUnlessTheFaceAgrees) {
  const auto tracks = [](int person_after, bool usable_after) {
    SyntheticScene scene;
    scene.actors = {{.person = 0,
                     .box = [](double t) -> std::optional<Box> {
                       if (t >= 2) return std::nullopt;
                       return face_at(60 - 40 * t, 500);
                     }},
                    {.person = person_after,
                     .box = [](double t) -> std::optional<Box> {
                       if (t < 3) return std::nullopt;
                       return face_at(40, 500);
                     },
                     .usable = [=](double) { return usable_after; }}};
    return track_scene(scene.frames(frame_times(5, 8))).table.confirmed_segments().size();
  };
  EXPECT_EQ(tracks(0, true), 1U);
  EXPECT_EQ(tracks(1, true), 2U);
  EXPECT_EQ(tracks(0, false), 2U);
}

}  // namespace
}  // namespace screenalytics
