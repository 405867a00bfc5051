// The faces of a photo, and the vector that stands for one of them.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "base/face.h"
#include "base/image.h"
#include "detect/face_detector.h"
#include "embed/face_embedder.h"

namespace screenalytics {

// Requires: an RGB photo. Returns the faces in pixels of the photo, the largest first.
// Throws: model. Pure but for the model.
std::vector<Detection> find_photo_faces(const Image& photo, const FaceDetector& detector);

// The crop that face embedders want.
Image aligned_face(const Image& photo, const Landmarks& landmarks);

// Mean of the vectors of the crop and of its mirror image, of unit length: a face is not quite the
// same from its two sides. Throws: model.
Embedding reference_vector(const Image& aligned, const FaceEmbedder& embedder);

}  // namespace screenalytics
