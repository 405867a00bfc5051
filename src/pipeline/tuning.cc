// SPDX-License-Identifier: MIT
#include "pipeline/tuning.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "decode/clip_copy.h"
#include "pipeline/trial.h"
#include "summarize/agreement.h"

namespace screenalytics {
namespace {

std::vector<std::vector<TimeSpan>> appearances_in(const ScreenTimeReport& report) {
  std::vector<std::vector<TimeSpan>> people;
  for (const PersonRow& p : report.people) {
    people.emplace_back();
    for (const auto& [start, end] : p.appearances) people.back().push_back({start, end});
  }
  return people;
}

size_t recommend(const std::vector<TuningResult>& results, double enough) {
  size_t best = 0;
  bool found = false;
  for (size_t i = 0; i < results.size(); ++i) {  // the fastest first
    if (results[i].reference) continue;
    if (results[i].agreement >= enough) return i;
    if (!found || results[i].agreement > results[best].agreement) best = i;
    found = true;
  }
  return best;
}

}  // namespace

std::string TuningCandidate::name() const {
  std::string text = profile;
  for (const auto& [key, value] : knobs) text += fmt::format(", {} {}", key, value);
  return text;
}

std::vector<TuningCandidate> tuning_candidates() {
  return {{"high_accuracy", {}},
          {"fast_cpu", {}},
          {"fast_cpu", {{"det_size", "384"}}},
          {"fast_cpu", {{"det_size", "640"}}},
          {"fast_cpu", {{"stride", "6"}, {"fps", "8"}}},
          {"balanced", {}},
          {"balanced", {{"det_size", "480"}}},
          {"balanced", {{"stride", "3"}, {"fps", "10"}}},
          {"balanced", {{"stride", "2"}, {"fps", "15"}}}};
}

Tuning tune(const TuningRequest& request, double enough, const CancelToken& cancel) {
  const VideoInfo info = open_video(request.video, {}, &cancel)->info();
  const TrialFolder folder;
  Tuning tuning;
  tuning.start_s = request.start_s >= 0 ? request.start_s
                                        : std::max(0.0, (info.duration_s - request.length_s) / 2);
  const CopiedClip clip =
      copy_clip(request.video, tuning.start_s, request.length_s, folder.path() / "clip", cancel);
  tuning.length_s = clip.length_s;
  const std::vector<TuningCandidate> candidates = tuning_candidates();
  std::vector<std::vector<TimeSpan>> truth;
  for (size_t i = 0; i < candidates.size(); ++i) {
    request.on_progress(i, candidates.size(), candidates[i]);
    RunRequest run = request.request(candidates[i]);
    run.settings.exporting.save_frames = run.settings.exporting.save_crops = false;
    const Trial trial = run_trial(std::move(run), clip.path, folder.path() / "run", cancel);
    const std::vector<std::vector<TimeSpan>> people = appearances_in(trial.result.people);
    if (i == 0) truth = people;
    tuning.results.push_back({candidates[i], clip.length_s / trial.wall_s, agreement(people, truth),
                              static_cast<int>(people.size()), i == 0});
  }
  std::stable_sort(tuning.results.begin(), tuning.results.end(),
                   [](const TuningResult& a, const TuningResult& b) { return a.speed > b.speed; });
  tuning.recommended = recommend(tuning.results, enough);
  return tuning;
}

}  // namespace screenalytics
