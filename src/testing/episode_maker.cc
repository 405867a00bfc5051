// SPDX-License-Identifier: MIT
#include "testing/episode_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "testing/random.h"
#include "testing/video_writer.h"

namespace screenalytics {
namespace {

// Parts of the exposure this far apart melt into one blur; the planner's cameras are slow enough
// for the limit not to show.
constexpr double kBlurStepPx = 1.5;
constexpr int kBlurPartsMax = 6;
constexpr size_t kGrainValues = 1u << 16;

double shot_duration(const EpisodePlan& plan, const PlannedShot& shot) {
  return seconds_between(plan.time_of(shot.start_frame), plan.time_of(shot.end_frame - 1));
}

CameraWindow window_of(const EpisodePlan& plan, const PlannedShot& shot, double time_s) {
  return camera_at(shot, time_s, shot_duration(plan, shot),
                   plan.photos[static_cast<size_t>(shot.photo)].size);
}

double flash_gain(const PlannedShot& shot, double time_s) {
  const double since = time_s - shot.flash_s;
  if (shot.flash_s < 0 || since < 0 || since > 0.3) return 1;
  return 1 + 1.6 * std::exp(-since / 0.06);
}

// Light lost in a dim room: the sensor's linear signal shrinks, not its gamma-coded one.
std::array<uint8_t, 256> tone_curve(const EpisodeOptions& options, double gain) {
  std::array<uint8_t, 256> curve{};
  const double light = (options.low_light ? 0.12 : 1.0) * std::pow(gain, 2.2);
  for (size_t i = 0; i < curve.size(); ++i) {
    const double linear = std::pow(static_cast<double>(i) / 255, 2.2) * light;
    curve[i] =
        static_cast<uint8_t>(std::lround(255 * std::clamp(std::pow(linear, 1 / 2.2), 0.0, 1.0)));
  }
  return curve;
}

// A dark foreground object with a soft sheen, so that it is neither flat nor face-coloured.
void draw_bar(Image& frame, const Box& bar) {
  const int x1 = static_cast<int>(bar.x1), x2 = static_cast<int>(bar.x2);
  for (int y = static_cast<int>(bar.y1); y < static_cast<int>(bar.y2); ++y) {
    uint8_t* pixel = frame.row(y) + static_cast<size_t>(x1) * 3;
    for (int x = x1; x < x2; ++x, pixel += 3) {
      const int sheen = 24 * (x - x1) / std::max(1, x2 - x1) + 10 * y / frame.height;
      pixel[0] = static_cast<uint8_t>(34 + sheen);
      pixel[1] = static_cast<uint8_t>(38 + sheen);
      pixel[2] = static_cast<uint8_t>(46 + sheen);
    }
  }
}

void draw_band(Image& frame, const Box& band) {
  for (int y = static_cast<int>(band.y1); y < static_cast<int>(band.y2); ++y) {
    std::fill_n(frame.row(y), frame.stride(), uint8_t{0});
  }
}

bool is_band(const Box& cover, const EpisodeOptions& options) {
  return cover.width() >= static_cast<float>(options.size.width);
}

void check_photos(const EpisodePlan& plan, const std::vector<Image>& photos) {
  SA_CHECK(photos.size() == plan.photos.size());
  for (size_t i = 0; i < photos.size(); ++i) {
    const LabelledPhoto& label = plan.photos[i];
    if (Size{photos[i].width, photos[i].height} == label.size && photos[i].channels == 3) continue;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("cannot use the photo '{}': it is {}x{} and its label says {}x{}, use "
                            "the photo that was labelled",
                            label.file, photos[i].width, photos[i].height, label.size.width,
                            label.size.height));
  }
}

TruthHeader truth_header(const EpisodePlan& plan, const std::string& video,
                         const std::string& options_text) {
  TruthHeader header;
  header.video = video;
  header.size = plan.options.size;
  header.rate = plan.variable_rate ? "vfr" : fmt::format("{}/{}", plan.fps.num, plan.fps.den);
  header.seed = plan.options.seed;
  header.options = options_text;
  for (const PlannedShot& shot : plan.shots) {
    header.shots.push_back(
        {shot.start_frame, shot.end_frame, plan.photos[static_cast<size_t>(shot.photo)].file});
  }
  std::set<std::string> people;
  for (const LabelledPhoto& photo : plan.photos) {
    for (const LabelledFace& face : photo.faces) people.insert(face.person);
  }
  header.people.assign(people.begin(), people.end());
  return header;
}

VideoWriterOptions writer_options(const EpisodePlan& plan) {
  VideoWriterOptions options;
  options.size = plan.options.size;
  options.fps = plan.fps;
  options.b_frames = 2;
  options.crf = plan.options.crf;
  options.bitrate = plan.options.bitrate;
  if (plan.variable_rate) options.time_base = {1, 90000};
  return options;
}

}  // namespace

EpisodeRenderer::EpisodeRenderer(const EpisodePlan& plan, std::vector<Image> photos)
    : plan_(plan),
      photos_(std::move(photos)),
      frame_(plan.options.size.width, plan.options.size.height, 3),
      part_(plan.options.size.width, plan.options.size.height, 3) {
  check_photos(plan, photos_);
  const double grain = std::max(plan.options.noise, plan.options.low_light ? 3.0 : 0.0);
  if (grain <= 0) return;
  Random random(plan.options.seed + 1);
  grain_.resize(kGrainValues);
  for (int8_t& value : grain_) {
    value = static_cast<int8_t>(std::clamp(std::lround(random.gaussian() * grain), -127L, 127L));
  }
}

