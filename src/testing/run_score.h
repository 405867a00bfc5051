// Run score: the artifacts of a finished run against the ground truth of its episode.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "testing/ground_truth.h"
#include "testing/metrics.h"

namespace screenalytics {

struct ScoreOptions {
  float face_px_min = 90;    // shorter side, at 1080 lines; smaller true faces are don't-care
  float visible_min = 0.6f;  // true faces that show less are don't-care
  int cut_tolerance = 1;     // frames
};

struct RunScore {
  int frames = 0;         // analysed
  int faces = 0;          // counted true faces in them
  MatchCounts detection;  // detections at or over the threshold of their frame
  TrackScore tracks;      // identity: one person in one shot, as no track goes past a cut
  MatchCounts cuts;
  // The rest of what is asked of a run: the largest difference between the ts_s of an analysed
  // frame and the container's time.
  double time_error_s = 0;
};

// Reads detections.jsonl, samples.csv and shots.json in `manifest_dir`.
// Throws: not_found, corrupt_input.
RunScore score_run(const GroundTruth& truth, const std::filesystem::path& manifest_dir,
                   const ScoreOptions& options);

// One object; and a table for people.
std::string score_json(const RunScore& score);
std::string score_table(const RunScore& score);

}  // namespace screenalytics
