// SPDX-License-Identifier: MIT
#include "testing/episode_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "testing/random.h"

namespace screenalytics {
namespace {

constexpr double kShotMin = 2, kShotMax = 7;
constexpr double kZoomMax = 2.5;
// A pan faster than this, in widths of the frame a second, is a whip and not a look around.
constexpr double kPanSpeedMax = 0.16;
// Growth of the picture a second.
constexpr double kZoomSpeedMax = 1.35;
// Part of the frame's height that the focus face may fill, so that it stays inside a zoom.
constexpr double kFaceFillMax = 0.62;
constexpr int64_t kTicksPerSecond = 90000;

Error bad_option(const std::string& what) {
  return Error(ErrorCode::invalid_argument, "cannot plan the episode: " + what);
}

Rational rate_from(const std::string& fps) {
  if (fps == "vfr") return {30, 1};
  char* end = nullptr;
  const double value = std::strtod(fps.c_str(), &end);
  if (fps.empty() || *end != '\0' || !(value >= 1 && value <= 120)) {
    throw bad_option(fmt::format("--fps is '{}', expected 'vfr' or a number of 1 to 120", fps));
  }
  // 23.976, 29.97 and their like are the whole rate above them slowed by 1000/1001.
  const double whole = std::ceil(value);
  if (std::abs(value - whole * 1000 / 1001) < 0.005) return {static_cast<int>(whole) * 1000, 1001};
  const int thousandths = static_cast<int>(std::lround(value * 1000));
  const int shared = std::gcd(thousandths, 1000);
  return {thousandths / shared, 1000 / shared};
}

void validate(const EpisodeOptions& o) {
  if (!(o.seconds >= 2 && o.seconds <= 6 * 3600)) {
    throw bad_option(fmt::format("--seconds is {}, expected 2 to 21600", o.seconds));
  }
  if (o.size.width < 64 || o.size.height < 64 || o.size.width % 2 || o.size.height % 2 ||
      o.size.width > 7680 || o.size.height > 7680) {
    throw bad_option(
        fmt::format("--width and --height are {}x{}, expected even numbers of 64 to "
                    "7680",
                    o.size.width, o.size.height));
  }
  if (o.crf < 0 || o.crf > 51) {
    throw bad_option(fmt::format("--crf is {}, expected 0 to 51", o.crf));
  }
  if (!(o.noise >= 0 && o.noise <= 64)) {
    throw bad_option(fmt::format("--noise is {}, expected 0 to 64", o.noise));
  }
}

// Plans one shot after the other; the order of the calls is the order of the random numbers.
class Planner {
 public:
  Planner(EpisodePlan& plan) : plan_(plan), random_(plan.options.seed) {}

  void run() {
    choose_times();
    int start = 0;
    while (start < plan_.frames) {
      const int end = shot_end(start);
      plan_.shots.push_back(make_shot(start, end));
      start = end;
    }
  }

 private:
  // Real cameras of phones drop to a lower rate in the dark and jitter around it otherwise.
  void choose_times() {
    const EpisodeOptions& o = plan_.options;
    if (!plan_.variable_rate) {
      plan_.frames = static_cast<int>(std::lround(o.seconds * plan_.fps.value()));
      return;
    }
    int64_t tick = 0;
    double rate = 30;
    while (tick < static_cast<int64_t>(o.seconds * kTicksPerSecond)) {
      plan_.ticks.push_back(tick);
      if (random_.chance(0.02)) rate = random_.chance(0.5) ? 30 : random_.between(12, 60);
      tick += std::lround(kTicksPerSecond / rate * random_.between(0.8, 1.2));
    }
    plan_.frames = static_cast<int>(plan_.ticks.size());
  }

  int shot_end(int start) {
    const double begin = plan_.time_of(start).seconds();
    const double left = plan_.options.seconds - begin;
    double length = random_.between(kShotMin, kShotMax);
    // What remains must be a whole shot of its own.
    if (left < kShotMin + kShotMin) {
      length = left + 1;
    } else {
      length = std::min(length, left - kShotMin);
    }
    int end = start + 1;
    while (end < plan_.frames && plan_.time_of(end).seconds() < begin + length - 1e-9) ++end;
    return end;
  }

  // A shuffled deck of the photos, again and again.
  int next_photo() {
    if (deck_.empty()) {
      for (int i = 0; i < static_cast<int>(plan_.photos.size()); ++i) deck_.push_back(i);
      for (size_t i = deck_.size(); i > 1; --i) {
        std::swap(deck_[i - 1], deck_[static_cast<size_t>(random_.below(static_cast<int>(i)))]);
      }
      if (deck_.back() == last_photo_) std::swap(deck_.front(), deck_.back());
    }
    last_photo_ = deck_.back();
    deck_.pop_back();
    return last_photo_;
  }

