// SubtitleFilter: turns a decoded picture into the shown one with the subtitles of its time;
// private to decode. SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>

#include "decode/ffmpeg_handles.h"
#include "decode/video_frame.h"

extern "C" {
#include <libavfilter/avfilter.h>
}

namespace screenalytics {

struct AvFilterGraphDeleter {
  void operator()(AVFilterGraph* g) const { avfilter_graph_free(&g); }
};

// Threads: one caller. Memory: one frame.
class SubtitleFilter {
 public:
  // Times that come in and go out are ticks of this.
  static constexpr AVRational kTimeBase{1, 90000};

  // Throws: unsupported where this FFmpeg has no ass filter; io where the subtitles cannot be read.
  SubtitleFilter(const std::filesystem::path& subtitles, const AVFrame& first,
                 const Orientation& orientation, Size shown, int threads);

  // Returns: the picture in yuv420p, of even width and height. Throws: io.
  AvFramePtr apply(const AVFrame& picture, int64_t tick);

 private:
  std::filesystem::path subtitles_;
  std::unique_ptr<AVFilterGraph, AvFilterGraphDeleter> graph_;
  AVFilterContext *source_ = nullptr, *sink_ = nullptr;
};

}  // namespace screenalytics
