// SPDX-License-Identifier: MIT
#include "track/tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <set>
#include <string>

#include "base/error.h"
#include "testing/synthetic_tracks.h"
#include "track/track_table.h"
#include "track/tracked_scene_test.h"

namespace screenalytics {
namespace {

using ::testing::IsEmpty;

constexpr double kPi = std::numbers::pi;

// A head that sways by its own width within a second, nods, comes nearer, is lost by the detector
// now and then (up to 2 s), and dips in confidence.
SyntheticActor lively(int person) {
  SyntheticActor actor;
  actor.person = person;
  actor.box = [](double t) -> std::optional<Box> {
    const double phase = std::fmod(t, 20);
    if (phase > 9 && phase < 9.3) return std::nullopt;
    if (phase > 14 && phase < 16) return std::nullopt;
    return face_at(960 + 60 * std::cos(kPi * t) + 25 * std::sin(1.7 * t),
                   540 + 20 * std::sin(2.3 * t), 120 * (1 + 0.15 * std::sin(0.4 * t)));
  };
  actor.yaw = [](double t) { return 0.5 * std::sin(0.9 * t); };
  actor.confidence = [](double t) { return t > 5 && std::fmod(t, 5) < 0.6 ? 0.4F : 0.93F; };
  return actor;
}

void expect_one_track(const SyntheticScene& scene, const std::vector<double>& times,
                      const TrackerOptions& options, const std::string& what) {
  const auto frames = scene.frames(times);
  const Outcome outcome = track_scene(frames, options);
  EXPECT_EQ(outcome.table.confirmed_segments().size(), 1U) << what;
  EXPECT_EQ(outcome.segments_of(0).size(), 1U) << what;
  EXPECT_LE(outcome.most_calls, 1) << what;
}

TEST(Tracker, OneFaceFor60SecondsIsOneTrackAtEveryStrideAndSourceRate) {
  for (const double rate : {24000 / 1001.0, 25.0, 30000 / 1001.0, 50.0}) {
    for (int stride = 1; stride <= 12; ++stride) {
      SyntheticScene scene{.actors = {lively(0)}};
      scene.seed = static_cast<uint64_t>(stride);
      const auto times = frame_times(60, rate, stride);
      const std::string what = std::to_string(rate) + "/" + std::to_string(stride);
      expect_one_track(scene, times, {}, what);
      TrackerOptions by_place;
      by_place.gate_enabled = false;
      expect_one_track(scene, times, by_place, what + " by place");
    }
  }
}

TEST(Tracker, OneFaceFor60SecondsIsOneTrackAtEveryRateAndAtUnevenTimes) {
  for (const double fps : {2.0, 2.4, 4.0, 8.0, 15.0, 30.0}) {
    SyntheticScene scene{.actors = {lively(0)}};
    std::vector<double> uneven;
    double t = 0;
    for (int i = 0; t < 60; ++i) {
      uneven.push_back(t);
      t += (0.6 + 0.4 * std::sin(i * 1.3) + 0.3 * (i % 3 == 0 ? 1 : 0)) / fps + 0.001;
    }
    expect_one_track(scene, frame_times(60, fps), {}, std::to_string(fps));
    expect_one_track(scene, uneven, {}, std::to_string(fps) + " uneven");
  }
}

TEST(Tracker, EveryDetectionOfALivelyFaceIsTracked) {
  SyntheticScene scene{.actors = {lively(0)}};
  for (const double fps : {2.4, 8.0, 30.0}) {
    const auto frames = scene.frames(frame_times(60, fps));
    const Outcome outcome = track_scene(frames);
    const auto all = static_cast<double>(outcome.segments.at(0).size());
    // A weak detection that is far from where the face was seen last is not taken for it.
    EXPECT_GE(outcome.tracked(0), 0.95 * all) << fps;
  }
}

TEST(Tracker, TwoFacesThatCrossKeepTheirSegments) {
  for (const double fps : {2.4, 4.0, 8.0, 30.0}) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      SyntheticScene scene;
      scene.seed = seed;
      for (const int person : {0, 1}) {
        scene.actors.push_back({.person = person, .box = [person](double t) -> std::optional<Box> {
                                  const double way = 300 * (t - 4) * (person == 0 ? 1 : -1) / 2;
                                  // The one behind is hidden while they overlap.
                                  if (person == 1 && std::abs(2 * way) < 90) return std::nullopt;
                                  return face_at(960 + way, 500 + 20 * person);
                                }});
      }
      const Outcome outcome = track_scene(scene.frames(frame_times(8, fps)));
      EXPECT_EQ(outcome.segments_of(0).size(), 1U) << fps << " seed " << seed;
      EXPECT_EQ(outcome.segments_of(1).size(), 1U) << fps << " seed " << seed;
      EXPECT_NE(outcome.segments_of(0), outcome.segments_of(1)) << fps << " seed " << seed;
    }
  }
}

