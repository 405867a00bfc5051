// SPDX-License-Identifier: MIT
#include "decode/video_source.h"

#include <fmt/format.h>

#include <cmath>
#include <deque>

#include "base/error.h"
#include "decode/container.h"
#include "decode/ffmpeg_handles.h"
#include "decode/packet_planner.h"
#include "decode/stream_geometry.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

// More than the deepest reordering of any codec (16 frames in H.264 and HEVC).
constexpr size_t kReadAhead = 24;
// So many frames in a row whose times are no packet's.
constexpr int kMaxUnplannedRun = 8;
// A backward jump of this much is a clock that began anew, not a reordered frame.
constexpr double kClockReset_s = 1.0;
// A resumed run decodes this much before its place, so that shot detection has its history.
constexpr double kWarmUp_s = 2.0;

constexpr AVRational kMicroseconds{1, AV_TIME_BASE};

class FileSource final : public FrameSource {
 public:
  FileSource(const fs::path& path, const VideoSourceOptions& options, const CancelToken* cancel)
      : path_(path), options_(options), cancel_(cancel) {
    open(options.resume && options.resume->pts != VideoFrame::kNoPts);
  }

  const VideoInfo& info() const override { return info_; }
  SourceCounters counters() const override { return counters_; }
  std::optional<double> sampler_next_due_s() const override {
    return planner_ ? planner_->sampler_next_due_s() : sampler_.next_due_s();
  }

  std::optional<VideoFrame> next() override {
    while (cancel_ == nullptr || !cancel_->cancelled()) {
      const int rc = avcodec_receive_frame(decoder_.get(), picture_.get());
      if (rc == 0) {
        damaged_run_ = 0;
        ++counters_.frames_decoded;
        std::optional<VideoFrame> frame = finish_frame();
        av_frame_unref(picture_.get());
        if (!frame) continue;  // opened again from the start, or a frame without a place
        return frame;
      }
      if (rc == AVERROR_EOF && seeking_) {
        open(false);  // the seek led past the frame where the run stopped
        continue;
      }
      if (rc == AVERROR_EOF) {
        if (counters_.frames_decoded == 0) {
          throw Error(
              ErrorCode::corrupt_input,
              fmt::format("cannot analyse '{}': no frame of its video could be decoded ({} "
                          "packets read, {} damaged)",
                          path_.string(), counters_.packets_read, counters_.packets_damaged));
        }
        return std::nullopt;
      }
      if (rc != AVERROR(EAGAIN)) count_damage(rc);
      feed();
    }
    return std::nullopt;
  }

 private:
  AVStream& stream() const { return *format_->streams[stream_idx_]; }

  void open(bool seek_to_resume_point) {
    format_ = open_container(path_, cancel_);
    stream_idx_ = find_video_stream(*format_, path_);
    for (unsigned i = 0; i < format_->nb_streams; ++i) {
      if (static_cast<int>(i) != stream_idx_) format_->streams[i]->discard = AVDISCARD_ALL;
    }
    decoder_ = open_decoder(stream(), path_, options_.threads);
    info_ = describe(*format_, stream(), path_);
    read_ahead_.clear();
    at_end_ = false;
    seeking_ = false;
    sampler_ = FrameSampler(options_.stride, options_.max_fps);
    last_ts_.reset();
    newest_pts_.reset();
    clock_offset_ = {};
    next_idx_ = 0;
    const double time_base = info_.time_base_s;
    if (seek_to_resume_point) {
      const ResumePoint& at = *options_.resume;
      const auto target = at.pts - static_cast<int64_t>(std::llround(kWarmUp_s / time_base));
      seeking_ = av_seek_frame(format_.get(), stream_idx_, target, AVSEEK_FLAG_BACKWARD) >= 0;
      if (seeking_) {
        sampler_.resume_at(at.sampler_next_due_s);
        planner_.emplace(sampler_, time_base, at.frame_idx + 1, at.pts);
        return;
      }
    }
    // From the start everything is as it was in the first run, up to the frame where that stopped.
    planner_.emplace(sampler_, time_base, 0, std::nullopt);
  }

