// SPDX-License-Identifier: MIT
#include "pipeline/appearance.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "detect/detection_rules.h"
#include "embed/align.h"

namespace screenalytics {
namespace {

// A face this small says little of who it is: its crop would be blown up four times.
constexpr float kMinFacePx = 24;
// Beyond this a profile resembles other profiles more than its own front (docs/accuracy.md).
constexpr float kMaxYaw_degrees = 35;

bool usable(const Detection& d) {
  return d.box.shorter_side() >= kMinFacePx &&
         std::abs(yaw_degrees(d.landmarks)) <= kMaxYaw_degrees;
}

}  // namespace

std::vector<Embedding> FrameAppearance::embed(std::span<const int> indices) {
  std::vector<Embedding> vectors(indices.size());
  if (embedder_ != nullptr) {
    const auto span = clock_.busy();
    std::vector<Image> crops;
    std::vector<size_t> places;
    for (size_t i = 0; i < indices.size(); ++i) {
      const Detection& d = detections_[static_cast<size_t>(indices[i])];
      if (!usable(d)) continue;
      crops.push_back(frame_.warp(frame_from_crop(d.landmarks), {kCropSize, kCropSize}));
      places.push_back(i);
    }
    if (!crops.empty()) {
      std::vector<float> norms;
      std::vector<Embedding> found = embedder_->embed(crops, &norms);
      for (size_t k = 0; k < places.size(); ++k) {
        if (norms[k] >= min_norm_) vectors[places[k]] = std::move(found[k]);
      }
      const auto items = static_cast<int64_t>(crops.size());
      clock_.count(items, (items + batch_size_ - 1) / batch_size_);
    }
  }
  for (size_t i = 0; i < indices.size(); ++i) used_.emplace_back(indices[i], vectors[i]);
  return vectors;
}

std::vector<Embedding> RecordedAppearance::embed(std::span<const int> indices) {
  std::vector<Embedding> vectors;
  for (const int index : indices) {
    const auto it = std::find_if(recorded_.begin(), recorded_.end(),
                                 [&](const auto& entry) { return entry.first == index; });
    if (it == recorded_.end()) {
      throw Error(
          ErrorCode::conflict,
          "cannot continue the recorded run: a face vector is missing from its journal; run "
          "again without --resume");
    }
    vectors.push_back(it->second);
  }
  return vectors;
}

}  // namespace screenalytics
