// SPDX-License-Identifier: MIT
#include "track/appearance_gate.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/check.h"

namespace screenalytics {
namespace {

constexpr double kDoubtIntervalS = 0.1;  // longer than the blur of one quick movement
constexpr float kTurnStep = 0.25F;       // a head that turns is looked at on the way
constexpr int kHardStreak = 2;
constexpr size_t kMaxDoubts = 3;
// A soft disagreement counts once per this share of the interval, however often one looks.
constexpr double kSoftSpacing = 0.8;
constexpr double kMinJump = 0.3, kJumpOverMedian = 3;

}  // namespace

bool AppearanceGate::due(const GateSighting& sighting) const {
  if (!looked_before_ || sighting.jumped) return true;
  // To the nearest observation, so that a rate just below the interval does not double it.
  const double elapsed = seconds_between(last_look_, sighting.ts) + sighting.step_s / 2;
  if (elapsed >= options_->gate_interval_s) return true;
  if (elapsed < kDoubtIntervalS) return false;
  return gallery_.empty() || !doubts_.empty() || pose_change(last_pose_, sighting.pose) > kTurnStep;
}

bool AppearanceGate::observe(const GateSighting& sighting, const Embedding& face, bool looked) {
  if (since_agreement_.size() == static_cast<size_t>(kMaxSightings)) {
    since_agreement_.erase(since_agreement_.begin());
  }
  since_agreement_.push_back(sighting);
  if (looked) {
    looked_before_ = true;
    last_look_ = sighting.ts;
    last_pose_ = sighting.pose;
  }
  if (face.empty()) return false;
  if (gallery_.empty()) {
    agree(face, 1);
    return false;
  }
  const float similarity = gallery_.similarity(face);
  if (static_cast<double>(similarity) >= options_->gate_soft) {
    agree(face, similarity);
    return false;
  }
  if (sighting.pose.turned() && !sighting.jumped) return false;
  return disagree(sighting, face, similarity);
}

void AppearanceGate::agree(const Embedding& face, float similarity) {
  hard_streak_ = soft_streak_ = 0;
  doubts_.clear();
  first_doubt_frame_ = -1;
  since_agreement_.clear();
  if (static_cast<double>(similarity) >= options_->join_similarity) gallery_.add(face);
}

bool AppearanceGate::disagree(const GateSighting& sighting, const Embedding& face,
                              float similarity) {
  const bool hard = static_cast<double>(similarity) < options_->gate_hard;
  hard_streak_ = hard ? hard_streak_ + 1 : 0;
  if (soft_streak_ == 0 ||
      seconds_between(last_soft_, sighting.ts) >= kSoftSpacing * options_->gate_interval_s) {
    ++soft_streak_;
    last_soft_ = sighting.ts;
  }
  if (first_doubt_frame_ < 0) first_doubt_frame_ = sighting.frame_idx;
  // Two bad looks at one face are unlike each other; two looks at another person are alike.
  const bool alike = doubts_.empty() || static_cast<double>(cosine_similarity(
                                            doubts_.back(), face)) >= options_->gate_soft;
  if (doubts_.size() == kMaxDoubts) doubts_.erase(doubts_.begin());
  doubts_.push_back(face);
  return alike && (hard_streak_ >= kHardStreak || (hard && sighting.jumped) ||
                   soft_streak_ >= options_->gate_streak);
}

std::vector<GateSighting> AppearanceGate::sightings_of_other() const {
  SA_CHECK(!since_agreement_.empty() && first_doubt_frame_ >= 0);
  std::vector<double> gaps;
  size_t largest = 0;
  for (size_t i = 0; i < since_agreement_.size(); ++i) {
    if (since_agreement_[i].frame_idx > first_doubt_frame_) break;
    gaps.push_back(since_agreement_[i].gap);
    if (gaps[i] > gaps[largest]) largest = i;
  }
  size_t first = 0;
  if (!gaps.empty()) {
    const double jump = gaps[largest];
    const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>((gaps.size() - 1) / 2);
    std::nth_element(gaps.begin(), middle, gaps.end());
    const bool stands_out =
        jump >= kMinJump && (gaps.size() == 1 || jump >= kJumpOverMedian * *middle);
    if (stands_out) first = largest;
  }
  return {since_agreement_.begin() + static_cast<std::ptrdiff_t>(first), since_agreement_.end()};
}

FaceGallery AppearanceGate::split() {
  FaceGallery former = std::exchange(gallery_, FaceGallery());
  for (const Embedding& face : doubts_) gallery_.add(face);
  doubts_.clear();
  first_doubt_frame_ = -1;
  hard_streak_ = soft_streak_ = 0;
  since_agreement_.clear();
  return former;
}

}  // namespace screenalytics
