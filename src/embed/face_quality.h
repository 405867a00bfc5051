// How good a face is to tell who it is: measured on its aligned crop and its detection.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "base/face.h"
#include "base/image.h"

namespace screenalytics {

// sharpness: detail of the crop's luma in proportion to its contrast (root of the Laplacian's
// variance over luma's variance; Pech-Pacheco et al., ICPR 2000). size: the box's shorter side
// against the crop's. pose: turn to the side and up or down, from the landmarks. contrast: spread
// of the luma. confidence: the detector's.
// Requires: an RGB crop of 112 x 112, aligned with frame_from_crop(). Pure. Threads: any.
FaceQuality face_quality(const Image& crop, const Detection& detection);

// What a face must have at least for its vector to count. The first four are what the tracker's
// appearance gate asks for, too: there a wrong vector splits a track.
struct QualityLimits {
  float min_face_px = 24;      // a smaller crop would be blown up more than four times
  float max_yaw_degrees = 35;  // beyond, profiles resemble each other more than their own front
  float min_norm = 0;          // of the embedder's manifest
  float min_sharpness = 0.15F;
  float min_contrast = 0.2F;
  float min_confidence = 0.5F;
  float min_quality = 0;  // of the score
};

// Why a face does not count.
struct Refusal {
  // too_small | extreme_pose | low_confidence | blurry | low_contrast | low_quality | unclear
  std::string_view reason;
  double value = 0, limit = 0;  // pixels, degrees, or parts of the quality; unclear: the norm
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

// Whether the face is large and frontal enough to be embedded. Pure.
std::optional<Refusal> refuse_shape(const Detection& detection, const QualityLimits& limits);

// All limits; that of the norm only where the face was embedded. Pure.
std::optional<Refusal> refuse_face(const Detection& detection, const FaceLook& look,
                                   const QualityLimits& limits);

// Whether its vector tells who it is well enough to judge a track by it. Pure.
bool tells_who(const Detection& detection, const FaceLook& look, const QualityLimits& limits);

}  // namespace screenalytics
