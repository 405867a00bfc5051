// SPDX-License-Identifier: MIT
#include "detect/face_detector.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "base/error.h"
#include "base/image_warp.h"
#include "detect/decode_heads.h"

namespace screenalytics {
namespace {

constexpr std::array<int, 3> kStrides{8, 16, 32};

// The outputs of one stride, as indices into Session::outputs(), and how many values each has for
// one cell of the grid.
struct Head {
  std::string name;
  size_t values_per_cell = 0;
};
struct StrideLayout {
  int stride = 0;
  std::vector<Head> heads;  // score, box, landmarks, then objectness where the family has it
};

StrideLayout layout_of(ModelFamily family, size_t index) {
  const int stride = kStrides[index];
  switch (family) {
    case ModelFamily::retinaface:
      return {stride,
              {{fmt::format("face_rpn_cls_prob_reshape_stride{}", stride), 4},
               {fmt::format("face_rpn_bbox_pred_stride{}", stride), 8},
               {fmt::format("face_rpn_landmark_pred_stride{}", stride), 20}}};
    case ModelFamily::yunet:
      return {stride,
              {{fmt::format("cls_{}", stride), 1},
               {fmt::format("bbox_{}", stride), 4},
               {fmt::format("kps_{}", stride), 10},
               {fmt::format("obj_{}", stride), 1}}};
    case ModelFamily::scrfd:  // exporters name them as they like; the order is always this
      return {stride, {{"", 2}, {"", 8}, {"", 20}}};
    case ModelFamily::arcface:
      break;
  }
  return {};
}

class NetworkDetector : public FaceDetector {
 public:
  NetworkDetector(const ModelManifest& manifest, const SessionOptions& options);

  std::vector<Detection> detect(const Image& rgb, float min_confidence) const override;
  Size input_size(Size content, int det_size) const override;
  const std::string& device() const override { return session_.device(); }
  const std::string& note() const override { return session_.note(); }

 private:
  void find_outputs();
  void read_fixed_size();
  Size network_size(Size picture) const;
  std::vector<float> network_input(const Image& rgb, Size network) const;
  std::vector<Detection> detect_fitting(const Image& rgb, float min_confidence) const;

  ModelManifest manifest_;
  Session session_;
  Size fixed_{};  // 0 x 0: any multiple of manifest_.input_multiple
  std::vector<StrideLayout> layout_;
  std::vector<size_t> wanted_;  // outputs in the order of layout_
};

NetworkDetector::NetworkDetector(const ModelManifest& manifest, const SessionOptions& options)
    : manifest_(manifest), session_(manifest, options) {
  for (size_t i = 0; i < kStrides.size(); ++i) layout_.push_back(layout_of(manifest.family, i));
  find_outputs();
  read_fixed_size();
}

void NetworkDetector::find_outputs() {
  const std::vector<TensorInfo>& outputs = session_.outputs();
  std::vector<std::string> names;
  names.reserve(outputs.size());
  for (const TensorInfo& output : outputs) names.push_back(output.name);
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorCode::model,
                fmt::format("cannot use model {}: {}: {}; its outputs are {}; correct `family` in "
                            "its manifest",
                            manifest_.id, manifest_.file.string(), what, fmt::join(names, ", ")));
  };
  for (size_t s = 0; s < layout_.size(); ++s) {
    for (size_t h = 0; h < layout_[s].heads.size(); ++h) {
      const Head& head = layout_[s].heads[h];
      if (head.name.empty()) {
        wanted_.push_back(h * layout_.size() + s);
        continue;
      }
      const auto found = std::ranges::find(names, head.name);
      if (found == names.end()) refuse(fmt::format("it has no output '{}'", head.name));
      wanted_.push_back(static_cast<size_t>(found - names.begin()));
    }
  }
  if (manifest_.family == ModelFamily::scrfd && outputs.size() != wanted_.size()) {
    refuse(fmt::format("a detector of family scrfd with landmarks has {} outputs, this file {}",
                       wanted_.size(), outputs.size()));
  }
}

void NetworkDetector::read_fixed_size() {
  const std::vector<int64_t>& shape = session_.input().shape;
  fixed_ = {manifest_.input_width, manifest_.input_height};
  const bool agrees =
      (shape[3] <= 0 || shape[3] == fixed_.width) && (shape[2] <= 0 || shape[2] == fixed_.height);
  const bool whole = (fixed_.width > 0) == (fixed_.height > 0) && fixed_.width % 32 == 0 &&
                     fixed_.height % 32 == 0 && manifest_.input_multiple > 0 &&
                     manifest_.input_multiple % 32 == 0;
  if (!agrees || !whole) {
    throw Error(ErrorCode::model,
                fmt::format("cannot use model {}: {} takes [{}] and its manifest says width {}, "
                            "height {}, multiple {}; sizes must agree and be multiples of 32",
                            manifest_.id, manifest_.file.string(), fmt::join(shape, ", "),
                            fixed_.width, fixed_.height, manifest_.input_multiple));
  }
}

