// SPDX-License-Identifier: MIT
#include "decode/subtitle_burner.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "decode/container.h"
#include "decode/output_file.h"
#include "decode/subtitle_filter.h"
#include "decode/video_source.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

constexpr AVRational kMicroseconds{1, AV_TIME_BASE};
constexpr int kQuality = 20;  // of H.264: no loss that one sees

// Beside the file that it will become; gone where it does not.
class PartialFile {
 public:
  explicit PartialFile(const fs::path& target)
      : target_(target),
        path_(target.parent_path() /
              fmt::format(".{}.partial{}", target.stem().string(), target.extension().string())) {}
  ~PartialFile() {
    std::error_code ec;
    fs::remove(path_, ec);
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const fs::path& path() const { return path_; }
  void commit() {
    std::error_code ec;
    fs::rename(path_, target_, ec);
    if (ec) {
      throw Error(ErrorCode::io,
                  fmt::format("cannot write '{}': {}", target_.string(), ec.message()));
    }
  }

 private:
  fs::path target_, path_;
};

// Copies the packets of every sound track. It reads the file for itself, so that sound and pictures
// can be put side by side by their times.
class SoundCopy {
 public:
  SoundCopy(const fs::path& video, Timestamp start, const CancelToken& cancel, OutputFile& out)
      : out_(out), start_(start), format_(open_container(video, &cancel)) {
    target_.resize(format_->nb_streams, nullptr);
    for (unsigned i = 0; i < format_->nb_streams; ++i) {
      AVStream& from = *format_->streams[i];
      if (from.codecpar->codec_type != AVMEDIA_TYPE_AUDIO) {
        from.discard = AVDISCARD_ALL;
        continue;
      }
      AVStream* to = avformat_new_stream(out.container.get(), nullptr);
      if (to == nullptr) throw std::bad_alloc();
      out.expect(avcodec_parameters_copy(to->codecpar, from.codecpar), "describe the sound of");
      to->codecpar->codec_tag = 0;  // the new container has its own
      to->time_base = from.time_base;
      to->disposition = from.disposition;
      av_dict_copy(&to->metadata, from.metadata, 0);
      target_[i] = to;
      any_ = true;
    }
  }

  // Everything that sounds before this moment. Without one: all the rest.
  void copy_until(std::optional<Timestamp> moment) {
    while (any_ && (pending_->data != nullptr || read())) {
      const AVStream& from = *format_->streams[pending_->stream_index];
      const int64_t begins = pending_->dts != AV_NOPTS_VALUE ? pending_->dts : pending_->pts;
      if (moment && begins != AV_NOPTS_VALUE &&
          av_rescale_q(begins, from.time_base, kMicroseconds) > moment->us) {
        return;
      }
      write(from);
    }
  }

 private:
  bool read() {
    while (av_read_frame(format_.get(), pending_.get()) >= 0) {
      if (target_[static_cast<size_t>(pending_->stream_index)] != nullptr) return true;
      av_packet_unref(pending_.get());
    }
    any_ = false;
    return false;
  }

  void write(const AVStream& from) {
    const AVStream& to = *target_[static_cast<size_t>(pending_->stream_index)];
    const int64_t shift = av_rescale_q(start_.us, kMicroseconds, from.time_base);
    if (pending_->pts != AV_NOPTS_VALUE) pending_->pts -= shift;
    if (pending_->dts != AV_NOPTS_VALUE) pending_->dts -= shift;
    av_packet_rescale_ts(pending_.get(), from.time_base, to.time_base);
    pending_->stream_index = to.index;
    pending_->pos = -1;
    out_.expect(av_interleaved_write_frame(out_.container.get(), pending_.get()),
                "write the sound of");
  }

