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

// What makes a face crop good to tell who it is, each part from 0 (useless) to 1 (nothing wanting).
struct FaceQuality {
  float sharpness = 0, size = 0, pose = 0, confidence = 0, contrast = 0;

  // All parts in one value: their geometric mean, so that one bad part spoils it.
  float score() const;
  friend bool operator==(const FaceQuality&, const FaceQuality&) = default;
};

// A face of a frame whose crop was cut and measured, and embedded unless it was not worth it.
struct FaceLook {
  int detection = 0;  // index in its frame
  FaceQuality quality;
  float norm = 0;         // length of the vector before it was made a unit vector
  Embedding vector;       // empty: not embedded
  bool portrait = false;  // the best of its segment so far: a picture of it is kept
  friend bool operator==(const FaceLook&, const FaceLook&) = default;
};

// Requires: equal sizes, unit vectors. Returns a value in -1..1.
float cosine_similarity(const Embedding& a, const Embedding& b);

// Scales to length 1 in place. A zero vector stays zero.
void normalize(Embedding& v);

}  // namespace screenalytics