  PlannedShot make_shot(int start, int end) {
    PlannedShot shot;
    shot.start_frame = start;
    shot.end_frame = end;
    shot.photo = next_photo();
    const double duration = plan_.time_of(end - 1).seconds() - plan_.time_of(start).seconds();
    choose_move(shot, duration);
    const double still = random_.between(0, 1);
    shot.shake_px = plan_.options.shake ? random_.between(6, 14) : still < 0.4 ? 2.0 : 0.0;
    shot.shake_phase = random_.between(0, 1000);
    choose_events(shot, duration);
    return shot;
  }

  const LabelledFace& random_face(const LabelledPhoto& photo) {
    std::vector<const LabelledFace*> faces;
    for (const LabelledFace& face : photo.faces) {
      if (!face.ignore) faces.push_back(&face);
    }
    return *faces[static_cast<size_t>(random_.below(static_cast<int>(faces.size())))];
  }

  // The window at a zoom around a face, a little below its middle as portraits are framed.
  CameraWindow window_at(const LabelledPhoto& photo, const LabelledFace& face, double zoom) const {
    const double aspect = static_cast<double>(plan_.options.size.width) / plan_.options.size.height;
    const double widest = std::min<double>(photo.size.width, photo.size.height * aspect);
    const double closest = widest / aspect * kFaceFillMax / static_cast<double>(face.box.height());
    const double width = widest / std::clamp(zoom, 1.0, std::max(1.0, closest));
    const double height = width / aspect;
    const Point centre = face.box.center();
    return {
        std::clamp(static_cast<double>(centre.x) - width / 2, 0.0, photo.size.width - width),
        std::clamp(static_cast<double>(centre.y) - height * 0.42, 0.0, photo.size.height - height),
        width, height};
  }

  void choose_move(PlannedShot& shot, double duration) {
    const LabelledPhoto& photo = plan_.photos[static_cast<size_t>(shot.photo)];
    const LabelledFace& face = random_face(photo);
    const double kind = random_.unit();
    if (kind < 0.35) {  // pan
      const double zoom = random_.between(1.15, 2.0);
      shot.from = window_at(photo, face, zoom);
      shot.to = window_at(photo, random_face(photo), zoom);
      shot.to.width = shot.from.width;
      shot.to.height = shot.from.height;
      const double dx = shot.to.x - shot.from.x, dy = shot.to.y - shot.from.y;
      const double longest = kPanSpeedMax * shot.from.width * duration;
      const double part = std::min(1.0, longest / std::max(1.0, std::hypot(dx, dy)));
      shot.to.x = std::clamp(shot.from.x + dx * part, 0.0, photo.size.width - shot.to.width);
      shot.to.y = std::clamp(shot.from.y + dy * part, 0.0, photo.size.height - shot.to.height);
    } else if (kind < 0.8) {  // zoom in or out
      const double wide = random_.between(1.0, 1.3);
      const double growth =
          std::min(random_.between(1.3, kZoomMax), std::pow(kZoomSpeedMax, duration));
      shot.from = window_at(photo, face, wide);
      shot.to = window_at(photo, face, std::min(kZoomMax, wide * growth));
      if (random_.chance(0.4)) std::swap(shot.from, shot.to);
    } else {  // hold
      shot.from = shot.to = window_at(photo, face, random_.between(1.0, 2.2));
    }
  }

  void choose_events(PlannedShot& shot, double duration) {
    const EpisodeOptions& o = plan_.options;
    const double covered_s = random_.between(0.3, 1.0);
    const double size = random_.between(0.10, 0.22);
    const double start = random_.between(0.3, 1.0);
    const bool from_right = random_.chance(0.5);
    const bool wanted = random_.chance(0.6);
    if (o.occlusion && wanted) {
      shot.occluded = true;
      shot.bar_width = size;
      shot.bar_speed = size / covered_s;
      shot.bar_start_s = start;
      shot.bar_from_right = from_right;
    }
    const double flash_at = random_.between(0.25, 0.75);
    const bool flash = random_.chance(0.4);
    if (o.flashes && flash) shot.flash_s = flash_at * duration;
  }