  OutputFile& out_;
  Timestamp start_;
  AvFormatContextPtr format_;
  std::vector<AVStream*> target_;  // by stream of the video; null: not copied
  AvPacketPtr pending_{av_packet_alloc()};
  bool any_ = false;
};

AvCodecContextPtr video_encoder(const OutputFile& out, const AVFrame& first, const VideoInfo& info,
                                int threads) {
  const AVCodec* found = avcodec_find_encoder_by_name("libx264");
  const bool h264 = found != nullptr;
  if (!h264) found = avcodec_find_encoder_by_name("mpeg4");
  if (found == nullptr) {
    throw Error(
        ErrorCode::unsupported,
        fmt::format("cannot write '{}': this FFmpeg has neither libx264 nor mpeg4", out.path));
  }
  AvCodecContextPtr codec(avcodec_alloc_context3(found));
  if (!codec) throw std::bad_alloc();
  codec->width = first.width;
  codec->height = first.height;
  codec->pix_fmt = static_cast<AVPixelFormat>(first.format);
  // MPEG-4 has no finer clock than 16 bits.
  codec->time_base = h264 ? SubtitleFilter::kTimeBase : AVRational{1, 60000};
  codec->framerate = av_d2q(info.average_fps > 0 ? info.average_fps : 25, 60000);
  codec->sample_aspect_ratio = {1, 1};
  codec->color_range = first.color_range;
  codec->color_primaries = first.color_primaries;
  codec->color_trc = first.color_trc;
  codec->colorspace = first.colorspace;
  codec->thread_count = threads;
  set_constant_quality(*codec, kQuality);
  set_preset(*codec, "veryfast");
  return codec;
}

class Burner {
 public:
  Burner(const BurnRequest& request, const fs::path& path, const CancelToken& cancel)
      : request_(request), cancel_(cancel), out_(open_output(path)) {
    VideoSourceOptions options;
    options.threads = request.threads;
    source_ = open_video(request.video, options, &cancel);
  }

  BurnedVideo run(const BurnProgress& progress) {
    while (const std::optional<VideoFrame> frame = source_->next()) {
      add(*frame);
      if (progress) progress(result_.frames, source_->info());
    }
    if (cancel_.cancelled()) {
      result_.cancelled = true;
      return result_;
    }
    video_->send(nullptr);
    sound_->copy_until(std::nullopt);
    out_.finish();
    return result_;
  }

 private:
  void add(const VideoFrame& frame) {
    const int64_t from_start = frame.ts.us - request_.start.us;
    if (!filter_) {
      filter_ = std::make_unique<SubtitleFilter>(
          request_.subtitles, frame.picture(), frame.orientation(), frame.size(), request_.threads);
    }
    const AvFramePtr drawn = filter_->apply(
        frame.picture(), av_rescale_q(from_start, kMicroseconds, SubtitleFilter::kTimeBase));
    if (!video_) begin(*drawn);
    sound_->copy_until(frame.ts);
    // Two frames must not come to one tick.
    const int64_t tick = std::max(
        av_rescale_q(from_start, kMicroseconds, video_->codec()->time_base), last_tick_ + 1);
    drawn->pts = last_tick_ = tick;
    video_->send(drawn.get());
    ++result_.frames;
  }

  // The header is written when the first drawn frame tells what it must say.
  void begin(const AVFrame& first) {
    AvCodecContextPtr codec = video_encoder(out_, first, source_->info(), request_.threads);
    result_.encoder = codec->codec->name;
    video_ = std::make_unique<EncodedStream>(out_, std::move(codec));
    video_->set_frame_ticks(
        av_rescale_q(1, av_inv_q(video_->codec()->framerate), video_->codec()->time_base));
    sound_ = std::make_unique<SoundCopy>(request_.video, request_.start, cancel_, out_);
    out_.start();
  }

  const BurnRequest& request_;
  const CancelToken& cancel_;
  OutputFile out_;
  std::unique_ptr<FrameSource> source_;
  std::unique_ptr<SubtitleFilter> filter_;
  std::unique_ptr<EncodedStream> video_;
  std::unique_ptr<SoundCopy> sound_;
  int64_t last_tick_ = std::numeric_limits<int64_t>::min() / 2;
  BurnedVideo result_;
};

}  // namespace

BurnedVideo burn_subtitles(const BurnRequest& request, const CancelToken& cancel,
                           const BurnProgress& progress) {
  std::error_code ec;
  if (fs::equivalent(request.video, request.out, ec)) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("cannot write '{}': it is the video that is read; name another file",
                            request.out.string()));
  }
  if (av_guess_format(nullptr, request.out.c_str(), nullptr) == nullptr) {
    throw Error(ErrorCode::unsupported,
                fmt::format("cannot write '{}': its extension names no container; use .mp4 or .mkv",
                            request.out.string()));
  }
  PartialFile file(request.out);
  BurnedVideo result = Burner(request, file.path(), cancel).run(progress);
  if (!result.cancelled) file.commit();
  return result;
}

}  // namespace screenalytics
