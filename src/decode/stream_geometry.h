// How stored pictures of a stream are shown: rotation and sample aspect ratio; private to decode.
// SPDX-License-Identifier: MIT
#pragma once

#include "base/geometry.h"
#include "decode/video_frame.h"

struct AVStream;
struct AVFrame;

namespace screenalytics {

struct StreamGeometry {
  Orientation orientation;
  Size shown;
};

// From the stream's headers, and for one picture (whose size or aspect may differ from them).
StreamGeometry stream_geometry(const AVStream& stream);
StreamGeometry frame_geometry(const AVStream& stream, const AVFrame& picture);

}  // namespace screenalytics
