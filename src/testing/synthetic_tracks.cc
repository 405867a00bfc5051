// SPDX-License-Identifier: MIT
#include "testing/synthetic_tracks.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace screenalytics {
namespace {

constexpr size_t kDimensions = 128;
constexpr double kProfileLikeness = 0.15;

// SplitMix64 (Steele, Lea and Flood, 2014): every value from its key alone, so that a scene is the
// same at every sampling.
uint64_t mix(uint64_t key) {
  key += 0x9E3779B97F4A7C15ULL;
  key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9ULL;
  key = (key ^ (key >> 27)) * 0x94D049BB133111EBULL;
  return key ^ (key >> 31);
}

double gaussian(uint64_t key) {
  const double u = (static_cast<double>(mix(key) >> 11) + 0.5) / 9007199254740992.0;
  const double v = (static_cast<double>(mix(key ^ 0xABCDEF) >> 11) + 0.5) / 9007199254740992.0;
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

Embedding random_unit(uint64_t key) {
  Embedding v(kDimensions);
  for (size_t i = 0; i < kDimensions; ++i) {
    v[i] = static_cast<float>(gaussian(mix(key) + i * 7919));
  }
  normalize(v);
  return v;
}

// The alignment template of ArcFace put into the box; a turned head moves its nose aside and
// brings its eyes together.
Landmarks landmarks_in(const Box& box, double yaw) {
  const double cx = static_cast<double>(box.center().x), top = static_cast<double>(box.y1);
  const double h = static_cast<double>(box.height()), unit = 0.36 * h;  // eyes to mouth
  const double eye = 0.43 * unit * std::cos(yaw), mouth = 0.36 * unit * std::cos(yaw);
  const double nose = 0.55 * unit * std::sin(yaw);
  const auto at = [&](double x, double y) {
    return Point{static_cast<float>(cx + x), static_cast<float>(top + y)};
  };
  const double eyes_y = 0.4 * h;
  return {at(-eye, eyes_y), at(eye, eyes_y), at(nose, eyes_y + 0.5 * unit),
          at(-mouth, eyes_y + unit), at(mouth, eyes_y + unit)};
}

Box moved(const Box& box, const Affine& map) {
  const double zoom = std::sqrt(std::abs(map.a * map.e - map.b * map.d));
  const Point c = map.apply(box.center());
  const auto w = static_cast<float>(zoom * static_cast<double>(box.width()) / 2);
  const auto h = static_cast<float>(zoom * static_cast<double>(box.height()) / 2);
  return {c.x - w, c.y - h, c.x + w, c.y + h};
}

}  // namespace

Embedding synthetic_face(int person, double yaw) {
  const auto key = static_cast<uint64_t>(person) * 2 + 1000;
  Embedding front = random_unit(key);
  const Embedding other = random_unit(key + 1);
  // The second vector without its share of the first one.
  const float shared = cosine_similarity(front, other);
  Embedding side(kDimensions);
  for (size_t i = 0; i < kDimensions; ++i) side[i] = other[i] - shared * front[i];
  normalize(side);
  const double turn = std::min(1.0, std::abs(yaw) / (std::numbers::pi / 2));
  const double angle = turn * std::acos(kProfileLikeness);
  for (size_t i = 0; i < kDimensions; ++i) {
    front[i] = static_cast<float>(std::cos(angle)) * front[i] +
               static_cast<float>(std::sin(angle)) * side[i];
  }
  return front;
}

std::vector<double> frame_times(double duration_s, double source_fps, int stride) {
  std::vector<double> times;
  for (int64_t i = 0; static_cast<double>(i) / source_fps < duration_s; i += stride) {
    times.push_back(static_cast<double>(i) / source_fps);
  }
  return times;
}

std::vector<SyntheticSceneFrame> SyntheticScene::frames(const std::vector<double>& times_s,
                                                        int64_t stride) const {
  std::vector<SyntheticSceneFrame> result;
  double previous_s = 0;
  for (const double t : times_s) {
    SyntheticSceneFrame frame;
    frame.frame_idx = static_cast<int64_t>(result.size()) * stride;
    frame.ts = Timestamp::from_seconds(t);
    const Affine view = frame_from_scene(t);
    if (!result.empty()) {
      frame.motion = compose(view, inverse(frame_from_scene(previous_s)));
      frame.starts_shot = std::any_of(cuts_s.begin(), cuts_s.end(),
                                      [&](double cut) { return cut > previous_s && cut <= t; });
    }
    previous_s = t;
    for (size_t a = 0; a < actors.size(); ++a) {
      const SyntheticActor& actor = actors[a];
      const auto in_scene = actor.box(t);
      if (!in_scene) continue;
      const uint64_t key =
          mix(seed * 1000003 + a) ^ mix(static_cast<uint64_t>(frame.ts.us) * 31 + 5);
      Box box = moved(*in_scene, view);
      const double size = std::sqrt(static_cast<double>(box.area())) * box_jitter;
      const auto dx = static_cast<float>(size * gaussian(key + 1));
      const auto dy = static_cast<float>(size * gaussian(key + 2));
      const auto grow = static_cast<float>(size * gaussian(key + 3) / 2);
      box = {box.x1 + dx - grow, box.y1 + dy - grow, box.x2 + dx + grow, box.y2 + dy + grow};
      const double yaw = actor.yaw(t);
      Embedding face;
      if (actor.usable(t)) {
        face = synthetic_face(actor.person, yaw);
        const Embedding noise = random_unit(key + 4);
        for (size_t i = 0; i < face.size(); ++i) {
          face[i] += static_cast<float>(face_noise) * noise[i];
        }
        normalize(face);
      }
      frame.detections.push_back({box, landmarks_in(box, yaw), actor.confidence(t)});
      frame.person.push_back(actor.person);
      frame.faces.push_back(std::move(face));
    }
    result.push_back(std::move(frame));
  }
  return result;
}

}  // namespace screenalytics
