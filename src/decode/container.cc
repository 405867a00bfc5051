// SPDX-License-Identifier: MIT
#include "decode/container.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/error.h"
#include "decode/stream_geometry.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

int interrupted(void* cancel) {
  return cancel != nullptr && static_cast<const CancelToken*>(cancel)->cancelled() ? 1 : 0;
}

void check_path(const fs::path& path) {
  std::error_code ec;
  const fs::file_status status = fs::status(path, ec);
  if (!fs::exists(status)) {
    throw Error(ErrorCode::not_found,
                fmt::format("cannot open video '{}': no such file; check the path", path.string()));
  }
  if (fs::is_directory(status)) {
    throw Error(ErrorCode::corrupt_input,
                fmt::format("cannot open video '{}': it is a directory; name a video file in it",
                            path.string()));
  }
  if (fs::is_regular_file(status) && fs::file_size(path, ec) == 0) {
    throw Error(ErrorCode::corrupt_input,
                fmt::format("cannot open video '{}': the file is empty (0 bytes)", path.string()));
  }
}

}  // namespace

std::string av_error_text(int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return text.data();
}

AvFormatContextPtr open_container(const fs::path& path, const CancelToken* cancel) {
  check_path(path);
  AVFormatContext* raw = avformat_alloc_context();
  if (raw == nullptr) throw std::bad_alloc();
  raw->interrupt_callback = {interrupted, const_cast<CancelToken*>(cancel)};
  // "file:" keeps FFmpeg from reading a protocol into a name with a colon.
  const std::string url = "file:" + path.string();
  int rc = avformat_open_input(&raw, url.c_str(), nullptr, nullptr);
  if (rc < 0) {
    const bool denied = rc == AVERROR(EACCES) || rc == AVERROR(EPERM);
    throw Error(
        denied ? ErrorCode::io : ErrorCode::corrupt_input,
        fmt::format("cannot open video '{}': {}; {}", path.string(), av_error_text(rc),
                    denied ? "give this user the right to read it"
                           : "it is not a video file that FFmpeg can read, or it is damaged"));
  }
  AvFormatContextPtr format(raw);
  rc = avformat_find_stream_info(format.get(), nullptr);
  if (rc < 0) {
    throw Error(ErrorCode::corrupt_input, fmt::format("cannot read the streams of '{}': {}",
                                                      path.string(), av_error_text(rc)));
  }
  return format;
}

int find_video_stream(const AVFormatContext& format, const fs::path& path) {
  int best = -1;
  bool cover_only = false;
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    const AVStream& s = *format.streams[i];
    if (s.codecpar->codec_type != AVMEDIA_TYPE_VIDEO) continue;
    if ((s.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) {
      cover_only = true;
      continue;
    }
    if (best < 0 || (s.disposition & AV_DISPOSITION_DEFAULT) >
                        (format.streams[best]->disposition & AV_DISPOSITION_DEFAULT)) {
      best = static_cast<int>(i);
    }
  }
  if (best < 0) {
    throw Error(ErrorCode::corrupt_input,
                fmt::format("cannot analyse '{}': it has no video stream ({} stream(s){})",
                            path.string(), format.nb_streams,
                            cover_only ? ", sound and a cover picture" : ", none of them video"));
  }
  return best;
}

AvCodecContextPtr open_decoder(const AVStream& stream, const fs::path& path, int threads) {
  const AVCodecParameters& par = *stream.codecpar;
  const AVCodec* codec = avcodec_find_decoder(par.codec_id);
  if (codec == nullptr) {
    std::array<char, AV_FOURCC_MAX_STRING_SIZE> tag{};
    av_fourcc_make_string(tag.data(), par.codec_tag);
    const bool known = par.codec_id != AV_CODEC_ID_NONE;
    throw Error(
        ErrorCode::unsupported,
        fmt::format("cannot decode '{}': no decoder for '{}' in FFmpeg {}; convert the video "
                    "or install an FFmpeg that has one",
                    path.string(), known ? avcodec_get_name(par.codec_id) : tag.data(),
                    ffmpeg_version()));
  }
  AvCodecContextPtr context(avcodec_alloc_context3(codec));
  if (!context) throw std::bad_alloc();
  int rc = avcodec_parameters_to_context(context.get(), &par);
  context->pkt_timebase = stream.time_base;
  context->thread_count = threads;
  if (rc >= 0) rc = avcodec_open2(context.get(), codec, nullptr);
  if (rc == AVERROR(ENOMEM) || rc == AVERROR(EAGAIN)) {
    throw Error(ErrorCode::io,
                fmt::format("cannot start the decoder of '{}' on {} threads: {}; use "
                            "fewer --threads",
                            path.string(), threads, av_error_text(rc)));
  }
  if (rc < 0) {
    throw Error(ErrorCode::unsupported,
                fmt::format("cannot decode '{}': the decoder for '{}' refuses it: {}",
                            path.string(), codec->name, av_error_text(rc)));
  }
  return context;
}

VideoInfo describe(const AVFormatContext& format, const AVStream& stream, const fs::path& path) {
  VideoInfo info;
  std::error_code ec;
  info.path = fs::absolute(path, ec).string();
  info.container = format.iformat->name;
  info.codec = avcodec_get_name(stream.codecpar->codec_id);
  const auto pixel_format = static_cast<AVPixelFormat>(stream.codecpar->format);
  if (const char* name = av_get_pix_fmt_name(pixel_format)) info.pixel_format = name;
  info.size = stream_geometry(stream).shown;
  info.average_fps =
      av_q2d(stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate);
  if (!std::isfinite(info.average_fps) || info.average_fps < 0) info.average_fps = 0;
  info.time_base_s = av_q2d(stream.time_base);
  if (stream.duration > 0) {
    info.duration_s = static_cast<double>(stream.duration) * info.time_base_s;
    info.duration_is_the_videos = true;
  } else if (format.duration > 0) {
    info.duration_s = static_cast<double>(format.duration) / AV_TIME_BASE;
    info.duration_is_the_videos = format.nb_streams == 1;
  }
  if (stream.start_time != AV_NOPTS_VALUE) {
    info.start_s = static_cast<double>(stream.start_time) * info.time_base_s;
  }
  info.frames_estimate =
      stream.nb_frames > 0 ? stream.nb_frames
                           : static_cast<int64_t>(std::llround(info.duration_s * info.average_fps));
  const AVFieldOrder order = stream.codecpar->field_order;
  info.interlaced = order != AV_FIELD_UNKNOWN && order != AV_FIELD_PROGRESSIVE;
  const auto bytes = fs::file_size(path, ec);
  info.file_size = ec ? 0 : static_cast<int64_t>(bytes);
  return info;
}

}  // namespace screenalytics
