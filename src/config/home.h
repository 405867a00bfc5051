// Finds the folder that holds config/pipeline and models.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace screenalytics {

// SCREENALYTICS_HOME where it is set; else the nearest folder at or above `executable` that holds
// config/pipeline and models; else share/screenalytics beside the executable's bin.
// Throws: invalid_argument, naming what was looked at and what to set.
std::filesystem::path find_home(const std::optional<std::string>& env_home,
                                const std::filesystem::path& executable);

// For this process. Throws: as above.
std::filesystem::path find_home();

}  // namespace screenalytics
