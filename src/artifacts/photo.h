// Photos that users bring: JPEG and PNG in, upright; PNG out.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/image.h"

namespace screenalytics {

// A file larger than this is refused before it is read, one of more pixels before it is decoded.
inline constexpr int64_t kMaxPhotoBytes = 64 << 20;
inline constexpr int64_t kMaxPhotoPixels = 100'000'000;

// Told by content, not by name: JPEG (grey, YCbCr, CMYK, YCCK; turned as its EXIF says) and PNG
// (any depth and colour type; what is transparent becomes white). Returns 3-channel RGB. Throws:
// not_found, io; unsupported for another format or an animation, naming it; corrupt_input where the
// picture is damaged or too large.
Image read_photo(const std::filesystem::path& path);
// Pure. `name` is for messages.
Image decode_photo(std::span<const uint8_t> bytes, std::string_view name);

// Requires: 1 or 3 channels, not empty. Pure.
std::vector<uint8_t> encode_png(const Image& image);

}  // namespace screenalytics