SyntheticActor hidden_for_a_second_and_moved(int person) {
  return {.person = person, .box = [](double t) -> std::optional<Box> {
            if (t >= 3 && t < 4) return std::nullopt;
            return t < 3 ? face_at(600, 500) : face_at(900, 520);
          }};
}

TEST(Tracker, AFaceHiddenForASecondIsTakenUpAgainWhereItReappears) {
  for (const double fps : {2.4, 8.0, 30.0}) {
    const SyntheticScene scene{.actors = {hidden_for_a_second_and_moved(0)}};
    const Outcome outcome = track_scene(scene.frames(frame_times(7, fps)));
    EXPECT_EQ(outcome.segments_of(0).size(), 1U) << fps;
  }
}

TEST(Tracker, AnotherPersonAfterAnOcclusionIsAnotherTrack) {
  for (const double fps : {2.4, 8.0, 30.0}) {
    SyntheticScene scene;
    scene.actors = {{.person = 0,
                     .box = [](double t) -> std::optional<Box> {
                       if (t >= 3) return std::nullopt;
                       return face_at(600, 500);
                     }},
                    {.person = 1, .box = [](double t) -> std::optional<Box> {
                       if (t < 4) return std::nullopt;
                       return face_at(605, 500);
                     }}};
    const Outcome outcome = track_scene(scene.frames(frame_times(7, fps)));
    EXPECT_EQ(outcome.table.confirmed_segments().size(), 2U) << fps;
    // Refused at once, not joined and split later.
    EXPECT_EQ(outcome.table.identity_changes(), 0) << fps;
    EXPECT_NE(outcome.segments_of(0), outcome.segments_of(1)) << fps;
  }
}

TEST(Tracker, AFastPanKeepsTheSegmentsBecauseTheCameraIsKnown) {
  for (const bool gate : {true, false}) {
    SyntheticScene scene{.actors = {standing(0, 400, 500), standing(1, 700, 520)}};
    // 1.5 face widths per analysed frame.
    scene.frame_from_scene = [](double t) { return Affine{1, 0, -180 * 8 * (t - 0.5), 0, 1, 0}; };
    TrackerOptions options;
    options.gate_enabled = gate;
    const Outcome outcome = track_scene(scene.frames(frame_times(1, 8)), options);
    EXPECT_EQ(outcome.table.confirmed_segments().size(), 2U);
    EXPECT_NE(outcome.segments_of(0), outcome.segments_of(1));
  }
}

