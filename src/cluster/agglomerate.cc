// SPDX-License-Identifier: MIT
#include "cluster/agglomerate.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "base/error.h"

namespace screenalytics {
namespace {

constexpr float kForbidden = std::numeric_limits<float>::infinity();
constexpr Eigen::Index kBlock = 256;  // rows a matrix product

// Distances of n items, one for each pair.
class PairDistances {
 public:
  explicit PairDistances(size_t n) : n_(n), values_(n < 2 ? 0 : n * (n - 1) / 2) {}
  float& at(size_t i, size_t j) { return values_[place(i, j)]; }
  float at(size_t i, size_t j) const { return values_[place(i, j)]; }

 private:
  size_t place(size_t i, size_t j) const {
    if (i > j) std::swap(i, j);
    return i * (2 * n_ - i - 1) / 2 + (j - i - 1);
  }
  size_t n_;
  std::vector<float> values_;
};

PairDistances cosine_distances(std::span<const Embedding> vectors) {
  const auto n = static_cast<Eigen::Index>(vectors.size());
  PairDistances distances(vectors.size());
  if (n < 2) return distances;
  const auto dim = static_cast<Eigen::Index>(vectors[0].size());
  Eigen::MatrixXf columns(dim, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const Embedding& v = vectors[static_cast<size_t>(i)];
    SA_CHECK(static_cast<Eigen::Index>(v.size()) == dim);
    columns.col(i) = Eigen::Map<const Eigen::VectorXf>(v.data(), dim);
  }
  for (Eigen::Index first = 0; first < n; first += kBlock) {
    const Eigen::Index rows = std::min(kBlock, n - first);
    const Eigen::MatrixXf similarity =
        columns.middleCols(first, rows).transpose() * columns.rightCols(n - first);
    for (Eigen::Index r = 0; r < rows; ++r) {
      for (Eigen::Index c = r + 1; c < n - first; ++c) {
        distances.at(static_cast<size_t>(first + r), static_cast<size_t>(first + c)) =
            std::max(0.F, 1 - similarity(r, c));
      }
    }
  }
  return distances;
}

// Lance & Williams, Computer Journal 1967: the distance of a merged cluster to another one.
float merged_distance(Linkage linkage, float to_a, float to_b, float between, float size_a,
                      float size_b, float size_other) {
  if (to_a == kForbidden || to_b == kForbidden) return kForbidden;
  switch (linkage) {
    case Linkage::average:
      return (size_a * to_a + size_b * to_b) / (size_a + size_b);
    case Linkage::complete:
      return std::max(to_a, to_b);
    case Linkage::ward:
      return ((size_a + size_other) * to_a + (size_b + size_other) * to_b - size_other * between) /
             (size_a + size_b + size_other);
  }
  check_failed("a linkage", __FILE__, __LINE__);
}

class Agglomeration {
 public:
  Agglomeration(PairDistances distances, size_t n, Linkage linkage, float limit)
      : distances_(std::move(distances)),
        linkage_(linkage),
        limit_(limit),
        size_(n, 1),
        parent_(n),
        active_(n) {
    std::iota(parent_.begin(), parent_.end(), size_t{0});
    std::iota(active_.begin(), active_.end(), size_t{0});
  }

  // Makes one cluster of them, whatever their distance. Requires: run() was not yet called.
  void join(const std::vector<int>& items) {
    for (size_t i = 1; i < items.size(); ++i) {
      merge(root_of(static_cast<size_t>(items[0])), static_cast<size_t>(items[i]));
    }
  }

  // Returns the smallest item of each item's cluster.
  std::vector<size_t> run() {
    std::vector<size_t> chain;
    while (!active_.empty()) {
      if (chain.empty()) chain.push_back(active_.front());
      const size_t top = chain.back();
      const size_t former = chain.size() > 1 ? chain[chain.size() - 2] : top;
      const size_t nearest = nearest_to(top, former);
      if (nearest == top) {  // no linkage here ever brings a cluster nearer: it is finished
        retire(top);
        chain.pop_back();
      } else if (nearest == former) {
        merge(top, former);
        chain.resize(chain.size() - 2);
      } else {
        chain.push_back(nearest);
      }
    }
    std::vector<size_t> roots(parent_.size());
    for (size_t i = 0; i < roots.size(); ++i) roots[i] = root_of(i);
    return roots;
  }

