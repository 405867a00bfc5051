// SPDX-License-Identifier: MIT
#include "track/camera_motion.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/error.h"
#include "track/optical_flow.h"
#include "track/similarity_fit.h"

namespace screenalytics {
namespace {

// Below this share of the picture's longer side the agreeing corners are one small object.
constexpr double kMinSpreadFraction = 0.06;

void require(bool ok, const char* option, double value, const char* range) {
  if (ok) return;
  throw Error(ErrorCode::invalid_argument, std::string("cannot estimate camera motion: ") + option +
                                               " is " + std::to_string(value) + "; use " + range);
}

}  // namespace

struct CameraMotion::State {
  CameraMotionOptions options;
  LumaPyramid previous, current;
  std::vector<Point> corners;  // of `previous`
  bool known = false;
};

CameraMotion::CameraMotion(const CameraMotionOptions& options) : state_(std::make_unique<State>()) {
  require(options.max_points >= 2, "max_points", options.max_points, "2 or more");
  require(options.window_radius >= 1 && options.window_radius <= 7, "window_radius",
          options.window_radius, "1 to 7");
  require(options.inlier_px > 0, "inlier_px", options.inlier_px, "a value above 0");
  require(options.min_inliers >= 2, "min_inliers", options.min_inliers, "2 or more");
  require(options.min_inlier_fraction > 0 && options.min_inlier_fraction <= 1,
          "min_inlier_fraction", options.min_inlier_fraction, "a value above 0, up to 1");
  state_->options = options;
}
CameraMotion::~CameraMotion() = default;
CameraMotion::CameraMotion(CameraMotion&&) noexcept = default;
CameraMotion& CameraMotion::operator=(CameraMotion&&) noexcept = default;

Affine CameraMotion::update(const Image& luma) {
  State& s = *state_;
  s.current.build(luma);
  std::optional<Affine> motion;
  if (!s.previous.empty() && s.previous.level(0).width == luma.width &&
      s.previous.level(0).height == luma.height) {
    std::vector<PointMove> moves;
    moves.reserve(s.corners.size());
    for (const Point& corner : s.corners) {
      const auto moved = follow_point(s.previous, s.current, corner, s.options.window_radius);
      if (moved) moves.push_back({corner, *moved});
    }
    SimilarityFitOptions fit;
    fit.inlier_px = s.options.inlier_px;
    fit.min_inliers = s.options.min_inliers;
    fit.min_inlier_fraction = s.options.min_inlier_fraction;
    fit.min_spread_px = kMinSpreadFraction * std::max(luma.width, luma.height);
    motion = fit_similarity(moves, fit);
  }
  s.corners = find_corners(s.current, s.options.max_points);
  std::swap(s.previous, s.current);
  s.known = motion.has_value();
  if (!motion) return {};
  // From pixel indices to coordinates in which pixel i spans [i, i + 1).
  const Affine to_index{1, 0, -0.5, 0, 1, -0.5}, from_index{1, 0, 0.5, 0, 1, 0.5};
  return compose(from_index, compose(*motion, to_index));
}

bool CameraMotion::known() const { return state_->known; }

void CameraMotion::reset() {
  state_->previous = {};
  state_->corners.clear();
  state_->known = false;
}

Affine rescale_motion(const Affine& motion, Size from, Size to) {
  SA_CHECK(from.width > 0 && from.height > 0 && to.width > 0 && to.height > 0);
  const double sx = static_cast<double>(to.width) / from.width;
  const double sy = static_cast<double>(to.height) / from.height;
  return compose({sx, 0, 0, 0, sy, 0}, compose(motion, {1 / sx, 0, 0, 0, 1 / sy, 0}));
}

}  // namespace screenalytics
