// Writes the tracks and faces of an episode anew from its artifacts: tracks split where the person
// changes, faces embedded again. SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "artifacts/episode_paths.h"
#include "base/cancel.h"
#include "base/model_manifest.h"
#include "config/settings.h"
#include "pipeline/episode_run.h"

namespace screenalytics {

struct ReworkRequest {
  EpisodePaths paths;
  // Of tracking, detection and sampling: those of the episode's run.
  Settings settings;
  // Without `embed` that of the episode's vectors.
  ModelManifest embedder;
  bool embed = false;                          // take all vectors anew
  std::map<int, std::vector<int64_t>> splits;  // by track: frames with which somebody else begins
  ProgressListener on_progress;
};

struct ReworkResult {
  bool cancelled = false;  // then nothing was changed
  int64_t tracks = 0;
  int64_t embedded = 0;  // faces
  std::vector<std::string> notes;
};

// Where a face crop of every tracked face is on the disk, faces are taken from those, else the
// video is decoded once more; a note says which. Without `embed` no picture is decoded, and a new
// track has a picture only where crops are on the disk. The tracks' numbers change with a split:
// identities have to be found again. All files are replaced, or none.
// Requires: the episode's lock is held. Threads: makes its own, and joins them.
// Throws: not_found where there are no tracks, or neither crops nor the video; conflict where the
// video is another one; as RecordedFrames, open_video(), make_face_embedder().
ReworkResult rework_episode(const ReworkRequest& request, const CancelToken& cancel,
                            const RunParts& parts);
ReworkResult rework_episode(const ReworkRequest& request, const CancelToken& cancel);

}  // namespace screenalytics
