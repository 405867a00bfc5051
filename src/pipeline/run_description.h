// What a run writes about itself: its fingerprint, run.json and track_metrics.json.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "artifacts/rows.h"
#include "config/knobs.h"
#include "decode/video_source.h"
#include "pipeline/analysis.h"
#include "pipeline/artifact_builder.h"
#include "pipeline/episode_run.h"
#include "summarize/track_quality.h"

namespace screenalytics {

// Whether a run described by `b` would find the faces and tracks that the one of `a` found: input,
// models, versions and settings are the same, but for what acts later or on speed alone. Pure.
bool same_faces_and_tracks(const RunRecord& a, const RunRecord& b);

// Whether any stage of the run asks for face vectors. Pure.
bool needs_embedder(const RunRequest& request);

// Equal for two runs whose results are equal: the same video, models and settings that matter.
std::string run_fingerprint(const RunRequest& request, const VideoInfo& video);

struct FinishedRun {
  const RunRequest& request;
  const VideoInfo& video;
  const BuildResult& built;
  const StageClocks& clocks;
  SourceCounters source;
  std::string device;
  int64_t total_frames = 0;
  int64_t identity_changes = 0;
  double analysed_s = 0, elapsed_s = 0;
};

TrackMetrics describe_metrics(const FinishedRun& run);

// Replaces what the metrics say of the tracks, and the warnings about them.
void set_track_quality(TrackMetrics& metrics, const TrackQuality& quality);

// The first stage whose results depend on this knob; nothing where none does. Pure.
std::optional<RunStage> stage_of_knob(const Knob& knob);

// Takes over the knobs that act in this stage and in no earlier one: it was done again with them.
// Requires: embed or cluster.
void set_stage_settings(RunRecord& run, RunStage stage, const Settings& settings);

RunRecord describe_run(const RunRequest& request, const VideoInfo& video, const std::string& status,
                       const std::string& started_at, const std::vector<std::string>& notes);

}  // namespace screenalytics
