// SPDX-License-Identifier: MIT
#include "artifacts/rows.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <ctime>

#include "base/check.h"

namespace screenalytics {
namespace {

constexpr std::string_view kPrefix = "track-";
constexpr size_t kDigits = 5;

}  // namespace

std::string track_name(int number) {
  SA_CHECK(number >= 0);
  return fmt::format("{}{:05}", kPrefix, number);
}

std::optional<int> track_number(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  const bool padded = name.size() > kDigits && name.front() == '0';
  if (name.size() < kDigits || padded || name.front() == '-') return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return number;
}

std::string utc_text() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, ms);
}

}  // namespace screenalytics
