// SPDX-License-Identifier: MIT
#include "facebank/photo_faces.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/image_warp.h"
#include "detect/nms.h"
#include "embed/align.h"

namespace screenalytics {
namespace {

constexpr int kDetSize = 640;
constexpr float kMinConfidence = 0.8F;
constexpr NmsOptions kNms{.mode = NmsMode::hard, .iou_th = 0.4F, .min_confidence = kMinConfidence};

// border: added on each side, as a share of the photo's; black.
std::vector<Detection> detect(const Image& photo, const FaceDetector& detector, double border) {
  const Size wide{static_cast<int>(std::lround(photo.width * (1 + 2 * border))),
                  static_cast<int>(std::lround(photo.height * (1 + 2 * border)))};
  const Size room = detector.input_size(wide, kDetSize);
  const double scale = std::max(static_cast<double>(wide.width) / room.width,
                                static_cast<double>(wide.height) / room.height);
  const Affine photo_from_input{scale, 0, -border * photo.width, 0, scale, -border * photo.height};
  std::vector<Detection> faces = non_max_suppression(
      detector.detect(warp(photo, photo_from_input, room), kMinConfidence), kNms);
  for (Detection& d : faces) {
    const Point a = photo_from_input.apply({d.box.x1, d.box.y1});
    const Point b = photo_from_input.apply({d.box.x2, d.box.y2});
    d.box = clip({a.x, a.y, b.x, b.y}, static_cast<float>(photo.width),
                 static_cast<float>(photo.height));
    for (Point& p : d.landmarks) p = photo_from_input.apply(p);
  }
  return faces;
}

}  // namespace

std::vector<Detection> find_photo_faces(const Image& photo, const FaceDetector& detector) {
  std::vector<Detection> faces = detect(photo, detector, 0);
  // A face that fills the whole photo is not one to a detector that has learned faces in scenes.
  if (faces.empty()) faces = detect(photo, detector, 0.5);
  std::stable_sort(faces.begin(), faces.end(), [](const Detection& a, const Detection& b) {
    return a.box.area() > b.box.area();
  });
  return faces;
}

Image aligned_face(const Image& photo, const Landmarks& landmarks) {
  return warp(photo, frame_from_crop(landmarks), {kCropSize, kCropSize});
}

Embedding reference_vector(const Image& aligned, const FaceEmbedder& embedder) {
  const Affine mirror{-1, 0, kCropSize, 0, 1, 0};
  const std::array<Image, 2> crops{aligned, warp(aligned, mirror, {kCropSize, kCropSize})};
  const std::vector<Embedding> vectors = embedder.embed(crops);
  Embedding mean = vectors[0];
  for (size_t k = 0; k < mean.size(); ++k) mean[k] += vectors[1][k];
  normalize(mean);
  return mean;
}

}  // namespace screenalytics
