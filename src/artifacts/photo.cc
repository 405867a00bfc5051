// SPDX-License-Identifier: MIT
#include "artifacts/photo.h"

#include <fmt/format.h>
#include <libexif/exif-data.h>
#include <png.h>
#include <turbojpeg.h>

#include <memory>
#include <string>
#include <system_error>

#include "artifacts/atomic_file.h"
#include "base/check.h"
#include "base/error.h"

namespace screenalytics {
namespace {

using Bytes = std::span<const uint8_t>;

[[noreturn]] void refuse(ErrorCode code, std::string_view name, std::string_view why) {
  throw Error(code, fmt::format("cannot read the photo {}: {}", name, why));
}

bool starts_with(Bytes bytes, std::string_view magic, size_t at = 0) {
  return bytes.size() >= at + magic.size() &&
         std::string_view(reinterpret_cast<const char*>(bytes.data()) + at, magic.size()) == magic;
}

void check_size(int64_t width, int64_t height, std::string_view name) {
  if (width < 1 || height < 1) refuse(ErrorCode::corrupt_input, name, "it has no size");
  if (width * height <= kMaxPhotoPixels) return;
  refuse(ErrorCode::corrupt_input, name,
         fmt::format("it is {} x {} pixels, more than {} million; give a smaller copy", width,
                     height, kMaxPhotoPixels / 1'000'000));
}

// EXIF 2.32, section 4.6.4: 1 upright, 2 to 8 mirrored and turned.
int orientation_of(Bytes bytes) {
  const std::unique_ptr<ExifData, decltype(&exif_data_unref)> exif(
      exif_data_new_from_data(bytes.data(), static_cast<unsigned>(bytes.size())), exif_data_unref);
  if (!exif) return 1;
  const ExifEntry* entry = exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry == nullptr || entry->format != EXIF_FORMAT_SHORT || entry->size < 2) return 1;
  const int value = exif_get_short(entry->data, exif_data_get_byte_order(exif.get()));
  return value >= 1 && value <= 8 ? value : 1;
}

Image upright(const Image& in, int orientation) {
  if (orientation == 1) return in;
  const bool swapped = orientation >= 5;
  Image out(swapped ? in.height : in.width, swapped ? in.width : in.height, in.channels);
  const int w = in.width - 1, h = in.height - 1;
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      int sx = swapped ? y : x, sy = swapped ? x : y;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) sx = w - sx;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) sy = h - sy;
      const uint8_t* from = in.row(sy) + static_cast<ptrdiff_t>(sx) * 3;
      std::copy(from, from + 3, out.row(y) + static_cast<ptrdiff_t>(x) * 3);
    }
  }
  return out;
}

Image decode_jpeg_photo(Bytes bytes, std::string_view name) {
  const std::unique_ptr<void, decltype(&tjDestroy)> handle(tjInitDecompress(), tjDestroy);
  SA_CHECK(handle);
  const auto fail = [&] {
    refuse(ErrorCode::corrupt_input, name,
           fmt::format("it is a damaged JPEG ({})", tjGetErrorStr2(handle.get())));
  };
  int width = 0, height = 0, subsampling = 0, colours = 0;
  if (tjDecompressHeader3(handle.get(), bytes.data(), bytes.size(), &width, &height, &subsampling,
                          &colours) != 0) {
    fail();
  }
  check_size(width, height, name);
  const bool cmyk = colours == TJCS_CMYK || colours == TJCS_YCCK;
  Image image(width, height, 3);
  std::vector<uint8_t> inks(cmyk ? image.pixels.size() / 3 * 4 : 0);
  if (tjDecompress2(handle.get(), bytes.data(), bytes.size(),
                    cmyk ? inks.data() : image.pixels.data(), width, 0, height,
                    cmyk ? TJPF_CMYK : TJPF_RGB, TJFLAG_STOPONWARNING) != 0) {
    fail();
  }
  // Photo software writes inks inverted: 255 is no ink.
  for (size_t i = 0; i < inks.size() / 4; ++i) {
    for (size_t c = 0; c < 3; ++c) {
      image.pixels[3 * i + c] = static_cast<uint8_t>(inks[4 * i + c] * inks[4 * i + 3] / 255);
    }
  }
  return upright(image, orientation_of(bytes));
}

Image decode_png_photo(Bytes bytes, std::string_view name) {
  // The chunk of an animation comes before the picture (APNG, acTL).
  const size_t early = std::min<size_t>(bytes.size(), 4096);
  if (std::string_view(reinterpret_cast<const char*>(bytes.data()), early).find("acTL") !=
      std::string_view::npos) {
    refuse(ErrorCode::unsupported, name, "it is an animated PNG; give a single picture");
  }
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const auto fail = [&] {
    refuse(ErrorCode::corrupt_input, name, fmt::format("it is a damaged PNG ({})", png.message));
  };
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) fail();
  const std::unique_ptr<png_image, decltype(&png_image_free)> guard(&png, png_image_free);
  check_size(png.width, png.height, name);
  png.format = PNG_FORMAT_RGB;
  Image image(static_cast<int>(png.width), static_cast<int>(png.height), 3);
  const png_color white{255, 255, 255};
  if (png_image_finish_read(&png, &white, image.pixels.data(), 0, nullptr) == 0) fail();
  if (PNG_IMAGE_FAILED(png)) fail();
  return image;
}

}  // namespace

Image decode_photo(Bytes bytes, std::string_view name) {
  if (bytes.empty()) refuse(ErrorCode::corrupt_input, name, "it is empty");
  if (starts_with(bytes, "\xFF\xD8\xFF")) return decode_jpeg_photo(bytes, name);
  if (starts_with(bytes, "\x89PNG\r\n\x1a\n")) return decode_png_photo(bytes, name);
  std::string_view known;
  if (starts_with(bytes, "GIF8")) known = "a GIF";
  if (starts_with(bytes, "RIFF") && starts_with(bytes, "WEBP", 8)) known = "WebP";
  if (starts_with(bytes, "ftyp", 4)) known = "HEIC, AVIF or a video";
  if (starts_with(bytes, "II*") || starts_with(bytes, "MM")) known = "TIFF or a raw photo";
  if (starts_with(bytes, "BM")) known = "BMP";
  if (starts_with(bytes, "%PDF")) known = "PDF";
  refuse(
      ErrorCode::unsupported, name,
      fmt::format("it is {}; give JPEG or PNG", known.empty() ? "no picture known here" : known));
}

Image read_photo(const std::filesystem::path& path) {
  std::error_code ec;
  const auto size = std::filesystem::file_size(path, ec);
  if (!ec && static_cast<int64_t>(size) > kMaxPhotoBytes) {
    refuse(ErrorCode::corrupt_input, path.string(),
           fmt::format("it has {} MB, more than {}; give a smaller copy", size >> 20,
                       kMaxPhotoBytes >> 20));
  }
  const std::string bytes = read_file(path);
  return decode_photo({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()},
                      path.string());
}

std::vector<uint8_t> encode_png(const Image& image) {
  SA_CHECK(!image.empty() && (image.channels == 1 || image.channels == 3));
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(image.width);
  png.height = static_cast<png_uint_32>(image.height);
  png.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  SA_CHECK(png_image_write_get_memory_size(png, size, 0, image.pixels.data(), 0, nullptr) != 0);
  std::vector<uint8_t> bytes(size);
  SA_CHECK(png_image_write_to_memory(&png, bytes.data(), &size, 0, image.pixels.data(), 0,
                                     nullptr) != 0);
  bytes.resize(size);
  return bytes;
}

}  // namespace screenalytics
