// Agglomerative clustering of face vectors: who is one person, never against what is known apart.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "base/face.h"

namespace screenalytics {

// How the distance of two clusters follows from those of their members.
enum class Linkage {
  average,   // mean cosine distance (UPGMA)
  complete,  // largest cosine distance
  ward,      // growth of the squared error of the unit vectors (Ward, JASA 1963)
};

struct ClusterOptions {
  Linkage linkage = Linkage::average;
  double cluster_thresh = 0.42;  // cosine similarity from which two clusters become one
};

// Items that are one cluster whatever their distances. Two groups never become one.
struct FixedGroup {
  std::vector<int> items;
  bool closed = false;  // no other item joins it
};

// More items than this would need more than 2 GB for their distances.
inline constexpr size_t kMaxClusterItems = 30'000;

// Merges the two nearest clusters for as long as any are near enough (nearest-neighbour chain:
// Murtagh, Computer Journal 1983, section 3; the same hierarchy as by brute force). Two items of a
// pair in `cannot_link` never share a cluster, nor do the clusters they are in; but those of one
// group in `fixed` always do.
// Requires: vectors of unit length and one size; pairs of two different indices into them; an item
// in one group at most.
// Returns: the cluster of each item; clusters are numbered from 0 in the order of their first item.
// The grouping does not depend on the order of the items, but for exact ties of distance.
// Pure. Threads: any. Memory: four bytes a pair of items. Cost: quadratic.
// Throws: unsupported for more than kMaxClusterItems.
std::vector<int> agglomerate(std::span<const Embedding> vectors,
                             std::span<const std::pair<int, int>> cannot_link,
                             const ClusterOptions& options, std::span<const FixedGroup> fixed = {});

}  // namespace screenalytics
