// Stages of a finished run that are done again from the episode's artifacts.
// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "artifacts/episode_paths.h"
#include "artifacts/rows.h"
#include "cli/progress_display.h"
#include "config/settings.h"
#include "pipeline/episode_run.h"

namespace screenalytics {

struct RedoOptions {
  std::string ep_id, profile;                // profile: empty for that of the run
  std::map<std::string, std::string> flags;  // by knob
  DisplayMode display = DisplayMode::quiet;
};

// Throws: as EpisodeArgs::paths().
EpisodePaths paths_of(const RedoOptions& options);

// The settings of now, with the profile of the episode's run; but knobs of stages before `from`,
// which are not done again, are as they were then. Notes say which flags have no effect.
// Throws: as load_settings().
Settings settings_again(const RedoOptions& options, const RunRecord& run, RunStage from);

// Each returns the exit code. Throws: Error; not_found for an episode that has not come so far.

// Takes the face vectors anew, from crops on the disk or one more decode, then as cluster_again().
// Tracks stay as they are, and with them the settings that made them.
int embed_again(const RedoOptions& options);
// Finds the people again, and their screen time.
int cluster_again(const RedoOptions& options);

}  // namespace screenalytics
