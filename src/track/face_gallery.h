// FaceGallery: the looks of one face, so that its profile is not taken for another person.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "base/face.h"

namespace screenalytics {

// Memory: at most kMaxLooks + 1 vectors.
class FaceGallery {
 public:
  static constexpr int kMaxLooks = 6;

  bool empty() const { return looks_.empty(); }

  // Requires: a unit vector of the size of the others. A vector near a known look improves it;
  // any other becomes a look of its own, in place of the one not seen for longest (never of the
  // one seen most).
  void add(const Embedding& face);
  void add(const FaceGallery& other);

  // The weighted mean of all looks, as a unit vector; empty where there are none.
  const Embedding& mean() const { return mean_; }

  // Requires: not empty(). Returns the similarity to the nearest look or to the mean of all,
  // whichever is greater.
  float similarity(const Embedding& face) const;

 private:
  struct Look {
    Embedding mean;
    float weight = 1;
    int64_t last_seen = 0;
  };
  void add(const Embedding& face, float weight);

  std::vector<Look> looks_;
  Embedding mean_;
  int64_t clock_ = 0;
};

}  // namespace screenalytics
