// Journal: the record of a run in progress, so that a killed run goes on where it stopped.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/face.h"
#include "base/geometry.h"
#include "base/timestamp.h"

namespace screenalytics {

// All that one analysed frame gave; enough to replay the tracker without the video.
struct FrameRecord {
  int64_t frame_idx = 0;
  Timestamp ts;
  int64_t pts = 0;  // in the container's own units, for seeking
  bool starts_shot = false;
  double luma = 0;
  double confidence_th = 0;
  Affine motion;  // previous analysed frame -> this one
  double sampler_next_due_s = 0;
  Box content;                        // the frame inside its letterbox, shown pixels
  std::vector<Detection> detections;  // kept bit for bit
  std::vector<int> segments;          // one per detection; -1: untracked
  std::vector<FaceLook> looks;        // at most one per detection; vectors bit for bit
  friend bool operator==(const FrameRecord&, const FrameRecord&) = default;
};

// Appends each record with one write(2): what append() returned from survives a kill of the
// process. Threads: one at a time. Memory: one record.
class JournalWriter {
 public:
  // A new journal for the run that `fingerprint` names; an old one is replaced. Throws: io.
  JournalWriter(const std::filesystem::path& path, const std::string& fingerprint);
  // Goes on behind what a JournalReader found whole; what follows is cut off. Throws: io.
  JournalWriter(const std::filesystem::path& path, int64_t good_offset);
  ~JournalWriter();
  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  // Throws: io (a full disk, say); the records before stay whole.
  void append(const FrameRecord& record);

 private:
  void write_payload(const std::vector<uint8_t>& payload);

  std::filesystem::path path_;
  int fd_ = -1;
  int64_t offset_ = 0;
};

// Reads record by record and stops before the first that is torn.
// Threads: one at a time. Memory: one record.
class JournalReader {
 public:
  // Returns nothing where there is nothing to go on from: no file, or one whose first record was
  // never finished. Throws: corrupt_input for a file that is no journal or of another format
  // version; io.
  static std::optional<JournalReader> open(const std::filesystem::path& path);
  ~JournalReader();
  JournalReader(JournalReader&&) noexcept;
  JournalReader& operator=(JournalReader&&) noexcept;

  const std::string& fingerprint() const;

  // Returns nothing at the end or at a torn tail. Throws: corrupt_input where a record is whole but
  // not one of ours; io.
  std::optional<FrameRecord> next();

  // Bytes of the file that are whole up to the last record returned.
  int64_t good_offset() const;

 private:
  struct Impl;
  explicit JournalReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace screenalytics