Size NetworkDetector::input_size(Size content, int det_size) const {
  SA_CHECK(content.width > 0 && content.height > 0 && det_size > 0);
  const double scale =
      fixed_.width > 0 ? std::min(static_cast<double>(fixed_.width) / content.width,
                                  static_cast<double>(fixed_.height) / content.height)
                       : static_cast<double>(det_size) / std::max(content.width, content.height);
  const auto side = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(length * scale)));
  };
  return {side(content.width), side(content.height)};
}

Size NetworkDetector::network_size(Size picture) const {
  if (fixed_.width > 0) return fixed_;
  const int m = manifest_.input_multiple;
  return {(picture.width + m - 1) / m * m, (picture.height + m - 1) / m * m};
}

std::vector<float> NetworkDetector::network_input(const Image& rgb, Size network) const {
  const auto plane = static_cast<size_t>(network.width) * static_cast<size_t>(network.height);
  std::vector<float> input(3 * plane);
  for (size_t c = 0; c < 3; ++c) {
    const size_t source = manifest_.bgr ? 2 - c : c;
    const float scale = manifest_.scale[c], offset = -manifest_.mean[c] * scale;
    float* const out = input.data() + c * plane;
    if (rgb.width < network.width || rgb.height < network.height) {
      std::fill(out, out + plane, offset);
    }
    for (int y = 0; y < rgb.height; ++y) {
      const uint8_t* const in = rgb.row(y) + source;
      float* const row = out + static_cast<size_t>(y) * static_cast<size_t>(network.width);
      for (int x = 0; x < rgb.width; ++x) row[x] = static_cast<float>(in[3 * x]) * scale + offset;
    }
  }
  return input;
}

std::vector<Detection> NetworkDetector::detect(const Image& rgb, float min_confidence) const {
  SA_CHECK(!rgb.empty() && rgb.channels == 3);
  if (fixed_.width == 0 || (rgb.width <= fixed_.width && rgb.height <= fixed_.height)) {
    return detect_fitting(rgb, min_confidence);
  }
  const Size smaller = input_size({rgb.width, rgb.height}, fixed_.width);
  const double sx = static_cast<double>(rgb.width) / smaller.width;
  const double sy = static_cast<double>(rgb.height) / smaller.height;
  const Affine rgb_from_smaller{sx, 0, 0, 0, sy, 0};
  std::vector<Detection> faces =
      detect_fitting(warp(rgb, rgb_from_smaller, smaller), min_confidence);
  for (Detection& face : faces) {
    const Point a = rgb_from_smaller.apply({face.box.x1, face.box.y1});
    const Point b = rgb_from_smaller.apply({face.box.x2, face.box.y2});
    face.box = {a.x, a.y, b.x, b.y};
    for (Point& point : face.landmarks) point = rgb_from_smaller.apply(point);
  }
  return faces;
}

std::vector<Detection> NetworkDetector::detect_fitting(const Image& rgb,
                                                       float min_confidence) const {
  const Size network = network_size({rgb.width, rgb.height});
  const std::vector<float> input = network_input(rgb, network);
  const std::vector<Tensor> outputs =
      session_.run(input, {1, 3, network.height, network.width}, wanted_);
  std::vector<Detection> faces;
  size_t next = 0;
  for (const StrideLayout& layout : layout_) {
    const size_t cells = static_cast<size_t>(network.width / layout.stride) *
                         static_cast<size_t>(network.height / layout.stride);
    std::array<std::span<const float>, 4> spans;
    for (size_t h = 0; h < layout.heads.size(); ++h, ++next) {
      spans[h] = outputs[next].values;
      if (spans[h].size() != cells * layout.heads[h].values_per_cell) {
        throw Error(
            ErrorCode::model,
            fmt::format("cannot use model {}: output '{}' has {} values for an input of "
                        "{}x{}, not {}; correct `family` in its manifest",
                        manifest_.id, session_.outputs()[wanted_[next]].name, spans[h].size(),
                        network.width, network.height, cells * layout.heads[h].values_per_cell));
      }
    }
    const StrideHeads heads{layout.stride, spans[0], spans[1], spans[2], spans[3]};
    if (manifest_.family == ModelFamily::retinaface) {
      decode_retinaface(heads, network, manifest_.landmark_scale, min_confidence, faces);
    } else if (manifest_.family == ModelFamily::scrfd) {
      decode_scrfd(heads, network, min_confidence, faces);
    } else {
      decode_yunet(heads, network, min_confidence, faces);
    }
  }
  for (Detection& face : faces) {
    face.box = clip(face.box, static_cast<float>(rgb.width), static_cast<float>(rgb.height));
  }
  // Written so that a NaN from a broken model goes, too.
  std::erase_if(faces, [](const Detection& face) {
    return !(face.box.width() > 0 && face.box.height() > 0) ||
           !std::ranges::all_of(face.landmarks,
                                [](Point p) { return std::isfinite(p.x) && std::isfinite(p.y); });
  });
  return faces;
}

}  // namespace

std::unique_ptr<FaceDetector> make_face_detector(const ModelManifest& manifest,
                                                 const SessionOptions& options) {
  if (manifest.family == ModelFamily::arcface) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("cannot detect faces with model {}: its family is arcface, which "
                            "embeds faces; choose a model of family retinaface, scrfd or yunet",
                            manifest.id));
  }
  return std::make_unique<NetworkDetector>(manifest, options);
}

}  // namespace screenalytics
