// Private to this module: the profiles of performance_profiles.yaml.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/knobs.h"
#include "config/yaml_file.h"

namespace screenalytics {

// Returns the knob that an entry of `file` names.
// Throws: with the nearest key, or with the file that the key belongs to.
const Knob& knob_of_entry(const YamlFile& yaml, const std::string& key, const YAML::Node& key_node,
                          std::string_view file);

// Returns the entry's value as text. Throws: where it is no single value.
std::string entry_text(const YamlFile& yaml, const Knob& knob, const YAML::Node& value);

// Checked as a whole when made, so that an error in a profile shows before it is used.
class Profiles {
 public:
  // A folder without the file has no profiles.
  explicit Profiles(const std::filesystem::path& config_dir);

  // In the file's order, each followed by its aliases.
  const std::vector<std::string>& names() const { return names_; }

  // Throws: invalid_argument; `source` is who asked.
  std::string canonical_name(const std::string& name, std::string_view source) const;

  // Requires: a canonical name.
  void for_each_value(const std::string& profile,
                      const std::function<void(const Knob&, const std::string& text,
                                               const std::string& where)>& visit) const;

 private:
  void add_alias(const std::string& profile, const YAML::Node& value);

  YamlFile yaml_;
  std::vector<std::string> names_;
  std::map<std::string, std::string> profile_of_name_;
};

}  // namespace screenalytics
