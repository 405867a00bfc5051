// Private to this module: the rows of the knob table with the member of Settings each one sets.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <variant>

#include "config/knobs.h"

namespace screenalytics {

using KnobMember = std::variant<bool& (*)(Settings&), int& (*)(Settings&), double& (*)(Settings&),
                                std::string& (*)(Settings&), FaceSize& (*)(Settings&)>;

struct KnobRow {
  Knob knob;
  KnobMember member;
};

std::span<const KnobRow> knob_rows();

// Returns a value as it would be written on a command line. Pure.
std::string value_text(bool value);
std::string value_text(int value);
std::string value_text(double value);
std::string value_text(const std::string& value);
std::string value_text(const FaceSize& value);

inline constexpr std::string_view kPixelUnit = "px";

// Knobs of this file are set by a profile, a variable or a flag only.
inline constexpr std::string_view kProfilesFile = "performance_profiles.yaml";
inline constexpr std::string_view kScreenTimeFile = "screen_time.yaml";

}  // namespace screenalytics
