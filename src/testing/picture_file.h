// Pictures from files for the tests: a photo, or frames of a clip.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>

#include "base/image.h"

namespace screenalytics {

// The first picture of a photo or a clip, RGB. Throws: io.
Image read_picture(const std::filesystem::path& path);

// Calls `use` with RGB frames of the first video stream in order, the first of every 1 / fps
// seconds, and the seconds at which it is shown; ends early where `use` returns false.
// Throws: io.
void for_each_picture(const std::filesystem::path& path, double fps,
                      const std::function<bool(Image, double)>& use);

}  // namespace screenalytics
