// Reads models/*.yaml: what each model file is and where it comes from.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <vector>

#include "base/model_manifest.h"

namespace screenalytics {

// Returns the manifest with `file` resolved against the manifest's folder; the file itself is not
// looked at. Throws: model, naming file, line and key, where the manifest is missing or wrong.
ModelManifest read_model_manifest(const std::filesystem::path& path);

// Returns the manifests of a folder, by file name. Throws: as above, and where two share an id.
std::vector<ModelManifest> list_model_manifests(const std::filesystem::path& dir);

// Throws: invalid_argument where no manifest of `dir` has this id, naming the nearest.
ModelManifest find_model_manifest(const std::filesystem::path& dir, const std::string& id);

}  // namespace screenalytics
