// Writers and readers of the artifacts that grow with the video, line by line.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "artifacts/atomic_file.h"
#include "artifacts/rows.h"
#include "base/episode_id.h"

namespace screenalytics {

// Every writer: a row is validated, then formatted into the buffer of an AtomicFile, which appears
// with commit(). Times are written from whole microseconds, so a reader gets the same Timestamp.
// Threads: one at a time. Memory: one line and the buffer.
// write() Throws: invalid_argument for a row that breaks the schema, naming the field; io.

class DetectionWriter {
 public:
  DetectionWriter(const std::filesystem::path& path, const EpisodeId& episode,
                  std::string_view model_id);
  // The box is clipped to the frame; what is left of it must not be empty.
  void write(const DetectionRow& row);
  void commit() { file_.commit(); }

 private:
  AtomicFile file_;
  std::string head_, tail_, line_;
};

class TrackWriter {
 public:
  TrackWriter(const std::filesystem::path& path, const EpisodeId& episode);
  void write(const TrackRow& row);
  void commit() { file_.commit(); }

 private:
  AtomicFile file_;
  std::string episode_, line_;
};

class SampleWriter {
 public:
  explicit SampleWriter(const std::filesystem::path& path);
  void write(const SampleRow& row);
  void commit() { file_.commit(); }

 private:
  AtomicFile file_;
  std::string line_;
};

// Every reader: next() fills `row` and returns true, or returns false at the end of the file.
// Threads: one at a time. Memory: one line.
// Throws: not_found, io; corrupt_input naming file, line, field and value.

class LineReader {
 public:
  explicit LineReader(const std::filesystem::path& path);
  // Returns nothing at the end. A line longer than 1 MiB is refused.
  std::optional<std::string_view> next();
  // "path:line", for messages.
  std::string where() const;

 private:
  std::filesystem::path path_;
  std::ifstream in_;
  std::string line_;
  int64_t number_ = 0;
};

class DetectionReader {
 public:
  explicit DetectionReader(const std::filesystem::path& path) : lines_(path) {}
  bool next(DetectionRow& row);
  // Of the row last read.
  const std::string& ep_id() const { return ep_id_; }
  const std::string& model_id() const { return model_id_; }

 private:
  LineReader lines_;
  std::string ep_id_, model_id_;
};

class TrackReader {
 public:
  explicit TrackReader(const std::filesystem::path& path) : lines_(path) {}
  bool next(TrackRow& row);
  const std::string& ep_id() const { return ep_id_; }

 private:
  LineReader lines_;
  std::string ep_id_;
};

class SampleReader {
 public:
  explicit SampleReader(const std::filesystem::path& path);
  bool next(SampleRow& row);

 private:
  LineReader lines_;
};

}  // namespace screenalytics
