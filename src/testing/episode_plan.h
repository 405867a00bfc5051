// Episode plan: the shots of a made episode, where its camera looks and what covers the picture.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/geometry.h"
#include "base/timestamp.h"
#include "testing/photo_labels.h"
#include "testing/picture_sampler.h"
#include "testing/video_writer.h"

namespace screenalytics {

struct EpisodeOptions {
  double seconds = 60;
  uint64_t seed = 1;
  std::string fps = "24";  // 24, 23.976, 25, 29.97, 30, 50, 60, another number, or vfr
  Size size{1920, 1080};
  int crf = 20;
  int bitrate = 0;           // bit/s; 0: by crf
  bool motion_blur = false;  // shutter open for half of the time between two frames
  bool low_light = false;
  double noise = 0;  // standard deviation of the film grain, of 255
  bool shake = false;
  bool occlusion = false;  // something opaque passes before the camera
  bool letterbox = false;  // black bars for 2.39:1
  bool flashes = false;
};

// The camera of one shot over one photo.
struct PlannedShot {
  int start_frame = 0, end_frame = 0;  // half-open
  int photo = 0;
  CameraWindow from, to;
  double shake_px = 0;  // amplitude in pixels of the photo
  double shake_phase = 0;
  bool occluded = false;
  double bar_start_s = 0, bar_width = 0, bar_speed = 0;  // seconds; parts of the frame's width
  bool bar_from_right = false;
  double flash_s = -1;  // time of a flash after the start of the shot; < 0: none
};

struct EpisodePlan {
  EpisodeOptions options;
  Rational fps;  // nominal
  bool variable_rate = false;
  std::vector<int64_t> ticks;  // of each frame, 1/90000 s; only where the rate is variable
  int frames = 0;
  std::vector<PlannedShot> shots;
  std::vector<LabelledPhoto> photos;

  Timestamp time_of(int frame) const;
  // Seconds since the first frame of its shot.
  double time_in_shot(int frame) const;
  const PlannedShot& shot_of(int frame) const;
};

// Shots of 2 to 7 s: each a pan, a zoom or a hold over one photo, never twice in a row over the
// same one, with every photo in turn before any comes back.
// Pure: the same for the same options and labels.
// Throws: invalid_argument for options out of range; fewer than two photos with faces.
EpisodePlan plan_episode(const EpisodeOptions& options, std::vector<LabelledPhoto> photos);

// The camera `time_s` after the start of the shot, inside the photo at every moment.
CameraWindow camera_at(const PlannedShot& shot, double time_s, double duration_s, Size photo);

// What covers the picture, in pixels of the frame: the passing bar and the letterbox.
std::vector<Box> covers_at(const PlannedShot& shot, double time_s, const EpisodeOptions& options);

// The part of `box` that is inside the frame and under none of `covers`.
// Requires: covers as covers_at() gives them, bands over the whole width at the upper and lower
// edge and one bar that is narrower than the frame.
float visible_part(const Box& box, Size frame, const std::vector<Box>& covers);

}  // namespace screenalytics
