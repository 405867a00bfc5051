// SPDX-License-Identifier: MIT
#include "pipeline/image_exporter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "artifacts/atomic_file.h"
#include "artifacts/episode_paths.h"
#include "artifacts/jpeg.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

constexpr size_t kQueuedFrames = 6;
constexpr float kCropMargin = 1.F / 3;

void write_jpeg(const fs::path& path, std::span<const uint8_t> bytes) {
  AtomicFile file(path, Durability::volatile_);
  file.write(bytes);
  file.commit();
}

}  // namespace

fs::path ExportFolder::frame(int64_t frame_idx) const {
  return root_ / "frames" / fmt::format("frame_{:06d}.jpg", frame_idx);
}

fs::path ExportFolder::crop(int segment, int64_t frame_idx) const {
  return root_ / "crops" / fmt::format("segment-{}", segment) /
         fmt::format("frame_{:06d}.jpg", frame_idx);
}

Box crop_region(const Box& face, Size frame) {
  const float mx = face.width() * kCropMargin, my = face.height() * kCropMargin;
  const Box wide{std::floor(face.x1 - mx), std::floor(face.y1 - my), std::ceil(face.x2 + mx),
                 std::ceil(face.y2 + my)};
  return clip(wide, static_cast<float>(frame.width), static_cast<float>(frame.height));
}

ImageExporter::ImageExporter(ImageExporterOptions options, ExportFolder folder, StageClock& clock,
                             std::function<void(std::exception_ptr)> on_error)
    : options_(options),
      folder_(std::move(folder)),
      clock_(clock),
      on_error_(std::move(on_error)),
      tasks_(kQueuedFrames) {
  if (!options_.frames && !options_.crops) return;
  if (options_.frames) create_folder(folder_.root() / "frames");
  if (options_.crops) create_folder(folder_.root() / "crops");
  try {
    for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
  } catch (...) {
    finish();
    throw;
  }
}

ImageExporter::~ImageExporter() {
  dropping_ = true;
  finish();
}

void ImageExporter::finish() {
  tasks_.close();
  for (std::thread& t : threads_) t.join();
  threads_.clear();
}

void ImageExporter::add(const VideoFrame& frame, const std::vector<Detection>& detections,
                        const std::vector<int>& segments) {
  if (threads_.empty()) return;
  Task task{frame, {}};
  if (options_.crops) {
    for (size_t i = 0; i < detections.size(); ++i) {
      if (segments[i] < 0) continue;
      task.crops.emplace_back(segments[i], crop_region(detections[i].box, frame.size()));
    }
  }
  if (options_.frames || !task.crops.empty()) tasks_.push(std::move(task));
}

void ImageExporter::work() {
  while (std::optional<Task> task = tasks_.pop()) {
    if (dropping_) continue;
    try {
      const auto span = clock_.busy();
      write(*task);
    } catch (...) {
      if (!dropping_.exchange(true)) on_error_(std::current_exception());
    }
  }
}

void ImageExporter::write(const Task& task) {
  thread_local JpegEncoder encoder;
  for (const auto& [segment, region] : task.crops) {
    const Size size{static_cast<int>(region.width()), static_cast<int>(region.height())};
    if (size.width < 1 || size.height < 1) continue;
    const fs::path path = folder_.crop(segment, task.frame.frame_idx);
    {
      const std::lock_guard lock(folder_mutex_);
      create_folder(path.parent_path());
    }
    write_jpeg(path, encoder.encode(task.frame.rgb(region, size), options_.jpeg_quality));
    ++crops_written_;
    clock_.count(1);
  }
  if (options_.frames) {
    const JpegPlanes p = task.frame.jpeg_planes();
    const int half = (p.width + 1) / 2;
    write_jpeg(folder_.frame(task.frame.frame_idx),
               encoder.encode_yuv420({p.y.data(), p.u.data(), p.v.data()}, {p.width, half, half},
                                     p.width, p.height, options_.jpeg_quality));
    ++frames_written_;
    clock_.count(1);
  }
}

}  // namespace screenalytics
