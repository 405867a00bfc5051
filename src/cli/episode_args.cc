// SPDX-License-Identifier: MIT
#include "cli/episode_args.h"

#include <fmt/format.h>

#include <set>
#include <string_view>
#include <vector>

#include "artifacts/documents.h"
#include "base/error.h"
#include "base/names.h"
#include "config/home.h"
#include "config/knobs.h"
#include "config/model_manifests.h"
#include "pipeline/naming.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

Settings settings_with(std::map<std::string, std::string> flags) {
  SettingsSources sources;
  sources.config_dir = find_home() / "config" / "pipeline";
  sources.env = process_environment();
  sources.flags = std::move(flags);
  return load_settings(sources);
}

}  // namespace

Settings settings_with_out_root(const std::string& out_root) {
  return out_root.empty() ? settings_with({}) : settings_with({{"out_root", out_root}});
}

void EpisodeArgs::define(CLI::App& command) {
  command.add_option("EP", episode, "name of the episode")->required();
  command.add_option("--out-root", out_root, "folder of all results");
}

EpisodePaths EpisodeArgs::paths() const {
  EpisodePaths paths(settings_with_out_root(out_root).run.out_root, EpisodeId(episode));
  if (fs::exists(paths.run())) return paths;
  std::vector<std::string> known;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(paths.out_root() / "manifests", ec)) {
    if (fs::exists(entry.path() / "run.json")) known.push_back(entry.path().filename().string());
  }
  const std::vector<std::string_view> views(known.begin(), known.end());
  const std::string near = nearest_name(episode, views);
  throw Error(ErrorCode::not_found,
              fmt::format("there are no results of episode '{}' in '{}'{}", episode,
                          paths.out_root().string(),
                          near.empty() ? "; run its video first, or give --out-root"
                                       : fmt::format("; did you mean '{}'?", near)));
}

Settings EpisodeArgs::settings() const {
  static constexpr std::array<std::string_view, 3> kFiles = {"clustering.yaml", "screen_time.yaml",
                                                             "facebank.yaml"};
  std::map<std::string, std::string> flags{{"out_root", paths().out_root().string()}};
  for (const RunSetting& s : read_run(paths().run()).settings) {
    const Knob* knob = find_knob(s.key);
    if (knob != nullptr && std::find(kFiles.begin(), kFiles.end(), knob->file) != kFiles.end()) {
      flags[s.key] = s.value;
    }
  }
  return settings_with(std::move(flags));
}

NameLookup EpisodeArgs::lookup(const Settings& settings) const {
  const EpisodePaths at = paths();
  for (const RunModel& used : read_run(at.run()).models) {
    if (used.role != "embedder") continue;
    for (const ModelManifest& m : list_model_manifests(find_home() / "models")) {
      if (m.sha256 == used.sha256) return name_lookup(at.out_root(), m, settings);
    }
  }
  return {};
}

}  // namespace screenalytics
