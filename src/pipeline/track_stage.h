// TrackStage: faces of analysed frames, in order, to segments; live or from the journal.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "artifacts/journal.h"
#include "config/settings.h"
#include "embed/face_embedder.h"
#include "pipeline/face_finder.h"
#include "pipeline/frame_reader.h"
#include "pipeline/stage_clock.h"
#include "track/track_table.h"
#include "track/tracker.h"

namespace screenalytics {

TrackerOptions tracker_options(const TrackingSettings& settings);

// Threads: one, frames in order. Memory: live tracks, and a few bytes for each ended one.
class TrackStage {
 public:
  // embedder: may be null, then the appearance gate must be off. enabled = false: every face stays
  // in no segment.
  // min_norm: of the embedder's manifest.
  TrackStage(const TrackingSettings& settings, bool enabled, const FaceEmbedder* embedder,
             float min_norm, int embed_batch_size, StageClock& embed_clock);

  // Returns: what happened to the frame, ready for the journal.
  FrameRecord step(const AnalysedFrame& frame, FoundFaces faces);

  // Takes in a frame that an interrupted run had finished.
  // Throws: conflict where the record does not lead to the segments it holds.
  void replay(const FrameRecord& record, Size frame_size);

  // After the last frame: ends all tracks.
  const TrackTable& finish();

 private:
  TrackerUpdate update(const FrameRecord& record, Size frame_size, AppearanceSource& appearance);

  std::optional<Tracker> tracker_;
  TrackTable table_;
  const FaceEmbedder* embedder_;
  float min_norm_;
  int embed_batch_size_;
  StageClock& embed_clock_;
};

}  // namespace screenalytics
