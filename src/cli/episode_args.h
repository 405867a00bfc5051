// What commands about a finished episode have in common: its name, its folder, its settings.
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "artifacts/episode_paths.h"
#include "config/settings.h"
#include "identities/people.h"

namespace screenalytics {

struct EpisodeArgs {
  std::string episode, out_root;

  // Adds EP and --out-root.
  void define(CLI::App& command);

  // Throws: invalid_argument for a name that cannot be one; not_found where there are no results of
  // such an episode, naming the nearest that has some.
  EpisodePaths paths() const;

  // The settings of now, but for those of clustering, names and screen time, which are as in its
  // last run: a correction must not change what it was not meant to. Throws: as load_settings(),
  // read_run().
  Settings settings() const;

  // Names from the facebank, where it and the episode have vectors of one model.
  NameLookup lookup(const Settings& settings) const;
};

// The settings of now; an empty out_root: that of the environment or the configuration.
Settings settings_with_out_root(const std::string& out_root);

}  // namespace screenalytics
