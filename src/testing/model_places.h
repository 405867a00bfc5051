// Where the model tests find what is not part of the sources.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace screenalytics {

// Material that is never fetched: SCREENALYTICS_SHARED_DIR, else `shared` beside the repository.
// Tests that need it are skipped where it is absent.
std::filesystem::path shared_dir(const std::filesystem::path& source_root);

}  // namespace screenalytics
