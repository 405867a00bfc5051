// SPDX-License-Identifier: MIT
#include "decode/video_frame.h"

#include <array>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "base/error.h"
#include "base/image_warp.h"
#include "decode/ffmpeg_handles.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace screenalytics {
namespace {

AVPixelFormat format_of(const AVFrame& f) { return static_cast<AVPixelFormat>(f.format); }

// The yuvj formats are the yuv ones at full range under an older name that swscale warns about.
AVPixelFormat modern_format(AVPixelFormat format) {
  switch (format) {
    case AV_PIX_FMT_YUVJ420P:
      return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P:
      return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P:
      return AV_PIX_FMT_YUV444P;
    case AV_PIX_FMT_YUVJ440P:
      return AV_PIX_FMT_YUV440P;
    default:
      return format;
  }
}

bool is_full_range(const AVFrame& f) {
  return f.color_range == AVCOL_RANGE_JPEG || modern_format(format_of(f)) != format_of(f);
}

int color_matrix(const AVFrame& f) {
  if (f.colorspace != AVCOL_SPC_UNSPECIFIED && f.colorspace != AVCOL_SPC_RGB) return f.colorspace;
  return f.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601;
}

// Whether rows of every component can be addressed by whole bytes in machine order.
bool is_addressable(const AVPixFmtDescriptor& d) {
  constexpr uint64_t kOdd = AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_BE |
                            AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_FLOAT;
  return (d.flags & kOdd) == 0;
}

struct ScaleJob {
  AVPixelFormat source_format{};
  int source_width = 0, source_height = 0, matrix = 0;
  bool full_range = false;
  AVPixelFormat target_format{};
  int target_width = 0, target_height = 0;
  bool target_full_range = true;
  friend bool operator==(const ScaleJob&, const ScaleJob&) = default;
};

// swscale contexts cost up to a millisecond to make, and each thread asks for the same few jobs.
class Scaler {
 public:
  SwsContext* for_job(const ScaleJob& job) {
    if (context_ && job == job_) return context_.get();
    const bool same_size =
        job.source_width == job.target_width && job.source_height == job.target_height;
    const int flags = (same_size ? SWS_POINT : SWS_AREA) | SWS_ACCURATE_RND;
    context_.reset(sws_getContext(job.source_width, job.source_height, job.source_format,
                                  job.target_width, job.target_height, job.target_format, flags,
                                  nullptr, nullptr, nullptr));
    if (!context_) {
      throw Error(ErrorCode::unsupported, "cannot convert pictures of format '" +
                                              std::string(av_get_pix_fmt_name(job.source_format)) +
                                              "': the installed FFmpeg has no conversion for it");
    }
    sws_setColorspaceDetails(context_.get(), sws_getCoefficients(job.matrix),
                             job.full_range ? 1 : 0, sws_getCoefficients(SWS_CS_ITU601),
                             job.target_full_range ? 1 : 0, 0, 1 << 16, 1 << 16);
    job_ = job;
    return context_.get();
  }

