// SPDX-License-Identifier: MIT
#include "testing/episode_plan.h"

#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "base/error.h"

namespace screenalytics {
namespace {

std::vector<LabelledPhoto> three_photos() {
  return {{"a.jpg", {1920, 1280}, {{"ada", {300, 300, 480, 540}}, {"bea", {1200, 400, 1380, 640}}}},
          {"b.jpg", {1920, 1440}, {{"cora", {900, 500, 1100, 760}}}},
          {"c.jpg",
           {1600, 1200},
           {{"ada", {100, 100, 260, 320}, true}, {"ella", {700, 400, 900, 650}}}}};
}

EpisodePlan plan_with(uint64_t seed, const std::string& fps = "24", double seconds = 60) {
  EpisodeOptions options;
  options.seed = seed;
  options.fps = fps;
  options.seconds = seconds;
  return plan_episode(options, three_photos());
}

double duration(const EpisodePlan& plan, const PlannedShot& shot) {
  return seconds_between(plan.time_of(shot.start_frame), plan.time_of(shot.end_frame - 1));
}

TEST(EpisodePlan, ShotsFollowOneAnotherFromTheFirstFrameToTheLast) {
  for (const char* fps : {"24", "23.976", "50", "vfr"}) {
    const EpisodePlan plan = plan_with(3, fps);
    int expected = 0;
    for (const PlannedShot& shot : plan.shots) {
      EXPECT_EQ(shot.start_frame, expected) << fps;
      expected = shot.end_frame;
    }
    EXPECT_EQ(expected, plan.frames) << fps;
  }
}

TEST(EpisodePlan, ShotsLastTwoToSevenSecondsAndNeverRepeatThePhotoBefore) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    const EpisodePlan plan = plan_with(seed);
    int before = -1;
    for (const PlannedShot& shot : plan.shots) {
      // One frame less than the shot, as the last frame's own time is counted.
      EXPECT_GE(duration(plan, shot), 2 - 0.1) << seed;
      EXPECT_LE(duration(plan, shot), 7) << seed;
      EXPECT_NE(shot.photo, before) << seed;
      before = shot.photo;
    }
  }
}

TEST(EpisodePlan, EveryPhotoIsSeenAndComesBack) {
  const EpisodePlan plan = plan_with(1);
  std::multiset<int> seen;
  for (const PlannedShot& shot : plan.shots) seen.insert(shot.photo);
  for (int photo = 0; photo < 3; ++photo) EXPECT_GE(seen.count(photo), 2u);
}

TEST(EpisodePlan, TheCameraStaysInsideThePhotoAndBetweenOneAndTwoAndAHalfTimes) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    EpisodeOptions options;
    options.seed = seed;
    options.shake = true;
    const EpisodePlan plan = plan_episode(options, three_photos());
    for (int frame = 0; frame < plan.frames; ++frame) {
      const PlannedShot& shot = plan.shot_of(frame);
      const Size photo = plan.photos[static_cast<size_t>(shot.photo)].size;
      const CameraWindow w = camera_at(shot, plan.time_in_shot(frame), duration(plan, shot), photo);
      ASSERT_GE(w.x, 0);
      ASSERT_GE(w.y, 0);
      ASSERT_LE(w.x + w.width, photo.width + 1e-6);
      ASSERT_LE(w.y + w.height, photo.height + 1e-6);
      ASSERT_LE(w.width, photo.width + 1e-6);
      ASSERT_GE(w.width, photo.width / 2.5 - 1e-6);
      ASSERT_NEAR(w.width / w.height, 16.0 / 9, 1e-6);
    }
  }
}

TEST(EpisodePlan, TheCameraMovesSmoothly) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const EpisodePlan plan = plan_with(seed);
    for (int frame = 1; frame < plan.frames; ++frame) {
      const PlannedShot& shot = plan.shot_of(frame);
      if (frame == shot.start_frame) continue;
      const Size photo = plan.photos[static_cast<size_t>(shot.photo)].size;
      const double whole = duration(plan, shot);
      const CameraWindow a = camera_at(shot, plan.time_in_shot(frame - 1), whole, photo);
      const CameraWindow b = camera_at(shot, plan.time_in_shot(frame), whole, photo);
      // A fiftieth of the frame in a 24th of a second: nobody would call it a jump.
      ASSERT_LT(std::hypot(b.x - a.x, b.y - a.y) / a.width, 0.02) << seed << " " << frame;
    }
  }
}

TEST(EpisodePlan, TheSameSeedIsTheSamePlanAndAnotherSeedIsNot) {
  const EpisodePlan a = plan_with(5), b = plan_with(5), c = plan_with(6);
  ASSERT_EQ(a.shots.size(), b.shots.size());
  bool differs = a.shots.size() != c.shots.size();
  for (size_t i = 0; i < a.shots.size(); ++i) {
    EXPECT_EQ(a.shots[i].end_frame, b.shots[i].end_frame);
    EXPECT_EQ(a.shots[i].from.x, b.shots[i].from.x);
    differs = differs || a.shots[i].end_frame != c.shots[i].end_frame;
  }
  EXPECT_TRUE(differs);
}

