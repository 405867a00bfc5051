// SPDX-License-Identifier: MIT
#include "cli/redo_stages.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "artifacts/atomic_file.h"
#include "artifacts/documents.h"
#include "artifacts/episode_lock.h"
#include "artifacts/episode_paths.h"
#include "base/error.h"
#include "cli/cancel_signals.h"
#include "cli/episode_args.h"
#include "cli/people_table.h"
#include "config/home.h"
#include "config/knobs.h"
#include "config/model_manifests.h"
#include "identities/find_people.h"
#include "pipeline/episode_rework.h"
#include "pipeline/run_description.h"
#include "pipeline/thread_budget.h"
#include "report/report.h"

namespace screenalytics {
namespace {

SettingsSources sources_of(const RedoOptions& options) {
  SettingsSources sources;
  sources.config_dir = find_home() / "config" / "pipeline";
  sources.env = process_environment();
  sources.flags = options.flags;
  if (!options.profile.empty()) sources.profile = options.profile;
  return sources;
}

// The stage cluster. Requires: the lock.
int find_people_again(const RedoOptions& options, const EpisodePaths& paths,
                      const Settings& settings, const std::string& what,
                      std::vector<std::string> notes) {
  const EpisodeArgs episode{options.ep_id, paths.out_root()};
  const FoundPeople found =
      find_people(paths, {settings.clustering, settings.screen_time}, episode.lookup(settings));
  RunRecord run = read_run(paths.run());
  set_stage_settings(run, RunStage::cluster, settings);
  run.last_stage = "cluster";
  write_run(paths.run(), run);
  write_report(paths, paths.report());
  notes.insert(notes.end(), found.notes.begin(), found.notes.end());
  if (options.display == DisplayMode::json) {
    fmt::print("{}", read_file(paths.screentime_json()));
  } else if (options.display != DisplayMode::quiet) {
    fmt::print("{}: {}\n", options.ep_id,
               what.empty() ? fmt::format("{} tracks clustered again", found.tracks) : what);
    print_people(found.report);
    for (const std::string& note : notes) fmt::print("  note         {}\n", note);
    fmt::print("  {:<12} {}\n", "report", paths.report().string());
  }
  return kExitDone;
}

}  // namespace

EpisodePaths paths_of(const RedoOptions& options) {
  return EpisodeArgs{options.ep_id, load_settings(sources_of(options)).run.out_root}.paths();
}

Settings settings_again(const RedoOptions& options, const RunRecord& run, RunStage from) {
  SettingsSources sources = sources_of(options);
  if (!sources.profile && !sources.env.contains("SCREENALYTICS_PROFILE")) {
    sources.profile = run.profile;
  }
  std::vector<std::string> notes;
  for (const RunSetting& s : run.settings) {
    const Knob* knob = find_knob(s.key);
    const std::optional<RunStage> stage = knob == nullptr ? std::nullopt : stage_of_knob(*knob);
    if (!stage || *stage >= from) continue;
    std::string& given = sources.flags[s.key];
    if (!given.empty() && given != s.value) {
      notes.push_back(fmt::format("{} has no effect: what it acts on stays as it is", knob->flag));
    }
    given = s.value;
  }
  Settings settings = load_settings(sources);
  settings.notes.insert(settings.notes.end(), notes.begin(), notes.end());
  return settings;
}

int cluster_again(const RedoOptions& options) {
  const EpisodePaths paths = paths_of(options);
  if (!has_track_vectors(paths)) {
    throw Error(ErrorCode::not_found,
                fmt::format("cannot cluster episode '{}': there are no tracks with face vectors in "
                            "'{}'; run --faces-embed first",
                            options.ep_id, paths.manifests().string()));
  }
  paths.create_folders();
  const EpisodeLock lock(paths);
  const Settings settings = settings_again(options, read_run(paths.run()), RunStage::cluster);
  return find_people_again(options, paths, settings, "", settings.notes);
}

int embed_again(const RedoOptions& options) {
  const EpisodePaths paths = paths_of(options);
  paths.create_folders();
  const EpisodeLock lock(paths);
  const Settings settings = settings_again(options, read_run(paths.run()), RunStage::embed);
  restrict_to_cores(settings.run.threads);
  ProgressDisplay display(options.display);
  ReworkRequest request{paths, settings, {}, true, {}, {}};
  request.embedder = find_model_manifest(find_home() / "models", settings.run.embedder);
  request.on_progress = [&](const Progress& p) { display.show(p); };
  ReworkResult result;
  try {
    result = rework_episode(request, cancel_on_signals());
  } catch (...) {
    display.finish();
    throw;
  }
  display.finish();
  if (result.cancelled) {
    fmt::print(stderr, "cancelled: the episode is as it was\n");
    return kExitCancelled;
  }
  result.notes.insert(result.notes.end(), settings.notes.begin(), settings.notes.end());
  return find_people_again(
      options, paths, settings,
      fmt::format("{} faces of {} tracks embedded again", result.embedded, result.tracks),
      result.notes);
}

}  // namespace screenalytics
