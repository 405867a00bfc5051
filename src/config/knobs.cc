// SPDX-License-Identifier: MIT
#include "config/knobs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
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

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
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

std::string nearest_name(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  size_t best_distance = std::max<size_t>(2, word.size() / 3) + 1;
  for (std::string_view candidate : candidates) {
    size_t distance = edit_distance(word, candidate);
    // `confidence` for `confidence_th`: a whole beginning is nearer than its missing end suggests.
    if (word.size() >= 3 && candidate.starts_with(word)) distance = std::min<size_t>(distance, 1);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return std::string(best);
}

}  // namespace screenalytics
