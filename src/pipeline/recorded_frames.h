// RecordedFrames: the analysed frames of an episode, read back from its artifacts.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "artifacts/episode_paths.h"
#include "artifacts/face_files.h"
#include "artifacts/journal.h"
#include "artifacts/row_files.h"
#include "base/geometry.h"
#include "track/track_table.h"

namespace screenalytics {

// What a track becomes: one segment, or several where the person changes.
// Threads: one writer, or any number of readers. Memory: a number a track.
class TrackParts {
 public:
  // Throws: as TrackReader.
  explicit TrackParts(const EpisodePaths& paths);

  // Another person begins at these frames of the track, ascending. Requires: called once a track.
  void split(int track, const std::vector<int64_t>& first_frames);

  int segment(int track, int64_t frame_idx) const;
  int track_of(int segment) const { return track_of_.at(segment); }
  // Every segment with its end, as a tracker would have told it.
  TrackTable table() const;

 private:
  std::map<int, std::string> end_reasons_;                     // by track
  std::map<int, std::vector<std::pair<int64_t, int>>> parts_;  // by track: first frame, segment
  std::map<int, int> track_of_;                                // by segment
  int next_segment_ = 0;
};

// Reads samples, shots and detections side by side; segments are those of `parts`, and there are no
// looks. What the artifacts do not keep, such as camera motion, is left empty.
// Threads: one. Memory: one frame. Throws: not_found, io; corrupt_input where the files contradict
// each other.
class RecordedFrames {
 public:
  RecordedFrames(const EpisodePaths& paths, Size frame_size, const TrackParts& parts);
  std::optional<FrameRecord> next();

 private:
  const EpisodePaths& paths_;
  Size size_;
  const TrackParts& parts_;
  std::set<int64_t> shot_starts_;
  SampleReader samples_;
  DetectionReader detections_;
  std::optional<DetectionRow> ahead_;
};

// Gives the looks that faces.jsonl and faces.npy have. Every face with a vector may give its
// track's picture. Threads: one. Memory: one row. Throws: as RecordedFrames.
class RecordedFaces {
 public:
  // min_norm: of the embedder; a vector that was kept was as long.
  RecordedFaces(const EpisodePaths& paths, float min_norm);
  // The next frame's, in the order of RecordedFrames. `parts`: those of the record.
  std::vector<FaceLook> looks(const FrameRecord& record, const TrackParts& parts);

 private:
  const EpisodePaths& paths_;
  float min_norm_;
  FaceReader rows_;
  NpyReader vectors_;
  std::optional<FaceRow> ahead_;
};

}  // namespace screenalytics