  void count_damage(int rc) {
    ++counters_.packets_damaged;
    if (++damaged_run_ > kMaxDamagedRun) {
      throw Error(
          ErrorCode::corrupt_input,
          fmt::format("cannot decode '{}': {} damaged packets in a row ({}); the limit is {}",
                      path_.string(), damaged_run_, av_error_text(rc), kMaxDamagedRun));
    }
  }

  // Reads ahead until the window is full or the file ends.
  void fill_window() {
    while (!at_end_ && read_ahead_.size() < kReadAhead) {
      AvPacketPtr packet(av_packet_alloc());
      if (!packet) throw std::bad_alloc();
      const int rc = av_read_frame(format_.get(), packet.get());
      if (rc == AVERROR_EOF || rc == AVERROR_EXIT) {
        at_end_ = true;
      } else if (rc < 0) {
        // Some demuxers report a torn tail as an error of their own and never reach the end.
        count_damage(rc);
        if (rc == AVERROR_INVALIDDATA || rc == AVERROR(EAGAIN)) continue;
        at_end_ = true;
      } else if (packet->stream_index == stream_idx_) {
        ++counters_.packets_read;
        if (planner_ && (packet->flags & AV_PKT_FLAG_DISCARD) == 0) look_ahead(packet->pts);
        read_ahead_.push_back(std::move(packet));
      }
    }
  }

  void stop_planning() {
    sampler_.resume_at(planner_->sampler_next_due_s());
    planner_.reset();
  }

  void look_ahead(int64_t pts) {
    const bool clock_began_anew =
        newest_pts_ && pts != AV_NOPTS_VALUE &&
        static_cast<double>(*newest_pts_ - pts) * info_.time_base_s > kClockReset_s;
    if (pts == AV_NOPTS_VALUE || clock_began_anew) {
      // Times that cannot rank frames: from here on they are counted as they come out.
      stop_planning();
      return;
    }
    newest_pts_ = std::max(newest_pts_.value_or(pts), pts);
    planner_->saw(pts);
  }

  void feed() {
    fill_window();
    if (read_ahead_.empty()) {
      avcodec_send_packet(decoder_.get(), nullptr);
      return;
    }
    AVPacket& packet = *read_ahead_.front();
    bool needed = true;
    if (planner_ && (packet.flags & AV_PKT_FLAG_DISCARD) == 0) {
      const std::optional<PlannedFrame> planned = planner_->plan(packet.pts);
      needed = !planned || planned->sampled || planned->warm_up;
    }
    const bool skip = options_.skip_non_reference && !needed;
    decoder_->skip_frame = skip ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
    const int rc = avcodec_send_packet(decoder_.get(), &packet);
    if (rc == AVERROR(EAGAIN)) return;  // the decoder is full: its frames come first
    if (rc < 0 && rc != AVERROR_EOF) count_damage(rc);
    read_ahead_.pop_front();
  }

