// TrackStage: faces of analysed frames, in order, to segments with face vectors; live or from the
// journal.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "artifacts/journal.h"
#include "config/settings.h"
#include "pipeline/face_finder.h"
#include "pipeline/face_taker.h"
#include "pipeline/frame_reader.h"
#include "pipeline/stage_clock.h"
#include "track/track_table.h"
#include "track/tracker.h"

namespace screenalytics {

TrackerOptions tracker_options(const TrackingSettings& settings);

// Threads: one, frames in order. Memory: live tracks, and a few bytes for each ended one.
class TrackStage {
 public:
  // enabled: false leaves every face in no segment.
  TrackStage(const TrackingSettings& settings, bool enabled, const FaceSources& faces,
             StageClock& embed_clock);

  // Returns: what happened to the frame, ready for the journal.
  FrameRecord step(const AnalysedFrame& frame, FoundFaces faces);

  // Takes in a frame that an interrupted run had finished.
  // Throws: conflict where the record does not lead to the segments it holds.
  void replay(const FrameRecord& record, Size frame_size);

  // After the last frame: ends all tracks.
  const TrackTable& finish();

 private:
  TrackerUpdate update(const FrameRecord& record, Size frame_size, AppearanceSource& appearance);

  FaceTaker taker_;
  std::optional<Tracker> tracker_;
  TrackTable table_;
};

}  // namespace screenalytics
