// SPDX-License-Identifier: MIT
#include "testing/picture_file.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
}

#include <cmath>
#include <memory>
#include <string>

#include "base/error.h"

namespace screenalytics {
namespace {

struct CloseInput {
  void operator()(AVFormatContext* p) const { avformat_close_input(&p); }
};
struct FreeCodec {
  void operator()(AVCodecContext* p) const { avcodec_free_context(&p); }
};
struct FreeFrame {
  void operator()(AVFrame* p) const { av_frame_free(&p); }
};
struct FreePacket {
  void operator()(AVPacket* p) const { av_packet_free(&p); }
};
struct FreeScaler {
  void operator()(SwsContext* p) const { sws_freeContext(p); }
};

class ClipReader {
 public:
  explicit ClipReader(const std::filesystem::path& path) : path_(path.string()) {
    AVFormatContext* input = nullptr;
    require(avformat_open_input(&input, path_.c_str(), nullptr, nullptr) >= 0, "open");
    input_.reset(input);
    require(avformat_find_stream_info(input, nullptr) >= 0, "probe");
    const AVCodec* decoder = nullptr;
    stream_ = av_find_best_stream(input, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);
    require(stream_ >= 0 && decoder != nullptr, "find a picture in");
    codec_.reset(avcodec_alloc_context3(decoder));
    codec_->thread_count = 1;
    require(avcodec_parameters_to_context(codec_.get(), stream()->codecpar) >= 0 &&
                avcodec_open2(codec_.get(), decoder, nullptr) >= 0,
            "decode");
  }

  // The next frame in the order of showing; null at the end.
  const AVFrame* next() {
    while (true) {
      const int result = avcodec_receive_frame(codec_.get(), frame_.get());
      if (result >= 0) return frame_.get();
      if (result == AVERROR_EOF) return nullptr;
      require(result == AVERROR(EAGAIN), "decode");
      feed();
    }
  }

  double seconds() const {
    const int64_t pts = frame_->best_effort_timestamp;
    return pts == AV_NOPTS_VALUE ? 0 : static_cast<double>(pts) * av_q2d(stream()->time_base);
  }

  Image to_rgb() {
    // JPEG's own pixel formats are the plain ones with full range.
    auto format = static_cast<AVPixelFormat>(frame_->format);
    const bool full = format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P ||
                      format == AV_PIX_FMT_YUVJ444P || frame_->color_range == AVCOL_RANGE_JPEG;
    if (format == AV_PIX_FMT_YUVJ420P) format = AV_PIX_FMT_YUV420P;
    if (format == AV_PIX_FMT_YUVJ422P) format = AV_PIX_FMT_YUV422P;
    if (format == AV_PIX_FMT_YUVJ444P) format = AV_PIX_FMT_YUV444P;
    scaler_.reset(sws_getCachedContext(scaler_.release(), frame_->width, frame_->height, format,
                                       frame_->width, frame_->height, AV_PIX_FMT_RGB24,
                                       SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr));
    require(scaler_ != nullptr, "convert");
    const int* const table = sws_getCoefficients(SWS_CS_DEFAULT);
    sws_setColorspaceDetails(scaler_.get(), table, full ? 1 : 0, table, 1, 0, 1 << 16, 1 << 16);
    Image image(frame_->width, frame_->height, 3);
    uint8_t* const rows[1] = {image.pixels.data()};
    const int strides[1] = {static_cast<int>(image.stride())};
    sws_scale(scaler_.get(), frame_->data, frame_->linesize, 0, frame_->height, rows, strides);
    return image;
  }

 private:
  const AVStream* stream() const { return input_->streams[stream_]; }

  void feed() {
    while (true) {
      av_packet_unref(packet_.get());
      if (av_read_frame(input_.get(), packet_.get()) < 0) {
        avcodec_send_packet(codec_.get(), nullptr);
        return;
      }
      if (packet_->stream_index != stream_) continue;
      require(avcodec_send_packet(codec_.get(), packet_.get()) >= 0, "decode");
      return;
    }
  }

  void require(bool done, const char* what) const {
    if (!done) throw Error(ErrorCode::io, std::string("cannot ") + what + " " + path_);
  }

  std::string path_;
  std::unique_ptr<AVFormatContext, CloseInput> input_;
  std::unique_ptr<AVCodecContext, FreeCodec> codec_;
  std::unique_ptr<AVFrame, FreeFrame> frame_{av_frame_alloc()};
  std::unique_ptr<AVPacket, FreePacket> packet_{av_packet_alloc()};
  std::unique_ptr<SwsContext, FreeScaler> scaler_;
  int stream_ = -1;
};

}  // namespace

Image read_picture(const std::filesystem::path& path) {
  ClipReader reader(path);
  if (reader.next() == nullptr) {
    throw Error(ErrorCode::io, "cannot find a picture in " + path.string());
  }
  return reader.to_rgb();
}

void for_each_picture(const std::filesystem::path& path, double fps,
                      const std::function<bool(Image, double)>& use) {
  ClipReader reader(path);
  double due = -HUGE_VAL;
  while (reader.next() != nullptr) {
    const double seconds = reader.seconds();
    if (seconds < due) continue;
    due = (std::floor(seconds * fps + 1e-6) + 1) / fps - 1e-6;
    if (!use(reader.to_rgb(), seconds)) return;
  }
}

}  // namespace screenalytics
