// JPEG in and out of memory: photos that are read, frames and crops that are written.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/image.h"

namespace screenalytics {

// A picture larger than this is refused before its pixels are decoded.
inline constexpr int64_t kMaxJpegPixels = 100'000'000;

// Pure. Returns 3-channel RGB. Orientation tags are not applied.
// Throws: corrupt_input where the bytes are no complete JPEG or too large; `name` is for messages.
Image decode_jpeg(std::span<const uint8_t> bytes, std::string_view name);

// Throws: not_found, io, corrupt_input.
Image read_jpeg(const std::filesystem::path& path);

// Requires: 1 or 3 channels, not empty, quality 1..100. Threads: any.
std::vector<uint8_t> encode_jpeg(const Image& image, int quality);

// Encodes many pictures with one handle and one output buffer.
// Threads: one at a time. Memory: the largest picture so far, compressed.
class JpegEncoder {
 public:
  JpegEncoder();
  ~JpegEncoder();
  JpegEncoder(JpegEncoder&&) noexcept;
  JpegEncoder& operator=(JpegEncoder&&) noexcept;

  // Requires: 1 or 3 channels, not empty, quality 1..100, sides up to 65535.
  // Returns bytes that stay valid until the next call. Throws: io where memory runs out.
  std::span<const uint8_t> encode(const Image& image, int quality);

  // Planar 4:2:0, full range BT.601 as JFIF has it: planes of width x height, then twice
  // ceil(width / 2) x ceil(height / 2); strides in bytes. No RGB round trip.
  // Requires and Returns as encode().
  std::span<const uint8_t> encode_yuv420(const std::array<const uint8_t*, 3>& planes,
                                         const std::array<int, 3>& strides, int width, int height,
                                         int quality);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace screenalytics
