// SPDX-License-Identifier: MIT
#include "artifacts/jpeg.h"

#include <fmt/format.h>
#include <turbojpeg.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "artifacts/atomic_file.h"
#include "base/check.h"
#include "base/error.h"

namespace screenalytics {
namespace {

constexpr int kMaxSide = 65535;

struct HandleCloser {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, HandleCloser>;

Handle make_handle(tjhandle handle) {
  if (!handle) {
    throw Error(ErrorCode::io,
                fmt::format("cannot start a JPEG coder: {}; free some memory", tjGetErrorStr2({})));
  }
  return Handle(handle);
}

[[noreturn]] void fail_decode(ErrorCode code, std::string_view name, std::string_view reason) {
  throw Error(code,
              fmt::format("cannot read {} as JPEG: {}; give a complete JPEG file", name, reason));
}

}  // namespace

Image decode_jpeg(std::span<const uint8_t> bytes, std::string_view name) {
  if (bytes.empty()) fail_decode(ErrorCode::corrupt_input, name, "it is empty");
  const Handle handle = make_handle(tjInitDecompress());
  int width = 0, height = 0, subsampling = 0, colours = 0;
  if (tjDecompressHeader3(handle.get(), bytes.data(), bytes.size(), &width, &height, &subsampling,
                          &colours) != 0 &&
      tjGetErrorCode(handle.get()) == TJERR_FATAL) {
    fail_decode(ErrorCode::corrupt_input, name, tjGetErrorStr2(handle.get()));
  }
  if (width < 1 || height < 1) fail_decode(ErrorCode::corrupt_input, name, "it has no size");
  if (int64_t{width} * height > kMaxJpegPixels) {
    throw Error(ErrorCode::corrupt_input,
                fmt::format("cannot read {} as JPEG: {} x {} pixels are more than the {} allowed; "
                            "scale it down",
                            name, width, height, kMaxJpegPixels));
  }
  if (colours == TJCS_CMYK || colours == TJCS_YCCK) {
    fail_decode(ErrorCode::unsupported, name, "its colours are CMYK, not RGB or grey");
  }
  Image image(width, height, 3);
  if (tjDecompress2(handle.get(), bytes.data(), bytes.size(), image.pixels.data(), width, 0, height,
                    TJPF_RGB, TJFLAG_ACCURATEDCT) != 0) {
    // Photos with harmless oddities are common and decode whole; a file that ends early does not.
    const std::string reason = tjGetErrorStr2(handle.get());
    if (tjGetErrorCode(handle.get()) == TJERR_FATAL || reason.find("end") != std::string::npos) {
      fail_decode(ErrorCode::corrupt_input, name, reason);
    }
  }
  return image;
}

Image read_jpeg(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  return decode_jpeg({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, path.string());
}

struct JpegEncoder::Impl {
  Handle handle;
  std::unique_ptr<uint8_t[]> buffer;
  unsigned long capacity = 0;
  std::vector<uint8_t> even_luma;

  void reserve(int width, int height, int subsampling) {
    SA_CHECK(width > 0 && height > 0 && width <= kMaxSide && height <= kMaxSide);
    const unsigned long needed = tjBufSize(width, height, subsampling);
    if (needed <= capacity) return;
    buffer = std::make_unique_for_overwrite<uint8_t[]>(needed);
    capacity = needed;
  }

  // The coder reads whole 2 x 2 blocks of luma: an odd side would be read one beyond its end.
  const uint8_t* make_even(const uint8_t* luma, int stride, int width, int height) {
    const int even_width = width + (width & 1), even_height = height + (height & 1);
    even_luma.resize(static_cast<size_t>(even_width) * static_cast<size_t>(even_height));
    for (int y = 0; y < even_height; ++y) {
      const uint8_t* from = luma + static_cast<ptrdiff_t>(std::min(y, height - 1)) * stride;
      uint8_t* to = even_luma.data() + static_cast<ptrdiff_t>(y) * even_width;
      std::copy_n(from, width, to);
      to[even_width - 1] = from[width - 1];
    }
    return even_luma.data();
  }

  std::span<const uint8_t> result(int status, unsigned long size, int width, int height) const {
    if (status != 0) {
      throw Error(ErrorCode::io,
                  fmt::format("cannot encode a JPEG of {} x {}: {}; free some memory", width,
                              height, tjGetErrorStr2(handle.get())));
    }
    return {buffer.get(), size};
  }
};

JpegEncoder::JpegEncoder() : impl_(std::make_unique<Impl>()) {
  impl_->handle = make_handle(tjInitCompress());
}
JpegEncoder::~JpegEncoder() = default;
JpegEncoder::JpegEncoder(JpegEncoder&&) noexcept = default;
JpegEncoder& JpegEncoder::operator=(JpegEncoder&&) noexcept = default;

std::span<const uint8_t> JpegEncoder::encode(const Image& image, int quality) {
  SA_CHECK(image.channels == 3 || image.channels == 1);
  SA_CHECK(!image.empty());
  SA_CHECK(quality >= 1 && quality <= 100);
  const bool grey = image.channels == 1;
  const int subsampling = grey ? TJSAMP_GRAY : TJSAMP_420;
  impl_->reserve(image.width, image.height, subsampling);
  unsigned char* out = impl_->buffer.get();
  unsigned long size = impl_->capacity;
  const int status =
      tjCompress2(impl_->handle.get(), image.pixels.data(), image.width, 0, image.height,
                  grey ? TJPF_GRAY : TJPF_RGB, &out, &size, subsampling, quality, TJFLAG_NOREALLOC);
  return impl_->result(status, size, image.width, image.height);
}

std::span<const uint8_t> JpegEncoder::encode_yuv420(const std::array<const uint8_t*, 3>& planes,
                                                    const std::array<int, 3>& strides, int width,
                                                    int height, int quality) {
  SA_CHECK(quality >= 1 && quality <= 100);
  SA_CHECK(planes[0] && planes[1] && planes[2]);
  impl_->reserve(width, height, TJSAMP_420);
  unsigned char* out = impl_->buffer.get();
  unsigned long size = impl_->capacity;
  const unsigned char* in[3] = {planes[0], planes[1], planes[2]};
  int in_strides[3] = {strides[0], strides[1], strides[2]};
  if (width % 2 != 0 || height % 2 != 0) {
    in[0] = impl_->make_even(planes[0], strides[0], width, height);
    in_strides[0] = width + width % 2;
  }
  const int status = tjCompressFromYUVPlanes(impl_->handle.get(), in, width, in_strides, height,
                                             TJSAMP_420, &out, &size, quality, TJFLAG_NOREALLOC);
  return impl_->result(status, size, width, height);
}

std::vector<uint8_t> encode_jpeg(const Image& image, int quality) {
  JpegEncoder encoder;
  const auto bytes = encoder.encode(image, quality);
  return {bytes.begin(), bytes.end()};
}

}  // namespace screenalytics
