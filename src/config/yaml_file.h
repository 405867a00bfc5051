// Private to this module: YAML files with the place of each entry, for messages.
// SPDX-License-Identifier: MIT
#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <string>

#include "base/error.h"

namespace screenalytics {

struct YamlFile {
  std::filesystem::path path;
  ErrorCode code;   // of every failure with this file
  YAML::Node root;  // a map, or null for an empty file

  // Returns "path:line".
  std::string at(const YAML::Node& node) const;
  [[noreturn]] void fail(const YAML::Node& node, const std::string& what) const;

  // Calls visit(key, key node, value node) for each entry of a map. Throws: where a key is not
  // plain text or comes twice.
  template <typename Visit>
  void for_each(const YAML::Node& map, const Visit& visit) const {
    require_map(map);
    for (const auto& entry : map) visit(entry.first.Scalar(), entry.first, entry.second);
  }

 private:
  void require_map(const YAML::Node& map) const;
};

// Throws: `code` where the file is not readable, not YAML or not a map.
YamlFile load_yaml(const std::filesystem::path& path, ErrorCode code);

}  // namespace screenalytics
