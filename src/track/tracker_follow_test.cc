// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>

#include "testing/synthetic_tracks.h"
#include "track/track_table.h"
#include "track/tracked_scene_test.h"
#include "track/tracker.h"

namespace screenalytics {
namespace {

// Three quarters of a face size: too far for place to speak for it in an eighth of a second.
constexpr double kFastStep = 105;

// Person 0 until 3 s; from then on `person_after`, a fast step aside.
SyntheticScene fast_step(int person_after, bool usable_after) {
  SyntheticScene scene;
  scene.box_jitter = 0.01;
  scene.actors = {{.person = 0,
                   .box = [](double t) -> std::optional<Box> {
                     if (t >= 3) return std::nullopt;
                     return face_at(600, 500);
                   }},
                  {.person = person_after,
                   .box = [](double t) -> std::optional<Box> {
                     if (t < 3) return std::nullopt;
                     return face_at(600 + kFastStep, 500);
                   },
                   .usable = [=](double) { return usable_after; }}};
  return scene;
}

TEST(TrackerFollow, ABlurredFaceThatMovesFastKeepsItsTrackWhenNoOtherFaceIsNear) {
  for (const double fps : {5.0, 6.0, 8.0}) {
    const Outcome outcome = track_scene(fast_step(0, false).frames(frame_times(5, fps)));
    EXPECT_EQ(outcome.table.confirmed_segments().size(), 1U) << fps;
  }
}

TEST(TrackerFollow, AFaceThatStaysInThePictureWhileTheCameraPansKeepsItsTrack) {
  for (const double fps : {5.0, 6.0, 8.0}) {
    const auto pan_px = [=](double t) { return kFastStep * fps * std::clamp(t - 3, 0.0, 0.4); };
    SyntheticScene scene;
    scene.box_jitter = 0.01;
    scene.actors = {{.person = 0,
                     .box = [=](double t) { return face_at(600 - pan_px(t), 500); },
                     .usable = [](double t) { return t < 3; }},
                    standing(1, 1200, 500)};
    scene.frame_from_scene = [=](double t) { return Affine{1, 0, pan_px(t), 0, 1, 0}; };
    const Outcome outcome = track_scene(scene.frames(frame_times(6, fps)));
    EXPECT_EQ(outcome.table.confirmed_segments().size(), 2U) << fps;
    EXPECT_EQ(outcome.segments_of(0).size(), 1U) << fps;
  }
}

TEST(TrackerFollow, AFastStepIsNotFollowedNextToAnotherFace) {
  for (const double fps : {5.0, 6.0, 8.0}) {
    SyntheticScene scene = fast_step(1, false);
    scene.actors.push_back(standing(2, 600 + 2.4 * kFastStep, 500));
    const Outcome outcome = track_scene(scene.frames(frame_times(5, fps)));
    EXPECT_EQ(outcome.table.confirmed_segments().size(), 3U) << fps;
    EXPECT_NE(outcome.segments_of(0), outcome.segments_of(1)) << fps;
  }
}

TEST(TrackerFollow, AFastStepToAnotherFaceIsNotFollowed) {
  for (const double fps : {5.0, 6.0, 8.0}) {
    const Outcome outcome = track_scene(fast_step(1, true).frames(frame_times(5, fps)));
    EXPECT_EQ(outcome.table.confirmed_segments().size(), 2U) << fps;
    EXPECT_EQ(outcome.table.identity_changes(), 0) << fps;
  }
}

TEST(TrackerFollow, ABlurredFaceIsNotGuessedToBeOneOfTwoThatWentFromThere) {
  const auto tracks = [](bool two, double fps) {
    const auto gone = [](int person, double x) -> SyntheticActor {
      return {.person = person, .box = [x](double t) -> std::optional<Box> {
                if (t >= 3) return std::nullopt;
                return face_at(x, 500);
              }};
    };
    SyntheticScene scene{.actors = {gone(0, 600)}};
    if (two) scene.actors.push_back(gone(1, 780));
    scene.box_jitter = 0.01;
    scene.actors.push_back({.person = 2,
                            .box = [](double t) -> std::optional<Box> {
                              if (t < 4) return std::nullopt;
                              return face_at(680, 500);
                            },
                            .usable = [](double) { return false; }});
    return track_scene(scene.frames(frame_times(6, fps))).table.confirmed_segments().size();
  };
  for (const double fps : {3.0, 8.0, 30.0}) {
    EXPECT_EQ(tracks(false, fps), 1U) << fps;
    EXPECT_EQ(tracks(true, fps), 3U) << fps;
  }
}

TEST(TrackerFollow, AWeakSecondBoxOnASureFaceDoesNotTakeItsTrack) {
  SyntheticScene scene;
  scene.box_jitter = 0;
  // Who turns away is seen weakly, and then also surely, a little aside.
  scene.actors = {{.person = 0,
                   .box = [](double t) -> std::optional<Box> {
                     if (t >= 3 && t < 3.3) return std::nullopt;
                     return face_at(t < 3 ? 700 : 605, 500);
                   },
                   .usable = [](double t) { return t < 3; }},
                  {.person = 1,
                   .box = [](double t) -> std::optional<Box> {
                     if (t < 3) return std::nullopt;
                     return t < 3.3 ? face_at(700, 500) : face_at(650, 500, 140);
                   },
                   .confidence = [](double) { return 0.3F; },
                   .usable = [](double) { return false; }}};
  const auto frames = scene.frames(frame_times(5, 8));
  const Outcome outcome = track_scene(frames);
  EXPECT_EQ(outcome.table.confirmed_segments().size(), 1U);
  EXPECT_EQ(outcome.tracked(0), static_cast<int>(outcome.segments.at(0).size()));
  for (const auto& [frame_idx, segment] : outcome.segments.at(1)) {
    EXPECT_EQ(segment >= 0, frames[static_cast<size_t>(frame_idx)].ts.seconds() < 3.3);
  }
}

TEST(TrackerFollow, AWeakFaceBehindASureOneIsStillTracked) {
  const auto weak = [](double t) { return t >= 1 && t < 3 ? 0.3F : 0.95F; };
  SyntheticActor behind = standing(1, 670, 500), large = standing(1, 640, 500, 240);
  for (SyntheticActor& actor : {std::ref(behind), std::ref(large)}) {
    actor.confidence = weak;
    const SyntheticScene scene{.actors = {standing(0, 600, 500), actor}};
    const Outcome outcome = track_scene(scene.frames(frame_times(4, 8)));
    EXPECT_EQ(outcome.segments_of(1).size(), 1U);
    EXPECT_EQ(outcome.tracked(1), static_cast<int>(outcome.segments.at(1).size()));
  }
}

// Person 0 goes at 3 s. At 3.5 s someone comes back to where it was, and is blurred until 5 s.
constexpr double kBackS = 3.5, kSharpS = 5;

double way_back(double t) { return 1000 - (1000 - 680) * (t - kBackS) / (kSharpS - kBackS); }

SyntheticActor gone_until(int person, double back_s) {
  return {.person = person, .box = [=](double t) -> std::optional<Box> {
            if (t >= 3 && t < back_s) return std::nullopt;
            return face_at(t < 3 ? 600 : t < kSharpS ? way_back(t) : 620, 500);
          }};
}

TEST(TrackerFollow, ATrackThatNeverShowedItsFaceJoinsTheLostOneWhosePersonItTurnsOutToBe) {
  for (const double fps : {6.0, 8.0, 12.0}) {
    SyntheticActor actor = gone_until(0, kBackS);
    actor.usable = [](double t) { return t < 3 || t >= kSharpS; };
    SyntheticScene scene{.actors = {actor}};
    scene.box_jitter = 0.01;
    const Outcome outcome = track_scene(scene.frames(frame_times(7, fps)));
    EXPECT_EQ(outcome.table.confirmed_segments().size(), 1U) << fps;
    EXPECT_EQ(outcome.tracked(0), static_cast<int>(outcome.segments.at(0).size())) << fps;
    const auto joined = [](const TrackerUpdate& update) {
      return std::any_of(update.ended.begin(), update.ended.end(),
                         [](const SegmentEnd& end) { return end.reason == EndReason::joined; });
    };
    EXPECT_EQ(std::count_if(outcome.updates.begin(), outcome.updates.end(), joined), 1) << fps;
  }
}

// Person 1 comes and is gone as soon as person 0 is back at nearly the same place.
SyntheticActor passer_by(double from_s) {
  return {.person = 1, .box = [=](double t) -> std::optional<Box> {
            if (t < from_s || t >= kSharpS) return std::nullopt;
            return face_at(t < kBackS ? 1000 : way_back(t), 500);
          }};
}

TEST(TrackerFollow, ATrackWhoseFaceIsAnothersIsNotJoined) {
  for (const double fps : {6.0, 8.0, 12.0}) {
    SyntheticActor other = passer_by(kBackS);
    other.usable = [](double t) { return t > 4 && t < 4.5; };
    SyntheticScene scene{.actors = {gone_until(0, kSharpS), other}};
    scene.box_jitter = 0.01;
    const Outcome outcome = track_scene(scene.frames(frame_times(7, fps)));
    EXPECT_EQ(outcome.segments_of(0).size(), 1U) << fps;
    EXPECT_EQ(outcome.segments_of(1).size(), 1U) << fps;
    EXPECT_NE(outcome.segments_of(0), outcome.segments_of(1)) << fps;
    // Told apart at once, not split later.
    EXPECT_EQ(outcome.table.identity_changes(), 0) << fps;
  }
}

TEST(TrackerFollow, ATrackSeenInOneFrameWithTheLostOneIsNotJoined) {
  for (const double fps : {6.0, 8.0, 12.0}) {
    SyntheticActor other = passer_by(1);
    other.usable = [](double) { return false; };
    SyntheticScene scene{.actors = {gone_until(0, kSharpS), other}};
    scene.box_jitter = 0.01;
    const Outcome outcome = track_scene(scene.frames(frame_times(7, fps)));
    EXPECT_EQ(outcome.segments_of(0).size(), 1U) << fps;
    EXPECT_EQ(outcome.segments_of(1).size(), 1U) << fps;
    EXPECT_NE(outcome.segments_of(0), outcome.segments_of(1)) << fps;
  }
}

}  // namespace
}  // namespace screenalytics
