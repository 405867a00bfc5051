// SPDX-License-Identifier: MIT
#include "testing/photo_labels.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "testing/json_file.h"

namespace screenalytics {
namespace {

LabelledFace face_from(const nlohmann::json& json) {
  const auto& box = json.at("box");
  return {json.at("person").get<std::string>(),
          {box.at(0).get<float>(), box.at(1).get<float>(), box.at(2).get<float>(),
           box.at(3).get<float>()},
          json.value("ignore", false)};
}

void validate(const LabelledPhoto& photo, const std::filesystem::path& path) {
  std::set<std::string> names;
  const Box whole{0, 0, static_cast<float>(photo.size.width),
                  static_cast<float>(photo.size.height)};
  for (const LabelledFace& face : photo.faces) {
    const bool inside = face.box.x1 >= whole.x1 && face.box.y1 >= whole.y1 &&
                        face.box.x2 <= whole.x2 && face.box.y2 <= whole.y2;
    if (!inside || face.box.width() <= 0 || face.box.height() <= 0) {
      throw Error(
          ErrorCode::corrupt_input,
          fmt::format("cannot use the labels '{}': the box of '{}' in {} is not inside the "
                      "photo of {}x{}, correct it",
                      path.string(), face.person, photo.file, photo.size.width, photo.size.height));
    }
    if (!names.insert(face.person).second) {
      throw Error(ErrorCode::corrupt_input,
                  fmt::format("cannot use the labels '{}': '{}' is in {} twice, a person has one "
                              "face in a photo",
                              path.string(), face.person, photo.file));
    }
  }
}

}  // namespace

std::vector<LabelledPhoto> read_photo_labels(const std::filesystem::path& path) {
  return read_json_file(path, "photo_faces_v1", [&](const nlohmann::json& json) {
    std::vector<LabelledPhoto> photos;
    for (const auto& entry : json.at("photos")) {
      LabelledPhoto photo{entry.at("file").get<std::string>(),
                          {entry.at("width").get<int>(), entry.at("height").get<int>()},
                          {}};
      for (const auto& face : entry.at("faces")) photo.faces.push_back(face_from(face));
      validate(photo, path);
      photos.push_back(std::move(photo));
    }
    return photos;
  });
}

}  // namespace screenalytics
