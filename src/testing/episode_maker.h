// Episode maker: renders a planned episode to a video file with its ground truth beside it.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/image.h"
#include "testing/episode_plan.h"
#include "testing/ground_truth.h"
#include "testing/picture_sampler.h"

namespace screenalytics {

// Draws the frames of a plan.
// Threads: one. Memory: the photos and two frames. Frames may be asked for in any order.
class EpisodeRenderer {
 public:
  // Throws: invalid_argument where a photo has another size than its label.
  // Requires: one RGB photo of the labelled size for each photo of the plan; the plan
  // outlives the renderer.
  EpisodeRenderer(const EpisodePlan& plan, std::vector<Image> photos);

  // Returns the frame, valid until the next call.
  const Image& render(int frame);

 private:
  void draw_scene(int frame);
  void grade(int frame);

  const EpisodePlan& plan_;
  std::vector<Image> photos_;
  PictureSampler sampler_;
  Image frame_, part_;
  std::vector<uint16_t> exposure_;
  std::vector<int8_t> grain_;
};

// Where every face of a frame is, exact but for the rounding to a hundredth of a pixel.
TrueFrame true_frame(const EpisodePlan& plan, int frame);

// Where an episode goes.
struct EpisodeFiles {
  std::filesystem::path video;
  std::filesystem::path truth;  // empty: none is written
  std::string shown_name;       // of the video, as the truth records it
};

// Writes the video and its ground truth, in which `options_text` is recorded. `progress`, where
// there is one, is called with the frames done.
// Throws: io, unsupported, invalid_argument (a photo of another size than its label).
// Memory: does not grow with the length.
void make_episode(const EpisodePlan& plan, std::vector<Image> photos, const EpisodeFiles& files,
                  const std::string& options_text, const std::function<void(int)>& progress);

}  // namespace screenalytics
