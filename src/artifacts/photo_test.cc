// Tests of the photos that users bring: what is read comes out upright, what is not says why.
// SPDX-License-Identifier: MIT
#include "artifacts/photo.h"

#include <gmock/gmock.h>
#include <png.h>
#include <turbojpeg.h>

#include <cstring>

#include "artifacts/jpeg.h"
#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

// Red at the top left, green at the top right, blue at the bottom left, white elsewhere.
Image quadrants(int width = 32, int height = 16) {
  Image image(width, height, 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      uint8_t* p = image.row(y) + static_cast<ptrdiff_t>(3) * x;
      const bool left = x < width / 2, top = y < height / 2;
      p[0] = left && top ? 255 : !left && !top ? 255 : 0;
      p[1] = !left && top ? 255 : !left && !top ? 255 : 0;
      p[2] = left && !top ? 255 : !left && !top ? 255 : 0;
    }
  }
  return image;
}

// The colour of a corner: 'r', 'g', 'b' or 'w'.
char corner(const Image& image, bool right, bool bottom) {
  const int x = right ? image.width - 3 : 2, y = bottom ? image.height - 3 : 2;
  const uint8_t* p = image.row(y) + static_cast<ptrdiff_t>(3) * x;
  if (p[0] > 200 && p[1] > 200 && p[2] > 200) return 'w';
  return p[0] > 200 ? 'r' : p[1] > 200 ? 'g' : p[2] > 200 ? 'b' : '?';
}

std::string corners(const Image& i) {
  return {corner(i, false, false), corner(i, true, false), corner(i, false, true),
          corner(i, true, true)};
}

// A JPEG with an EXIF block that says how the camera was held.
std::vector<uint8_t> jpeg_with_orientation(int orientation) {
  std::vector<uint8_t> bytes = encode_jpeg(quadrants(), 95);
  const std::vector<uint8_t> exif = {
      0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
      'M',  'M',  0, 42, 0,   0,   0,   8,   0, 1,
      0x01, 0x12, 0, 3,  0,   0,   0,   1,   0, static_cast<uint8_t>(orientation),
      0,    0,    0, 0,  0,   0};
  bytes.insert(bytes.begin() + 2, exif.begin(), exif.end());
  return bytes;
}

Error error_of(const std::vector<uint8_t>& bytes) {
  return caught_error([&] { decode_photo(bytes, "photo.x"); });
}

TEST(Photo, AJpegComesOutUprightHoweverTheCameraWasHeld) {
  // Where the red, green, blue and white quarters come to lie, by EXIF's own table.
  const std::vector<std::string> upright = {"rgbw", "grwb", "wbgr", "bwrg",
                                            "rbgw", "brwg", "wgbr", "gwrb"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Image image = decode_photo(jpeg_with_orientation(orientation), "photo");
    EXPECT_EQ(image.width, orientation < 5 ? 32 : 16);
    EXPECT_EQ(corners(image), upright[static_cast<size_t>(orientation - 1)]) << orientation;
  }
  EXPECT_EQ(corners(decode_photo(jpeg_with_orientation(77), "photo")), "rgbw");
}

TEST(Photo, APngComesOutAsItWentIn) {
  const Image image = quadrants();
  EXPECT_EQ(decode_photo(encode_png(image), "photo").pixels, image.pixels);
}

TEST(Photo, SixteenBitsAndTransparencyAreRead) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = 2;
  png.height = 1;
  png.format = PNG_FORMAT_LINEAR_RGB_ALPHA;
  const std::vector<uint16_t> pixels = {65535, 0, 0, 65535, 0, 0, 0, 0};  // red, nothing
  png_alloc_size_t size = 4096;
  std::vector<uint8_t> bytes(size);
  ASSERT_NE(png_image_write_to_memory(&png, bytes.data(), &size, 0, pixels.data(), 0, nullptr), 0);
  bytes.resize(size);
  const Image image = decode_photo(bytes, "photo");
  EXPECT_EQ(image.pixels, (std::vector<uint8_t>{255, 0, 0, 255, 255, 255}));
}

