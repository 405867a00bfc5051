// SPDX-License-Identifier: MIT
#include "config/profiles.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

Profiles::Profiles(const std::filesystem::path& config_dir)
    : yaml_{config_dir / kProfilesFile, ErrorCode::invalid_argument, {}} {
  if (!std::filesystem::exists(yaml_.path)) return;
  yaml_ = load_yaml(yaml_.path, ErrorCode::invalid_argument);
  yaml_.for_each(yaml_.root, [&](const std::string& name, const auto& name_node,
                                 const auto& values) {
    if (!profile_of_name_.emplace(name, name).second) {
      yaml_.fail(name_node, fmt::format("'{}' names another profile already", name));
    }
    names_.push_back(name);
    yaml_.for_each(values, [&](const std::string& key, const auto& key_node, const auto& value) {
      if (key == kAlias) return add_alias(name, value);
      Settings scratch;
      const Knob& knob = knob_of_entry(yaml_, key, key_node, kProfilesFile);
      set_knob(scratch, knob, entry_text(yaml_, knob, value), yaml_.at(key_node));
    });
  });
}

void Profiles::add_alias(const std::string& profile, const YAML::Node& value) {
  if (value.IsSequence()) {
    for (const YAML::Node& each : value) add_alias(profile, each);
    return;
  }
  if (!value.IsScalar()) yaml_.fail(value, "an alias is a word or a list of words");
  if (!profile_of_name_.emplace(value.Scalar(), profile).second) {
    yaml_.fail(value, fmt::format("'{}' names another profile already", value.Scalar()));
  }
  names_.push_back(value.Scalar());
}

std::string Profiles::canonical_name(const std::string& name, std::string_view source) const {
  const auto found = profile_of_name_.find(name);
  if (found != profile_of_name_.end()) return found->second;
  if (names_.empty()) {
    throw Error(ErrorCode::invalid_argument, fmt::format("{}: unknown profile '{}'; {} has none",
                                                         source, name, yaml_.path.string()));
  }
  const std::vector<std::string_view> names(names_.begin(), names_.end());
  throw Error(ErrorCode::invalid_argument,
              fmt::format("{}: unknown profile '{}'{}", source, name, did_you_mean(name, names)));
}

void Profiles::for_each_value(const std::string& profile,
                              const std::function<void(const Knob&, const std::string& text,
                                                       const std::string& where)>& visit) const {
  yaml_.for_each(yaml_.root[profile],
                 [&](const std::string& key, const auto& key_node, const auto& value) {
                   if (key == kAlias) return;
                   const Knob& knob = knob_of_entry(yaml_, key, key_node, kProfilesFile);
                   visit(knob, entry_text(yaml_, knob, value), yaml_.at(key_node));
                 });
}

}  // namespace screenalytics
