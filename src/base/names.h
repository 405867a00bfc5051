// Names that people type: which are meant, and which may be kept.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace screenalytics {

// Returns the candidate with the smallest edit distance to `word`, or "" where none is near.
// Pure.
std::string nearest_name(std::string_view word, std::span<const std::string_view> candidates);

inline constexpr size_t kMaxName = 200;  // bytes

// Throws: invalid_argument where `name` can be no person's: it is empty or blank, longer than
// kMaxName, not UTF-8 (RFC 3629), or has control characters.
void require_name(std::string_view name);

}  // namespace screenalytics
