// Draws subtitles into a video: a new file with the pictures changed and the sound as it was.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/cancel.h"
#include "base/timestamp.h"
#include "decode/video_source.h"

namespace screenalytics {

struct BurnRequest {
  std::filesystem::path video;
  std::filesystem::path subtitles;  // in the ASS format, in the pixels of the shown frame
  std::filesystem::path out;        // its extension names the container
  Timestamp start;                  // container time at which the subtitles begin to count
  int threads = 1;
};

struct BurnedVideo {
  int64_t frames = 0;
  std::string encoder;
  bool cancelled = false;  // then there is no file
};

// Called after every frame.
using BurnProgress = std::function<void(int64_t frames, const VideoInfo& video)>;

// Encodes with H.264 where this FFmpeg can, else with MPEG-4. Every frame keeps its time, to a tick
// of 1/90000 s (1/60000 s with MPEG-4), counted from `start`; frames are turned as they are shown.
// Sound is copied, subtitles of the video are left out. The file appears when it is whole.
// Throws: as open_video(); invalid_argument where `out` is the video itself; unsupported where this
// FFmpeg lacks the encoder, the container or the ass filter, or where the container cannot hold the
// sound; io.
// Memory: some frames. Threads: one caller, `threads` workers each to decode, draw and encode.
BurnedVideo burn_subtitles(const BurnRequest& request, const CancelToken& cancel,
                           const BurnProgress& progress);

}  // namespace screenalytics
