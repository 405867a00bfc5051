// SPDX-License-Identifier: MIT
#include "decode/subtitle_filter.h"

#include <fmt/format.h>

#include <new>

#include "base/error.h"
#include "decode/container.h"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/opt.h>
}

namespace screenalytics {
namespace {

// Adds a filter behind `last`.
class Chain {
 public:
  Chain(AVFilterGraph& graph, std::string path) : graph_(graph), path_(std::move(path)) {}

  AVFilterContext* add(const char* name, const std::string& arguments) {
    AVFilterContext* filter = allocate(name);
    check(avfilter_init_str(filter, arguments.c_str()), name);
    return link(filter, name);
  }

  // A path needs no escaping where it is set as a value of its own.
  AVFilterContext* add_with_file(const char* name, const std::string& file) {
    AVFilterContext* filter = allocate(name);
    check(av_opt_set(filter->priv, "filename", file.c_str(), 0), name);
    check(avfilter_init_str(filter, nullptr), name);
    return link(filter, name);
  }

  void check(int result, const char* name, ErrorCode code = ErrorCode::io) const {
    if (result >= 0) return;
    throw Error(code, fmt::format("cannot draw '{}' into a video: filter {}: {}", path_, name,
                                  av_error_text(result)));
  }

 private:
  AVFilterContext* allocate(const char* name) {
    const AVFilter* kind = avfilter_get_by_name(name);
    if (kind == nullptr) {
      throw Error(ErrorCode::unsupported,
                  fmt::format("cannot draw '{}' into a video: this FFmpeg has no filter '{}'; "
                              "install one that is built with libass",
                              path_, name));
    }
    AVFilterContext* filter = avfilter_graph_alloc_filter(&graph_, kind, nullptr);
    if (filter == nullptr) throw std::bad_alloc();
    return filter;
  }

  AVFilterContext* link(AVFilterContext* filter, const char* name) {
    if (last_ != nullptr) check(avfilter_link(last_, 0, filter, 0), name);
    last_ = filter;
    return filter;
  }

  AVFilterGraph& graph_;
  std::string path_;
  AVFilterContext* last_ = nullptr;
};

}  // namespace

SubtitleFilter::SubtitleFilter(const std::filesystem::path& subtitles, const AVFrame& first,
                               const Orientation& orientation, Size shown, int threads)
    : subtitles_(subtitles), graph_(avfilter_graph_alloc()) {
  if (!graph_) throw std::bad_alloc();
  graph_->nb_threads = threads;
  Chain chain(*graph_, subtitles.string());
  source_ =
      chain.add("buffer", fmt::format("width={}:height={}:pix_fmt={}:time_base={}/{}", first.width,
                                      first.height, first.format, kTimeBase.num, kTimeBase.den));
  // First of all, since it takes frames whose size changes on the way.
  const Size stored = orientation.transpose ? Size{shown.height, shown.width} : shown;
  chain.add("scale", fmt::format("w={}:h={}", stored.width, stored.height));
  chain.add("format", "yuv420p");
  if (orientation.transpose) chain.add("transpose", "dir=cclock_flip");
  if (orientation.flip_x) chain.add("hflip", "");
  if (orientation.flip_y) chain.add("vflip", "");
  chain.add("setsar", "1");
  chain.add_with_file("ass", subtitles.string());
  chain.add("pad", "w=ceil(iw/2)*2:h=ceil(ih/2)*2");  // H.264 at 4:2:0 has no odd sizes
  sink_ = chain.add("buffersink", "");
  chain.check(avfilter_graph_config(graph_.get(), nullptr), "graph");
}

AvFramePtr SubtitleFilter::apply(const AVFrame& picture, int64_t tick) {
  const auto check = [&](int result) {
    if (result >= 0) return;
    throw Error(ErrorCode::io, fmt::format("cannot draw '{}' into a frame: {}", subtitles_.string(),
                                           av_error_text(result)));
  };
  AvFramePtr frame(av_frame_clone(&picture));
  if (!frame) throw std::bad_alloc();
  frame->pts = tick;
  check(av_buffersrc_add_frame(source_, frame.get()));
  check(av_buffersink_get_frame(sink_, frame.get()));
  frame->pict_type = AV_PICTURE_TYPE_NONE;  // the encoder is to choose
  return frame;
}

}  // namespace screenalytics
