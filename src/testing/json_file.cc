// SPDX-License-Identifier: MIT
#include "testing/json_file.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace screenalytics {
namespace {

std::ifstream open_text(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) {
    throw Error(ErrorCode::not_found, fmt::format("cannot read '{}': no such file", path.string()));
  }
  return in;
}

Error unreadable(const std::filesystem::path& path, const std::string& where, const char* reason) {
  return Error(ErrorCode::corrupt_input,
               fmt::format("cannot use '{}'{}: {}", path.string(), where, reason));
}

}  // namespace

void with_json_file(const std::filesystem::path& path, const std::string& schema,
                    const std::function<void(const nlohmann::json&)>& use) {
  std::ifstream in = open_text(path);
  try {
    const nlohmann::json json = nlohmann::json::parse(in);
    if (!schema.empty() && json.at("schema_version") != schema) {
      const std::string reason =
          fmt::format("its schema_version is {}, expected \"{}\", make it again",
                      json.at("schema_version").dump(), schema);
      throw unreadable(path, "", reason.c_str());
    }
    use(json);
  } catch (const nlohmann::json::exception& e) {
    throw unreadable(path, "", e.what());
  }
}

void with_json_lines(const std::filesystem::path& path,
                     const std::function<void(const nlohmann::json&)>& use) {
  std::ifstream in = open_text(path);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    try {
      use(nlohmann::json::parse(line));
    } catch (const nlohmann::json::exception& e) {
      throw unreadable(path, fmt::format(" line {}", number), e.what());
    }
  }
}

}  // namespace screenalytics
