// Private to this module: named sets of knob values, such as the profiles.
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

// Checked as a whole when made, so that an error in a set shows before it is used.
class PresetFile {
 public:
  // A file that is not there has no sets. noun: what one is called, for messages. knobs_of: the
  // file of the knobs that a set may have; kProfilesFile: all knobs.
  PresetFile(const std::filesystem::path& path, std::string_view noun, std::string_view knobs_of);

  // In the file's order, each followed by its aliases.
  const std::vector<std::string>& names() const { return names_; }

  // Throws: invalid_argument; `source` is who asked.
  std::string canonical_name(const std::string& name, std::string_view source) const;

  // Requires: a canonical name, or one of a file that is not there.
  void for_each_value(const std::string& name,
                      const std::function<void(const Knob&, const std::string& text,
                                               const std::string& where)>& visit) const;

 private:
  void add_alias(const std::string& name, const YAML::Node& value);

  YamlFile yaml_;
  std::string noun_, knobs_of_;
  std::vector<std::string> names_;
  std::map<std::string, std::string> canonical_;
};

// The profiles of performance_profiles.yaml.
PresetFile profiles_in(const std::filesystem::path& config_dir);
// The sets of smoothing_presets.yaml.
PresetFile smoothing_presets_in(const std::filesystem::path& config_dir);

}  // namespace screenalytics
