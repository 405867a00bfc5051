// SPDX-License-Identifier: MIT
#include "base/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"

namespace screenalytics {
namespace {

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

// The code point at the start of `text`, and its bytes; nothing where that is not UTF-8 (RFC 3629).
std::optional<std::pair<uint32_t, size_t>> code_point(std::string_view text) {
  static constexpr std::array<uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};  // by length
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {{lead, 1}};
  const size_t length = lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
  if (length == 0 || length > text.size()) return std::nullopt;
  uint32_t point = lead & (0x7FU >> length);
  for (size_t k = 1; k < length; ++k) {
    const auto next = static_cast<unsigned char>(text[k]);
    if (next >> 6 != 2) return std::nullopt;
    point = point << 6 | (next & 0x3FU);
  }
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < kLeast[length] || surrogate || point > 0x10FFFF) return std::nullopt;
  return {{point, length}};
}

bool is_utf8_without_controls(std::string_view text) {
  while (!text.empty()) {
    const auto next = code_point(text);
    if (!next || next->first < 0x20 || (next->first >= 0x7F && next->first < 0xA0)) return false;
    text.remove_prefix(next->second);
  }
  return true;
}

}  // namespace

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

void require_name(std::string_view name) {
  if (name.size() > kMaxName || !is_utf8_without_controls(name)) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("a name is at most {} bytes of UTF-8 without control characters", kMaxName));
  }
  if (name.find_first_not_of(' ') == std::string_view::npos) {
    throw Error(ErrorCode::invalid_argument, "a name of nothing but blanks is none");
  }
}

}  // namespace screenalytics
