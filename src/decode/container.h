// Opening a container and the decoder of its video stream; private to decode.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "base/cancel.h"
#include "decode/ffmpeg_handles.h"
#include "decode/video_source.h"

namespace screenalytics {

std::string av_error_text(int code);

// Throws: not_found, io, corrupt_input. A cancelled token ends reads that block.
AvFormatContextPtr open_container(const std::filesystem::path& path, const CancelToken* cancel);

// Returns: the index of the default video stream; cover pictures do not count.
// Throws: corrupt_input where there is none.
int find_video_stream(const AVFormatContext& format, const std::filesystem::path& path);

// Throws: unsupported.
AvCodecContextPtr open_decoder(const AVStream& stream, const std::filesystem::path& path,
                               int threads);

VideoInfo describe(const AVFormatContext& format, const AVStream& stream,
                   const std::filesystem::path& path);

}  // namespace screenalytics
