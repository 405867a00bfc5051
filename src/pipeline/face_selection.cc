// SPDX-License-Identifier: MIT
#include "pipeline/face_selection.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace screenalytics {
namespace {

using Candidates = std::vector<FaceCandidate>;
using Places = std::vector<size_t>;

// How long a moment is: a face of the same one as a kept face counts half, a much later one in
// full.
constexpr double kMoment_s = 1.0;

// Places of those that are not refused, the most wanted first, at most `limit`.
Places by_quality(const Candidates& c, const Places& good, size_t limit) {
  std::vector<double> worth(good.size());
  for (size_t i = 0; i < good.size(); ++i) worth[i] = static_cast<double>(c[good[i]].score);
  Places kept;
  while (kept.size() < std::min(limit, good.size())) {
    const auto best = std::max_element(worth.begin(), worth.end());
    const size_t place = good[static_cast<size_t>(best - worth.begin())];
    *best = -1;
    kept.push_back(place);
    for (size_t i = 0; i < good.size(); ++i) {
      const double apart = std::abs(seconds_between(c[place].ts, c[good[i]].ts));
      if (worth[i] > 0) worth[i] *= 1 - 0.5 * std::exp(-apart / kMoment_s);
    }
  }
  return kept;
}

Places evenly_spread(const Places& good, size_t limit) {
  if (good.size() <= limit) return good;
  Places kept;
  for (size_t k = 0; k < limit; ++k) {
    kept.push_back(good[limit == 1 ? good.size() / 2 : k * (good.size() - 1) / (limit - 1)]);
  }
  return kept;
}

Places best_of_each_part(const Candidates& c, const Places& good, size_t limit) {
  if (good.size() <= limit) return good;
  const double start = c[good.front()].ts.seconds();
  const double length = std::max(1e-6, c[good.back()].ts.seconds() - start);
  std::vector<size_t> best(limit, c.size());
  for (const size_t place : good) {
    const double share = (c[place].ts.seconds() - start) / length;
    const auto part = std::min(limit - 1, static_cast<size_t>(share * static_cast<double>(limit)));
    if (best[part] == c.size() || c[place].score > c[best[part]].score) best[part] = place;
  }
  std::erase(best, c.size());
  return best;
}

Places preferred(const Candidates& c, const Places& good, const SelectionOptions& options) {
  const auto limit = static_cast<size_t>(options.max_crops_per_track);
  switch (options.mode) {
    case SamplingMode::quality_weighted:
      return by_quality(c, good, limit);
    case SamplingMode::uniform:
      return evenly_spread(good, limit);
    case SamplingMode::stratified:
      return best_of_each_part(c, good, limit);
  }
  check_failed("a sampling mode", __FILE__, __LINE__);
}

struct KeptFace {
  size_t rank = 0;  // among the faces of its track, the best 0
  float score = 0;
  size_t track = 0, place = 0;
};

// Takes faces away from the tracks that have most, the worst first.
void limit_episode(std::vector<KeptFace> kept, size_t limit,
                   std::vector<std::vector<FaceChoice>>& choices) {
  if (kept.size() <= limit) return;
  std::sort(kept.begin(), kept.end(), [](const KeptFace& a, const KeptFace& b) {
    if (a.rank != b.rank) return a.rank < b.rank;
    if (a.score != b.score) return a.score > b.score;
    return a.track < b.track;
  });
  for (size_t i = limit; i < kept.size(); ++i) {
    if (kept[i].rank > 0) choices[kept[i].track][kept[i].place] = FaceChoice::episode_full;
  }
}

}  // namespace

SelectionOptions selection_options(const FaceSettings& settings) {
  const SamplingMode mode = settings.sampling_mode == "uniform" ? SamplingMode::uniform
                            : settings.sampling_mode == "stratified"
                                ? SamplingMode::stratified
                                : SamplingMode::quality_weighted;
  return {mode, settings.max_crops_per_track, settings.max_faces_per_episode};
}

std::vector<std::vector<FaceChoice>> choose_faces(const std::vector<Candidates>& tracks,
                                                  const SelectionOptions& options) {
  SA_CHECK(options.max_crops_per_track >= 1 && options.max_faces_per_episode >= 0);
  std::vector<std::vector<FaceChoice>> choices;
  std::vector<KeptFace> all_kept;
  for (size_t t = 0; t < tracks.size(); ++t) {
    const Candidates& c = tracks[t];
    std::vector<FaceChoice> choice(c.size(), FaceChoice::refused);
    Places good;
    for (size_t i = 0; i < c.size(); ++i) {
      if (!c[i].refused) good.push_back(i);
    }
    for (const size_t i : good) choice[i] = FaceChoice::track_full;
    Places kept = preferred(c, good, options);
    for (const size_t i : kept) choice[i] = FaceChoice::kept;
    if (good.empty() && !c.empty()) {
      const auto best = std::max_element(
          c.begin(), c.end(), [](const auto& a, const auto& b) { return a.score < b.score; });
      kept = {static_cast<size_t>(best - c.begin())};
      choice[kept[0]] = FaceChoice::fallback;
    }
    std::stable_sort(kept.begin(), kept.end(),
                     [&](size_t a, size_t b) { return c[a].score > c[b].score; });
    for (size_t rank = 0; rank < kept.size(); ++rank) {
      all_kept.push_back({rank, c[kept[rank]].score, t, kept[rank]});
    }
    choices.push_back(std::move(choice));
  }
  if (options.max_faces_per_episode > 0) {
    limit_episode(std::move(all_kept), static_cast<size_t>(options.max_faces_per_episode), choices);
  }
  return choices;
}

}  // namespace screenalytics
