// TrackStage: faces of analysed frames, in order, to segments with face vectors; live or from the
// journal.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "artifacts/journal.h"
#include "config/settings.h"
#include "embed/face_embedder.h"
#include "embed/face_quality.h"
#include "pipeline/crop_chooser.h"
#include "pipeline/face_finder.h"
#include "pipeline/face_looks.h"
#include "pipeline/frame_reader.h"
#include "pipeline/stage_clock.h"
#include "track/track_table.h"
#include "track/tracker.h"

namespace screenalytics {

TrackerOptions tracker_options(const TrackingSettings& settings);

// What the stage does with faces.
struct FaceSources {
  bool track = true;                       // false: every face stays in no segment
  bool embed = true;                       // take vectors for identities, not for the gate alone
  const FaceEmbedder* embedder = nullptr;  // may be null where neither of the two needs it
  QualityLimits limits;
  int batch_size = 1;
};

// Threads: one, frames in order. Memory: live tracks, and a few bytes for each ended one.
class TrackStage {
 public:
  TrackStage(const TrackingSettings& settings, const FaceSources& faces, StageClock& embed_clock);

  // Returns: what happened to the frame, ready for the journal.
  FrameRecord step(const AnalysedFrame& frame, FoundFaces faces);

  // Takes in a frame that an interrupted run had finished.
  // Throws: conflict where the record does not lead to the segments it holds.
  void replay(const FrameRecord& record, Size frame_size);

  // After the last frame: ends all tracks.
  const TrackTable& finish();

 private:
  TrackerUpdate update(const FrameRecord& record, Size frame_size, AppearanceSource& appearance);

  void embed_chosen(const FrameRecord& record, FaceLooks& looks) const;
  // What the chooser learns is the same live and from the record. Returns, for each look, whether
  // its face is the best of its segment so far.
  std::vector<bool> remember(const FrameRecord& record, const TrackerUpdate& update);

  FaceSources faces_;
  std::optional<Tracker> tracker_;
  TrackTable table_;
  CropChooser chooser_;
  StageClock& embed_clock_;
};

}  // namespace screenalytics
