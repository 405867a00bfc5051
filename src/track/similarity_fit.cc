// SPDX-License-Identifier: MIT
#include "track/similarity_fit.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace screenalytics {
namespace {

constexpr int kSamples = 96;
constexpr int kRefinements = 4;
constexpr double kRestBonus = 1.3;
constexpr double kMaxScale = 1.35;
constexpr double kMaxTurn = 0.35;  // radians
constexpr double kMinSampleDistancePx = 6;

// z -> m z + t over the complex plane: m = turn and scale.
struct Similarity {
  double mr = 1, mi = 0, tx = 0, ty = 0;

  double squared_error(const PointMove& move) const {
    const auto x = static_cast<double>(move.from.x), y = static_cast<double>(move.from.y);
    const double ex = mr * x - mi * y + tx - static_cast<double>(move.to.x);
    const double ey = mi * x + mr * y + ty - static_cast<double>(move.to.y);
    return ex * ex + ey * ey;
  }

  bool plausible() const {
    const double scale = std::hypot(mr, mi);
    return scale < kMaxScale && scale > 1 / kMaxScale && std::abs(std::atan2(mi, mr)) < kMaxTurn;
  }
};

std::optional<Similarity> from_two(const PointMove& a, const PointMove& b) {
  const auto fx = static_cast<double>(b.from.x - a.from.x);
  const auto fy = static_cast<double>(b.from.y - a.from.y);
  const auto gx = static_cast<double>(b.to.x - a.to.x);
  const auto gy = static_cast<double>(b.to.y - a.to.y);
  const double length = fx * fx + fy * fy;
  if (length < kMinSampleDistancePx * kMinSampleDistancePx) return std::nullopt;
  Similarity s;
  s.mr = (gx * fx + gy * fy) / length;
  s.mi = (gy * fx - gx * fy) / length;
  const auto ax = static_cast<double>(a.from.x), ay = static_cast<double>(a.from.y);
  s.tx = static_cast<double>(a.to.x) - (s.mr * ax - s.mi * ay);
  s.ty = static_cast<double>(a.to.y) - (s.mi * ax + s.mr * ay);
  if (!s.plausible()) return std::nullopt;
  return s;
}

struct Score {
  int inliers = 0;
  double error = 0;  // sum of squares over the inliers
};

Score score(std::span<const PointMove> moves, const Similarity& s, double limit) {
  Score result;
  for (const PointMove& move : moves) {
    const double error = s.squared_error(move);
    if (error > limit) continue;
    ++result.inliers;
    result.error += error;
  }
  return result;
}

// Least squares over the moves that agree with `guess`.
Similarity refine(std::span<const PointMove> moves, const Similarity& guess, double limit,
                  double min_spread_px) {
  double n = 0, fx = 0, fy = 0, gx = 0, gy = 0;
  for (const PointMove& move : moves) {
    if (guess.squared_error(move) > limit) continue;
    n += 1;
    fx += static_cast<double>(move.from.x);
    fy += static_cast<double>(move.from.y);
    gx += static_cast<double>(move.to.x);
    gy += static_cast<double>(move.to.y);
  }
  if (n < 1) return guess;
  fx /= n;
  fy /= n;
  gx /= n;
  gy /= n;
  double spread = 0, real = 0, imaginary = 0;
  for (const PointMove& move : moves) {
    if (guess.squared_error(move) > limit) continue;
    const double ax = static_cast<double>(move.from.x) - fx;
    const double ay = static_cast<double>(move.from.y) - fy;
    const double bx = static_cast<double>(move.to.x) - gx;
    const double by = static_cast<double>(move.to.y) - gy;
    spread += ax * ax + ay * ay;
    real += ax * bx + ay * by;
    imaginary += ax * by - ay * bx;
  }
  Similarity s;
  if (spread >= n * min_spread_px * min_spread_px) {
    s.mr = real / spread;
    s.mi = imaginary / spread;
  }
  s.tx = gx - (s.mr * fx - s.mi * fy);
  s.ty = gy - (s.mi * fx + s.mr * fy);
  return s;
}

// A linear congruential sequence (Knuth's MMIX constants): the same on every machine.
class Sequence {
 public:
  size_t below(size_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<size_t>(state_ >> 33) % n;
  }

 private:
  uint64_t state_ = 1;
};

}  // namespace

std::optional<Affine> fit_similarity(std::span<const PointMove> moves,
                                     const SimilarityFitOptions& options) {
  if (moves.size() < 2 || moves.size() < static_cast<size_t>(options.min_inliers)) {
    return std::nullopt;
  }
  const double limit = options.inlier_px * options.inlier_px;
  Similarity best;
  Score best_score = score(moves, best, limit);
  const int at_rest = best_score.inliers;
  Sequence random;
  for (int i = 0; i < kSamples; ++i) {
    const PointMove& a = moves[random.below(moves.size())];
    const PointMove& b = moves[random.below(moves.size())];
    const auto candidate = from_two(a, b);
    if (!candidate) continue;
    const Score s = score(moves, *candidate, limit);
    if (s.inliers < kRestBonus * at_rest) continue;
    if (s.inliers > best_score.inliers ||
        (s.inliers == best_score.inliers && s.error < best_score.error)) {
      best = *candidate;
      best_score = s;
    }
  }
  for (int i = 0; i < kRefinements; ++i) {
    best = refine(moves, best, limit, options.min_spread_px);
  }
  best_score = score(moves, best, limit);
  const double needed = std::max(static_cast<double>(options.min_inliers),
                                 options.min_inlier_fraction * static_cast<double>(moves.size()));
  if (best_score.inliers < needed || !best.plausible()) return std::nullopt;
  return Affine{best.mr, -best.mi, best.tx, best.mi, best.mr, best.ty};
}

}  // namespace screenalytics
