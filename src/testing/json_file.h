// Reading of versioned JSON files, with errors that name the file.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <type_traits>

namespace screenalytics {

// Calls `use` with the parsed file.
// Throws: not_found; corrupt_input, also where `use` meets a missing or wrong field or the file's
// schema_version is another one. An empty `schema` is not compared.
void with_json_file(const std::filesystem::path& path, const std::string& schema,
                    const std::function<void(const nlohmann::json&)>& use);

// The same for a function that returns what it made of the file.
template <typename Function>
auto read_json_file(const std::filesystem::path& path, const std::string& schema, Function make) {
  std::invoke_result_t<Function, const nlohmann::json&> result{};
  with_json_file(path, schema, [&](const nlohmann::json& json) { result = make(json); });
  return result;
}

// Calls `use` with each line of a JSONL file. Throws as above; the message has the line's number.
void with_json_lines(const std::filesystem::path& path,
                     const std::function<void(const nlohmann::json&)>& use);

}  // namespace screenalytics
