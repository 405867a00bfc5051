// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "episode_fixture.h"
#include "testing/episode_maker.h"
#include "testing/photo_labels.h"
#include "testing/picture_file.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

std::vector<LabelledPhoto> shipped_labels() {
  return read_photo_labels(source_root() / "tools" / "sample_episode" / "photo_faces.json");
}

std::vector<Image> photos_of(const EpisodePlan& plan) {
  std::vector<Image> photos;
  for (const LabelledPhoto& photo : plan.photos) {
    photos.push_back(read_picture(source_root() / ".deps" / "photos" / photo.file));
  }
  return photos;
}

// Cheap in encoding, which is most of what a small clip costs.
VideoWriterOptions writer_options(const EpisodePlan& plan) {
  VideoWriterOptions options;
  options.size = plan.options.size;
  options.fps = plan.fps;
  options.b_frames = 2;
  options.preset = "ultrafast";
  if (plan.variable_rate) options.time_base = {1, 90000};
  return options;
}

}  // namespace

MadeEpisode make_sample_episode(const EpisodeOptions& options, const TempFolder& folder,
                                const std::string& name) {
  const fs::path video = folder / (name + ".mp4"), truth = folder / (name + ".truth.json");
  const EpisodePlan plan = plan_episode(options, shipped_labels());
  make_episode(plan, photos_of(plan), {video, truth, video.filename().string()}, "", nullptr);
  return {video, read_ground_truth(truth)};
}

fs::path make_face_clip(const FaceClipOptions& options, const TempFolder& folder,
                        const std::string& name) {
  EpisodeOptions episode;
  episode.seconds = options.seconds;
  episode.fps = options.fps;
  episode.size = options.size;
  std::vector<LabelledPhoto> photos = shipped_labels();
  // The plan gives the frames and their times; its shots give way to one.
  EpisodePlan plan = plan_episode(episode, photos);
  const auto photo = std::find_if(photos.begin(), photos.end(),
                                  [](const LabelledPhoto& p) { return p.file == "sample2.jpg"; });
  SA_CHECK(photo != photos.end());
  plan.photos = {*photo};
  PlannedShot shot;
  shot.end_frame = plan.frames;
  // Windows of 16:9 around the face furthest to the right, which no other face comes into.
  shot.from = {1150, 0, 750, 421.875};
  shot.to = {1290, 60, 610, 343.125};
  shot.shake_px = 6;
  plan.shots = {shot};
  fs::path video = folder / (name + ".mp4");
  EpisodeRenderer renderer(plan, photos_of(plan));
  VideoWriter writer(video, writer_options(plan));
  for (int frame = 0; frame < plan.frames; ++frame) {
    if (plan.variable_rate) {
      writer.add(renderer.render(frame), plan.time_of(frame));
    } else {
      writer.add(renderer.render(frame));
    }
  }
  writer.finish();
  return video;
}

fs::path make_hand_over_clip(double seconds, const TempFolder& folder, const std::string& name) {
  constexpr int kFps = 24, kLeft = 400, kTop = 150;
  const Size size{960, 540}, patch{160, 200};
  const auto window_of = [&](const LabelledFace& face, double t) {
    const double height = 1.6 * static_cast<double>(face.box.height());
    const double width = height * patch.width / patch.height;
    const double x = static_cast<double>(face.box.x1 + face.box.x2) / 2 + 8 * std::sin(t);
    const double y = static_cast<double>(face.box.y1 + face.box.y2) / 2 + 5 * std::cos(0.7 * t);
    return CameraWindow{x - width / 2, y - height / 2, width, height};
  };
  const std::vector<LabelledPhoto> labels = shipped_labels();
  std::vector<Image> photos;
  for (const size_t i : {0, 1}) {
    photos.push_back(read_picture(source_root() / ".deps" / "photos" / labels.at(i).file));
  }
  VideoWriterOptions options;
  options.size = size;
  options.fps = {kFps, 1};
  options.preset = "ultrafast";
  fs::path video = folder / (name + ".mp4");
  VideoWriter writer(video, options);
  PictureSampler sampler;
  Image frame(size.width, size.height, 3), face(patch.width, patch.height, 3);
  for (int n = 0; n < static_cast<int>(seconds * kFps); ++n) {
    const double t = static_cast<double>(n) / kFps;
    for (int y = 0; y < size.height; ++y) {
      uint8_t* row = frame.row(y);
      for (int x = 0; x < size.width; ++x, row += 3) {
        std::fill_n(row, 3, static_cast<uint8_t>(60 + 0.08 * x + 0.05 * y + 10 * std::sin(t)));
      }
    }
    const size_t person = t < seconds / 2 ? 0 : 1;
    sampler.sample(photos[person], window_of(labels[person].faces.at(1), t), face);
    for (int y = 0; y < patch.height; ++y) {
      std::copy_n(face.row(y), face.stride(), frame.row(kTop + y) + kLeft * 3);
    }
    writer.add(frame);
  }
  writer.finish();
  return video;
}

}  // namespace screenalytics
