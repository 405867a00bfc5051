// ModelManifest: what a model file is, as declared in models/NAME.yaml.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <filesystem>
#include <string>

namespace screenalytics {

enum class ModelFamily { retinaface, scrfd, yunet, arcface };

struct ModelManifest {
  std::string id;  // "retinaface_mnet025_v2"
  ModelFamily family{};
  std::filesystem::path file;   // absolute, or relative to the manifest's folder until resolved
  std::string sha256;           // of `file`, lower-case hex
  bool bgr = false;             // colour order of the input
  std::array<float, 3> mean{};  // input = (pixel - mean) * scale, in `bgr` order
  std::array<float, 3> scale{1, 1, 1};
  int input_width = 0, input_height = 0;  // 0: any multiple of input_multiple
  int input_multiple = 32;
  int embedding_dim = 0;        // embedders only
  float min_norm = 0;           // embedders: a shorter vector does not tell people apart
  float landmark_scale = 1;     // retinaface: the v2 files need 0.2
  std::string licence, origin;  // for `screenalytics models`
};

}  // namespace screenalytics
