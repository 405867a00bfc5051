// SPDX-License-Identifier: MIT
#include "pipeline/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "artifacts/atomic_file.h"
#include "base/error.h"
#include "decode/clip_copy.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

constexpr double kShortTrial_s = 4, kLongTrial_s = 16;

int64_t bytes_below(const fs::path& folder) {
  int64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += static_cast<int64_t>(entry.file_size());
  }
  return bytes;
}

VideoInfo info_of(const RunRequest& request, const CancelToken& cancel) {
  VideoInfo info = open_video(request.video, {}, &cancel)->info();
  if (info.duration_s > 0) return info;
  throw Error(ErrorCode::unsupported,
              fmt::format("'{}' does not say how long it is, so nothing can be foretold; run it",
                          request.video.string()));
}

}  // namespace

TrialFolder::TrialFolder() {
  std::string name = (fs::temp_directory_path() / "screenalytics-trial-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw Error(ErrorCode::io, io_message("make a folder for trials at", name, errno));
  }
  path_ = name;
}

TrialFolder::~TrialFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Trial run_trial(RunRequest request, const fs::path& clip, const fs::path& work,
                const CancelToken& cancel) {
  request.video = clip;
  request.episode = EpisodeId("trial");
  request.episode_named = true;
  request.reuse = request.resume = false;
  request.on_progress = {};
  request.settings.run.out_root = work.string();
  request.settings.run.progress_file.clear();
  const auto start = std::chrono::steady_clock::now();
  Trial trial;
  trial.result = run_episode(request, cancel);
  trial.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (trial.result.cancelled) throw Error(ErrorCode::conflict, "stopped; nothing was written");
  trial.bytes = bytes_below(work);
  fs::remove_all(work);
  return trial;
}

RunEstimate estimate_run(const RunRequest& request, const CancelToken& cancel) {
  const VideoInfo info = info_of(request, cancel);
  const TrialFolder folder;
  RunEstimate e;
  e.video_s = info.duration_s;
  const bool whole = info.duration_s <= kShortTrial_s + kLongTrial_s;
  const double start = whole ? 0 : (info.duration_s - kLongTrial_s) / 2;
  const CopiedClip longer = copy_clip(request.video, start, whole ? info.duration_s : kLongTrial_s,
                                      folder.path() / "long", cancel);
  const Trial first = run_trial(request, longer.path, folder.path() / "run", cancel);
  e.device = first.result.metrics.device;
  e.trial_s = longer.length_s;
  double fixed_s = 0, per_second = first.wall_s / longer.length_s;
  if (!whole) {
    const CopiedClip shorter =
        copy_clip(request.video, start, kShortTrial_s, folder.path() / "short", cancel);
    const Trial second = run_trial(request, shorter.path, folder.path() / "run", cancel);
    per_second = std::max(0.0, first.wall_s - second.wall_s) / (longer.length_s - shorter.length_s);
    fixed_s = std::max(0.0, second.wall_s - per_second * shorter.length_s);
  }
  const double times = info.duration_s / longer.length_s;
  const auto scaled = [&](int64_t count) {
    return std::llround(static_cast<double>(count) * times);
  };
  e.seconds = fixed_s + per_second * info.duration_s;
  e.frames =
      info.frames_estimate > 0 ? info.frames_estimate : scaled(first.result.metrics.total_frames);
  e.analysed = scaled(first.result.metrics.analyzed_frames);
  e.bytes = scaled(first.bytes);
  return e;
}

}  // namespace screenalytics
