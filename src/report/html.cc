// SPDX-License-Identifier: MIT
#include "report/html.h"

#include <fmt/format.h>

#include <cmath>

namespace screenalytics {

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0U);
    }
    for (size_t k = 0; k < 4; ++k) {
      out += i + k > bytes.size() ? '=' : kDigits[group >> (18 - 6 * k) & 63];
    }
  }
  return out;
}

std::string clock_text(double seconds) {
  const auto tenths = static_cast<int64_t>(std::llround(seconds * 10));
  const int64_t minutes = tenths / 600;
  const double rest = static_cast<double>(tenths % 600) / 10;
  if (minutes < 60) return fmt::format("{}:{:04.1f}", minutes, rest);
  return fmt::format("{}:{:02}:{:04.1f}", minutes / 60, minutes % 60, rest);
}

}  // namespace screenalytics
