// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/error.h"
#include "testing/episode_maker.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

// Faces are flat red boxes on a grey ramp, so that a frame can be compared with its truth.
Image photo_with(const LabelledPhoto& label) {
  Image image(label.size.width, label.size.height, 3);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const uint8_t grey = static_cast<uint8_t>(60 + 120 * x / image.width);
      std::fill_n(image.row(y) + x * 3, 3, grey);
      for (const LabelledFace& face : label.faces) {
        const float fx = static_cast<float>(x), fy = static_cast<float>(y);
        if (fx < face.box.x1 || fx >= face.box.x2 || fy < face.box.y1 || fy >= face.box.y2)
          continue;
        image.row(y)[x * 3] = 255;
        image.row(y)[x * 3 + 1] = image.row(y)[x * 3 + 2] = 0;
      }
    }
  }
  return image;
}

std::vector<LabelledPhoto> two_photos() {
  return {{"a.jpg", {480, 360}, {{"ada", {60, 90, 110, 160}}, {"bea", {320, 100, 380, 180}}}},
          {"b.jpg", {480, 300}, {{"cora", {200, 60, 260, 140}}}}};
}

std::vector<Image> drawn(const EpisodePlan& plan) {
  std::vector<Image> photos;
  for (const LabelledPhoto& label : plan.photos) photos.push_back(photo_with(label));
  return photos;
}

EpisodePlan small_plan(const EpisodeOptions& options) {
  EpisodeOptions small = options;
  small.size = {320, 180};
  small.seconds = 8;
  return plan_episode(small, two_photos());
}

bool is_red(const uint8_t* pixel) { return pixel[0] > 150 && pixel[1] < 90 && pixel[2] < 90; }

int red_pixels(const Image& frame) {
  int count = 0;
  for (size_t i = 0; i < frame.pixels.size(); i += 3) count += is_red(&frame.pixels[i]);
  return count;
}

double red_of_truth(const TrueFrame& truth) {
  double area = 0;
  for (const TrueFace& face : truth.faces)
    area += static_cast<double>(face.box.area()) * static_cast<double>(face.visible);
  return area;
}

class EveryDifficulty : public ::testing::TestWithParam<int> {};

EpisodeOptions difficulty(int which) {
  EpisodeOptions options;
  options.seed = static_cast<uint64_t>(which) + 1;
  options.shake = which == 1;
  options.occlusion = which == 2;
  options.letterbox = which == 3;
  options.motion_blur = which == 4;
  options.noise = which == 5 ? 4 : 0;
  if (which == 6) options.fps = "vfr";
  return options;
}

TEST_P(EveryDifficulty, TheTruthIsWhereTheFacesAreDrawn) {
  const EpisodePlan plan = small_plan(difficulty(GetParam()));
  EpisodeRenderer renderer(plan, drawn(plan));
  int compared = 0;
  for (int frame = 0; frame < plan.frames; frame += 5) {
    const TrueFrame truth = true_frame(plan, frame);
    double around = 0;
    for (const TrueFace& face : truth.faces)
      around += static_cast<double>(face.box.width() + face.box.height());
    // Edges are blended over a pixel or two on every side.
    EXPECT_NEAR(red_pixels(renderer.render(frame)), red_of_truth(truth), 2.0 * around + 4);
    compared += !truth.faces.empty();
  }
  EXPECT_GT(compared, 10);
}

INSTANTIATE_TEST_SUITE_P(EpisodeMaker, EveryDifficulty, ::testing::Range(0, 7));

TEST(EpisodeMaker, OcclusionHidesAFaceForAWhile) {
  EpisodeOptions options;
  options.occlusion = true;
  int hidden = 0;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    options.seed = seed;
    const EpisodePlan plan = small_plan(options);
    for (int frame = 0; frame < plan.frames; ++frame) {
      const PlannedShot& shot = plan.shot_of(frame);
      for (const Box& bar : covers_at(shot, plan.time_in_shot(frame), plan.options)) {
        for (const TrueFace& face : true_frame(plan, frame).faces) {
          hidden += face.visible < 0.5f && intersection(face.box, bar).width() > 0;
        }
      }
    }
  }
  EXPECT_GT(hidden, 20);
}

