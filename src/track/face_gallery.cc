// SPDX-License-Identifier: MIT
#include "track/face_gallery.h"

#include <algorithm>

#include "base/check.h"

namespace screenalytics {
namespace {

constexpr float kSameLook = 0.6F;
constexpr float kMaxWeight = 30;  // a look keeps up with a face that changes slowly

}  // namespace

void FaceGallery::add(const Embedding& face) { add(face, 1); }

void FaceGallery::add(const FaceGallery& other) {
  for (const Look& look : other.looks_) add(look.mean, look.weight);
}

void FaceGallery::add(const Embedding& face, float weight) {
  SA_CHECK(!face.empty());
  ++clock_;
  Look* nearest = nullptr;
  float best = kSameLook;
  for (Look& look : looks_) {
    const float similarity = cosine_similarity(look.mean, face);
    if (similarity >= best) {
      best = similarity;
      nearest = &look;
    }
  }
  if (nearest != nullptr) {
    for (size_t i = 0; i < face.size(); ++i) {
      nearest->mean[i] = nearest->mean[i] * nearest->weight + face[i] * weight;
    }
    normalize(nearest->mean);
    nearest->weight = std::min(nearest->weight + weight, kMaxWeight);
    nearest->last_seen = clock_;
  } else {
    if (looks_.size() == static_cast<size_t>(kMaxLooks)) {
      const auto keep =
          std::max_element(looks_.begin(), looks_.end(),
                           [](const Look& a, const Look& b) { return a.weight < b.weight; });
      std::iter_swap(looks_.begin(), keep);
      looks_.erase(
          std::min_element(looks_.begin() + 1, looks_.end(),
                           [](const Look& a, const Look& b) { return a.last_seen < b.last_seen; }));
    }
    looks_.push_back({face, weight, clock_});
  }
  mean_.assign(face.size(), 0.F);
  for (const Look& look : looks_) {
    for (size_t i = 0; i < mean_.size(); ++i) mean_[i] += look.weight * look.mean[i];
  }
  normalize(mean_);
}

float FaceGallery::similarity(const Embedding& face) const {
  SA_CHECK(!looks_.empty());
  float best = cosine_similarity(mean_, face);
  for (const Look& look : looks_) best = std::max(best, cosine_similarity(look.mean, face));
  return best;
}

}  // namespace screenalytics
