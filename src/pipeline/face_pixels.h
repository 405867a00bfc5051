// FacePixels: the pictures of faces that were found before, from their crops or from the video.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "artifacts/episode_paths.h"
#include "artifacts/journal.h"
#include "base/cancel.h"
#include "decode/video_source.h"
#include "pipeline/face_looks.h"
#include "pipeline/image_exporter.h"
#include "pipeline/recorded_frames.h"

namespace screenalytics {

// Threads: one. Frames in ascending order.
class FacePixels {
 public:
  virtual ~FacePixels() = default;
  // Goes to a recorded frame. Returns false where the work was cancelled. Throws: corrupt_input
  // where the frame is not there.
  virtual bool go_to(const FrameRecord& record) = 0;
  // Of the frame that go_to() went to. The record must outlive the result.
  virtual CropCutter cutter(const FrameRecord& record) = 0;
  // Hands the pictures of the looks that are portraits to the exporter.
  virtual void add_portraits(const FrameRecord& record, ImageExporter& exporter) = 0;
};

// Whether every face of a track has its crop on the disk. Throws: as RecordedFrames.
bool has_all_crops(const EpisodePaths& paths, Size frame_size, const TrackParts& parts);

// From crops/track-N/frame_M.jpg, which hold a face and its surroundings. `parts` must outlive it.
std::unique_ptr<FacePixels> pixels_of_crops(const EpisodePaths& paths, Size frame_size,
                                            const TrackParts& parts);

// From the video, decoded once more as its run did.
std::unique_ptr<FacePixels> pixels_of_video(std::unique_ptr<FrameSource> source,
                                            const CancelToken& cancel);

}  // namespace screenalytics
