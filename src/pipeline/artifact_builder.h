// Turns the journal of a run into the episode's artifacts.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "artifacts/episode_paths.h"
#include "artifacts/rows.h"
#include "base/geometry.h"
#include "embed/face_quality.h"
#include "pipeline/face_selection.h"
#include "pipeline/image_exporter.h"
#include "summarize/track_quality.h"
#include "track/track_table.h"

namespace screenalytics {

// Where the pictures that were taken lie; a path may lead nowhere.
struct TakenPictures {
  std::function<std::filesystem::path(int64_t frame_idx)> frame;
  std::function<std::filesystem::path(int segment, int64_t frame_idx)> crop, portrait;
};
TakenPictures pictures_of(const ExportFolder& exports);

struct BuildInput {
  const EpisodePaths& paths;
  std::filesystem::path journal;
  const TrackTable& table;
  TakenPictures pictures;
  Size frame_size;
  std::string detector_id;
  double min_track_length_s = 0;
  double track_thresh = 0;  // confidence from which a detection is sure
  QualityLimits face_limits;
  SelectionOptions face_selection;
  bool frames_saved = false, crops_saved = false;
  int64_t end_frame = 0;        // one past the last frame of the part that was analysed
  Timestamp end;                // its end
  double frame_duration_s = 0;  // nominal
};

struct BuildResult {
  std::vector<TrackSpan> tracks;  // the one of number n at n - 1
  int64_t detections = 0, analysed_frames = 0, cuts = 0;
  int64_t frames_exported = 0, crops_exported = 0;
};

// Writes detections, tracks, faces and their vectors, samples and shots, and gives the pictures
// their final places; all replace those of an earlier run, once all are complete. The journal and
// the taken pictures are left as they are. Requires: the episode's folders. Memory: one
// entry per track. Throws: io; corrupt_input.
BuildResult build_artifacts(const BuildInput& input);

}  // namespace screenalytics
