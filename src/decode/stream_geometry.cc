// SPDX-License-Identifier: MIT
#include "decode/stream_geometry.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "decode/ffmpeg_handles.h"

extern "C" {
#include <libavutil/display.h>
}

namespace screenalytics {
namespace {

const int32_t* display_matrix(const AVStream& stream) {
#if LIBAVFORMAT_VERSION_MAJOR >= 61
  const AVPacketSideData* data =
      av_packet_side_data_get(stream.codecpar->coded_side_data, stream.codecpar->nb_coded_side_data,
                              AV_PKT_DATA_DISPLAYMATRIX);
  return data == nullptr ? nullptr : reinterpret_cast<const int32_t*>(data->data);
#else
  return reinterpret_cast<const int32_t*>(
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
#endif
}

// The matrix maps stored to shown coordinates, row vectors: x' = a x + c y, y' = b x + d y, with
// a = m[0], b = m[1], c = m[3], d = m[4]. Only turns by 90 degrees and flips have meaning here; any
// other angle is left as it is.
Orientation orientation_of(const int32_t* m) {
  if (m == nullptr) return {};
  const int32_t a = m[0], b = m[1], c = m[3], d = m[4];
  Orientation o;
  if (a != 0 && d != 0 && b == 0 && c == 0) {
    o.flip_x = a < 0;
    o.flip_y = d < 0;
  } else if (a == 0 && d == 0 && b != 0 && c != 0) {
    o.transpose = true;
    o.flip_x = c < 0;
    o.flip_y = b < 0;
  }
  return o;
}

Size shown_size(int width, int height, AVRational aspect, bool transpose) {
  double w = width;
  if (aspect.num > 0 && aspect.den > 0) {
    const double ratio = av_q2d(aspect);
    if (ratio > 0.1 && ratio < 10) w *= ratio;
  }
  Size size{std::max(1, static_cast<int>(std::lround(w))), height};
  if (transpose) std::swap(size.width, size.height);
  return size;
}

}  // namespace

StreamGeometry stream_geometry(const AVStream& stream) {
  const AVCodecParameters& par = *stream.codecpar;
  const Orientation o = orientation_of(display_matrix(stream));
  const AVRational aspect =
      stream.sample_aspect_ratio.num > 0 ? stream.sample_aspect_ratio : par.sample_aspect_ratio;
  return {o, shown_size(par.width, par.height, aspect, o.transpose)};
}

StreamGeometry frame_geometry(const AVStream& stream, const AVFrame& picture) {
  const Orientation o = orientation_of(display_matrix(stream));
  const AVRational aspect =
      stream.sample_aspect_ratio.num > 0 ? stream.sample_aspect_ratio : picture.sample_aspect_ratio;
  return {o, shown_size(picture.width, picture.height, aspect, o.transpose)};
}

}  // namespace screenalytics