TEST(EpisodePlan, BroadcastRatesAreExactFractions) {
  EXPECT_EQ(plan_with(1, "23.976").fps.num, 24000);
  EXPECT_EQ(plan_with(1, "23.976").fps.den, 1001);
  EXPECT_EQ(plan_with(1, "29.97").fps.num, 30000);
  EXPECT_EQ(plan_with(1, "59.94").fps.num, 60000);
  EXPECT_EQ(plan_with(1, "25").fps.num, 25);
  EXPECT_EQ(plan_with(1, "12.5").fps.num, 25);
  EXPECT_EQ(plan_with(1, "12.5").fps.den, 2);
}

TEST(EpisodePlan, AVariableRateHasUnevenAndRisingTimes) {
  const EpisodePlan plan = plan_with(1, "vfr", 10);
  std::set<int64_t> steps;
  for (int frame = 1; frame < plan.frames; ++frame) {
    const int64_t step = plan.time_of(frame).us - plan.time_of(frame - 1).us;
    ASSERT_GT(step, 0);
    steps.insert(step);
  }
  EXPECT_GT(steps.size(), 20u);
  EXPECT_LT(plan.time_of(plan.frames - 1).seconds(), 10);
}

TEST(EpisodePlan, AnIgnoredFaceIsNeverTheFocus) {
  std::vector<LabelledPhoto> photos = three_photos();
  photos[1].faces[0].ignore = true;
  EXPECT_EQ(plan_episode({}, photos).photos.size(), 2u);
}

TEST(EpisodePlan, OptionsOutOfRangeAreRefusedWithTheRange) {
  const auto message = [](const EpisodeOptions& options) -> std::string {
    try {
      plan_episode(options, three_photos());
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
      return e.what();
    }
    return "";
  };
  EpisodeOptions o;
  o.fps = "fast";
  EXPECT_THAT(message(o), ::testing::HasSubstr("'fast', expected 'vfr' or a number of 1 to 120"));
  o = {};
  o.fps = "";
  EXPECT_THAT(message(o), ::testing::HasSubstr("--fps"));
  o = {};
  o.seconds = 1;
  EXPECT_THAT(message(o), ::testing::HasSubstr("--seconds is 1, expected 2 to"));
  o = {};
  o.size = {641, 480};
  EXPECT_THAT(message(o), ::testing::HasSubstr("641x480"));
  o = {};
  o.crf = 99;
  EXPECT_THAT(message(o), ::testing::HasSubstr("--crf is 99"));
  o = {};
  o.noise = -1;
  EXPECT_THAT(message(o), ::testing::HasSubstr("--noise is -1"));
  EXPECT_THROW(plan_episode({}, {three_photos()[0]}), Error);
}

TEST(EpisodePlan, ABarPassesFromOneSideToTheOther) {
  EpisodeOptions options;
  PlannedShot shot;
  shot.occluded = true;
  shot.bar_start_s = 1;
  shot.bar_width = 0.25;
  shot.bar_speed = 0.5;
  EXPECT_TRUE(covers_at(shot, 0.9, options).empty());
  // One second after its start its front is in the middle: 0.25 .. 0.5 of 1920.
  EXPECT_THAT(covers_at(shot, 2, options), ::testing::ElementsAre(Box{480, 0, 960, 1080}));
  shot.bar_from_right = true;
  EXPECT_THAT(covers_at(shot, 2, options), ::testing::ElementsAre(Box{960, 0, 1440, 1080}));
  EXPECT_TRUE(covers_at(shot, 4, options).empty());
}

TEST(VisiblePart, CountsTheFrameTheBandsAndTheBar) {
  const Size frame{200, 100};
  const Box face{10, 40, 30, 60};
  EXPECT_FLOAT_EQ(visible_part(face, frame, {}), 1);
  EXPECT_FLOAT_EQ(visible_part({-10, 40, 10, 60}, frame, {}), 0.5f);
  EXPECT_FLOAT_EQ(visible_part({-30, 40, -10, 60}, frame, {}), 0);
  EXPECT_FLOAT_EQ(visible_part(face, frame, {{15, 0, 20, 100}}), 0.75f);
  EXPECT_FLOAT_EQ(visible_part(face, frame, {{0, 0, 200, 45}, {0, 90, 200, 100}}), 0.75f);
  // Half under the upper band, and half of what is left under the bar.
  EXPECT_FLOAT_EQ(visible_part(face, frame, {{20, 0, 60, 100}, {0, 0, 200, 50}}), 0.25f);
  EXPECT_FLOAT_EQ(visible_part(face, frame, {{0, 0, 100, 100}}), 0);
}

}  // namespace
}  // namespace screenalytics
