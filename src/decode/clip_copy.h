// Copies a short part of a video without decoding it, for trials that must not take long.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/cancel.h"

namespace screenalytics {

struct CopiedClip {
  std::filesystem::path path;
  double length_s = 0;  // of what was copied
  int64_t packets = 0;
};

// The pictures from the last key frame at or before `start_s` on, for `length_s` of the stream's
// time; both in seconds from its first moment. Sound is left out. The container is MP4 where that
// can hold the codec, else Matroska; its file is `stem` with the extension.
// Throws: as open_video() for the container; corrupt_input where nothing is there; io; unsupported.
CopiedClip copy_clip(const std::filesystem::path& video, double start_s, double length_s,
                     const std::filesystem::path& stem, const CancelToken& cancel);

}  // namespace screenalytics
