// SPDX-License-Identifier: MIT
#include "testing/model_places.h"

#include <cstdlib>

namespace screenalytics {

std::filesystem::path shared_dir(const std::filesystem::path& source_root) {
  const char* const named = std::getenv("SCREENALYTICS_SHARED_DIR");
  return named != nullptr ? std::filesystem::path(named) : source_root.parent_path() / "shared";
}

}  // namespace screenalytics
