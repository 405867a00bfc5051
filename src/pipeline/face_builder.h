// Turns the faces that a run looked at into faces.jsonl, the files under embeds/, and one picture a
// track.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "artifacts/episode_paths.h"
#include "artifacts/face_files.h"
#include "artifacts/journal.h"
#include "base/geometry.h"
#include "embed/face_quality.h"
#include "pipeline/face_selection.h"

namespace screenalytics {

// The picture that stands for a track, among those that the run wrote.
struct Portrait {
  int segment = 0;
  int64_t frame_idx = 0;
};

// What a first reading of the journal tells of the faces of one track.
// Memory: a few numbers for each face with a vector.
class TrackFaces {
 public:
  // look: of a face of this track that was reported as of `segment`. In the order of the frames.
  void add(const FrameRecord& frame, const FaceLook& look, const QualityLimits& limits);

  const std::vector<FaceCandidate>& candidates() const { return candidates_; }
  // The best picture; nothing where there is none.
  const std::optional<Portrait>& portrait() const { return portrait_; }

 private:
  std::vector<FaceCandidate> candidates_;
  std::optional<Portrait> portrait_;
  bool portrait_refused_ = false;
  float portrait_score_ = -1;
};

// Chooses among the faces of all tracks, then takes the journal's frames once more.
// Memory: a vector a track, and a few numbers for each face with a vector.
class FaceBuilder {
 public:
  // The files are written below `work`. faces: of track n at n - 1.
  FaceBuilder(const EpisodePaths& paths, Size frame_size, const QualityLimits& limits,
              const SelectionOptions& selection, bool crops_saved,
              const std::vector<const TrackFaces*>& faces);

  // tracks: the number of each detection's track; 0: none. In the order of the frames.
  void add(const FrameRecord& frame, const std::vector<int>& tracks);

  // Averages the vectors of each track. thumbs: whether track n at n - 1 has a picture.
  void finish(const std::vector<bool>& thumbs);

  // The files that finish() has completed: where they lie and where they belong.
  const std::vector<std::pair<std::filesystem::path, std::filesystem::path>>& files() const {
    return files_;
  }

 private:
  struct Track {
    const std::vector<FaceCandidate>* candidates = nullptr;
    std::vector<FaceChoice> choices;  // of the candidates
    size_t next = 0;                  // candidate
    Embedding sum;                    // of the kept vectors, by quality
    TrackEmbeddingRow row;
  };
  struct KeptFace {
    size_t track = 0;
    float score = 0;
  };

  std::filesystem::path staged(const std::filesystem::path& place);
  void note_choice(Track& track, const FrameRecord& frame, const FaceLook& look, FaceRow& row);
  void drop_outliers();

  const EpisodePaths& paths_;
  Size frame_size_;
  const QualityLimits& limits_;
  SelectionOptions selection_;
  bool crops_saved_;
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> files_;
  std::vector<Track> tracks_;
  std::vector<KeptFace> kept_;  // by row of faces.npy
  int64_t lines_ = 0, kept_count_ = 0;
  int dim_ = 0;
  FaceWriter faces_;
  std::optional<NpyWriter> vectors_;
};

}  // namespace screenalytics
