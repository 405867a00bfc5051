// SPDX-License-Identifier: MIT
#include "config/yaml_file.h"

#include <fmt/format.h>

#include <set>

namespace screenalytics {

std::string YamlFile::at(const YAML::Node& node) const {
  return fmt::format("{}:{}", path.string(), node.Mark().line + 1);
}

void YamlFile::fail(const YAML::Node& node, const std::string& what) const {
  throw Error(code, fmt::format("{}: {}", at(node), what));
}

void YamlFile::require_map(const YAML::Node& map) const {
  if (map.IsNull()) return;
  if (!map.IsMap()) fail(map, "expected lines of the form `key: value`");
  std::set<std::string> seen;
  for (const auto& entry : map) {
    if (!entry.first.IsScalar()) fail(entry.first, "a key must be a plain word");
    if (!seen.insert(entry.first.Scalar()).second) {
      fail(entry.first, fmt::format("key '{}' comes twice; keep one", entry.first.Scalar()));
    }
  }
}

YamlFile load_yaml(const std::filesystem::path& path, ErrorCode code) {
  YamlFile file{path, code, {}};
  try {
    file.root = YAML::LoadFile(path.string());
  } catch (const YAML::BadFile&) {
    throw Error(code, fmt::format("cannot read {}: it is missing or not readable", path.string()));
  } catch (const YAML::Exception& error) {
    throw Error(code, fmt::format("{}:{}: this is not YAML: {}", path.string(), error.mark.line + 1,
                                  error.msg));
  }
  file.for_each(file.root, [](const auto&, const auto&, const auto&) {});
  return file;
}

}  // namespace screenalytics
