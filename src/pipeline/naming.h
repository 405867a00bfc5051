// Names for identities: the facebank, asked for each of an episode's.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/model_manifest.h"
#include "config/settings.h"
#include "facebank/facebank.h"
#include "identities/people.h"

namespace screenalytics {

// The models of these manifests, made when they are first needed, as the settings say.
FaceModels face_models(const ModelManifest& detector, const ModelManifest& embedder,
                       const RunSettings& run);

// Asks the facebank below the output root. An empty function where there is none, or nobody is in
// it. embedder: that of the vectors that will be asked for.
// Throws: as Facebank.
NameLookup name_lookup(const std::filesystem::path& out_root, const ModelManifest& embedder,
                       const Settings& settings);

}  // namespace screenalytics