TEST(Tracker, EightFacesCloseTogetherSurviveAFastPanAtLowRate) {
  for (const bool gate : {true, false}) {
    SyntheticScene scene;
    for (int i = 0; i < 8; ++i) {
      scene.actors.push_back({.person = i, .box = [i](double t) -> std::optional<Box> {
                                return face_at(300 + 100 * (i % 4) + 12 * std::sin(2 * t + i),
                                               400 + 130 * (i / 4), 80);
                              }});
    }
    scene.frame_from_scene = [](double t) {
      const double zoom = 1 + 0.05 * t;
      return Affine{zoom, 0, 300 * t, 0, zoom, 20 * t};
    };
    TrackerOptions options;
    options.gate_enabled = gate;
    const Outcome outcome = track_scene(scene.frames(frame_times(5, 2.4)), options);
    EXPECT_EQ(outcome.table.confirmed_segments().size(), 8U);
    for (int i = 0; i < 8; ++i) EXPECT_EQ(outcome.segments_of(i).size(), 1U) << i;
  }
}

TEST(Tracker, ACutEndsEveryTrack) {
  SyntheticScene scene{.actors = {standing(0, 600, 500), standing(1, 1000, 500)}};
  scene.cuts_s = {2};
  const Outcome outcome = track_scene(scene.frames(frame_times(4, 8)));
  EXPECT_EQ(outcome.table.confirmed_segments().size(), 4U);
  EXPECT_EQ(outcome.segments_of(0).size(), 2U);
  const int first = outcome.segments.at(0).at(0);
  EXPECT_EQ(outcome.table.end_of(first)->reason, EndReason::shot_cut);
  const int last = outcome.segments.at(0).rbegin()->second;
  EXPECT_EQ(outcome.table.end_of(last)->reason, EndReason::end_of_video);
}

TEST(Tracker, WeakDetectionsContinueATrackButDoNotBeginOne) {
  SyntheticActor fading = standing(0, 600, 500);
  fading.confidence = [](double t) { return t >= 1 && t < 3 ? 0.3F : 0.9F; };
  SyntheticActor weak = standing(1, 1200, 500);
  weak.confidence = [](double) { return 0.8F; };
  SyntheticScene scene{.actors = {fading, weak}};
  for (const double fps : {2.4, 30.0}) {
    const auto frames = scene.frames(frame_times(4, fps));
    const Outcome outcome = track_scene(frames);
    EXPECT_EQ(outcome.tracked(0), static_cast<int>(frames.size())) << fps;
    EXPECT_EQ(outcome.tracked(1), 0) << fps;
  }
}

TEST(Tracker, DetectionsBelowTheFloorAreNotLookedAt) {
  SyntheticActor fading = standing(0, 600, 500);
  fading.confidence = [](double t) { return t >= 1 && t < 3 ? 0.3F : 0.9F; };
  TrackerOptions options;
  options.low_thresh = 0.35;
  const Outcome outcome =
      track_scene(SyntheticScene{.actors = {fading}}.frames(frame_times(4, 10)), options);
  EXPECT_EQ(outcome.tracked(0), 20);
}

TEST(Tracker, MatchThreshIsTheLargestCostAcceptedOnOverlapAlone) {
  // A step of 0.55 face widths between two frames: overlap 0.29, cost 0.71; too far for a thirtieth
  // of a second by distance alone.
  const auto tracks = [](double match_thresh) {
    SyntheticScene scene;
    scene.box_jitter = 0;
    scene.actors = {{.person = 0, .box = [](double t) -> std::optional<Box> {
                       return face_at(t < 1 ? 600 : 666, 500);
                     }}};
    TrackerOptions options;
    options.gate_enabled = false;
    options.match_thresh = match_thresh;
    return track_scene(scene.frames(frame_times(2, 30)), options).table.confirmed_segments().size();
  };
  EXPECT_EQ(tracks(0.85), 1U);
  EXPECT_EQ(tracks(0.75), 1U);
  EXPECT_EQ(tracks(0.65), 2U);
  EXPECT_EQ(tracks(0.30), 2U);
}

