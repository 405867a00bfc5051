// SPDX-License-Identifier: MIT
#include "base/face.h"

#include <cmath>

#include "base/check.h"

namespace screenalytics {

float FaceQuality::score() const {
  return std::pow(sharpness * size * pose * confidence * contrast, 0.2F);
}

float cosine_similarity(const Embedding& a, const Embedding& b) {
  SA_CHECK(a.size() == b.size());
  float dot = 0;
  for (size_t i = 0; i < a.size(); ++i) dot += a[i] * b[i];
  return dot;
}

void normalize(Embedding& v) {
  double sum = 0;
  for (float x : v) sum += static_cast<double>(x) * static_cast<double>(x);
  if (sum <= 0) return;
  const auto scale = static_cast<float>(1 / std::sqrt(sum));
  for (float& x : v) x *= scale;
}

}  // namespace screenalytics
