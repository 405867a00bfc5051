// FrameSource and its implementation over a video file: frames in presentation order, decoded once.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/timestamp.h"
#include "decode/frame_sampler.h"
#include "decode/video_frame.h"

namespace screenalytics {

struct VideoInfo {
  std::string path, container, codec, pixel_format;
  Size size;                            // as shown
  double average_fps = 0;               // the container's own figure; 0 where it has none
  double duration_s = 0;                // 0 where the container does not say
  bool duration_is_the_videos = false;  // not that of a longer sound track
  double start_s = 0;                   // container time of the first moment
  int64_t frames_estimate = 0;          // from the container, else duration x rate; 0 where unknown
  bool interlaced = false;
  int64_t file_size = 0;
  double time_base_s = 0;  // one pts unit
};

// What was read, and what was wrong with it.
struct SourceCounters {
  int64_t packets_read = 0;
  int64_t packets_damaged = 0;  // refused by the decoder, skipped
  int64_t frames_decoded = 0;
  int64_t frames_not_decoded = 0;   // skipped since nobody needed them, or lost to damage
  int64_t frames_concealed = 0;     // decoded with errors that the decoder painted over
  int64_t timestamps_repaired = 0;  // missing or not increasing
};

// Threads: one caller.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  virtual const VideoInfo& info() const = 0;
  // Returns: the next frame, or nothing at the end or when cancelled.
  // Throws: corrupt_input past kMaxDamagedRun damaged packets in a row, or with no frame at all.
  virtual std::optional<VideoFrame> next() = 0;
  virtual SourceCounters counters() const = 0;
  // The state of the sampler after the last frame that next() returned.
  virtual std::optional<double> sampler_next_due_s() const = 0;
};

// Where an interrupted run stopped: the last frame it had finished.
struct ResumePoint {
  int64_t frame_idx = 0;
  int64_t pts = 0;  // or VideoFrame::kNoPts
  std::optional<double> sampler_next_due_s;
};

struct VideoSourceOptions {
  int threads = 1;
  int stride = 1;
  double max_fps = 0;
  // Non-reference frames that sampling drops are not decoded (where the codec has such frames).
  bool skip_non_reference = false;
  std::optional<ResumePoint> resume;
};

inline constexpr int kMaxDamagedRun = 2000;

// Opens `path` with FFmpeg's libraries. Frames before a resume point come with warm_up set.
// Throws: not_found, corrupt_input (a directory, empty, not a video, audio only),
//         unsupported (no decoder for the codec).
std::unique_ptr<FrameSource> open_video(const std::filesystem::path& path,
                                        const VideoSourceOptions& options,
                                        const CancelToken* cancel = nullptr);

// Names of all video decoders of the linked FFmpeg; and its version.
std::vector<std::string> video_decoders();
std::string ffmpeg_version();

}  // namespace screenalytics
