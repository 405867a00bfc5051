// SPDX-License-Identifier: MIT
#include "config/model_manifests.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/names.h"
#include "config/knobs.h"
#include "config/yaml_file.h"

namespace screenalytics {
namespace {

constexpr std::pair<std::string_view, ModelFamily> kFamilies[] = {
    {"retinaface", ModelFamily::retinaface},
    {"scrfd", ModelFamily::scrfd},
    {"yunet", ModelFamily::yunet},
    {"arcface", ModelFamily::arcface},
};
constexpr int kMaxSide = 8192;

std::string text_of(const YamlFile& yaml, const std::string& key, const YAML::Node& value) {
  if (!value.IsScalar() || value.Scalar().empty()) {
    yaml.fail(value, fmt::format("{} has no single value", key));
  }
  return value.Scalar();
}

template <typename Number>
Number number_of(const YamlFile& yaml, const std::string& key, const YAML::Node& value, Number min,
                 Number max) {
  const std::string text = text_of(yaml, key, value);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() ||
      !(number >= min && number <= max)) {
    yaml.fail(value, fmt::format("{} is '{}', not a number from {} to {}", key, text, min, max));
  }
  return number;
}

std::array<float, 3> triple_of(const YamlFile& yaml, const std::string& key,
                               const YAML::Node& value) {
  if (!value.IsSequence() || value.size() != 3) {
    yaml.fail(value, fmt::format("{} is not a list of three numbers, one a channel", key));
  }
  std::array<float, 3> numbers{};
  for (size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = number_of(yaml, key, value[i], -1e6f, 1e6f);
  }
  return numbers;
}

ModelFamily family_of(const YamlFile& yaml, const YAML::Node& value) {
  const std::string text = text_of(yaml, "family", value);
  for (const auto& [name, family] : kFamilies) {
    if (text == name) return family;
  }
  yaml.fail(value,
            fmt::format("family is '{}', not one of retinaface, scrfd, yunet, arcface", text));
}

std::string sha256_of(const YamlFile& yaml, const YAML::Node& value) {
  std::string text = text_of(yaml, "sha256", value);
  const bool hex = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  if (text.size() != 64 || !hex) {
    yaml.fail(value, fmt::format("sha256 is '{}', not 64 digits of lower-case hex", text));
  }
  return text;
}

bool is_bgr(const YamlFile& yaml, const YAML::Node& value) {
  const std::string text = text_of(yaml, "color", value);
  if (text != "rgb" && text != "bgr") {
    yaml.fail(value, fmt::format("color is '{}', not one of rgb, bgr", text));
  }
  return text == "bgr";
}

using Setter = void (*)(ModelManifest&, const YamlFile&, const std::string& key,
                        const YAML::Node& value);
struct ManifestKey {
  std::string_view key;
  bool required;
  Setter set;
};

constexpr ManifestKey kKeys[] = {
    {"id", true, [](auto& m, auto& y, auto& k, auto& v) { m.id = text_of(y, k, v); }},
    {"family", true, [](auto& m, auto& y, auto&, auto& v) { m.family = family_of(y, v); }},
    {"file", true, [](auto& m, auto& y, auto& k, auto& v) { m.file = text_of(y, k, v); }},
    {"sha256", true, [](auto& m, auto& y, auto&, auto& v) { m.sha256 = sha256_of(y, v); }},
    {"color", true, [](auto& m, auto& y, auto&, auto& v) { m.bgr = is_bgr(y, v); }},
    {"mean", true, [](auto& m, auto& y, auto& k, auto& v) { m.mean = triple_of(y, k, v); }},
    {"scale", true, [](auto& m, auto& y, auto& k, auto& v) { m.scale = triple_of(y, k, v); }},
    {"input_width", true,
     [](auto& m, auto& y, auto& k, auto& v) { m.input_width = number_of(y, k, v, 0, kMaxSide); }},
    {"input_height", true,
     [](auto& m, auto& y, auto& k, auto& v) { m.input_height = number_of(y, k, v, 0, kMaxSide); }},
    {"input_multiple", false,
     [](auto& m, auto& y, auto& k, auto& v) { m.input_multiple = number_of(y, k, v, 1, 1024); }},
    {"embedding_dim", false,
     [](auto& m, auto& y, auto& k, auto& v) { m.embedding_dim = number_of(y, k, v, 1, 65536); }},
    {"min_norm", false,
     [](auto& m, auto& y, auto& k, auto& v) { m.min_norm = number_of(y, k, v, 0.f, 1e6f); }},
    {"landmark_scale", false,
     [](auto& m, auto& y, auto& k, auto& v) {
       m.landmark_scale = number_of(y, k, v, 1e-3f, 1e3f);
     }},
    {"licence", true, [](auto& m, auto& y, auto& k, auto& v) { m.licence = text_of(y, k, v); }},
    {"origin", true, [](auto& m, auto& y, auto& k, auto& v) { m.origin = text_of(y, k, v); }},
};

const ManifestKey& key_of(const YamlFile& yaml, const std::string& key, const YAML::Node& node) {
  std::vector<std::string_view> names;
  for (const ManifestKey& each : kKeys) {
    if (each.key == key) return each;
    names.push_back(each.key);
  }
  const std::string nearest = nearest_name(key, names);
  yaml.fail(node, fmt::format("unknown key '{}'{}", key,
                              nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

void check_embedder(const YamlFile& yaml, const ModelManifest& manifest) {
  if (manifest.family != ModelFamily::arcface) return;
  if (manifest.embedding_dim < 1) yaml.fail(yaml.root, "an embedder needs the key embedding_dim");
  if (manifest.input_width < 1 || manifest.input_height < 1) {
    yaml.fail(yaml.root, "an embedder needs input_width and input_height above 0");
  }
}

}  // namespace

ModelManifest read_model_manifest(const std::filesystem::path& path) {
  const YamlFile yaml = load_yaml(path, ErrorCode::model);
  ModelManifest manifest;
  std::set<std::string_view> missing;
  for (const ManifestKey& each : kKeys) {
    if (each.required) missing.insert(each.key);
  }
  yaml.for_each(yaml.root, [&](const std::string& key, const auto& key_node, const auto& value) {
    const ManifestKey& known = key_of(yaml, key, key_node);
    known.set(manifest, yaml, key, value);
    missing.erase(known.key);
  });
  if (!missing.empty()) yaml.fail(yaml.root, fmt::format("key '{}' is missing", *missing.begin()));
  check_embedder(yaml, manifest);
  manifest.file = (path.parent_path() / manifest.file).lexically_normal();
  return manifest;
}

std::vector<ModelManifest> list_model_manifests(const std::filesystem::path& dir) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(dir, error)) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  }
  if (error) {
    throw Error(ErrorCode::model,
                fmt::format("cannot list the models in {}: {}", dir.string(), error.message()));
  }
  std::sort(paths.begin(), paths.end());
  std::vector<ModelManifest> manifests;
  std::map<std::string, std::filesystem::path> path_of_id;
  for (const auto& path : paths) {
    manifests.push_back(read_model_manifest(path));
    const auto [other, added] = path_of_id.emplace(manifests.back().id, path);
    if (!added) {
      throw Error(ErrorCode::model,
                  fmt::format("{}: id '{}' is that of {} already; change one", path.string(),
                              manifests.back().id, other->second.string()));
    }
  }
  return manifests;
}

ModelManifest find_model_manifest(const std::filesystem::path& dir, const std::string& id) {
  const std::vector<ModelManifest> manifests = list_model_manifests(dir);
  std::vector<std::string_view> ids;
  for (const ModelManifest& manifest : manifests) {
    if (manifest.id == id) return manifest;
    ids.push_back(manifest.id);
  }
  const std::string nearest = nearest_name(id, ids);
  throw Error(ErrorCode::invalid_argument,
              fmt::format("no model '{}' in {}{}", id, dir.string(),
                          nearest.empty() ? "; `screenalytics models` lists what is there"
                                          : fmt::format("; did you mean '{}'?", nearest)));
}

}  // namespace screenalytics
