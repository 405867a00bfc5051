// ImageExporter: frames, face crops and portraits as JPEG files, off the critical path.
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "artifacts/journal.h"
#include "decode/video_frame.h"
#include "pipeline/bounded_queue.h"
#include "pipeline/stage_clock.h"

namespace screenalytics {

struct ImageExporterOptions {
  bool frames = false, crops = false, portraits = false;
  int jpeg_quality = 85;
  int threads = 1;
};

// Where the pictures of a run in progress lie; they are moved to their final names when the run's
// tracks are known.
class ExportFolder {
 public:
  explicit ExportFolder(std::filesystem::path root) : root_(std::move(root)) {}
  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path frame(int64_t frame_idx) const;
  std::filesystem::path crop(int segment, int64_t frame_idx) const;
  std::filesystem::path portrait(int segment, int64_t frame_idx) const;

 private:
  std::filesystem::path root_;
};

// The part of the frame that a face's crop or portrait holds: its box and a third more on each
// side, so that the face can still be found in it and aligned. Pure.
Box crop_region(const Box& face, Size frame);

// Threads: one caller. Memory: the frames in its queue.
class ImageExporter {
 public:
  // on_error runs once, on a writer thread, when a picture cannot be written; the rest is dropped.
  ImageExporter(ImageExporterOptions options, ExportFolder folder, StageClock& clock,
                std::function<void(std::exception_ptr)> on_error);
  // Drops what is still queued.
  ~ImageExporter();
  ImageExporter(const ImageExporter&) = delete;
  ImageExporter& operator=(const ImageExporter&) = delete;

  // The record of the frame, with its segments and looks. Waits while the queue is full.
  void add(const VideoFrame& frame, const FrameRecord& record);

  // Waits until everything is written.
  void finish();

 private:
  struct Cutout {
    std::filesystem::path path;
    bool in_folder_of_segment = false;
    Box region;
    Size size;
  };
  struct Task {
    VideoFrame frame;
    std::vector<Cutout> cutouts;
  };

  void work();
  void write(const Task& task);

  ImageExporterOptions options_;
  ExportFolder folder_;
  StageClock& clock_;
  std::function<void(std::exception_ptr)> on_error_;
  std::mutex folder_mutex_;
  std::atomic<bool> dropping_{false};
  BoundedQueue<Task> tasks_;
  std::vector<std::thread> threads_;
};

}  // namespace screenalytics
