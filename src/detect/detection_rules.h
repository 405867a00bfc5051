// The rules of detection.yaml that decide which faces of a frame count.
// SPDX-License-Identifier: MIT
#pragma once

#include "base/face.h"
#include "base/geometry.h"
#include "base/image.h"

namespace screenalytics {

struct ConfidenceOptions {
  float confidence_th = 0.8f;
  bool adaptive = false;
  float min_confidence = 0.6f;  // threshold of a dark picture
  float max_confidence = 0.9f;  // threshold of a bright one
};

// The smallest confidence that counts in a frame of this mean luma (0..255). Fixed, or adaptive:
// min_confidence up to luma 40 (a night scene), where real faces score lower, max_confidence from
// 120 (a lit room), where only false ones do; linear between.
// Pure.
float confidence_threshold(const ConfidenceOptions& options, float mean_luma);

// How far a face is turned to the side, in degrees: 0 frontal, positive towards the right edge of
// the image, within -90..90. From eyes and nose alone: the tip of the nose stands out of the plane
// of the eyes, so turning the head moves it along the line between them.
// Pure. Accuracy: a few degrees up to 45, saturating beyond.
float yaw_degrees(const Landmarks& landmarks);

// The part of a picture that is not letterbox or pillarbox: rows and columns at the edges whose
// every pixel is at most `letterbox_threshold` are bars. The whole picture where less than a
// quarter of a side would be left, or where nothing in it is brighter than twice the threshold:
// a dark scene is not a letterbox. Callers combine several frames.
// Requires: one channel. Returns: whole pixels of `luma`. Pure.
Box content_box(const Image& luma, int letterbox_threshold);

// Whether anything in the picture is bright enough to tell bars from a black screen. Pure.
bool is_lit(const Image& luma, int letterbox_threshold);

// The shorter side that a face needs, in pixels of a frame `frame_height` lines high. Unless
// `absolute`, min_size is meant for a frame of 1080 lines and scales with the height.
// Pure.
float min_face_px(double min_size, bool absolute, int frame_height);

}  // namespace screenalytics
