// SPDX-License-Identifier: MIT
#include "pipeline/face_pixels.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "artifacts/jpeg.h"
#include "base/error.h"
#include "embed/align.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

class VideoPixels final : public FacePixels {
 public:
  VideoPixels(std::unique_ptr<FrameSource> source, const CancelToken& cancel)
      : source_(std::move(source)), cancel_(cancel) {}

  bool go_to(const FrameRecord& record) override {
    while (!frame_ || frame_->frame_idx < record.frame_idx) {
      frame_ = source_->next();
      if (!frame_) break;
    }
    if (frame_ && frame_->frame_idx == record.frame_idx && frame_->ts == record.ts) return true;
    if (!frame_ && cancel_.cancelled()) return false;
    throw Error(ErrorCode::corrupt_input,
                fmt::format("'{}' does not give frame {} at {:.3f} s as it did when it was "
                            "analysed; run it again",
                            source_->info().path, record.frame_idx, record.ts.seconds()));
  }

  CropCutter cutter(const FrameRecord& record) override {
    return cut_from(*frame_, record.detections);
  }

  void add_portraits(const FrameRecord& record, ImageExporter& exporter) override {
    exporter.add(*frame_, record);
  }

 private:
  std::unique_ptr<FrameSource> source_;
  const CancelToken& cancel_;
  std::optional<VideoFrame> frame_;
};

Landmarks moved(Landmarks landmarks, float dx, float dy) {
  for (Point& p : landmarks) p = {p.x + dx, p.y + dy};
  return landmarks;
}

class CropPixels final : public FacePixels {
 public:
  CropPixels(const EpisodePaths& paths, Size frame_size, const TrackParts& parts)
      : paths_(paths), frame_size_(frame_size), parts_(parts) {}

  bool go_to(const FrameRecord&) override { return true; }

  CropCutter cutter(const FrameRecord& record) override {
    return [this, &record](int i) {
      const auto [picture, face] = open(record, static_cast<size_t>(i));
      return picture.warp(frame_from_crop(face.landmarks), {kCropSize, kCropSize});
    };
  }

  void add_portraits(const FrameRecord& record, ImageExporter& exporter) override {
    for (const FaceLook& look : record.looks) {
      if (!look.portrait) continue;
      const auto i = static_cast<size_t>(look.detection);
      auto [picture, face] = open(record, i);
      FrameRecord one;
      one.frame_idx = record.frame_idx;
      one.detections = {face};
      one.segments = {record.segments[i]};
      one.looks = {look};
      one.looks[0].detection = 0;
      exporter.add(picture, one);
    }
  }

 private:
  // The crop of a face, and the face's place in it.
  std::pair<VideoFrame, Detection> open(const FrameRecord& record, size_t i) const {
    const fs::path path = paths_.crop(parts_.track_of(record.segments[i]), record.frame_idx);
    const Image crop = read_jpeg(path);
    Detection face = record.detections[i];
    const Box region = crop_region(face.box, frame_size_);
    // The detections were rounded when they were written.
    if (std::abs(region.width() - static_cast<float>(crop.width)) > 1 ||
        std::abs(region.height() - static_cast<float>(crop.height)) > 1) {
      throw Error(ErrorCode::corrupt_input,
                  fmt::format("'{}' is not the crop of this face; remove '{}' to take the faces "
                              "from the video",
                              path.string(), paths_.crops().string()));
    }
    face.box = {face.box.x1 - region.x1, face.box.y1 - region.y1, face.box.x2 - region.x1,
                face.box.y2 - region.y1};
    face.landmarks = moved(face.landmarks, -region.x1, -region.y1);
    return {VideoFrame::from_rgb(crop), face};
  }

  const EpisodePaths& paths_;
  Size frame_size_;
  const TrackParts& parts_;
};

}  // namespace

bool has_all_crops(const EpisodePaths& paths, Size frame_size, const TrackParts& parts) {
  if (!fs::exists(paths.crops())) return false;
  RecordedFrames frames(paths, frame_size, parts);
  while (const std::optional<FrameRecord> f = frames.next()) {
    for (const int segment : f->segments) {
      if (segment >= 0 && !fs::exists(paths.crop(parts.track_of(segment), f->frame_idx))) {
        return false;
      }
    }
  }
  return true;
}

std::unique_ptr<FacePixels> pixels_of_crops(const EpisodePaths& paths, Size frame_size,
                                            const TrackParts& parts) {
  return std::make_unique<CropPixels>(paths, frame_size, parts);
}

std::unique_ptr<FacePixels> pixels_of_video(std::unique_ptr<FrameSource> source,
                                            const CancelToken& cancel) {
  return std::make_unique<VideoPixels>(std::move(source), cancel);
}

}  // namespace screenalytics
