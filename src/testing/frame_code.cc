// SPDX-License-Identifier: MIT
#include "testing/frame_code.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace screenalytics {
namespace {

constexpr int kColumns = 6, kRows = 4, kCells = kColumns * kRows;
constexpr int kNumberBits = 16, kCheckBits = 6;
static_assert(2 + kNumberBits + kCheckBits == kCells);

// Never 0, so a picture of two flat halves is not a code.
uint32_t checksum(uint32_t number) { return 1 + (number * 7 + 3) % 61; }

// Cell 0 is black and the last one white; between them the number, then its checksum.
std::array<bool, kCells> cells_of(uint32_t number) {
  std::array<bool, kCells> white{};
  const uint32_t payload = number | (checksum(number) << kNumberBits);
  for (int i = 0; i < kNumberBits + kCheckBits; ++i) {
    white[static_cast<size_t>(i + 1)] = ((payload >> i) & 1u) != 0;
  }
  white.back() = true;
  return white;
}

int cell_begin(int index, int count, int length) { return index * length / count; }

// Mean over the middle half of a cell in both directions, away from the blurred edges.
double cell_mean(const Image& image, int column, int row) {
  const int x0 = cell_begin(column, kColumns, image.width);
  const int x1 = cell_begin(column + 1, kColumns, image.width);
  const int y0 = cell_begin(row, kRows, image.height);
  const int y1 = cell_begin(row + 1, kRows, image.height);
  const int mx = (x1 - x0) / 4, my = (y1 - y0) / 4;
  double sum = 0;
  int count = 0;
  for (int y = y0 + my; y < y1 - my; ++y) {
    for (int x = (x0 + mx) * image.channels; x < (x1 - mx) * image.channels; ++x) {
      sum += image.row(y)[x];
      ++count;
    }
  }
  return sum / count;
}

}  // namespace

void draw_frame_code(Image& image, uint32_t number) {
  SA_CHECK(number <= kFrameCodeMax);
  SA_CHECK(image.width >= 24 && image.height >= 16);
  const std::array<bool, kCells> white = cells_of(number);
  for (int row = 0; row < kRows; ++row) {
    for (int y = cell_begin(row, kRows, image.height); y < cell_begin(row + 1, kRows, image.height);
         ++y) {
      for (int column = 0; column < kColumns; ++column) {
        const int x0 = cell_begin(column, kColumns, image.width) * image.channels;
        const int x1 = cell_begin(column + 1, kColumns, image.width) * image.channels;
        const bool on = white[static_cast<size_t>(row * kColumns + column)];
        std::fill(image.row(y) + x0, image.row(y) + x1, on ? uint8_t{235} : uint8_t{16});
      }
    }
  }
}

Image make_frame_code(int width, int height, uint32_t number) {
  Image image(width, height, 3);
  draw_frame_code(image, number);
  return image;
}

std::optional<uint32_t> read_frame_code(const Image& image) {
  if (image.width < kColumns || image.height < kRows) return std::nullopt;
  const double black = cell_mean(image, 0, 0);
  const double white = cell_mean(image, kColumns - 1, kRows - 1);
  if (white - black < 40) return std::nullopt;
  uint32_t payload = 0;
  for (int i = 0; i < kNumberBits + kCheckBits; ++i) {
    const int cell = i + 1;
    const double mean = cell_mean(image, cell % kColumns, cell / kColumns);
    if (mean > (black + white) / 2) payload |= 1u << i;
  }
  const uint32_t number = payload & kFrameCodeMax;
  if (payload >> kNumberBits != checksum(number)) return std::nullopt;
  return number;
}

}  // namespace screenalytics
