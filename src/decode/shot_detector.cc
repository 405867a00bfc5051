// SPDX-License-Identifier: MIT
#include "decode/shot_detector.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/check.h"

namespace screenalytics {
namespace {

// Calibrated on the clips named in docs/accuracy.md: their true cuts have a ratio of at least 7 and
// change at least 70 % of the picture; the fastest heads and pans reach 5 and 58 %.
constexpr double kMinChange = 6;         // mean grey levels per pixel
constexpr double kMinRatio = 3;          // over the mean change of the neighbours
constexpr double kSureRatio = 8;         // enough by itself
constexpr double kMinChangedPart = 0.6;  // of the picture, where the ratio is not that sure
constexpr double kSureChangedPart = 0.35;
constexpr int kChangedPixel = 6;       // grey levels
constexpr double kStaysChanged = 0.6;  // of the change, kept by the frames that follow
constexpr int kMaxShift = 3;           // pixels of the tiny picture, 1/16 of the frame

double mean_luma(const Image& yuv) {
  int64_t sum = 0;
  for (size_t i = 0; i < yuv.pixels.size(); i += 3) sum += yuv.pixels[i];
  return static_cast<double>(sum) / (static_cast<double>(yuv.pixels.size()) / 3);
}

struct Difference {
  double mean = 0;          // absolute, per pixel: luma plus half of each chroma channel
  double changed_part = 0;  // of the pixels, changed by more than kChangedPixel
};

// Where `b` is shifted by (dx, dy), over the part that both share. The difference of the mean lumas
// is taken out: a lamp or the camera's exposure is no cut.
Difference shifted_difference(const Image& a, const Image& b, int dx, int dy, int luma_offset) {
  const int x0 = std::max(0, -dx), x1 = std::min(a.width, a.width - dx);
  const int y0 = std::max(0, -dy), y1 = std::min(a.height, a.height - dy);
  int sum = 0, changed = 0;
  for (int y = y0; y < y1; ++y) {
    const uint8_t* pa = a.row(y) + x0 * 3;
    const uint8_t* pb = b.row(y + dy) + (x0 + dx) * 3;
    for (int x = x0; x < x1; ++x, pa += 3, pb += 3) {
      const int d = std::abs(pa[0] - pb[0] - luma_offset) +
                    (std::abs(pa[1] - pb[1]) + std::abs(pa[2] - pb[2])) / 2;
      sum += d;
      changed += d > kChangedPixel ? 1 : 0;
    }
  }
  const double count = (x1 - x0) * (y1 - y0);
  return {sum / count, changed / count};
}

// The smallest difference over small global shifts, found by descent from no shift.
Difference difference(const Image& a, const Image& b) {
  const int offset = static_cast<int>(std::lround(mean_luma(a) - mean_luma(b)));
  int dx = 0, dy = 0;
  Difference best = shifted_difference(a, b, 0, 0, offset);
  for (bool moved = true; moved;) {
    moved = false;
    constexpr int kSteps[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    const int from_x = dx, from_y = dy;
    for (const auto& step : kSteps) {
      const int sx = from_x + step[0], sy = from_y + step[1];
      if (std::abs(sx) > kMaxShift || std::abs(sy) > kMaxShift) continue;
      const Difference d = shifted_difference(a, b, sx, sy, offset);
      if (d.mean < best.mean) {
        best = d;
        dx = sx;
        dy = sy;
        moved = true;
      }
    }
  }
  return best;
}

}  // namespace

bool ShotDetector::begins_shot(size_t at) const {
  if (at == 0) return true;
  const double change = entries_[at].change;
  if (change < kMinChange) return false;
  double sum = 0;
  int count = 0;
  const size_t first = at > kLookahead ? at - kLookahead : 1;
  const size_t last = std::min(entries_.size() - 1, at + kLookahead);
  for (size_t i = first; i <= last; ++i) {
    if (i == at) continue;
    if (entries_[i].change >= change) return false;
    sum += entries_[i].change;
    ++count;
  }
  const double usual = count > 0 ? sum / count : 0;
  if (change < kMinRatio * usual) return false;
  const bool sure = change >= kSureRatio * usual;
  if (entries_[at].changed_part < (sure ? kSureChangedPart : kMinChangedPart)) return false;
  // A flash, a slate or a torn frame: what was before it comes back after it.
  const auto alike = [&](size_t before, size_t after) {
    return difference(entries_[before].picture, entries_[after].picture).mean <
           kStaysChanged * change;
  };
  for (size_t i = at + 1; i <= last; ++i) {
    if (alike(at - 1, i)) return false;
  }
  for (size_t i = first - 1; i + 1 < at; ++i) {
    if (alike(i, at)) return false;
  }
  return true;
}

std::optional<bool> ShotDetector::push(Image yuv) {
  SA_CHECK(yuv.width == kPictureSize.width && yuv.height == kPictureSize.height &&
           yuv.channels == 3);
  const Difference d = entries_.empty() ? Difference{} : difference(entries_.back().picture, yuv);
  entries_.push_back({std::move(yuv), d.mean, d.changed_part});
  return verdict(kLookahead);
}

std::optional<bool> ShotDetector::flush() { return verdict(0); }

std::optional<bool> ShotDetector::verdict(size_t pending) {
  if (entries_.size() <= judged_ + pending) return std::nullopt;
  const bool begins = begins_shot(judged_);
  ++judged_;
  if (judged_ > kLookahead + 1) {
    entries_.pop_front();
    --judged_;
  }
  return begins;
}

}  // namespace screenalytics
