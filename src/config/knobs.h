// The one table of knobs, from which YAML keys, variables, flags, help and checks all come.
// SPDX-License-Identifier: MIT
#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace screenalytics {

enum class KnobType {
  boolean,
  integer,
  real,
  text,
  choice,
  face_size,  // a number, or a number with the unit px
};

struct Knob {
  std::string_view key;   // "confidence_th": in YAML, and as SCREENALYTICS_CONFIDENCE_TH
  std::string flag;       // "--confidence-th"; a boolean also has "--no-…"
  std::string_view file;  // "detection.yaml"; performance_profiles.yaml: profiles alone hold it
  KnobType type{};
  double min = 0, max = 0;  // of numbers, both allowed
  std::vector<std::string_view> choices;
  std::string default_text;
  std::string_view help;  // one line, with unit
};

// Returns every knob, in the order of their files. Threads: any.
std::span<const Knob> knobs();

// Returns null where there is none of that key.
const Knob* find_knob(std::string_view key);

// Returns "a number from 0 to 1", "true or false", "one of hard, soft" and the like.
std::string allowed_values(const Knob& knob);

// Parses `text` into the knob's member of `settings`; `where` opens the message.
// Throws: invalid_argument.
void set_knob(Settings& settings, const Knob& knob, std::string_view text, std::string_view where);

// Returns the value as it would be written on a command line.
std::string knob_text(const Settings& settings, const Knob& knob);

}  // namespace screenalytics