 private:
  size_t root_of(size_t item) const {
    while (parent_[item] != item) item = parent_[item];
    return item;
  }

  // `former` where it is as near as any; `item` where none is within the limit.
  size_t nearest_to(size_t item, size_t former) const {
    size_t best = former;
    float least = former == item ? limit_ : distances_.at(item, former);
    bool found = former != item;
    for (const size_t other : active_) {
      if (other == item) continue;
      const float d = distances_.at(item, other);
      if (d < least || (!found && d == least)) {
        best = other;
        least = d;
        found = true;
      }
    }
    return best;
  }

  void merge(size_t a, size_t b) {
    if (b < a) std::swap(a, b);
    const float between = distances_.at(a, b);
    retire(b);
    for (const size_t other : active_) {
      if (other == a) continue;
      distances_.at(a, other) =
          merged_distance(linkage_, distances_.at(a, other), distances_.at(b, other), between,
                          size_[a], size_[b], size_[other]);
    }
    size_[a] += size_[b];
    parent_[b] = a;
  }

  void retire(size_t item) {
    active_.erase(std::lower_bound(active_.begin(), active_.end(), item));
  }

  PairDistances distances_;
  Linkage linkage_;
  float limit_;
  std::vector<float> size_;
  std::vector<size_t> parent_;
  std::vector<size_t> active_;  // ascending
};

// Keeps groups apart from each other, and closed ones from everybody.
void forbid_between_groups(PairDistances& distances, const std::vector<int>& group_of,
                           std::span<const FixedGroup> fixed) {
  for (size_t g = 0; g < fixed.size(); ++g) {
    for (const int item : fixed[g].items) {
      for (size_t other = 0; other < group_of.size(); ++other) {
        const int theirs = group_of[other];
        if (theirs == static_cast<int>(g) || (theirs < 0 && !fixed[g].closed)) continue;
        distances.at(static_cast<size_t>(item), other) = kForbidden;
      }
    }
  }
}

}  // namespace

std::vector<int> agglomerate(std::span<const Embedding> vectors,
                             std::span<const std::pair<int, int>> cannot_link,
                             const ClusterOptions& options, std::span<const FixedGroup> fixed) {
  const size_t n = vectors.size();
  if (n > kMaxClusterItems) {
    throw Error(ErrorCode::unsupported,
                fmt::format("cannot cluster {} tracks at once, the most is {}: raise "
                            "min_track_length_s, or split the video",
                            n, kMaxClusterItems));
  }
  PairDistances distances = cosine_distances(vectors);
  std::vector<int> group_of(n, -1);
  for (size_t g = 0; g < fixed.size(); ++g) {
    for (const int item : fixed[g].items) {
      SA_CHECK(item >= 0 && item < static_cast<int>(n) && group_of[static_cast<size_t>(item)] < 0);
      group_of[static_cast<size_t>(item)] = static_cast<int>(g);
    }
  }
  for (const auto& [a, b] : cannot_link) {
    SA_CHECK(a != b && a >= 0 && b >= 0 && std::max(a, b) < static_cast<int>(n));
    const int group = group_of[static_cast<size_t>(a)];
    if (group >= 0 && group == group_of[static_cast<size_t>(b)]) continue;
    distances.at(static_cast<size_t>(a), static_cast<size_t>(b)) = kForbidden;
  }
  forbid_between_groups(distances, group_of, fixed);
  Agglomeration agglomeration(std::move(distances), n, options.linkage,
                              static_cast<float>(1 - options.cluster_thresh));
  for (const FixedGroup& group : fixed) agglomeration.join(group.items);
  const std::vector<size_t> roots = agglomeration.run();
  std::vector<int> cluster_of_root(n, -1), clusters(n);
  int count = 0;
  for (size_t i = 0; i < n; ++i) {
    int& cluster = cluster_of_root[roots[i]];
    if (cluster < 0) cluster = count++;
    clusters[i] = cluster;
  }
  return clusters;
}

}  // namespace screenalytics