TEST(Tracker, ALostTrackIsKeptForSecondsNotForFrames) {
  const auto tracks = [](double fps, double gap_s, double keep_s, double max_s) {
    SyntheticScene scene;
    scene.actors = {{.person = 0, .box = [=](double t) -> std::optional<Box> {
                       if (t > 2 && t < 2 + gap_s) return std::nullopt;
                       return face_at(600, 500);
                     }}};
    TrackerOptions options;
    options.keep_lost_s = keep_s;
    options.max_keep_lost_s = max_s;
    return track_scene(scene.frames(frame_times(12, fps)), options)
        .table.confirmed_segments()
        .size();
  };
  for (const double fps : {2.4, 8.0, 30.0}) {
    EXPECT_EQ(tracks(fps, 2.0, 3, 10), 1U) << fps;
    EXPECT_EQ(tracks(fps, 4.5, 3, 10), 2U) << fps;
    EXPECT_EQ(tracks(fps, 4.5, 6, 10), 1U) << fps;
    EXPECT_EQ(tracks(fps, 4.5, 6, 3), 2U) << fps;
  }
}

TEST(Tracker, AFlickerInTheMidstOfAShotIsNotConfirmedButAFaceInItsLastFrameIs) {
  SyntheticScene scene;
  scene.actors = {standing(0, 600, 500),
                  {.person = 1,
                   .box = [](double t) -> std::optional<Box> {
                     if (std::abs(t - 1) > 0.01) return std::nullopt;
                     return face_at(1000, 500);
                   }},
                  {.person = 2, .box = [](double t) -> std::optional<Box> {
                     if (t < 2.85 || t >= 3) return std::nullopt;
                     return face_at(1300, 500);
                   }}};
  scene.cuts_s = {3};
  const Outcome outcome = track_scene(scene.frames(frame_times(6, 10)));
  EXPECT_THAT(outcome.segments_of(1), IsEmpty());
  EXPECT_EQ(outcome.segments_of(2).size(), 1U);
}

TEST(Tracker, FacesThatCannotBeUsedLeavePlaceToDecide) {
  SyntheticActor blurred = lively(0);
  blurred.usable = [](double) { return false; };
  SyntheticScene scene{.actors = {blurred}};
  expect_one_track(scene, frame_times(60, 8), {}, "8");
  expect_one_track(scene, frame_times(60, 30), {}, "30");
}

// Eight people who wander about, hide, turn and overlap, over cuts and a restless camera.
SyntheticScene crowd(uint64_t seed) {
  SyntheticScene scene;
  scene.seed = seed;
  scene.cuts_s = {6.5};
  scene.face_noise = 1.2;
  for (int i = 0; i < 8; ++i) {
    const double k = static_cast<double>(seed) * 0.7 + i;
    scene.actors.push_back(
        {.person = i,
         .box = [=](double t) -> std::optional<Box> {
           if (std::sin(t * (0.9 + 0.1 * i) + k) > 0.8) return std::nullopt;
           return face_at(960 + 400 * std::sin(t * 0.8 + 2 * k), 540 + 150 * std::cos(t + k), 110);
         },
         .yaw = [=](double t) { return 1.4 * std::sin(t * 1.3 + k); },
         .confidence = [=](double t) { return std::sin(t * 3 + k) > 0.7 ? 0.5F : 0.92F; },
         .usable = [=](double t) { return std::sin(t * 5 + k) < 0.6; }});
  }
  scene.frame_from_scene = [](double t) {
    return Affine{1, 0, 80 * std::sin(2 * t), 0, 1, 30 * std::sin(3 * t)};
  };
  return scene;
}