 private:
  ScaleJob job_;
  SwsContextPtr context_;
};

ScaleJob job_for(const AVFrame& f, int width, int height, AVPixelFormat target, Size output) {
  ScaleJob job;
  job.source_format = modern_format(format_of(f));
  job.source_width = width;
  job.source_height = height;
  job.matrix = color_matrix(f);
  job.full_range = is_full_range(f);
  job.target_format = target;
  job.target_width = output.width;
  job.target_height = output.height;
  return job;
}

// The first byte of pixel (x, y) in each plane; x and y must be multiples of the subsampling.
std::array<const uint8_t*, 4> planes_at(const AVFrame& f, int x, int y) {
  const AVPixFmtDescriptor& d = *av_pix_fmt_desc_get(format_of(f));
  std::array<const uint8_t*, 4> planes{};
  for (int c = 0; c < d.nb_components; ++c) {
    const int plane = d.comp[c].plane;
    const bool chroma = c == 1 || c == 2;
    const int px = chroma ? x >> d.log2_chroma_w : x;
    const int py = chroma ? y >> d.log2_chroma_h : y;
    planes[static_cast<size_t>(plane)] =
        f.data[plane] + static_cast<ptrdiff_t>(py) * f.linesize[plane] + px * d.comp[c].step;
  }
  return planes;
}

// Box average of one component. Every second row suffices where a box has many: noise averages out
// over hundreds of pixels, and this runs on every decoded frame.
template <typename Sample, typename Sum>
void box_average(const uint8_t* data, int linesize, int step, int right_shift, int width,
                 int height, Size output, int channels, uint8_t* out) {
  std::vector<Sum> columns(static_cast<size_t>(width));
  for (int oy = 0; oy < output.height; ++oy) {
    const int y0 = oy * height / output.height;
    const int y1 = std::max(y0 + 1, (oy + 1) * height / output.height);
    const int row_step = y1 - y0 >= 6 ? 2 : 1;
    std::fill(columns.begin(), columns.end(), Sum{0});
    int rows = 0;
    for (int y = y0; y < y1; y += row_step, ++rows) {
      const uint8_t* row = data + static_cast<ptrdiff_t>(y) * linesize;
      if (step == sizeof(Sample)) {
        for (int x = 0; x < width; ++x) {
          Sample s;
          std::memcpy(&s, row + static_cast<ptrdiff_t>(x) * static_cast<int>(sizeof(Sample)),
                      sizeof s);
          columns[static_cast<size_t>(x)] = static_cast<Sum>(columns[static_cast<size_t>(x)] + s);
        }
      } else {
        for (int x = 0; x < width; ++x) {
          Sample s;
          std::memcpy(&s, row + static_cast<ptrdiff_t>(x) * step, sizeof s);
          columns[static_cast<size_t>(x)] = static_cast<Sum>(columns[static_cast<size_t>(x)] + s);
        }
      }
    }
    for (int ox = 0; ox < output.width; ++ox) {
      const int x0 = ox * width / output.width;
      const int x1 = std::max(x0 + 1, (ox + 1) * width / output.width);
      uint64_t sum = 0;
      for (int x = x0; x < x1; ++x) sum += columns[static_cast<size_t>(x)];
      const auto count = static_cast<uint64_t>(rows) * static_cast<uint64_t>(x1 - x0);
      const auto value =
          static_cast<uint8_t>(std::min<uint64_t>(255, (sum / count) >> right_shift));
      out[(static_cast<ptrdiff_t>(oy) * output.width + ox) * channels] = value;
    }
  }
}

Image orient(const Image& stored, Orientation o) {
  if (o == Orientation{}) return stored;
  const Size out =
      o.transpose ? Size{stored.height, stored.width} : Size{stored.width, stored.height};
  Image shown(out.width, out.height, stored.channels);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      const int fx = o.flip_x ? out.width - 1 - x : x;
      const int fy = o.flip_y ? out.height - 1 - y : y;
      const uint8_t* from = o.transpose ? stored.row(fx) + fy * stored.channels
                                        : stored.row(fy) + fx * stored.channels;
      std::copy_n(from, stored.channels, shown.row(y) + x * stored.channels);
    }
  }
  return shown;
}

AvFramePtr to_rgb_frame(const AVFrame& f) {
  AvFramePtr rgb(av_frame_alloc());
  rgb->format = AV_PIX_FMT_RGB24;
  rgb->width = f.width;
  rgb->height = f.height;
  rgb->colorspace = AVCOL_SPC_RGB;
  if (av_frame_get_buffer(rgb.get(), 0) < 0) throw std::bad_alloc();
  thread_local Scaler scaler;
  const ScaleJob job = job_for(f, f.width, f.height, AV_PIX_FMT_RGB24, {f.width, f.height});
  sws_scale(scaler.for_job(job), f.data, f.linesize, 0, f.height, rgb->data, rgb->linesize);
  return rgb;
}

}  // namespace

VideoFrame::VideoFrame(const AVFrame& picture, Orientation orientation, Size shown)
    : orientation_(orientation), shown_(shown) {
  AvFramePtr own;
  const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format_of(picture));
  SA_CHECK(description != nullptr);
  if (is_addressable(*description)) {
    own.reset(av_frame_clone(&picture));
    if (!own) throw std::bad_alloc();
  } else {
    own = to_rgb_frame(picture);
  }
  picture_ = std::shared_ptr<const AVFrame>(own.release(), [](const AVFrame* f) {
    auto* p = const_cast<AVFrame*>(f);
    av_frame_free(&p);
  });
}

VideoFrame VideoFrame::from_rgb(const Image& rgb) {
  SA_CHECK(rgb.channels == 3);
  AvFramePtr f(av_frame_alloc());
  f->format = AV_PIX_FMT_RGB24;
  f->width = rgb.width;
  f->height = rgb.height;
  f->colorspace = AVCOL_SPC_RGB;
  if (av_frame_get_buffer(f.get(), 0) < 0) throw std::bad_alloc();
  for (int y = 0; y < rgb.height; ++y) {
    std::copy_n(rgb.row(y), rgb.stride(), f->data[0] + static_cast<ptrdiff_t>(y) * f->linesize[0]);
  }
  return {*f, Orientation{}, Size{rgb.width, rgb.height}};
}

