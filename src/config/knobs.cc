// SPDX-License-Identifier: MIT
#include "config/knobs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/check.h"
#include "base/error.h"
#include "base/names.h"
#include "config/knob_table.h"

namespace screenalytics {
namespace {

template <typename Number>
bool parse_number(std::string_view text, Number& value) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

bool in_range(const Knob& knob, double value) {
  return std::isfinite(value) && value >= knob.min && value <= knob.max;
}

// The words YAML 1.2 and most people write; `1` is not a boolean here, a typing error often is.
bool parse_boolean(std::string_view text, bool& value) {
  if (text == "true" || text == "True" || text == "yes" || text == "on") {
    value = true;
  } else if (text == "false" || text == "False" || text == "no" || text == "off") {
    value = false;
  } else {
    return false;
  }
  return true;
}

bool parse_face_size(const Knob& knob, std::string_view text, FaceSize& value) {
  FaceSize parsed;
  parsed.absolute = text.ends_with(kPixelUnit);
  if (parsed.absolute) text.remove_suffix(kPixelUnit.size());
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (!parse_number(text, parsed.px) || !in_range(knob, parsed.px)) return false;
  value = parsed;
  return true;
}

struct Parse {
  const Knob& knob;
  std::string_view text;

  bool operator()(bool& member) const { return parse_boolean(text, member); }
  bool operator()(FaceSize& member) const { return parse_face_size(knob, text, member); }
  bool operator()(int& member) const {
    int value = 0;
    if (!parse_number(text, value) || !in_range(knob, value)) return false;
    member = value;
    return true;
  }
  bool operator()(double& member) const {
    double value = 0;
    if (!parse_number(text, value) || !in_range(knob, value)) return false;
    member = value;
    return true;
  }
  bool operator()(std::string& member) const {
    const auto& choices = knob.choices;
    if (knob.type == KnobType::choice &&
        std::find(choices.begin(), choices.end(), text) == choices.end()) {
      return false;
    }
    member = text;
    return true;
  }
};

const KnobRow& row_of(const Knob& knob) {
  for (const KnobRow& row : knob_rows()) {
    if (row.knob.key == knob.key) return row;
  }
  check_failed("the knob is in the table", __FILE__, __LINE__);
}

}  // namespace

std::span<const Knob> knobs() {
  static const std::vector<Knob> all = [] {
    std::vector<Knob> list;
    for (const KnobRow& row : knob_rows()) list.push_back(row.knob);
    return list;
  }();
  return all;
}

const Knob* find_knob(std::string_view key) {
  for (const Knob& knob : knobs()) {
    if (knob.key == key) return &knob;
  }
  return nullptr;
}

std::string allowed_values(const Knob& knob) {
  switch (knob.type) {
    case KnobType::boolean:
      return "true or false";
    case KnobType::integer:
      return fmt::format("a whole number from {} to {}", knob.min, knob.max);
    case KnobType::real:
      return fmt::format("a number from {} to {}", knob.min, knob.max);
    case KnobType::text:
      return "a text";
    case KnobType::choice:
      return fmt::format("one of {}", fmt::join(knob.choices, ", "));
    case KnobType::face_size:
      return fmt::format("a number from {} to {}, or one with the unit px", knob.min, knob.max);
  }
  check_failed("KnobType is known", __FILE__, __LINE__);
}

void set_knob(Settings& settings, const Knob& knob, std::string_view text, std::string_view where) {
  const bool ok = std::visit(
      [&](auto member) {
        return Parse{knob, text}(member(settings));
      },
      row_of(knob).member);
  if (ok) return;
  std::string hint;
  if (knob.type == KnobType::choice) {
    hint = nearest_name(text, knob.choices);
    if (!hint.empty()) hint = fmt::format("; did you mean '{}'?", hint);
  }
  throw Error(ErrorCode::invalid_argument, fmt::format("{}: {} is '{}', not {}{}", where, knob.key,
                                                       text, allowed_values(knob), hint));
}

std::string knob_text(const Settings& settings, const Knob& knob) {
  // The members are reached through non-const references; nothing is written here.
  auto& all = const_cast<Settings&>(settings);
  return std::visit([&](auto member) { return value_text(member(all)); }, row_of(knob).member);
}

}  // namespace screenalytics
