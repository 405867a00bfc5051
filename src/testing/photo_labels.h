// Photo labels: which faces are in the photos that the sample episode is made of.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/geometry.h"

namespace screenalytics {

struct LabelledFace {
  std::string person;   // one name for one person in all photos
  Box box;              // pixels of the photo: hairline to chin, ear to ear
  bool ignore = false;  // too blurred or small to count for or against a detector
};

struct LabelledPhoto {
  std::string file;  // name inside the folder of photos
  Size size;
  std::vector<LabelledFace> faces;
};

// Reads {"schema_version": "photo_faces_v1", "photos": [{file, width, height, faces: [{person,
// box: [x1, y1, x2, y2], ignore?}]}]}.
// Throws: not_found; corrupt_input for another layout, a box outside its photo, or a name twice in
// one photo.
std::vector<LabelledPhoto> read_photo_labels(const std::filesystem::path& path);

}  // namespace screenalytics