TEST(Tracker, ASegmentHasAtMostOneDetectionPerFrameAndEndsOnceInEveryScene) {
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    for (const double fps : {2.4, 8.0, 24.0}) {
      const auto frames = crowd(seed).frames(frame_times(13, fps));
      const Outcome outcome = track_scene(frames);
      EXPECT_LE(outcome.most_calls, 1);
      std::map<int, int> detections;
      for (size_t f = 0; f < frames.size(); ++f) {
        std::set<int> reported, final;
        for (const int segment : outcome.updates[f].segment_of_detection) {
          if (segment < 0) continue;
          EXPECT_TRUE(reported.insert(segment).second) << seed << ", " << fps;
          const int last = outcome.table.final_segment(segment, frames[f].frame_idx);
          EXPECT_TRUE(final.insert(last).second) << seed << ", " << fps;
          ++detections[last];
        }
      }
      std::map<int, int> ends;
      for (const TrackerUpdate& update : outcome.updates) {
        for (const SegmentEnd& end : update.ended) {
          ++ends[end.segment];
          EXPECT_EQ(detections.count(end.segment) == 0, end.reason == EndReason::joined);
          if (detections[end.segment] >= 2) {
            EXPECT_TRUE(end.confirmed);
          }
          if (detections[end.segment] == 0) {
            EXPECT_FALSE(end.confirmed);
          }
        }
      }
      for (const auto& [segment, count] : detections) EXPECT_EQ(ends[segment], 1) << segment;
      for (const auto& [segment, count] : ends) EXPECT_EQ(count, 1) << segment;
    }
  }
}

TEST(Tracker, TheSameObservationsGiveTheSameUpdates) {
  const auto frames = crowd(3).frames(frame_times(13, 8));
  const Outcome a = track_scene(frames), b = track_scene(frames);
  ASSERT_EQ(a.updates.size(), b.updates.size());
  for (size_t i = 0; i < a.updates.size(); ++i) {
    EXPECT_EQ(a.updates[i].segment_of_detection, b.updates[i].segment_of_detection);
    ASSERT_EQ(a.updates[i].ended.size(), b.updates[i].ended.size());
    for (size_t e = 0; e < a.updates[i].ended.size(); ++e) {
      EXPECT_EQ(a.updates[i].ended[e].segment, b.updates[i].ended[e].segment);
    }
  }
}

TEST(Tracker, AVideoWithoutFacesHasNoSegments) {
  const Outcome outcome = track_scene(SyntheticScene{}.frames(frame_times(3, 8)));
  EXPECT_THAT(outcome.table.confirmed_segments(), IsEmpty());
}

TEST(TrackerOptions, ValuesOutOfRangeAreRefusedByName) {
  const auto message = [](auto change) {
    TrackerOptions options;
    change(options);
    try {
      Tracker tracker(options);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      return std::string(error.what());
    }
    return std::string();
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(message([](auto& o) { o.track_thresh = 1.2; }), HasSubstr("track_thresh"));
  EXPECT_THAT(message([](auto& o) { o.new_track_thresh = -1; }), HasSubstr("new_track_thresh"));
  EXPECT_THAT(message([](auto& o) { o.match_thresh = 2; }), HasSubstr("match_thresh"));
  EXPECT_THAT(message([](auto& o) { o.low_thresh = std::nan(""); }), HasSubstr("low_thresh"));
  EXPECT_THAT(message([](auto& o) { o.keep_lost_s = -1; }), HasSubstr("keep_lost_s"));
  EXPECT_THAT(message([](auto& o) { o.max_keep_lost_s = -1; }), HasSubstr("max_keep_lost_s"));
  EXPECT_THAT(message([](auto& o) { o.gate_hard = 0.5; }), HasSubstr("gate_hard"));
  EXPECT_THAT(message([](auto& o) { o.gate_soft = 0.9; }), HasSubstr("gate_soft"));
  EXPECT_THAT(message([](auto& o) { o.gate_streak = 0; }), HasSubstr("gate_streak"));
  EXPECT_THAT(message([](auto& o) { o.gate_interval_s = 0; }), HasSubstr("gate_interval_s"));
  EXPECT_THAT(message([](auto& o) { o.join_similarity = 3; }), HasSubstr("join_similarity"));
}

}  // namespace
}  // namespace screenalytics
