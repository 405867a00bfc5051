// FaceDetector: faces, landmarks and confidences of one picture.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/face.h"
#include "base/geometry.h"
#include "base/image.h"
#include "base/model_manifest.h"
#include "inference/session.h"

namespace screenalytics {

class FaceDetector {
 public:
  virtual ~FaceDetector() = default;

  // Every candidate of at least min_confidence, before non-maximum suppression, in the order of
  // the model's anchors. Boxes are clipped to the picture; landmarks may lie outside it.
  // Requires: an RGB picture, best of input_size(); a picture that the model cannot take as it is
  // gets black on the right and below, and one larger than a fixed-size model is shrunk first.
  // Throws: model, when the run fails or its outputs are not those of the family.
  // Threads: any number at once.
  virtual std::vector<Detection> detect(const Image& rgb, float min_confidence) const = 0;

  // The size that a picture of `content` is best scaled to: its own shape with the longer side
  // det_size, or as large as a fixed-size model takes.
  // Requires: positive sizes.
  virtual Size input_size(Size content, int det_size) const = 0;

  virtual const std::string& device() const = 0;
  virtual const std::string& note() const = 0;  // see Session::note()
};

// Families: retinaface, scrfd, yunet.
// Throws: as Session, and model where the file's outputs are not those of the family, and
// invalid_argument for the manifest of an embedder.
std::unique_ptr<FaceDetector> make_face_detector(const ModelManifest& manifest,
                                                 const SessionOptions& options);

}  // namespace screenalytics