double mean(const Image& frame) {
  double sum = 0;
  for (const uint8_t value : frame.pixels) sum += value;
  return sum / static_cast<double>(frame.pixels.size());
}

TEST(EpisodeMaker, LowLightIsDarkAndAFlashIsBright) {
  const EpisodePlan plain = small_plan({});
  EpisodeOptions options;
  options.low_light = true;
  const EpisodePlan dark = small_plan(options);
  EXPECT_LT(mean(EpisodeRenderer(dark, drawn(dark)).render(9)),
            0.6 * mean(EpisodeRenderer(plain, drawn(plain)).render(9)));

  EpisodePlan flash = plain;
  flash.shots[0].flash_s = 0.5;
  EpisodeRenderer renderer(flash, drawn(flash));
  const double before = mean(renderer.render(11));
  EXPECT_GT(mean(renderer.render(12)), 1.3 * before);
  EXPECT_NEAR(mean(renderer.render(22)), before, 0.1 * before);
}

TEST(EpisodeMaker, LetterboxBandsAreBlack) {
  EpisodeOptions options;
  options.letterbox = true;
  options.noise = 8;
  const EpisodePlan plan = small_plan(options);
  EpisodeRenderer renderer(plan, drawn(plan));
  const Image& frame = renderer.render(3);
  EXPECT_EQ(frame.row(0)[300], 0);
  EXPECT_EQ(frame.row(179)[300], 0);
  EXPECT_GT(frame.row(90)[300], 0);
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(EpisodeMaker, TheSameSeedIsTheSameTruthAndAnotherSeedIsNot) {
  const TempFolder folder;
  const auto truth_of = [&](uint64_t seed) {
    EpisodeOptions options;
    options.seed = seed;
    const EpisodePlan plan = small_plan(options);
    const EpisodeFiles files{folder / "a.mp4", folder / "a.truth.json", "a.mp4"};
    make_episode(plan, drawn(plan), files, "--seed", {});
    return bytes_of(files.truth);
  };
  const std::string first = truth_of(4);
  EXPECT_EQ(truth_of(4), first);
  EXPECT_NE(truth_of(5), first);
}

TEST(EpisodeMaker, WritesEveryFrameIntoTheTruthAndTellsItsProgress) {
  const TempFolder folder;
  const EpisodePlan plan = small_plan({});
  const EpisodeFiles files{folder / "a.mp4", folder / "a.truth.json", "shown.mp4"};
  int last = 0;
  make_episode(plan, drawn(plan), files, "--seconds 8", [&](int done) {
    EXPECT_EQ(done, last + 1);
    last = done;
  });
  EXPECT_EQ(last, plan.frames);
  const GroundTruth truth = read_ground_truth(files.truth);
  EXPECT_EQ(truth.frames.size(), static_cast<size_t>(plan.frames));
  EXPECT_EQ(truth.header.video, "shown.mp4");
  EXPECT_EQ(truth.header.rate, "24/1");
  EXPECT_THAT(truth.header.people, ::testing::ElementsAre("ada", "bea", "cora"));
  EXPECT_EQ(truth.cuts.size() + 1, plan.shots.size());
  EXPECT_FALSE(truth.appearances.empty());
}

TEST(EpisodeMaker, APhotoOfAnotherSizeThanItsLabelIsRefused) {
  const EpisodePlan plan = small_plan({});
  std::vector<Image> photos = drawn(plan);
  photos[1] = Image(10, 10, 3);
  try {
    EpisodeRenderer(plan, std::move(photos));
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    EXPECT_THAT(e.what(), ::testing::HasSubstr("10x10 and its label says 480x300"));
  }
}

}  // namespace
}  // namespace screenalytics
