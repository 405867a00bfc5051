// SPDX-License-Identifier: MIT
#include "pipeline/image_exporter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "artifacts/atomic_file.h"
#include "artifacts/episode_paths.h"
#include "artifacts/jpeg.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

constexpr size_t kQueuedFrames = 6;
constexpr float kCropMargin = 1.F / 3;
constexpr int kPortraitSide = 256;  // the longer one; smaller faces stay as they are

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

fs::path ExportFolder::portrait(int segment, int64_t frame_idx) const {
  return root_ / "portraits" / fmt::format("segment-{}_{:06d}.jpg", segment, frame_idx);
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
  if (!options_.frames && !options_.crops && !options_.portraits) return;
  if (options_.frames) create_folder(folder_.root() / "frames");
  if (options_.crops) create_folder(folder_.root() / "crops");
  if (options_.portraits) create_folder(folder_.root() / "portraits");
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

void ImageExporter::add(const VideoFrame& frame, const FrameRecord& record) {
  if (threads_.empty()) return;
  Task task{frame, {}};
  const auto cut = [&](fs::path path, const Box& face, int longest_side) {
    const Box region = crop_region(face, frame.size());
    const int width = static_cast<int>(region.width()), height = static_cast<int>(region.height());
    if (width < 1 || height < 1) return;
    const double scale = std::min(1.0, static_cast<double>(longest_side) / std::max(width, height));
    const auto scaled = [&](int side) { return std::max(1, static_cast<int>(side * scale)); };
    task.cutouts.push_back(
        {std::move(path), longest_side != kPortraitSide, region, {scaled(width), scaled(height)}});
  };
  for (size_t i = 0; options_.crops && i < record.detections.size(); ++i) {
    if (record.segments[i] < 0) continue;
    cut(folder_.crop(record.segments[i], record.frame_idx), record.detections[i].box,
        std::numeric_limits<int>::max());
  }
  for (const FaceLook& look : record.looks) {
    const auto i = static_cast<size_t>(look.detection);
    if (!options_.portraits || !look.portrait) continue;
    cut(folder_.portrait(record.segments[i], record.frame_idx), record.detections[i].box,
        kPortraitSide);
  }
  if (options_.frames || !task.cutouts.empty()) tasks_.push(std::move(task));
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
  for (const Cutout& cutout : task.cutouts) {
    if (cutout.in_folder_of_segment) {
      const std::lock_guard lock(folder_mutex_);
      create_folder(cutout.path.parent_path());
    }
    const Image picture = task.frame.rgb(cutout.region, cutout.size);
    write_jpeg(cutout.path, encoder.encode(picture, options_.jpeg_quality));
    clock_.count(1);
  }
  if (options_.frames) {
    const JpegPlanes p = task.frame.jpeg_planes();
    const int half = (p.width + 1) / 2;
    write_jpeg(folder_.frame(task.frame.frame_idx),
               encoder.encode_yuv420({p.y.data(), p.u.data(), p.v.data()}, {p.width, half, half},
                                     p.width, p.height, options_.jpeg_quality));
    clock_.count(1);
  }
}

}  // namespace screenalytics
