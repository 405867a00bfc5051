// SPDX-License-Identifier: MIT
#include "config/preset_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/names.h"
#include "config/knob_table.h"

namespace screenalytics {
namespace {

constexpr std::string_view kAlias = "alias";

std::string did_you_mean(const std::string& word, const std::vector<std::string_view>& names) {
  const std::string nearest = nearest_name(word, names);
  if (!nearest.empty()) return fmt::format("; did you mean '{}'?", nearest);
  return fmt::format("; there are {}", fmt::join(names, ", "));
}

}  // namespace

const Knob& knob_of_entry(const YamlFile& yaml, const std::string& key, const YAML::Node& key_node,
                          std::string_view file) {
  const bool in_profile = file == kProfilesFile;
  const Knob* knob = find_knob(key);
  if (knob && (in_profile || knob->file == file)) return *knob;
  if (knob && knob->file == kProfilesFile) {
    yaml.fail(key_node, fmt::format("'{}' is set by the profiles in {}, which would override it "
                                    "here; change the profile",
                                    key, kProfilesFile));
  }
  if (knob) yaml.fail(key_node, fmt::format("'{}' belongs in {}", key, knob->file));
  std::vector<std::string_view> keys;
  for (const Knob& each : knobs()) {
    if (in_profile || each.file == file) keys.push_back(each.key);
  }
  yaml.fail(key_node, fmt::format("unknown key '{}'{}", key, did_you_mean(key, keys)));
}

std::string entry_text(const YamlFile& yaml, const Knob& knob, const YAML::Node& value) {
  if (value.IsNull() && knob.type == KnobType::text) return "";
  if (!value.IsScalar()) {
    yaml.fail(value,
              fmt::format("{} has no single value; give {}", knob.key, allowed_values(knob)));
  }
  return value.Scalar();
}

PresetFile::PresetFile(const std::filesystem::path& path, std::string_view noun,
                       std::string_view knobs_of)
    : yaml_{path, ErrorCode::invalid_argument, {}}, noun_(noun), knobs_of_(knobs_of) {
  if (!std::filesystem::exists(yaml_.path)) return;
  yaml_ = load_yaml(yaml_.path, ErrorCode::invalid_argument);
  yaml_.for_each(yaml_.root, [&](const std::string& name, const auto& name_node,
                                 const auto& values) {
    if (!canonical_.emplace(name, name).second) {
      yaml_.fail(name_node, fmt::format("'{}' names another {} already", name, noun_));
    }
    names_.push_back(name);
    yaml_.for_each(values, [&](const std::string& key, const auto& key_node, const auto& value) {
      if (key == kAlias) return add_alias(name, value);
      Settings scratch;
      const Knob& knob = knob_of_entry(yaml_, key, key_node, knobs_of_);
      set_knob(scratch, knob, entry_text(yaml_, knob, value), yaml_.at(key_node));
    });
  });
}

void PresetFile::add_alias(const std::string& name, const YAML::Node& value) {
  if (value.IsSequence()) {
    for (const YAML::Node& each : value) add_alias(name, each);
    return;
  }
  if (!value.IsScalar()) yaml_.fail(value, "an alias is a word or a list of words");
  if (!canonical_.emplace(value.Scalar(), name).second) {
    yaml_.fail(value, fmt::format("'{}' names another {} already", value.Scalar(), noun_));
  }
  names_.push_back(value.Scalar());
}

std::string PresetFile::canonical_name(const std::string& name, std::string_view source) const {
  const auto found = canonical_.find(name);
  if (found != canonical_.end()) return found->second;
  if (names_.empty()) {
    throw Error(ErrorCode::invalid_argument, fmt::format("{}: unknown {} '{}'; {} has none", source,
                                                         noun_, name, yaml_.path.string()));
  }
  const std::vector<std::string_view> names(names_.begin(), names_.end());
  throw Error(ErrorCode::invalid_argument,
              fmt::format("{}: unknown {} '{}'{}", source, noun_, name, did_you_mean(name, names)));
}

void PresetFile::for_each_value(const std::string& name,
                                const std::function<void(const Knob&, const std::string& text,
                                                         const std::string& where)>& visit) const {
  if (names_.empty()) return;
  yaml_.for_each(yaml_.root[name],
                 [&](const std::string& key, const auto& key_node, const auto& value) {
                   if (key == kAlias) return;
                   const Knob& knob = knob_of_entry(yaml_, key, key_node, knobs_of_);
                   visit(knob, entry_text(yaml_, knob, value), yaml_.at(key_node));
                 });
}

PresetFile profiles_in(const std::filesystem::path& config_dir) {
  return {config_dir / kProfilesFile, "profile", kProfilesFile};
}

PresetFile smoothing_presets_in(const std::filesystem::path& config_dir) {
  return {config_dir / "smoothing_presets.yaml", "smoothing preset", kScreenTimeFile};
}

}  // namespace screenalytics