  std::optional<VideoFrame> finish_frame() {
    AVFrame& p = *picture_;
    if (p.decode_error_flags != 0 || (p.flags & AV_FRAME_FLAG_CORRUPT) != 0) {
      ++counters_.frames_concealed;
    }
    const int64_t pts = p.pts != AV_NOPTS_VALUE ? p.pts : p.best_effort_timestamp;
    // A stream may change its size on the way; what is shown keeps the size it began with.
    const StreamGeometry geometry = frame_geometry(stream(), p);
    if (info_.size.width <= 1 || info_.size.height <= 1) info_.size = geometry.shown;
    VideoFrame frame(p, geometry.orientation, info_.size);
    frame.pts = planner_ && pts != AV_NOPTS_VALUE ? pts : VideoFrame::kNoPts;
    const std::optional<PlannedFrame> planned = planner_ ? planner_->take(pts) : std::nullopt;
    const ResumePoint* resume = options_.resume ? &*options_.resume : nullptr;
    if (seeking_ && resume != nullptr) {
      // The seek is good only if it leads through the very frame where the run stopped.
      if (!planner_ || frame.pts > resume->pts) {
        open(false);
        return std::nullopt;
      }
      seeking_ = frame.pts < resume->pts;
    }
    if (planner_ && !planned) {
      // Its time is no packet's, or another frame's: there is no place for it in the order. A
      // decoder that gives all frames times of its own leaves nothing to plan by.
      ++counters_.timestamps_repaired;
      if (++unplanned_run_ > kMaxUnplannedRun) stop_planning();
      return std::nullopt;
    }
    unplanned_run_ = 0;
    if (planned) {
      frame.warm_up = planned->warm_up;
      frame.frame_idx = planned->frame_idx;
      frame.sampled = planned->sampled;
      frame.ts = repaired_time(pts);
    } else {
      frame.frame_idx = next_idx_;
      frame.ts = repaired_time(pts);
      frame.sampled = sampler_.take(frame.frame_idx, frame.ts);
    }
    if (frame.warm_up) {  // after a seek: its index is not known
      if (frame.pts == resume->pts) next_idx_ = resume->frame_idx + 1;
      return frame;
    }
    counters_.frames_not_decoded += frame.frame_idx - next_idx_;
    next_idx_ = frame.frame_idx + 1;
    frame.warm_up = resume != nullptr && frame.frame_idx <= resume->frame_idx;
    return frame;
  }

  Timestamp repaired_time(int64_t pts) {
    const double nominal_s = info_.average_fps > 0 ? 1 / info_.average_fps : 1.0 / 25;
    Timestamp ts{};
    bool repaired = false;
    if (pts == AV_NOPTS_VALUE) {
      if (last_ts_) ts.us = last_ts_->us + Timestamp::from_seconds(nominal_s).us;
      repaired = true;
    } else {
      ts.us = av_rescale_q(pts, stream().time_base, kMicroseconds) + clock_offset_.us;
      if (last_ts_ && seconds_between(ts, *last_ts_) > kClockReset_s) {
        const int64_t expected = last_ts_->us + Timestamp::from_seconds(nominal_s).us;
        clock_offset_.us += expected - ts.us;
        ts.us = expected;
        repaired = true;
      } else if (last_ts_ && ts <= *last_ts_) {
        ts.us = last_ts_->us + 1;
        repaired = true;
      }
    }
    if (repaired) ++counters_.timestamps_repaired;
    last_ts_ = ts;
    return ts;
  }

  fs::path path_;
  VideoSourceOptions options_;
  const CancelToken* cancel_;
  AvFormatContextPtr format_;
  AvCodecContextPtr decoder_;
  AvFramePtr picture_{av_frame_alloc()};
  int stream_idx_ = -1;
  VideoInfo info_;
  SourceCounters counters_;
  FrameSampler sampler_{1, 0};
  std::optional<PacketPlanner> planner_;
  std::deque<AvPacketPtr> read_ahead_;
  bool at_end_ = false;
  bool seeking_ = false;
  int damaged_run_ = 0;
  int unplanned_run_ = 0;
  int64_t next_idx_ = 0;
  std::optional<Timestamp> last_ts_;
  std::optional<int64_t> newest_pts_;
  Timestamp clock_offset_;
};

}  // namespace

std::unique_ptr<FrameSource> open_video(const fs::path& path, const VideoSourceOptions& options,
                                        const CancelToken* cancel) {
  // Damage is counted and reported here; FFmpeg's own lines would only break the progress display.
  av_log_set_level(AV_LOG_QUIET);
  return std::make_unique<FileSource>(path, options, cancel);
}

std::vector<std::string> video_decoders() {
  std::vector<std::string> names;
  void* iterator = nullptr;
  while (const AVCodec* codec = av_codec_iterate(&iterator)) {
    if (codec->type == AVMEDIA_TYPE_VIDEO && av_codec_is_decoder(codec) != 0) {
      names.emplace_back(codec->name);
    }
  }
  return names;
}

std::string ffmpeg_version() { return av_version_info(); }

}  // namespace screenalytics
