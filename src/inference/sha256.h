// SHA-256 of files, in lower-case hex.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

namespace screenalytics {

// Cost: reads the file once. Throws: not_found or io, naming the file.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace screenalytics
