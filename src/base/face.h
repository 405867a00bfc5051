// What is known of a face: a detection in one frame, and its embedding.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "base/geometry.h"
#include "base/timestamp.h"

namespace screenalytics {

// One face in one frame, in pixels of the shown frame. confidence in 0..1.
struct Detection {
  Box box;
  Landmarks landmarks;
  float confidence = 0;
  friend bool operator==(const Detection&, const Detection&) = default;
};

// Unit vector of D values; empty where there is none.
using Embedding = std::vector<float>;

// Requires: equal sizes, unit vectors. Returns a value in -1..1.
float cosine_similarity(const Embedding& a, const Embedding& b);

// Scales to length 1 in place. A zero vector stays zero.
void normalize(Embedding& v);

}  // namespace screenalytics
