// SPDX-License-Identifier: MIT
#include "pipeline/face_looks.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "embed/align.h"

namespace screenalytics {

CropCutter cut_from(const VideoFrame& frame, std::span<const Detection> detections) {
  return [&frame, detections](int i) {
    const Landmarks& landmarks = detections[static_cast<size_t>(i)].landmarks;
    return frame.warp(frame_from_crop(landmarks), {kCropSize, kCropSize});
  };
}

FaceLooks::Measured& FaceLooks::measured(int detection) {
  const auto [entry, fresh] = looks_.try_emplace(detection);
  Measured& m = entry->second;
  if (fresh) {
    const Detection& d = detections_[static_cast<size_t>(detection)];
    m.crop = cut_(detection);
    m.look.detection = detection;
    m.look.quality = face_quality(m.crop, d);
  }
  return m;
}

const FaceLook& FaceLooks::measure(int detection) {
  const auto span = clock_.busy();
  return measured(detection).look;
}

void FaceLooks::embed_all(std::span<const int> detections) {
  SA_CHECK(embedder_ != nullptr);
  const auto span = clock_.busy();
  std::vector<Image> crops;
  std::vector<FaceLook*> looks;
  for (const int detection : detections) {
    Measured& m = measured(detection);
    if (!m.look.vector.empty()) continue;
    crops.push_back(std::move(m.crop));
    looks.push_back(&m.look);
  }
  if (crops.empty()) return;
  std::vector<float> norms;
  std::vector<Embedding> vectors = embedder_->embed(crops, &norms);
  for (size_t k = 0; k < looks.size(); ++k) {
    looks[k]->vector = std::move(vectors[k]);
    looks[k]->norm = norms[k];
  }
  const auto items = static_cast<int64_t>(crops.size());
  clock_.count(items, (items + batch_size_ - 1) / batch_size_);
}

std::vector<Embedding> FaceLooks::embed(std::span<const int> detections) {
  std::vector<int> worth;
  for (const int detection : detections) {
    if (!refuse_shape(detections_[static_cast<size_t>(detection)], limits_)) {
      worth.push_back(detection);
    }
    measure(detection);
  }
  embed_all(worth);
  std::vector<Embedding> vectors;
  vectors.reserve(detections.size());
  for (const int detection : detections) {
    const FaceLook& look = looks_.at(detection).look;
    const bool tells = tells_who(detections_[static_cast<size_t>(detection)], look, limits_);
    vectors.push_back(tells ? look.vector : Embedding());
  }
  return vectors;
}

std::vector<FaceLook> FaceLooks::take() {
  std::vector<FaceLook> looks;
  for (auto& [detection, m] : looks_) looks.push_back(std::move(m.look));
  looks_.clear();
  return looks;
}

std::vector<Embedding> RecordedLooks::embed(std::span<const int> detections) {
  std::vector<Embedding> vectors;
  for (const int detection : detections) {
    const auto look = std::find_if(looks_.begin(), looks_.end(),
                                   [&](const FaceLook& l) { return l.detection == detection; });
    if (look == looks_.end()) {
      throw Error(
          ErrorCode::conflict,
          "cannot continue the recorded run: a face vector is missing from its journal; run "
          "again without --resume");
    }
    const bool tells = tells_who(detections_[static_cast<size_t>(detection)], *look, limits_);
    vectors.push_back(tells ? look->vector : Embedding());
  }
  return vectors;
}

}  // namespace screenalytics
