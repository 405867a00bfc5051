// FaceEmbedder: aligned face crops to unit vectors that are close for the same person.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/face.h"
#include "base/image.h"
#include "base/model_manifest.h"
#include "inference/session.h"

namespace screenalytics {

class FaceEmbedder {
 public:
  virtual ~FaceEmbedder() = default;

  // Requires: RGB crops of 112 x 112, aligned with frame_from_crop().
  // Returns: one unit vector of dim() values a crop, in order; the vector of a crop does not
  // depend on its neighbours. `norms`, where given, becomes the lengths that the vectors had
  // before: the clearer and the more frontal a face, the longer (Meng et al., MagFace, CVPR 2021,
  // section 3). Profiles and blurred faces are short, and resemble each other more than themselves.
  // Throws: model, when the run fails. Threads: any number at once.
  virtual std::vector<Embedding> embed(std::span<const Image> crops,
                                       std::vector<float>* norms = nullptr) const = 0;

  virtual int dim() const = 0;
  virtual const std::string& device() const = 0;
  virtual const std::string& note() const = 0;  // see Session::note()
};

// At most batch_size crops go into one run of the model; one where the model's batch is fixed.
// Requires: batch_size >= 1. Throws: as Session, and model where the file does not map
// 112 x 112 crops to embedding_dim values, and invalid_argument for the manifest of a detector.
std::unique_ptr<FaceEmbedder> make_face_embedder(const ModelManifest& manifest,
                                                 const SessionOptions& options, int batch_size);

}  // namespace screenalytics
