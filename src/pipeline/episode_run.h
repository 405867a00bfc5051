// What a run is asked to do, and what it says when it ends.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "artifacts/rows.h"
#include "artifacts/screentime_file.h"
#include "base/cancel.h"
#include "base/episode_id.h"
#include "base/model_manifest.h"
#include "config/settings.h"
#include "decode/video_source.h"
#include "detect/face_detector.h"
#include "embed/face_embedder.h"
#include "pipeline/progress_reporter.h"

namespace screenalytics {

// In the order of the pipeline. The later ones need the earlier ones.
enum class RunStage { detect, track, embed, cluster };

struct RunRequest {
  EpisodeId episode;
  bool episode_named = true;  // false: made from the name of the video
  std::filesystem::path video;
  Settings settings;
  ModelManifest detector, embedder;
  RunStage last_stage = RunStage::cluster;
  bool reuse = false;   // keep the results of an earlier run that had the same input and settings
  bool resume = false;  // go on where an interrupted run of the same settings stopped
  ProgressListener on_progress;

  bool wants(RunStage stage) const { return last_stage >= stage; }
};

struct RunResult {
  bool cancelled = false;
  bool written = false;     // false: cancelled, and the results of an earlier run were kept
  TrackMetrics metrics;     // where written
  ScreenTimeReport people;  // where clustered
  VideoInfo video;
  double analysed_s = 0;  // of video
  int64_t detections = 0;
  int64_t resumed_frames = 0;    // analysed frames taken over from the interrupted run
  std::filesystem::path folder;  // of the manifests
  std::filesystem::path report;  // for people, where clustered
  std::vector<std::string> notes;
};

// Replacements for what a run opens by itself; for tests of faults.
struct RunParts {
  std::function<std::unique_ptr<FrameSource>(const VideoSourceOptions&)> open_source;
  std::function<std::unique_ptr<FaceDetector>()> make_detector;
  std::function<std::unique_ptr<FaceEmbedder>()> make_embedder;
  std::filesystem::path sensors = "/sys";  // see heat_sensors.h
};

// The parts of a real run: the request's video and models.
RunParts default_parts(const RunRequest& request, const CancelToken& cancel);

// Runs decode, detect, track and embed over one video, in one pass, then cluster and summarize, and
// writes the episode's artifacts. On failure the artifacts of the last good run stay as they are
// and progress.json says `error`; when cancelled, what was analysed is written and marked so,
// unless there are results of a run that came to its end. Threads: makes its own, and joins them
// before it returns or throws. Throws: Error of every kind; conflict when another run holds the
// episode.
RunResult run_episode(const RunRequest& request, const CancelToken& cancel, const RunParts& parts);
RunResult run_episode(const RunRequest& request, const CancelToken& cancel);

}  // namespace screenalytics
