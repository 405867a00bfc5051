// Ground truth of a made episode: every face of every frame, who it is, and where the cuts are.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/geometry.h"
#include "base/timestamp.h"

namespace screenalytics {

struct TrueFace {
  std::string person;
  Box box;              // pixels of the shown frame; may reach outside it
  float visible = 1;    // part of the box that is inside the picture and not covered, 0..1
  bool ignore = false;  // neither right nor wrong to find
  friend bool operator==(const TrueFace&, const TrueFace&) = default;
};

struct TrueFrame {
  int frame = 0;
  Timestamp ts;
  std::vector<TrueFace> faces;  // those with visible > 0
  friend bool operator==(const TrueFrame&, const TrueFrame&) = default;
};

struct TrueShot {
  int start_frame = 0, end_frame = 0;  // half-open
  std::string photo;
  friend bool operator==(const TrueShot&, const TrueShot&) = default;
};

// A longest run of frames of one shot in which the person's face is visible >= 0.5.
struct TrueAppearance {
  std::string person;
  int shot = 0;
  int start_frame = 0, end_frame = 0;  // half-open
  friend bool operator==(const TrueAppearance&, const TrueAppearance&) = default;
};

inline constexpr float kAppearanceVisible = 0.5f;

// What is known before the first frame.
struct TruthHeader {
  std::string video;  // file name
  Size size;
  std::string rate;  // "24/1", "24000/1001" or "vfr"
  uint64_t seed = 0;
  std::string options;  // the command line that made it
  std::vector<TrueShot> shots;
  std::vector<std::string> people;
  friend bool operator==(const TruthHeader&, const TruthHeader&) = default;
};

struct GroundTruth {
  TruthHeader header;
  std::vector<int> cuts;  // first frame of each shot but the first
  std::vector<TrueFrame> frames;
  std::vector<TrueAppearance> appearances;

  // The shot of a frame. Requires: a frame inside the episode.
  int shot_of(int frame) const;
};

// Writes the file of truth frame by frame; it gets its name when finished.
// Threads: one. Memory: the open appearances only.
class TruthWriter {
 public:
  // Throws: io.
  TruthWriter(const std::filesystem::path& path, TruthHeader header);
  ~TruthWriter();
  TruthWriter(const TruthWriter&) = delete;
  TruthWriter& operator=(const TruthWriter&) = delete;

  // Requires: the frames 0, 1, 2 ... in order.
  void add(const TrueFrame& frame);
  // Throws: io.
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Throws: not_found, corrupt_input.
GroundTruth read_ground_truth(const std::filesystem::path& path);

}  // namespace screenalytics
