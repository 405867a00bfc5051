// SPDX-License-Identifier: MIT
#include "artifacts/row_text.h"

#include <fmt/format.h>

#include <cmath>

namespace screenalytics {

void append_millionths(std::string& out, int64_t millionths) {
  // The sign apart, so that -0.5 keeps it though its whole part has none.
  const bool negative = millionths < 0;
  const uint64_t size = negative ? uint64_t{0} - static_cast<uint64_t>(millionths)
                                 : static_cast<uint64_t>(millionths);
  if (negative) out.push_back('-');
  const fmt::format_int whole(size / 1'000'000);
  out.append(whole.data(), whole.size());
  char digits[7] = {'.', '0', '0', '0', '0', '0', '0'};
  uint64_t rest = size % 1'000'000;
  for (int i = 6; i > 0; --i, rest /= 10) digits[i] = static_cast<char>('0' + rest % 10);
  out.append(digits, sizeof digits);
}

void append_integer(std::string& out, int64_t value) {
  const fmt::format_int text(value);
  out.append(text.data(), text.size());
}

int64_t to_millionths(double value) { return std::llround(value * 1e6); }

}  // namespace screenalytics
