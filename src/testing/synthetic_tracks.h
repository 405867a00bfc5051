// Scenes of moving faces with known people: detections and face vectors without any picture.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/face.h"
#include "base/geometry.h"
#include "base/timestamp.h"

namespace screenalytics {

// What one person does. The functions take seconds and must not depend on the order of calls.
struct SyntheticActor {
  int person = 0;
  std::function<std::optional<Box>(double)> box;  // in the scene; nothing while not to be seen
  std::function<double(double)> yaw = [](double) { return 0.0; };  // radians
  std::function<float(double)> confidence = [](double) { return 0.95F; };
  std::function<bool(double)> usable = [](double) { return true; };  // else an empty vector
};

struct SyntheticSceneFrame {
  int64_t frame_idx = 0;
  Timestamp ts;
  bool starts_shot = false;
  Affine motion;  // from the previous frame of the list
  std::vector<Detection> detections;
  std::vector<int> person;       // per detection
  std::vector<Embedding> faces;  // per detection
};

struct SyntheticScene {
  std::vector<SyntheticActor> actors{};
  std::vector<double> cuts_s{};  // a cut lies just before each
  std::function<Affine(double)> frame_from_scene = [](double) { return Affine{}; };
  double box_jitter = 0.03;  // standard deviation, in face sizes
  // Length of a face vector's noise against its signal: 0.7 makes two views of one person about
  // 0.67 alike.
  double face_noise = 0.7;
  uint64_t seed = 1;

  // Pure: one entry per time, which must ascend; frame_idx counts them times `stride`.
  std::vector<SyntheticSceneFrame> frames(const std::vector<double>& times_s,
                                          int64_t stride = 1) const;
};

// The vector of a person without noise. A head turned by yaw shows more and more of a second
// vector; from the side it is 0.15 like its front. Different people are unlike each other.
Embedding synthetic_face(int person, double yaw = 0);

// [0, duration) at `source_fps`, every `stride`th frame.
std::vector<double> frame_times(double duration_s, double source_fps, int stride = 1);

}  // namespace screenalytics
