// Tests of reading and writing JPEG.
// SPDX-License-Identifier: MIT
#include "artifacts/jpeg.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

// Smooth, so that compression at high quality changes it little.
Image gradient(int width, int height, int channels) {
  Image image(width, height, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        const int value = c == 0 ? 255 * x / width : c == 1 ? 255 * y / height : 128;
        image.row(y)[x * channels + c] = static_cast<uint8_t>(value);
      }
    }
  }
  return image;
}

double mean_difference(const Image& a, const Image& b) {
  double sum = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

TEST(Jpeg, APictureComesBackAsItWasWithinTheLossOfItsQuality) {
  const Image image = gradient(63, 41, 3);
  const Image back = decode_jpeg(encode_jpeg(image, 95), "test");
  ASSERT_EQ(back.width, 63);
  ASSERT_EQ(back.height, 41);
  ASSERT_EQ(back.channels, 3);
  EXPECT_LT(mean_difference(image, back), 3);  // measured 1.1; another channel order gives > 40
}

TEST(Jpeg, QualityChangesTheSize) {
  const Image image = gradient(320, 200, 3);
  EXPECT_LT(encode_jpeg(image, 20).size(), encode_jpeg(image, 95).size());
}

TEST(Jpeg, ALumaImageIsReadAsGreyRgb) {
  const Image image = gradient(64, 48, 1);
  const Image back = decode_jpeg(encode_jpeg(image, 95), "test");
  ASSERT_EQ(back.channels, 3);
  for (int x = 0; x < 64; ++x) {
    EXPECT_NEAR(back.row(20)[3 * x], image.row(20)[x], 6);
    EXPECT_EQ(back.row(20)[3 * x], back.row(20)[3 * x + 2]);
  }
}

TEST(Jpeg, PlanarFramesOfOddSizeAndPaddedRowsAreEncodedDirectly) {
  const int width = 33, height = 17, stride = 64, chroma_height = 9;
  std::vector<uint8_t> y(stride * height, 0), u(stride * chroma_height, 128), v = u;
  for (int row = 0; row < height; ++row) {
    std::fill_n(y.begin() + row * stride, width, static_cast<uint8_t>(200));
  }
  JpegEncoder encoder;
  const auto bytes = encoder.encode_yuv420({y.data(), u.data(), v.data()}, {stride, stride, stride},
                                           width, height, 95);
  const Image back = decode_jpeg(bytes, "test");
  ASSERT_EQ(back.width, width);
  ASSERT_EQ(back.height, height);
  for (uint8_t value : back.pixels) EXPECT_NEAR(value, 200, 3);
}

TEST(Jpeg, ColoursOfPlanarFramesAreThoseOfJfif) {
  // Pure red is Y 76, Cb 85, Cr 255 in full-range BT.601.
  std::vector<uint8_t> y(32 * 32, 76), u(16 * 16, 85), v(16 * 16, 255);
  JpegEncoder encoder;
  const Image back = decode_jpeg(
      encoder.encode_yuv420({y.data(), u.data(), v.data()}, {32, 16, 16}, 32, 32, 95), "test");
  EXPECT_NEAR(back.row(16)[3 * 16], 255, 4);
  EXPECT_NEAR(back.row(16)[3 * 16 + 1], 0, 4);
  EXPECT_NEAR(back.row(16)[3 * 16 + 2], 0, 4);
}

TEST(Jpeg, OneEncoderGivesTheSameBytesForTheSamePictureWhateverCameBetween) {
  JpegEncoder encoder;
  const auto small = encoder.encode(gradient(40, 30, 3), 80);
  const std::vector<uint8_t> first(small.begin(), small.end());
  encoder.encode(gradient(400, 300, 3), 80);
  const auto again = encoder.encode(gradient(40, 30, 3), 80);
  EXPECT_EQ(first, std::vector<uint8_t>(again.begin(), again.end()));
}

TEST(Jpeg, ATruncatedPictureIsRefusedAtEveryLength) {
  const std::vector<uint8_t> whole = encode_jpeg(gradient(64, 64, 3), 90);
  for (size_t length = 0; length + 2 < whole.size(); length += 7) {
    const Error error =
        caught_error([&] { decode_jpeg(std::span(whole).first(length), "cut.jpg"); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt_input) << length;
    EXPECT_THAT(error.what(), HasSubstr("cannot read cut.jpg as JPEG: ")) << length;
  }
}

TEST(Jpeg, AHugePictureIsRefusedBeforeItsPixelsAreDecoded) {
  // The frame header of a small picture, changed to 65,000 x 65,000.
  std::vector<uint8_t> bytes = encode_jpeg(gradient(16, 16, 3), 90);
  const uint8_t marker[] = {0xFF, 0xC0};
  const auto header = std::search(bytes.begin(), bytes.end(), marker, marker + 2);
  ASSERT_NE(header, bytes.end());
  for (int i : {5, 7}) {
    header[i] = 65000 >> 8;
    header[i + 1] = 65000 & 255;
  }
  const Error error = caught_error([&] { decode_jpeg(bytes, "huge.jpg"); });
  EXPECT_EQ(error.code(), ErrorCode::corrupt_input);
  EXPECT_THAT(error.what(), HasSubstr("65000 x 65000 pixels are more than the 100000000 allowed"));
}

TEST(Jpeg, AFileIsReadAndAMissingOneNamed) {
  const TempFolder folder;
  const auto bytes = encode_jpeg(gradient(20, 10, 3), 90);
  const auto path =
      folder.write("a.jpg", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  EXPECT_EQ(read_jpeg(path).width, 20);
  const Error missing = caught_error([&] { read_jpeg(folder / "b.jpg"); });
  EXPECT_EQ(missing.code(), ErrorCode::not_found);
  EXPECT_THAT(missing.what(), HasSubstr("b.jpg: No such file or directory"));
  const Error text = caught_error([&] { read_jpeg(folder.write("c.jpg", "not a picture")); });
  EXPECT_EQ(text.code(), ErrorCode::corrupt_input);
  const Error directory = caught_error([&] { read_jpeg(folder.path()); });
  EXPECT_EQ(directory.code(), ErrorCode::io);
}

}  // namespace
}  // namespace screenalytics
