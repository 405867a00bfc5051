// SPDX-License-Identifier: MIT
#include "artifacts/json_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

namespace screenalytics {
namespace {

constexpr size_t kShownValue = 80;
// Whole microseconds are exact in a double up to here (292 years, for any length of video).
constexpr double kMaxSeconds = 2e9;

std::string shown(const Json& value) {
  std::string text = json_text(value, -1);
  if (text.size() > kShownValue) text = text.substr(0, kShownValue) + "…";
  return text;
}

}  // namespace

void Place::fail(const std::string& what) const {
  if (writing) {
    throw Error(ErrorCode::invalid_argument, fmt::format("cannot write {}: {}", where, what));
  }
  throw Error(
      ErrorCode::corrupt_input,
      fmt::format("cannot read {}: {}; run the episode again to make the file anew", where, what));
}

void Place::fail_field(std::string_view field, std::string_view value,
                       std::string_view wanted) const {
  fail(fmt::format("field '{}' is {}, not {}", field, value, wanted));
}

Fields::Fields(const Json& object, const Place& place, std::string path)
    : object_(object), place_(place), path_(std::move(path)) {
  if (object.is_object()) return;
  if (path_.empty()) place_.fail(fmt::format("{} is not a JSON object", shown(object)));
  place_.fail_field(std::string_view(path_).substr(0, path_.size() - 1), shown(object),
                    "a JSON object");
}

void Fields::fail(std::string_view name, const Json& value, std::string_view wanted) const {
  place_.fail_field(path_ + std::string(name), shown(value), wanted);
}

const Json& Fields::any(const char* name) const {
  const auto found = object_.find(name);
  if (found == object_.end()) place_.fail(fmt::format("field '{}{}' is missing", path_, name));
  return *found;
}

int64_t Fields::integer(const char* name, int64_t min) const {
  const Json& value = any(name);
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() ||
                     value.get<uint64_t>() <= uint64_t{std::numeric_limits<int64_t>::max()});
  if (!fits || value.get<int64_t>() < min) {
    fail(name, value, fmt::format("a whole number of at least {}", min));
  }
  return value.get<int64_t>();
}

double Fields::number(const char* name, double min, double max) const {
  const Json& value = any(name);
  const double number = value.is_number() ? value.get<double>() : std::nan("");
  if (!std::isfinite(number) || number < min || number > max) {
    fail(name, value,
         max == std::numeric_limits<double>::max()
             ? fmt::format("a number of at least {}", min)
             : fmt::format("a number from {} to {}", min, max));
  }
  return number;
}

Timestamp Fields::time(const char* name) const {
  return Timestamp::from_seconds(number(name, -kMaxSeconds, kMaxSeconds));
}

std::string Fields::text(const char* name, bool may_be_empty) const {
  const Json& value = any(name);
  if (!value.is_string()) fail(name, value, "a text");
  if (!may_be_empty && value.get_ref<const std::string&>().empty()) {
    fail(name, value, "a text with content");
  }
  return value.get<std::string>();
}

std::string Fields::path_below_root(const char* name) const {
  std::string path = text(name);
  const std::filesystem::path parts(path);
  if (parts.is_absolute() || std::find(parts.begin(), parts.end(), "..") != parts.end()) {
    fail(name, any(name), "a path below the output root");
  }
  return path;
}

std::string Fields::one_of(const char* name, std::span<const std::string_view> allowed) const {
  const Json& value = any(name);
  if (value.is_string()) {
    for (std::string_view word : allowed) {
      if (value.get_ref<const std::string&>() == word) return std::string(word);
    }
  }
  fail(name, value, fmt::format("one of {}", fmt::join(allowed, ", ")));
}

const Json& Fields::array(const char* name) const {
  const Json& value = any(name);
  if (!value.is_array()) fail(name, value, "a list");
  return value;
}

bool Fields::boolean(const char* name) const {
  const Json& value = any(name);
  if (!value.is_boolean()) fail(name, value, "true or false");
  return value.get<bool>();
}

const Json& Fields::object(const char* name) const {
  const Json& value = any(name);
  if (!value.is_object()) fail(name, value, "a JSON object");
  return value;
}

void require_schema(const Fields& fields, std::string_view wanted) {
  const std::string_view only[] = {wanted};
  fields.one_of("schema_version", only);
}

std::string json_text(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string json_quoted(std::string_view text) { return json_text(Json(std::string(text)), -1); }

Json parse_json(std::string_view text) { return Json::parse(text, nullptr, false); }

}  // namespace screenalytics