// Pixel edges map to pixel edges: the shown size may differ from the stored one by rotation and by
// the sample aspect ratio.
Affine VideoFrame::stored_from_shown() const {
  const double sw = picture_->width, sh = picture_->height;
  const double w = shown_.width, h = shown_.height;
  Affine flip;  // shown -> shown before the flips
  if (orientation_.flip_x) flip = compose(flip, {-1, 0, w, 0, 1, 0});
  if (orientation_.flip_y) flip = compose(flip, {1, 0, 0, 0, -1, h});
  const Affine unturn = orientation_.transpose ? Affine{0, sw / h, 0, sh / w, 0, 0}
                                               : Affine{sw / w, 0, 0, 0, sh / h, 0};
  return compose(unturn, flip);
}

Image VideoFrame::stored_rgb(int x, int y, int width, int height, Size output) const {
  const AVFrame& f = *picture_;
  Image out(output.width, output.height, 3);
  thread_local Scaler scaler;
  const ScaleJob job = job_for(f, width, height, AV_PIX_FMT_RGB24, output);
  const auto planes = planes_at(f, x, y);
  // swscale writes whole vectors: rows go through a padded buffer, not straight into the image.
  const int padded = (output.width * 3 + 63) / 64 * 64 + 64;
  std::vector<uint8_t> buffer(static_cast<size_t>(padded) * static_cast<size_t>(output.height));
  uint8_t* target[4] = {buffer.data(), nullptr, nullptr, nullptr};
  const int target_stride[4] = {padded, 0, 0, 0};
  sws_scale(scaler.for_job(job), planes.data(), f.linesize, 0, height, target, target_stride);
  for (int row = 0; row < output.height; ++row) {
    std::copy_n(buffer.data() + static_cast<ptrdiff_t>(row) * padded, out.stride(), out.row(row));
  }
  return out;
}

Image VideoFrame::rgb(const Box& source, Size output) const {
  SA_CHECK(output.width > 0 && output.height > 0);
  const AVFrame& f = *picture_;
  const AVPixFmtDescriptor& d = *av_pix_fmt_desc_get(format_of(f));
  const Affine map = stored_from_shown();
  const Point a = map.apply({source.x1, source.y1}), b = map.apply({source.x2, source.y2});
  const int align_x = 1 << d.log2_chroma_w, align_y = 1 << d.log2_chroma_h;
  const auto low = [](float v, int align, int limit) {
    return std::clamp(static_cast<int>(std::lround(v)) / align * align, 0, limit - 1);
  };
  const int x1 = low(std::min(a.x, b.x), align_x, f.width);
  const int y1 = low(std::min(a.y, b.y), align_y, f.height);
  const int x2 = std::clamp(static_cast<int>(std::lround(std::max(a.x, b.x))), x1 + 1, f.width);
  const int y2 = std::clamp(static_cast<int>(std::lround(std::max(a.y, b.y))), y1 + 1, f.height);
  const Size stored_out = orientation_.transpose ? Size{output.height, output.width} : output;
  return orient(stored_rgb(x1, y1, x2 - x1, y2 - y1, stored_out), orientation_);
}

Image VideoFrame::rgb() const {
  return rgb({0, 0, static_cast<float>(shown_.width), static_cast<float>(shown_.height)}, shown_);
}

Image VideoFrame::warp(const Affine& frame_from_crop, Size output) const {
  const AVFrame& f = *picture_;
  const AVPixFmtDescriptor& d = *av_pix_fmt_desc_get(format_of(f));
  const Affine stored_from_crop = compose(stored_from_shown(), frame_from_crop);
  Box need{1e9F, 1e9F, -1e9F, -1e9F};
  for (const float cx : {-1.F, static_cast<float>(output.width)}) {
    for (const float cy : {-1.F, static_cast<float>(output.height)}) {
      const Point p = stored_from_crop.apply({cx, cy});
      need = {std::min(need.x1, p.x), std::min(need.y1, p.y), std::max(need.x2, p.x),
              std::max(need.y2, p.y)};
    }
  }
  need = clip(need, static_cast<float>(f.width), static_cast<float>(f.height));
  const int align_x = 1 << d.log2_chroma_w, align_y = 1 << d.log2_chroma_h;
  const int x1 = static_cast<int>(need.x1) / align_x * align_x;
  const int y1 = static_cast<int>(need.y1) / align_y * align_y;
  const int x2 = static_cast<int>(std::ceil(need.x2)), y2 = static_cast<int>(std::ceil(need.y2));
  if (x2 - x1 < 2 || y2 - y1 < 2) return {output.width, output.height, 3};
  // A large face is first brought near the crop's scale by area averaging, so that the bilinear
  // samples do not alias.
  const double pixels_per_crop_pixel = std::sqrt(
      std::abs(stored_from_crop.a * stored_from_crop.e - stored_from_crop.b * stored_from_crop.d));
  const double shrink = std::max(1.0, pixels_per_crop_pixel / 1.25);
  const Size part{std::max(2, static_cast<int>(std::lround((x2 - x1) / shrink))),
                  std::max(2, static_cast<int>(std::lround((y2 - y1) / shrink)))};
  const Image region = stored_rgb(x1, y1, x2 - x1, y2 - y1, part);
  const double sx = static_cast<double>(part.width) / (x2 - x1);
  const double sy = static_cast<double>(part.height) / (y2 - y1);
  const Affine region_from_stored{sx, 0, -x1 * sx, 0, sy, -y1 * sy};
  return screenalytics::warp(region, compose(region_from_stored, stored_from_crop), output);
}

