// Tests of clustering against brute force, and of what it must never join.
// SPDX-License-Identifier: MIT
#include "cluster/agglomerate.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "testing/caught_error.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Embedding unit(Embedding v) {
  normalize(v);
  return v;
}

// `each` noisy vectors around every one of `people` random centres, person after person.
std::vector<Embedding> faces_of(int people, int each, float noise, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  const auto draw = [&] {
    Embedding v(64);
    for (float& x : v) x = normal(random);
    return unit(v);
  };
  std::vector<Embedding> faces;
  for (int p = 0; p < people; ++p) {
    const Embedding centre = draw();
    for (int i = 0; i < each; ++i) {
      const Embedding off = draw();
      Embedding v = centre;
      for (size_t k = 0; k < v.size(); ++k) v[k] += noise * off[k];
      faces.push_back(unit(v));
    }
  }
  return faces;
}

// The definition, step by step: merge the two clusters with the smallest mean distance.
std::vector<int> brute_force(const std::vector<Embedding>& v,
                             const std::vector<std::pair<int, int>>& apart, double thresh) {
  std::vector<std::vector<int>> clusters;
  for (int i = 0; i < static_cast<int>(v.size()); ++i) clusters.push_back({i});
  const auto forbidden = [&](int a, int b) {
    return std::any_of(apart.begin(), apart.end(),
                       [&](const auto& p) { return p == std::pair(a, b) || p == std::pair(b, a); });
  };
  while (true) {
    double least = 1 - thresh;
    std::pair<size_t, size_t> best{0, 0};
    for (size_t i = 0; i < clusters.size(); ++i) {
      for (size_t j = i + 1; j < clusters.size(); ++j) {
        double sum = 0;
        bool allowed = true;
        for (const int a : clusters[i]) {
          for (const int b : clusters[j]) {
            allowed = allowed && !forbidden(a, b);
            sum += 1 - static_cast<double>(
                           cosine_similarity(v[static_cast<size_t>(a)], v[static_cast<size_t>(b)]));
          }
        }
        const double mean = sum / static_cast<double>(clusters[i].size() * clusters[j].size());
        if (allowed && mean <= least) {
          least = mean;
          best = {i, j};
        }
      }
    }
    if (best.first == best.second) break;
    auto& into = clusters[best.first];
    const auto& from = clusters[best.second];
    into.insert(into.end(), from.begin(), from.end());
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(best.second));
  }
  std::vector<int> label(v.size());
  std::sort(clusters.begin(), clusters.end(), [](const auto& a, const auto& b) {
    return *std::min_element(a.begin(), a.end()) < *std::min_element(b.begin(), b.end());
  });
  for (size_t c = 0; c < clusters.size(); ++c) {
    for (const int i : clusters[c]) label[static_cast<size_t>(i)] = static_cast<int>(c);
  }
  return label;
}

TEST(Agglomerate, PutsFacesOfOnePersonTogether) {
  for (const Linkage linkage : {Linkage::average, Linkage::complete, Linkage::ward}) {
    const std::vector<int> found = agglomerate(faces_of(4, 5, 0.3F, 1), {}, {linkage, 0.34});
    std::vector<int> truth;
    for (int p = 0; p < 4; ++p) truth.insert(truth.end(), 5, p);
    EXPECT_EQ(found, truth);
  }
}

TEST(Agglomerate, AgreesWithBruteForceAlsoWhereFacesAreHardToTellApart) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const std::vector<Embedding> faces = faces_of(5, 4, 1.2F, seed);
    const std::vector<std::pair<int, int>> apart{{0, 1}, {2, 17}, {5, 9}, {6, 7}};
    for (const double thresh : {0.1, 0.3, 0.5}) {
      EXPECT_EQ(agglomerate(faces, apart, {Linkage::average, thresh}),
                brute_force(faces, apart, thresh))
          << "seed " << seed << ", threshold " << thresh;
    }
  }
}

TEST(Agglomerate, NeverJoinsWhatWasSeenTogether) {
  const std::vector<Embedding> twins(6, unit({1, 0.01F}));
  const std::vector<std::pair<int, int>> apart{{0, 1}, {2, 3}, {4, 5}};
  for (const Linkage linkage : {Linkage::average, Linkage::complete, Linkage::ward}) {
    const std::vector<int> found = agglomerate(twins, apart, {linkage, 0.34});
    for (const auto& [a, b] : apart) {
      EXPECT_NE(found[static_cast<size_t>(a)], found[static_cast<size_t>(b)]);
    }
    EXPECT_EQ(std::set<int>(found.begin(), found.end()).size(), 2u);
  }
}

TEST(Agglomerate, DoesNotDependOnTheOrderOfTheFaces) {
  const std::vector<Embedding> faces = faces_of(6, 6, 1.0F, 3);
  const std::vector<int> found = agglomerate(faces, {}, {});
  std::vector<size_t> order(faces.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = (i * 7 + 3) % order.size();
  std::vector<Embedding> shuffled;
  for (const size_t i : order) shuffled.push_back(faces[i]);
  const std::vector<int> again = agglomerate(shuffled, {}, {});
  std::map<int, int> name;
  for (size_t i = 0; i < order.size(); ++i) {
    const auto [it, fresh] = name.emplace(again[i], found[order[i]]);
    EXPECT_EQ(it->second, found[order[i]]) << "face " << order[i];
  }
  EXPECT_EQ(name.size(), std::set<int>(found.begin(), found.end()).size());
}

TEST(Agglomerate, KeepsApartWhatIsBelowTheThreshold) {
  const std::vector<Embedding> faces{unit({1, 0}), unit({0.5F, 0.866F})};  // similarity 0.5
  EXPECT_THAT(agglomerate(faces, {}, {Linkage::average, 0.51}), ElementsAre(0, 1));
  EXPECT_THAT(agglomerate(faces, {}, {Linkage::average, 0.49}), ElementsAre(0, 0));
}

TEST(Agglomerate, TakesNoneAndOne) {
  EXPECT_THAT(agglomerate({}, {}, {}), IsEmpty());
  EXPECT_THAT(agglomerate(std::vector<Embedding>{unit({1, 2})}, {}, {}), ElementsAre(0));
}

TEST(Agglomerate, RefusesMoreThanItHasMemoryFor) {
  const std::vector<Embedding> many(kMaxClusterItems + 1, Embedding{1});
  const auto error = caught_error([&] { agglomerate(many, {}, {}); });
  EXPECT_EQ(error.code(), ErrorCode::unsupported);
  EXPECT_THAT(error.what(), ::testing::HasSubstr("min_track_length_s"));
}

}  // namespace
}  // namespace screenalytics
