// Private to this module: checked access to the fields of a JSON object, with messages that name
// the place.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/timestamp.h"

namespace screenalytics {

using Json = nlohmann::ordered_json;

// What is being done to which file: opens every message and decides the error code.
struct Place {
  std::string where;  // "path" or "path:line"
  bool writing = false;

  // Throws: corrupt_input when reading, invalid_argument when writing.
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail_field(std::string_view field, std::string_view value,
                               std::string_view wanted) const;
};

// One object of a document. Each accessor Throws as Place::fail() where the field is missing, of
// another type or out of range. Memory: refers to the object.
class Fields {
 public:
  // `path` is put before field names: "stages.decode.".
  Fields(const Json& object, const Place& place, std::string path = "");

  const Json& any(const char* name) const;
  int64_t integer(const char* name, int64_t min = 0) const;
  double number(const char* name, double min = 0,
                double max = std::numeric_limits<double>::max()) const;
  Timestamp time(const char* name) const;
  std::string text(const char* name, bool may_be_empty = false) const;
  // A path below the output root: relative, without "..".
  std::string path_below_root(const char* name) const;
  std::string one_of(const char* name, std::span<const std::string_view> allowed) const;
  const Json& array(const char* name) const;
  const Json& object(const char* name) const;
  bool boolean(const char* name) const;
  bool is_null(const char* name) const { return any(name).is_null(); }

  [[noreturn]] void fail(std::string_view name, const Json& value, std::string_view wanted) const;

 private:
  const Json& object_;
  const Place& place_;
  std::string path_;
};

// Checks that `text` is of schema `wanted`.
void require_schema(const Fields& fields, std::string_view wanted);

// Pure. Text that is not UTF-8 is written with replacement characters.
std::string json_quoted(std::string_view text);
std::string json_text(const Json& value, int indent = 2);

// Returns a discarded value where `text` is no JSON.
Json parse_json(std::string_view text);

}  // namespace screenalytics