Image VideoFrame::stored_tiny(int channels, Size output) const {
  const AVFrame& f = *picture_;
  const AVPixFmtDescriptor& d = *av_pix_fmt_desc_get(format_of(f));
  Image out(output.width, output.height, channels);
  if ((d.flags & AV_PIX_FMT_FLAG_RGB) != 0) {
    const Image rgb = stored_rgb(0, 0, f.width, f.height, output);
    for (size_t i = 0; i < static_cast<size_t>(output.width) * static_cast<size_t>(output.height);
         ++i) {
      const int r = rgb.pixels[i * 3], g = rgb.pixels[i * 3 + 1], b = rgb.pixels[i * 3 + 2];
      const int y = (77 * r + 150 * g + 29 * b) >> 8;
      uint8_t* p = out.pixels.data() + i * static_cast<size_t>(channels);
      p[0] = static_cast<uint8_t>(y);
      if (channels == 3) {
        p[1] = static_cast<uint8_t>(std::clamp(128 + (b - y) * 9 / 16, 0, 255));
        p[2] = static_cast<uint8_t>(std::clamp(128 + (r - y) * 11 / 16, 0, 255));
      }
    }
    return out;
  }
  for (int c = 0; c < channels; ++c) {
    uint8_t* target = out.pixels.data() + c;
    if (c >= d.nb_components || (c == 1 && d.nb_components < 3)) {
      for (size_t i = static_cast<size_t>(c); i < out.pixels.size();
           i += static_cast<size_t>(channels)) {
        out.pixels[i] = 128;
      }
      continue;
    }
    const AVComponentDescriptor& comp = d.comp[c];
    const int width = c == 0 ? f.width : -((-f.width) >> d.log2_chroma_w);
    const int height = c == 0 ? f.height : -((-f.height) >> d.log2_chroma_h);
    const uint8_t* data = f.data[comp.plane] + comp.offset;
    if (comp.depth > 8) {
      box_average<uint16_t, uint32_t>(data, f.linesize[comp.plane], comp.step,
                                      comp.depth + comp.shift - 8, width, height, output, channels,
                                      target);
    } else {
      box_average<uint8_t, uint16_t>(data, f.linesize[comp.plane], comp.step, 0, width, height,
                                     output, channels, target);
    }
  }
  return out;
}

Image VideoFrame::tiny_luma(Size output) const {
  const Size stored = orientation_.transpose ? Size{output.height, output.width} : output;
  return orient(stored_tiny(1, stored), orientation_);
}

Image VideoFrame::tiny_yuv(Size output) const {
  const Size stored = orientation_.transpose ? Size{output.height, output.width} : output;
  return orient(stored_tiny(3, stored), orientation_);
}

JpegPlanes VideoFrame::jpeg_planes() const {
  const AVFrame* f = picture_.get();
  if (orientation_ != Orientation{}) {
    return from_rgb(rgb()).jpeg_planes();
  }
  JpegPlanes out;
  out.width = shown_.width;
  out.height = shown_.height;
  const int cw = (out.width + 1) / 2, ch = (out.height + 1) / 2;
  AvFramePtr target(av_frame_alloc());
  target->format = AV_PIX_FMT_YUV420P;
  target->width = out.width;
  target->height = out.height;
  if (av_frame_get_buffer(target.get(), 0) < 0) throw std::bad_alloc();
  thread_local Scaler scaler;
  const ScaleJob job = job_for(*f, f->width, f->height, AV_PIX_FMT_YUV420P, shown_);
  sws_scale(scaler.for_job(job), f->data, f->linesize, 0, f->height, target->data,
            target->linesize);
  const auto copy = [&](int plane, int w, int h, std::vector<uint8_t>& to) {
    to.resize(static_cast<size_t>(w) * static_cast<size_t>(h));
    for (int y = 0; y < h; ++y) {
      std::copy_n(target->data[plane] + static_cast<ptrdiff_t>(y) * target->linesize[plane], w,
                  to.data() + static_cast<ptrdiff_t>(y) * w);
    }
  };
  copy(0, out.width, out.height, out.y);
  copy(1, cw, ch, out.u);
  copy(2, cw, ch, out.v);
  return out;
}

}  // namespace screenalytics
