// SPDX-License-Identifier: MIT
#include "config/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <system_error>

#include "base/cores.h"
#include "base/error.h"
#include "base/names.h"
#include "config/knob_table.h"
#include "config/knobs.h"
#include "config/preset_file.h"
#include "config/yaml_file.h"

namespace screenalytics {
namespace {

constexpr std::string_view kEnvPrefix = "SCREENALYTICS_";
constexpr std::string_view kEnvProfile = "SCREENALYTICS_PROFILE";
constexpr std::string_view kEnvDataRoot = "SCREENALYTICS_DATA_ROOT";
constexpr std::string_view kEnvHome = "SCREENALYTICS_HOME";
constexpr const char* kThreadCaps[] = {"OMP_NUM_THREADS", "MKL_NUM_THREADS",
                                       "OPENBLAS_NUM_THREADS"};

std::string env_name(const Knob& knob) {
  std::string name(kEnvPrefix);
  for (char c : knob.key) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

// Returns the value of a variable, or null where it is unset or empty.
const std::string* env_value(const SettingsSources& sources, std::string_view name) {
  const auto found = sources.env.find(std::string(name));
  return found == sources.env.end() || found->second.empty() ? nullptr : &found->second;
}

void apply(Settings& settings, const Knob& knob, std::string_view text, std::string_view where,
           const std::string& source) {
  set_knob(settings, knob, text, where);
  const bool is_text = knob.type == KnobType::text || knob.type == KnobType::choice ||
                       (knob.type == KnobType::face_size && text.ends_with(kPixelUnit));
  settings.provenance[std::string(knob.key)] = {knob_text(settings, knob), source, is_text};
}

void apply_defaults(Settings& settings) {
  for (const Knob& knob : knobs()) apply(settings, knob, knob.default_text, knob.key, "default");
}

void apply_files(Settings& settings, const std::filesystem::path& dir) {
  std::string_view done;
  for (const Knob& any : knobs()) {  // sorted by file
    if (any.file == done || any.file == kProfilesFile) continue;
    done = any.file;
    const std::filesystem::path path = dir / any.file;
    if (!std::filesystem::exists(path)) continue;
    const YamlFile yaml = load_yaml(path, ErrorCode::invalid_argument);
    yaml.for_each(yaml.root, [&](const std::string& key, const auto& key_node, const auto& value) {
      const Knob& knob = knob_of_entry(yaml, key, key_node, any.file);
      apply(settings, knob, entry_text(yaml, knob, value), yaml.at(key_node), yaml.at(key_node));
    });
  }
}

void apply_profile(Settings& settings, const SettingsSources& sources) {
  const std::string* from_env = env_value(sources, kEnvProfile);
  std::string wanted = settings.profile, source = "default";
  if (sources.profile) {
    wanted = *sources.profile;
    source = "flag --profile";
  } else if (from_env) {
    wanted = *from_env;
    source = fmt::format("environment {}", kEnvProfile);
  }
  const PresetFile profiles = profiles_in(sources.config_dir);
  if (!sources.profile && !from_env && profiles.names().empty()) return;
  settings.profile = profiles.canonical_name(wanted, source);
  settings.profile_source = source;
  profiles.for_each_value(
      settings.profile, [&](const Knob& knob, const std::string& text, const std::string& where) {
        apply(settings, knob, text, where, fmt::format("profile {} ({})", settings.profile, where));
      });
}

void note_unknown_variables(Settings& settings, const SettingsSources& sources) {
  std::vector<std::string> known = {std::string(kEnvProfile), std::string(kEnvDataRoot),
                                    std::string(kEnvHome)};
  for (const Knob& knob : knobs()) known.push_back(env_name(knob));
  std::vector<std::string_view> names(known.begin(), known.end());
  // Compared without the prefix, which would make any two names look alike.
  for (std::string_view& name : names) name.remove_prefix(kEnvPrefix.size());
  for (const auto& [full_name, value] : sources.env) {
    if (!full_name.starts_with(kEnvPrefix)) continue;
    const std::string_view name = std::string_view(full_name).substr(kEnvPrefix.size());
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string nearest = nearest_name(name, names);
    // Variables of the build and the tests share the prefix; only a likely typing error matters.
    if (nearest.empty()) continue;
    settings.notes.push_back(
        fmt::format("environment {} is not a setting and is ignored; did you mean {}{}?", full_name,
                    kEnvPrefix, nearest));
  }
}

void apply_environment(Settings& settings, const SettingsSources& sources) {
  if (const std::string* root = env_value(sources, kEnvDataRoot)) {
    const std::string where = fmt::format("environment {}", kEnvDataRoot);
    apply(settings, *find_knob("out_root"), *root, where, where);
  }
  for (const Knob& knob : knobs()) {
    const std::string name = env_name(knob);
    const std::string* value = env_value(sources, name);
    const std::string where = fmt::format("environment {}", name);
    if (value) apply(settings, knob, *value, where, where);
  }
  note_unknown_variables(settings, sources);
}

void apply_flags(Settings& settings, const SettingsSources& sources) {
  for (const auto& [key, text] : sources.flags) {
    const Knob* knob = find_knob(key);
    if (!knob) {
      std::vector<std::string_view> keys;
      for (const Knob& each : knobs()) keys.push_back(each.key);
      const std::string nearest = nearest_name(key, keys);
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("unknown setting '{}'{}", key,
                              nearest.empty() ? "; see --help"
                                              : fmt::format("; did you mean '{}'?", nearest)));
    }
    apply(settings, *knob, text, knob->flag, "flag " + knob->flag);
  }
}

// A preset acts where nothing else has a say.
void apply_smoothing(Settings& settings, const std::filesystem::path& dir) {
  const PresetFile presets = smoothing_presets_in(dir);
  std::string& name = settings.screen_time.smoothing;
  Origin& asked = settings.provenance["smoothing"];
  if (presets.names().empty() && asked.source == "default") return;
  name = asked.value = presets.canonical_name(name, asked.source);
  presets.for_each_value(
      name, [&](const Knob& knob, const std::string& text, const std::string& where) {
        if (settings.provenance.at(std::string(knob.key)).source != "default") return;
        apply(settings, knob, text, where, fmt::format("smoothing {} ({})", name, where));
      });
}

// Returns the number a thread variable asks for; OpenMP also allows "4,2": the outermost counts.
std::optional<int> thread_cap(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool ends = end == text.data() + text.size() || *end == ',';
  if (error != std::errc{} || !ends || value < 1) return std::nullopt;
  return value;
}

void resolve_threads(Settings& settings, const SettingsSources& sources) {
  const int cores = sources.cores > 0 ? sources.cores : available_cores();
  int& threads = settings.run.threads;
  Origin& origin = settings.provenance["threads"];
  if (threads == 0) {
    threads = cores;
    origin.source += fmt::format("; 0 is all {} cores", cores);
  }
  const bool asked = origin.source.starts_with("flag") || origin.source.starts_with("environment");
  if (threads > cores && !asked) {
    threads = cores;
    origin.source += fmt::format("; capped by the {} cores of this machine", cores);
  }
  for (const char* name : kThreadCaps) {
    const std::string* text = env_value(sources, name);
    if (!text) continue;
    const std::optional<int> cap = thread_cap(*text);
    if (!cap) {
      settings.notes.push_back(fmt::format(
          "environment {} is '{}', not a number of threads, and is ignored", name, *text));
    } else if (*cap < threads) {
      threads = *cap;
      origin.source += fmt::format("; capped by environment {}={}", name, *text);
    }
  }
  origin.value = fmt::format("{}", threads);
}

// "confidence_th 0.8 (default)".
std::string told(const Settings& settings, const std::string& key) {
  const Origin& origin = settings.provenance.at(key);
  return fmt::format("{} {} ({})", key, origin.value, origin.source);
}

void require_order(const Settings& settings, const std::string& low, double low_value,
                   const std::string& high, double high_value) {
  if (low_value <= high_value) return;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("{} is above {}; lower the first or raise the second",
                          told(settings, low), told(settings, high)));
}

void check_together(Settings& s) {
  require_order(s, "min_confidence", s.detection.min_confidence, "max_confidence",
                s.detection.max_confidence);
  require_order(s, "gate_hard", s.tracking.gate_hard, "gate_soft", s.tracking.gate_soft);
  require_order(s, "gate_soft", s.tracking.gate_soft, "gate_join", s.tracking.gate_join);
  const Knob& det_size = *find_knob("det_size");
  if (s.detection.coreml_det_size != 0 && s.detection.coreml_det_size < det_size.min) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("{} is not 0 or {}", told(s, "coreml_det_size"), allowed_values(det_size)));
  }
  if (s.tracking.track_buffer > s.tracking.max_track_buffer) {
    s.notes.push_back(fmt::format("{} acts as its upper limit, {}", told(s, "track_buffer"),
                                  told(s, "max_track_buffer")));
  }
  if (s.tracking.new_track_thresh < s.tracking.track_thresh) {
    s.notes.push_back(fmt::format("{} acts as {}, which is above it", told(s, "new_track_thresh"),
                                  told(s, "track_thresh")));
  }
}

}  // namespace

Settings load_settings(const SettingsSources& sources) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(sources.config_dir, ignored)) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("cannot read the settings: {} is not a folder; set "
                            "SCREENALYTICS_HOME to the folder that holds config/pipeline",
                            sources.config_dir.string()));
  }
  Settings settings;
  apply_defaults(settings);
  apply_files(settings, sources.config_dir);
  apply_profile(settings, sources);
  apply_environment(settings, sources);
  apply_flags(settings, sources);
  apply_smoothing(settings, sources.config_dir);
  resolve_threads(settings, sources);
  check_together(settings);
  return settings;
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> found;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = text.substr(0, equals);
    const bool caps =
        std::find(std::begin(kThreadCaps), std::end(kThreadCaps), name) != std::end(kThreadCaps);
    if (caps || name.starts_with(kEnvPrefix)) found.emplace(name, text.substr(equals + 1));
  }
  return found;
}

std::vector<std::string> profile_names(const std::filesystem::path& config_dir) {
  return profiles_in(config_dir).names();
}

}  // namespace screenalytics