TEST(Photo, ACmykJpegIsRead) {
  std::vector<uint8_t> inks;
  for (int i = 0; i < 16 * 16; ++i) inks.insert(inks.end(), {255, 0, 0, 255});  // all but cyan
  unsigned char* data = nullptr;
  unsigned long size = 0;
  tjhandle handle = tjInitCompress();
  ASSERT_EQ(tjCompress2(handle, inks.data(), 16, 0, 16, TJPF_CMYK, &data, &size, TJSAMP_444, 95, 0),
            0);
  const Image image = decode_photo({data, size}, "photo");
  tjFree(data);
  tjDestroy(handle);
  EXPECT_GT(image.pixels[0], 240);
  EXPECT_LT(image.pixels[1], 15);
}

TEST(Photo, APictureThatClaimsAHugeSizeIsRefusedBeforeItIsDecoded) {
  std::vector<uint8_t> bytes = encode_png(quadrants());
  const std::vector<uint8_t> huge = {0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60};  // 60000 x 60000
  std::copy(huge.begin(), huge.end(), bytes.begin() + 16);
  EXPECT_EQ(error_of(bytes).code(), ErrorCode::corrupt_input);
  std::vector<uint8_t> jpeg = encode_jpeg(quadrants(), 90);
  for (size_t i = 0; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] != 0xFF || jpeg[i + 1] != 0xC0) continue;
    std::copy(huge.begin() + 2, huge.begin() + 4, jpeg.begin() + static_cast<ptrdiff_t>(i) + 5);
    std::copy(huge.begin() + 2, huge.begin() + 4, jpeg.begin() + static_cast<ptrdiff_t>(i) + 7);
    break;
  }
  EXPECT_THAT(error_of(jpeg).what(), HasSubstr("60000 x 60000 pixels, more than 100 million"));
}

TEST(Photo, WhatIsNoSinglePictureSaysWhatItIs) {
  const auto bytes = [](std::string_view text) {
    return std::vector<uint8_t>(text.begin(), text.end());
  };
  EXPECT_THAT(error_of(bytes("GIF89a......")).what(), HasSubstr("it is a GIF; give JPEG or PNG"));
  EXPECT_THAT(error_of(bytes("RIFF....WEBPVP8 ")).what(), HasSubstr("WebP"));
  EXPECT_THAT(error_of(bytes("....ftypheic")).what(), HasSubstr("HEIC"));
  EXPECT_THAT(error_of(bytes("II*.")).what(), HasSubstr("TIFF"));
  EXPECT_THAT(error_of(bytes("hello")).what(), HasSubstr("no picture known here"));
  EXPECT_EQ(error_of({}).code(), ErrorCode::corrupt_input);
  std::vector<uint8_t> animated = encode_png(quadrants());
  const std::vector<uint8_t> chunk = {0, 0, 0, 0, 'a', 'c', 'T', 'L', 0, 0, 0, 0};
  animated.insert(animated.begin() + 33, chunk.begin(), chunk.end());
  EXPECT_THAT(error_of(animated).what(), HasSubstr("animated"));
  EXPECT_EQ(error_of(animated).code(), ErrorCode::unsupported);
}

TEST(Photo, ATruncatedPictureIsDamagedNotHalfRead) {
  for (std::vector<uint8_t> bytes :
       {encode_png(quadrants(320, 200)), encode_jpeg(quadrants(320, 200), 90)}) {
    bytes.resize(bytes.size() / 2);
    EXPECT_EQ(error_of(bytes).code(), ErrorCode::corrupt_input);
    EXPECT_THAT(error_of(bytes).what(), HasSubstr("damaged"));
  }
}

TEST(Photo, AFileIsReadByItsContentNotItsName) {
  const TempFolder folder;
  const std::vector<uint8_t> png = encode_png(quadrants());
  folder.write("photo.jpg", {reinterpret_cast<const char*>(png.data()), png.size()});
  EXPECT_EQ(read_photo(folder / "photo.jpg").width, 32);
  EXPECT_EQ(caught_error([&] { read_photo(folder / "none.jpg"); }).code(), ErrorCode::not_found);
}

}  // namespace
}  // namespace screenalytics
