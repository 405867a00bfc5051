// SPDX-License-Identifier: MIT
#include "decode/clip_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "decode/container.h"
#include "decode/output_file.h"

namespace screenalytics {
namespace {

const char* extension_for(AVCodecID codec) {
  const AVOutputFormat* mp4 = av_guess_format("mp4", nullptr, nullptr);
  const bool fits = mp4 != nullptr && avformat_query_codec(mp4, codec, FF_COMPLIANCE_NORMAL) == 1;
  return fits ? ".mp4" : ".mkv";
}

// The copy is turned as the original is; newer versions have that among the codec's parameters.
void copy_rotation([[maybe_unused]] const AVStream& from, [[maybe_unused]] AVStream& to) {
#if LIBAVFORMAT_VERSION_MAJOR < 61
  size_t size = 0;
  const uint8_t* matrix = av_stream_get_side_data(&from, AV_PKT_DATA_DISPLAYMATRIX, &size);
  if (matrix == nullptr) return;
  uint8_t* copy = av_stream_new_side_data(&to, AV_PKT_DATA_DISPLAYMATRIX, size);
  if (copy != nullptr) std::memcpy(copy, matrix, size);
#endif
}

AVStream* add_copied_stream(OutputFile& out, const AVStream& from) {
  AVStream* to = avformat_new_stream(out.container.get(), nullptr);
  if (to == nullptr) throw Error(ErrorCode::io, "out of memory: cannot copy a part of the video");
  out.expect(avcodec_parameters_copy(to->codecpar, from.codecpar), "describe the pictures of");
  to->codecpar->codec_tag = 0;  // the new container has its own
  to->time_base = from.time_base;
  to->avg_frame_rate = from.avg_frame_rate;
  to->sample_aspect_ratio = from.sample_aspect_ratio;
  copy_rotation(from, *to);
  return to;
}

int64_t time_of(const AVPacket& packet) {
  return packet.dts != AV_NOPTS_VALUE ? packet.dts : packet.pts;
}

}  // namespace

CopiedClip copy_clip(const std::filesystem::path& video, double start_s, double length_s,
                     const std::filesystem::path& stem, const CancelToken& cancel) {
  const AvFormatContextPtr format = open_container(video, &cancel);
  const int index = find_video_stream(*format, video);
  const AVStream& from = *format->streams[index];
  const double tick_s = av_q2d(from.time_base);
  const int64_t first = from.start_time == AV_NOPTS_VALUE ? 0 : from.start_time;
  if (start_s > 0) {
    // Where it cannot seek, the clip begins with the video.
    av_seek_frame(format.get(), index, first + std::llround(start_s / tick_s),
                  AVSEEK_FLAG_BACKWARD);
  }
  CopiedClip clip;
  clip.path = stem.string() + extension_for(from.codecpar->codec_id);
  OutputFile out = open_output(clip.path);
  AVStream* to = add_copied_stream(out, from);
  out.start();
  const AvPacketPtr packet(av_packet_alloc());
  int64_t begin = AV_NOPTS_VALUE;
  while (!cancel.cancelled() && av_read_frame(format.get(), packet.get()) >= 0) {
    const bool ours = packet->stream_index == index && time_of(*packet) != AV_NOPTS_VALUE;
    const bool starts = begin != AV_NOPTS_VALUE || (packet->flags & AV_PKT_FLAG_KEY) != 0;
    if (!ours || !starts) {
      av_packet_unref(packet.get());
      continue;
    }
    if (begin == AV_NOPTS_VALUE) begin = time_of(*packet);
    const double passed_s = static_cast<double>(time_of(*packet) - begin) * tick_s;
    if (passed_s >= length_s) break;
    clip.length_s =
        std::max(clip.length_s, passed_s + static_cast<double>(packet->duration) * tick_s);
    if (packet->pts != AV_NOPTS_VALUE) packet->pts -= begin;
    if (packet->dts != AV_NOPTS_VALUE) packet->dts -= begin;
    av_packet_rescale_ts(packet.get(), from.time_base, to->time_base);
    packet->stream_index = to->index;
    packet->pos = -1;
    out.expect(av_interleaved_write_frame(out.container.get(), packet.get()), "write");
    ++clip.packets;
  }
  out.finish();
  if (clip.packets == 0) {
    throw Error(
        ErrorCode::corrupt_input,
        fmt::format("'{}' has no pictures {:.1f} s from its beginning", video.string(), start_s));
  }
  return clip;
}

}  // namespace screenalytics
