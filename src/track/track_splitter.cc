// SPDX-License-Identifier: MIT
#include "track/track_splitter.h"

#include <algorithm>
#include <array>

namespace screenalytics {
namespace {

constexpr size_t kFewest = 2;  // faces on each side of a change
// How many are compared: many do not mistake one bad face for somebody, few notice somebody who
// stays for a moment only.
constexpr std::array<size_t, 2> kWindows = {5, 3};

struct Side {
  Embedding mean;    // of unit length
  double alike = 0;  // mean cosine similarity of its faces with each other
};

Side side_of(std::span<const Embedding> faces) {
  Side side;
  for (const Embedding& v : faces) {
    side.mean.resize(v.size());
    for (size_t k = 0; k < v.size(); ++k) side.mean[k] += v[k];
  }
  double squared = 0;  // |sum|^2 = n + 2 x the similarities of all pairs
  for (const float x : side.mean) squared += static_cast<double>(x) * static_cast<double>(x);
  const auto n = static_cast<double>(faces.size());
  side.alike = (squared - n) / (n * (n - 1));
  normalize(side.mean);
  return side;
}

// How alike the faces on both sides of place k are; 1 where they are not fit to tell.
double similarity_across(std::span<const Embedding> faces, size_t k, double similarity) {
  double least = 1;
  for (const size_t before : kWindows) {
    for (const size_t behind : kWindows) {
      const size_t n = std::min(k, before), m = std::min(faces.size() - k, behind);
      const Side a = side_of(faces.subspan(k - n, n)), b = side_of(faces.subspan(k, m));
      if (a.alike < similarity || b.alike < similarity) continue;
      least = std::min(least, static_cast<double>(cosine_similarity(a.mean, b.mean)));
    }
  }
  return least;
}

void find(std::span<const Embedding> faces, double similarity, size_t offset,
          std::vector<size_t>& changes) {
  size_t place = 0;
  double least = similarity;
  for (size_t k = kFewest; k + kFewest <= faces.size(); ++k) {
    const double s = similarity_across(faces, k, similarity);
    if (s >= least) continue;
    least = s;
    place = k;
  }
  if (place == 0) return;
  find(faces.first(place), similarity, offset, changes);
  changes.push_back(offset + place);
  find(faces.subspan(place), similarity, offset + place, changes);
}

}  // namespace

std::vector<size_t> find_person_changes(std::span<const Embedding> faces, double similarity) {
  std::vector<size_t> changes;
  find(faces, similarity, 0, changes);
  return changes;
}

}  // namespace screenalytics
