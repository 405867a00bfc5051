// Private to this module: what writers and readers of the line artifacts agree on.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

namespace screenalytics {

inline constexpr std::string_view kSampleHeader = "frame_idx,ts_s,faces,luma,confidence_th";
inline constexpr double kMaxLuma = 255;

// A face at the edge has landmarks outside of the frame, but never by more than its own size.
inline constexpr double kLandmarkMin = -1, kLandmarkMax = 2;

inline constexpr std::array<std::string_view, 4> kEndReasons = {"lost", "shot_cut",
                                                                "appearance_split", "end_of_video"};
inline constexpr std::string_view kEndReasonsText =
    "one of lost, shot_cut, appearance_split, end_of_video";

}  // namespace screenalytics
