// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/documents.h"
#include "artifacts/episode_lock.h"
#include "base/error.h"
#include "cli/cancel_signals.h"
#include "cli/command.h"
#include "cli/knob_flags.h"
#include "cli/progress_display.h"
#include "cli/redo_stages.h"
#include "config/home.h"
#include "config/model_manifests.h"
#include "pipeline/episode_cleanup.h"
#include "pipeline/run_description.h"
#include "pipeline/thread_budget.h"

namespace screenalytics {
namespace {

struct CleanupOptions {
  std::string episode, ep_id, profile;
  std::vector<std::string> actions;
  bool json = false, quiet = false;
  std::unique_ptr<KnobFlags> knobs;
};

std::string shown(double value) {
  return value == static_cast<double>(static_cast<int64_t>(value)) ? fmt::format("{:.0f}", value)
                                                                   : fmt::format("{:.3f}", value);
}

void print_report(const CleanupReport& report) {
  for (const CleanupStep& s : report.steps) fmt::print("{:<16} {}\n", s.action, s.result);
  fmt::print("\n{:<28} {:>10} {:>10}\n", "", "before", "after");
  for (const CleanupFigure& f : report.figures) {
    fmt::print("{:<28} {:>10} {:>10}\n", f.name, shown(f.before), shown(f.after));
  }
  if (!report.people.empty()) fmt::print("\n{:<28}\n", "screen time that has changed, in seconds");
  for (const CleanupPerson& p : report.people) {
    fmt::print("{:<28} {:>10.1f} {:>10.1f}\n", p.label, p.before_s, p.after_s);
  }
  if (!report.notes.empty()) fmt::print("\n");
  for (const std::string& note : report.notes) fmt::print("note: {}\n", note);
}

// What the first action redoes; nothing before it changes.
RunStage first_stage(const std::set<CleanupAction>& actions) {
  return actions.contains(CleanupAction::reembed) ? RunStage::embed : RunStage::cluster;
}

bool acts_here(const Knob& knob) {
  static const std::set<std::string_view> kAnyStage{"device", "allow_cpu_fallback", "threads",
                                                    "out_root", "jpeg_quality"};
  const std::optional<RunStage> stage = stage_of_knob(knob);
  return stage ? *stage >= RunStage::embed : kAnyStage.contains(knob.key);
}

int cleanup(const CleanupOptions& o) {
  RedoOptions redo;
  redo.ep_id = o.ep_id.empty() ? o.episode : o.ep_id;
  redo.profile = o.profile;
  redo.flags = o.knobs->given();
  if (redo.ep_id.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "cleanup: no episode given; name one, as in: screenalytics cleanup show");
  }
  const EpisodePaths paths = paths_of(redo);
  std::set<CleanupAction> actions;
  for (const std::string& a : o.actions) actions.insert(parse_cleanup_action(a));
  paths.create_folders();
  const EpisodeLock lock(paths);
  const Settings settings = settings_again(redo, read_run(paths.run()), first_stage(actions));
  restrict_to_cores(settings.run.threads);
  ProgressDisplay display(o.json || o.quiet            ? DisplayMode::quiet
                          : isatty(STDERR_FILENO) != 0 ? DisplayMode::bar
                                                       : DisplayMode::lines);
  CleanupRequest request{paths, settings, {}, actions, {}};
  request.embedder = find_model_manifest(find_home() / "models", settings.run.embedder);
  request.on_progress = [&](const Progress& p) { display.show(p); };
  CleanupResult result;
  try {
    result = clean_up(request, cancel_on_signals());
  } catch (...) {
    display.finish();
    throw;
  }
  display.finish();
  if (result.cancelled) {
    fmt::print(stderr, "cancelled: the episode is as it was\n");
    return kExitCancelled;
  }
  for (const std::string& note : settings.notes) fmt::print(stderr, "{}\n", note);
  if (o.json) {
    fmt::print("{}", cleanup_text(result.report));
  } else if (!o.quiet) {
    print_report(result.report);
  }
  return kExitDone;
}

}  // namespace

Action define_cleanup(CLI::App& command) {
  auto o = std::make_shared<CleanupOptions>();
  command.add_option("EP", o->episode, "name of the episode");
  command.add_option("--ep-id", o->ep_id, "name of the episode, as a flag");
  command
      .add_option("--actions", o->actions,
                  "which of split_tracks, reembed, recluster, group_clusters; done in this order")
      ->default_val(std::vector<std::string>{"split_tracks", "recluster", "group_clusters"})
      ->expected(1, 4)
      ->delimiter(',');
  command.add_option("--profile", o->profile, "that of the episode's run if not given");
  command.add_flag("--json", o->json, "the report as JSON; it is also in cleanup.json");
  command.add_flag("--quiet", o->quiet, "show nothing but errors");
  o->knobs = std::make_unique<KnobFlags>(command, acts_here);
  return [o] { return cleanup(*o); };
}

}  // namespace screenalytics
