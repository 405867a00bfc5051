// Where the tracker's face vectors come from: the frame at hand, or the record of an earlier run.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "decode/video_frame.h"
#include "embed/face_embedder.h"
#include "pipeline/stage_clock.h"
#include "track/tracker.h"

namespace screenalytics {

using IndexedEmbeddings = std::vector<std::pair<int, Embedding>>;

// Cuts aligned crops from the frame and embeds them, and keeps what was asked for the journal.
// Threads: one.
class FrameAppearance final : public AppearanceSource {
 public:
  FrameAppearance(const VideoFrame& frame, std::span<const Detection> detections,
                  const FaceEmbedder* embedder, float min_norm, int batch_size, StageClock& clock)
      : frame_(frame),
        detections_(detections),
        embedder_(embedder),
        min_norm_(min_norm),
        batch_size_(batch_size),
        clock_(clock) {}

  std::vector<Embedding> embed(std::span<const int> indices) override;
  IndexedEmbeddings take_used() { return std::move(used_); }

 private:
  const VideoFrame& frame_;
  std::span<const Detection> detections_;
  const FaceEmbedder* embedder_;
  float min_norm_;
  int batch_size_;
  StageClock& clock_;
  IndexedEmbeddings used_;
};

// Gives back recorded vectors. Threads: one.
class RecordedAppearance final : public AppearanceSource {
 public:
  explicit RecordedAppearance(const IndexedEmbeddings& recorded) : recorded_(recorded) {}
  // Throws: conflict where a vector is asked for that was not recorded.
  std::vector<Embedding> embed(std::span<const int> indices) override;

 private:
  const IndexedEmbeddings& recorded_;
};

}  // namespace screenalytics
