// Frame code: a frame's number drawn into its pixels, so that a test can tell frames apart.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "base/image.h"

namespace screenalytics {

inline constexpr uint32_t kFrameCodeMax = (1u << 16) - 1;

// Draws `number` over the whole picture as a grid of 6 x 4 black or white cells: 16 bits, a
// checksum of 6 bits, and one black and one white corner cell that fix the levels.
// Survives compression, limited range and scaling; upside down it does not read.
// Requires: number <= kFrameCodeMax; an image of at least 24x16 pixels, 1 or 3 channels.
// Pure but for the image.
void draw_frame_code(Image& image, uint32_t number);

// A new picture that is nothing but the code.
Image make_frame_code(int width, int height, uint32_t number);

// Returns the number, or nothing where the picture carries no readable code.
std::optional<uint32_t> read_frame_code(const Image& image);

}  // namespace screenalytics