const Image& EpisodeRenderer::render(int frame) {
  draw_scene(frame);
  const PlannedShot& shot = plan_.shot_of(frame);
  const std::vector<Box> covers = covers_at(shot, plan_.time_in_shot(frame), plan_.options);
  for (const Box& cover : covers) {
    if (!is_band(cover, plan_.options)) draw_bar(frame_, cover);
  }
  grade(frame);
  for (const Box& cover : covers) {
    if (is_band(cover, plan_.options)) draw_band(frame_, cover);
  }
  return frame_;
}

void EpisodeRenderer::draw_scene(int frame) {
  const PlannedShot& shot = plan_.shot_of(frame);
  const Image& photo = photos_[static_cast<size_t>(shot.photo)];
  const double time_s = plan_.time_in_shot(frame);
  if (!plan_.options.motion_blur) {
    sampler_.sample(photo, window_of(plan_, shot, time_s), frame_);
    return;
  }
  // The middle of the exposure is the frame's time, which is what the truth tells of.
  const double open_s = 0.5 / plan_.fps.value();
  const CameraWindow first = window_of(plan_, shot, time_s - open_s / 2);
  const CameraWindow last = window_of(plan_, shot, time_s + open_s / 2);
  const double scale = plan_.options.size.width / first.width;
  const double moved = scale * std::max({std::abs(last.x - first.x), std::abs(last.y - first.y),
                                         std::abs(last.x + last.width - first.x - first.width),
                                         std::abs(last.y + last.height - first.y - first.height)});
  const int parts = std::clamp(static_cast<int>(std::ceil(moved / kBlurStepPx)), 1, kBlurPartsMax);
  exposure_.assign(frame_.pixels.size(), 0);
  for (int i = 0; i < parts; ++i) {
    const double at = time_s + open_s * ((i + 0.5) / parts - 0.5);
    sampler_.sample(photo, window_of(plan_, shot, at), part_);
    for (size_t k = 0; k < exposure_.size(); ++k) {
      exposure_[k] = static_cast<uint16_t>(exposure_[k] + part_.pixels[k]);
    }
  }
  for (size_t k = 0; k < exposure_.size(); ++k) {
    frame_.pixels[k] = static_cast<uint8_t>(exposure_[k] / parts);
  }
}

void EpisodeRenderer::grade(int frame) {
  const double gain = flash_gain(plan_.shot_of(frame), plan_.time_in_shot(frame));
  if (gain > 1 || plan_.options.low_light) {
    const std::array<uint8_t, 256> curve = tone_curve(plan_.options, gain);
    for (uint8_t& value : frame_.pixels) value = curve[value];
  }
  if (grain_.empty()) return;
  Random random(plan_.options.seed + 1000 + static_cast<uint64_t>(frame));
  for (int y = 0; y < frame_.height; ++y) {
    size_t at = static_cast<size_t>(random.below(static_cast<int>(kGrainValues)));
    uint8_t* pixel = frame_.row(y);
    for (int x = 0; x < frame_.width; ++x, pixel += 3) {
      const int8_t grain = grain_[at++ % kGrainValues];
      for (int c = 0; c < 3; ++c) {
        pixel[c] = static_cast<uint8_t>(std::clamp(pixel[c] + grain, 0, 255));
      }
    }
  }
}

TrueFrame true_frame(const EpisodePlan& plan, int frame) {
  const PlannedShot& shot = plan.shot_of(frame);
  const double time_s = plan.time_in_shot(frame);
  const CameraWindow window = window_of(plan, shot, time_s);
  const std::vector<Box> covers = covers_at(shot, time_s, plan.options);
  TrueFrame truth{frame, plan.time_of(frame), {}};
  for (const LabelledFace& face : plan.photos[static_cast<size_t>(shot.photo)].faces) {
    const Box box = frame_from_photo(face.box, window, plan.options.size);
    const float visible = visible_part(box, plan.options.size, covers);
    if (visible > 0) truth.faces.push_back({face.person, box, visible, face.ignore});
  }
  return truth;
}

void make_episode(const EpisodePlan& plan, std::vector<Image> photos, const EpisodeFiles& files,
                  const std::string& options_text, const std::function<void(int)>& progress) {
  EpisodeRenderer renderer(plan, std::move(photos));
  VideoWriter writer(files.video, writer_options(plan));
  std::optional<TruthWriter> truth_writer;
  if (!files.truth.empty())
    truth_writer.emplace(files.truth, truth_header(plan, files.shown_name, options_text));
  for (int frame = 0; frame < plan.frames; ++frame) {
    if (plan.variable_rate) {
      writer.add(renderer.render(frame), plan.time_of(frame));
    } else {
      writer.add(renderer.render(frame));
    }
    if (truth_writer) truth_writer->add(true_frame(plan, frame));
    if (progress) progress(frame + 1);
  }
  writer.finish();
  if (truth_writer) truth_writer->finish();
}

}  // namespace screenalytics