  EpisodePlan& plan_;
  Random random_;
  std::vector<int> deck_;
  int last_photo_ = -1;
};

}  // namespace

Timestamp EpisodePlan::time_of(int frame) const {
  if (variable_rate) {
    return Timestamp::from_seconds(static_cast<double>(ticks[static_cast<size_t>(frame)]) /
                                   static_cast<double>(kTicksPerSecond));
  }
  return Timestamp::from_seconds(static_cast<double>(frame) * fps.den / fps.num);
}

const PlannedShot& EpisodePlan::shot_of(int frame) const {
  const auto after =
      std::upper_bound(shots.begin(), shots.end(), frame,
                       [](int value, const PlannedShot& shot) { return value < shot.start_frame; });
  SA_CHECK(after != shots.begin());
  return *std::prev(after);
}

double EpisodePlan::time_in_shot(int frame) const {
  return seconds_between(time_of(shot_of(frame).start_frame), time_of(frame));
}

EpisodePlan plan_episode(const EpisodeOptions& options, std::vector<LabelledPhoto> photos) {
  validate(options);
  std::erase_if(photos, [](const LabelledPhoto& photo) {
    return std::all_of(photo.faces.begin(), photo.faces.end(),
                       [](const LabelledFace& face) { return face.ignore; });
  });
  if (photos.size() < 2) {
    throw bad_option("an episode needs at least two photos with faces, label more of them");
  }
  EpisodePlan plan;
  plan.options = options;
  plan.fps = rate_from(options.fps);
  plan.variable_rate = options.fps == "vfr";
  plan.photos = std::move(photos);
  Planner(plan).run();
  return plan;
}

CameraWindow camera_at(const PlannedShot& shot, double time_s, double duration_s, Size photo) {
  const double t = duration_s > 0 ? std::clamp(time_s / duration_s, 0.0, 1.0) : 0.0;
  const double ease = t * t * (3 - 2 * t);
  CameraWindow window;
  // Zooms look even when the window changes by equal factors, not by equal amounts.
  window.width = shot.from.width * std::pow(shot.to.width / shot.from.width, ease);
  window.height = shot.from.height * std::pow(shot.to.height / shot.from.height, ease);
  const double grown = shot.to.width == shot.from.width
                           ? ease
                           : (window.width - shot.from.width) / (shot.to.width - shot.from.width);
  window.x = std::lerp(shot.from.x, shot.to.x, grown);
  window.y = std::lerp(shot.from.y, shot.to.y, grown);
  const double turn = 2 * std::numbers::pi * (time_s + shot.shake_phase);
  window.x += shot.shake_px * (0.7 * std::sin(0.9 * turn) + 0.3 * std::sin(2.3 * turn + 1));
  window.y += shot.shake_px * (0.7 * std::sin(1.1 * turn + 2) + 0.3 * std::sin(2.9 * turn));
  window.x = std::clamp(window.x, 0.0, std::max(0.0, photo.width - window.width));
  window.y = std::clamp(window.y, 0.0, std::max(0.0, photo.height - window.height));
  return window;
}

std::vector<Box> covers_at(const PlannedShot& shot, double time_s, const EpisodeOptions& options) {
  const float w = static_cast<float>(options.size.width);
  const float h = static_cast<float>(options.size.height);
  std::vector<Box> covers;
  if (shot.occluded && time_s >= shot.bar_start_s) {
    const double lead = shot.bar_speed * (time_s - shot.bar_start_s);
    const double left = shot.bar_from_right ? 1 - lead : lead - shot.bar_width;
    const float x1 = static_cast<float>(std::round(left * static_cast<double>(w)));
    const float x2 =
        static_cast<float>(std::round((left + shot.bar_width) * static_cast<double>(w)));
    if (x2 > 0 && x1 < w) covers.push_back({std::max(0.f, x1), 0, std::min(w, x2), h});
  }
  if (options.letterbox) {
    const float band = std::round(std::max(0.f, (h - w / 2.39f) / 2));
    covers.push_back({0, 0, w, band});
    covers.push_back({0, h - band, w, h});
  }
  return covers;
}

float visible_part(const Box& box, Size frame, const std::vector<Box>& covers) {
  if (box.area() <= 0) return 0;
  Box inside = clip(box, static_cast<float>(frame.width), static_cast<float>(frame.height));
  // Bands over the whole width only move the upper or lower edge; then the bars are cut out.
  const float w = static_cast<float>(frame.width);
  for (const Box& cover : covers) {
    if (cover.width() < w) continue;
    if (cover.y1 <= 0) inside.y1 = std::max(inside.y1, cover.y2);
    if (cover.y2 >= static_cast<float>(frame.height)) inside.y2 = std::min(inside.y2, cover.y1);
  }
  if (inside.width() <= 0 || inside.height() <= 0) return 0;
  float left = inside.area();
  for (const Box& cover : covers) {
    if (cover.width() >= w) continue;
    const Box hidden = intersection(inside, cover);
    if (hidden.width() > 0 && hidden.height() > 0) left -= hidden.area();
  }
  return std::max(0.f, left / box.area());
}

}  // namespace screenalytics
