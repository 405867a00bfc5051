// What the embed stage writes: faces.jsonl, track_embeddings.jsonl, and vectors as NPY files.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/atomic_file.h"
#include "artifacts/row_files.h"
#include "artifacts/rows.h"
#include "base/episode_id.h"
#include "base/face.h"

namespace screenalytics {

inline constexpr std::string_view kFaceSchema = "face_v1";
inline constexpr std::string_view kTrackEmbeddingSchema = "track_embedding_v1";

// Why a face was refused: what was measured, and the limit that it missed.
struct FaceRejection {
  std::string reason;
  double value = 0, limit = 0;
  friend bool operator==(const FaceRejection&, const FaceRejection&) = default;
};

// A line of faces.jsonl. It has a row of faces.npy, a rejection, or both: a refused face that is
// kept because its track has no better one.
struct FaceRow {
  int64_t face = 0;  // number of face_id, from 0
  int track = 0;
  int64_t frame_idx = 0;
  Timestamp ts;
  Box bbox;             // as in detections.jsonl
  Landmarks landmarks;  // so, too
  FaceQuality quality;
  std::optional<std::string> crop_path;  // relative to the output root
  std::optional<int64_t> embedding_row;
  std::optional<FaceRejection> rejection;
};

// A line of track_embeddings.jsonl; the vector of line n is row n of tracks.npy.
struct TrackEmbeddingRow {
  int track = 0;
  int faces = 0;          // whose vectors were averaged
  int outliers = 0;       // kept faces that were left out: unlike the others
  double quality = 0;     // of the best face
  bool fallback = false;  // from a face that was refused
  std::string thumb;      // picture of the best face, relative to the output root; empty: none
  friend bool operator==(const TrackEmbeddingRow&, const TrackEmbeddingRow&) = default;
};

// Writers and readers: as in row_files.h.
class FaceWriter {
 public:
  FaceWriter(const std::filesystem::path& path, const EpisodeId& episode);
  void write(const FaceRow& row);
  void commit() { file_.commit(); }

 private:
  AtomicFile file_;
  std::string episode_;
};

class FaceReader {
 public:
  explicit FaceReader(const std::filesystem::path& path) : lines_(path) {}
  bool next(FaceRow& row);

 private:
  LineReader lines_;
};

void write_track_embeddings(const std::filesystem::path& path, const EpisodeId& episode,
                            const std::vector<TrackEmbeddingRow>& rows);
std::vector<TrackEmbeddingRow> read_track_embeddings(const std::filesystem::path& path);

// A float32 matrix [rows, columns] in NumPy's format 1.0 (numpy.lib.format), C order.
// Requires: rows of one length. Threads: one at a time. Memory: the buffer of the file.
class NpyWriter {
 public:
  // rows: how many will be written; columns may be 0 where there are no rows.
  NpyWriter(const std::filesystem::path& path, int64_t rows, int columns);
  void write(std::span<const float> row);
  // Requires: as many rows as were promised.
  void commit();

 private:
  AtomicFile file_;
  int64_t rows_left_;
  int columns_;
};

// Reads row by row. Threads: one at a time. Memory: one row.
// Throws: not_found, io; corrupt_input where the file is no float32 matrix as NpyWriter writes it.
class NpyReader {
 public:
  explicit NpyReader(const std::filesystem::path& path);
  int64_t rows() const { return rows_; }
  int columns() const { return columns_; }
  // Requires: fewer than rows() calls before.
  void next(std::vector<float>& row);

 private:
  std::filesystem::path path_;
  std::ifstream in_;
  int64_t rows_ = 0;
  int columns_ = 0;
};

}  // namespace screenalytics
