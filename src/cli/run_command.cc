// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>

#include "artifacts/documents.h"
#include "base/error.h"
#include "cli/cancel_signals.h"
#include "cli/command.h"
#include "cli/dry_run.h"
#include "cli/knob_flags.h"
#include "cli/people_table.h"
#include "cli/progress_display.h"
#include "cli/redo_stages.h"
#include "config/home.h"
#include "config/knobs.h"
#include "config/model_manifests.h"
#include "pipeline/episode_run.h"
#include "pipeline/thread_budget.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

struct RunOptions {
  CLI::Option* ep_id_option = nullptr;
  std::string video, video_flag, ep_id, profile, stages = "detect,track,embed,cluster";
  bool resume = false, reuse = false, faces_embed = false, cluster = false;
  bool dry_run = false, json = false, quiet = false;
  std::unique_ptr<KnobFlags> knobs;
};

constexpr std::array<std::string_view, 4> kStages = {"detect", "track", "embed", "cluster"};

// Returns: the last stage that is wanted. Each stage needs all before it.
RunStage parse_stages(const std::string& text) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("--stages '{}': {}; write the first ones of {}", text, why,
                            fmt::join(kStages, ",")));
  };
  std::istringstream words(text);
  size_t count = 0;
  for (std::string word; std::getline(words, word, ','); ++count) {
    if (std::find(kStages.begin(), kStages.end(), word) == kStages.end()) {
      refuse(fmt::format("'{}' is no stage", word));
    }
    if (count >= kStages.size() || word != kStages[count]) {
      refuse(count < kStages.size() ? fmt::format("'{}' needs {} before it", word, kStages[count])
                                    : fmt::format("'{}' is there twice", word));
    }
  }
  if (count == 0) refuse("it names no stage");
  return static_cast<RunStage>(count - 1);
}

Settings settings_of(const RunOptions& options, const fs::path& home) {
  SettingsSources sources;
  sources.config_dir = home / "config" / "pipeline";
  sources.env = process_environment();
  if (!options.profile.empty()) sources.profile = options.profile;
  sources.flags = options.knobs->given();
  return load_settings(sources);
}

RunRequest make_request(const RunOptions& options) {
  const fs::path home = find_home();
  const std::string& video = options.video_flag.empty() ? options.video : options.video_flag;
  if (video.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "run: no video given; name one, as in: screenalytics run show.mp4");
  }
  if (!options.video_flag.empty() && !options.video.empty() &&
      options.video != options.video_flag) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("run: two videos given, '{}' and '{}'; a run takes one", options.video,
                            options.video_flag));
  }
  const bool named = options.ep_id_option->count() > 0;
  EpisodeId episode = named ? EpisodeId(options.ep_id) : EpisodeId::from_file_name(video);
  RunRequest request{std::move(episode),
                     named,
                     video,
                     settings_of(options, home),
                     {},
                     {},
                     parse_stages(options.stages),
                     options.reuse,
                     options.resume,
                     {}};
  const fs::path models = home / "models";
  request.detector = find_model_manifest(models, request.settings.detection.detector);
  request.embedder = find_model_manifest(models, request.settings.run.embedder);
  return request;
}

void print_summary(const RunRequest& request, const RunResult& result) {
  const TrackMetrics& m = result.metrics;
  fmt::print("{}: {}; {} of {} frames analysed ({} of video, {:.1f} a second) on {} in {}{}\n",
             request.episode.str(), result.cancelled ? "stopped in the middle" : "done",
             m.analyzed_frames, m.total_frames, duration_text(result.analysed_s), m.analyzed_fps,
             m.device, duration_text(m.elapsed_s),
             result.resumed_frames > 0
                 ? fmt::format(", {} of them by the interrupted run", result.resumed_frames)
                 : "");
  fmt::print("  {:<12} {}\n", "shots", m.scene_cuts + (m.total_frames > 0 ? 1 : 0));
  fmt::print("  {:<12} {}\n", "faces", result.detections);
  if (request.wants(RunStage::track)) {
    fmt::print("  {:<12} {}", "tracks", m.tracks_born);
    if (!m.longest_tracks.empty()) {
      fmt::print(", the longest {:.1f} s ({})", m.longest_tracks.front().second,
                 track_name(m.longest_tracks.front().first));
    }
    fmt::print("\n");
  }
  if (request.wants(RunStage::cluster)) print_people(result.people);
  const auto exported = [&](const char* name) { return m.counts.at(name); };
  if (exported("frames_exported") + exported("crops_exported") > 0) {
    fmt::print("  {:<12} {} frames, {} face crops\n", "pictures", exported("frames_exported"),
               exported("crops_exported"));
  }
  fmt::print("  {:<12} {:.0f} MB\n", "memory", m.peak_rss_mb);
  for (const MetricWarning& w : m.warnings) {
    fmt::print("  warning      {} is {:.2f}, more than {:.2f}: {}\n", w.metric, w.value, w.limit,
               w.advice);
  }
  for (const std::string& note : result.notes) fmt::print("  note         {}\n", note);
  fmt::print("  {:<12} {}\n", "files", result.folder.string());
  if (request.wants(RunStage::cluster))
    fmt::print("  {:<12} {}\n", "report", result.report.string());
  if (result.cancelled) fmt::print("Go on with the same command and --resume.\n");
}

DisplayMode display_mode(const RunOptions& options) {
  if (options.json) return DisplayMode::json;
  if (options.quiet) return DisplayMode::quiet;
  return isatty(STDERR_FILENO) != 0 ? DisplayMode::bar : DisplayMode::lines;
}

// The stages that need no video, with the settings of now.
int redo(const RunOptions& options) {
  RedoOptions redo;
  redo.ep_id = options.ep_id;
  redo.profile = options.profile;
  redo.flags = options.knobs->given();
  redo.display = display_mode(options);
  if (options.ep_id_option->count() == 0) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("run {}: no episode given; name one with --ep-id, or a video",
                            options.faces_embed ? "--faces-embed" : "--cluster"));
  }
  return options.faces_embed ? embed_again(redo) : cluster_again(redo);
}

int run(const RunOptions& options) {
  const bool no_video = options.video.empty() && options.video_flag.empty();
  if (no_video && (options.cluster || options.faces_embed)) return redo(options);
  RunRequest request = make_request(options);
  const std::string refused = restrict_to_cores(request.settings.run.threads);
  if (!refused.empty()) request.settings.notes.push_back(refused);
  const std::string unheard = give_way(request.settings.run.nice);
  if (!unheard.empty()) request.settings.notes.push_back(unheard);
  if (options.dry_run) return dry_run(request, options.json, cancel_on_signals());
  const DisplayMode mode = display_mode(options);
  if (mode == DisplayMode::bar || mode == DisplayMode::lines) {
    std::fputs(fmt::format("{} as episode {}, profile {}\n", request.video.string(),
                           request.episode.str(), request.settings.profile)
                   .c_str(),
               stderr);
  }
  CancelToken& cancel = cancel_on_signals();
  ProgressDisplay display(mode);
  request.on_progress = [&](const Progress& p) { display.show(p); };
  RunResult result;
  try {
    result = run_episode(request, cancel);
  } catch (...) {
    display.finish();
    throw;
  }
  display.finish();
  if (!result.written) {
    for (const std::string& note : result.notes) fmt::print(stderr, "{}\n", note);
  } else if (mode == DisplayMode::json) {
    fmt::print("{}\n", metrics_line(result.metrics));
  } else if (mode != DisplayMode::quiet) {
    print_summary(request, result);
  }
  return result.cancelled ? kExitCancelled : kExitDone;
}

}  // namespace

Action define_run(CLI::App& command) {
  auto o = std::make_shared<RunOptions>();
  command.add_option("VIDEO", o->video, "the video file")->group("Input");
  command.add_option("--video", o->video_flag, "the video file, as a flag")->group("Input");
  o->ep_id_option = command.add_option("--ep-id", o->ep_id,
                                       "name of the episode; from the file's name if not given");
  o->ep_id_option->group("Input");
  command.add_option("--profile", o->profile, "fast_cpu (low_power), balanced or high_accuracy")
      ->group("Run");
  command
      .add_option("--stages", o->stages, "stop earlier: detect, detect,track or detect,track,embed")
      ->group("Run");
  command.add_flag("--resume", o->resume, "go on where an interrupted run stopped")->group("Run");
  command
      .add_flag("--reuse", o->reuse,
                "skip what an earlier run of the same video and settings has done")
      ->group("Run");
  command
      .add_flag("--dry-run", o->dry_run,
                "say what the run would take: frames, time and disk, tried on some seconds")
      ->group("Run");
  command
      .add_flag("--faces-embed", o->faces_embed,
                "without a video: take the face vectors of an episode anew, and find its people")
      ->group("Run");
  command
      .add_flag("--cluster", o->cluster,
                "without a video: find the people of an episode again, from its tracks")
      ->group("Run");
  command.add_flag("--json", o->json, "progress and result as JSON, a line each")->group("Output");
  command.add_flag("--quiet", o->quiet, "show nothing but errors")->group("Output");
  o->knobs = std::make_unique<KnobFlags>(command);
  command
      .add_flag_callback(
          "--help-all",
          [] {
            fmt::print("{}", knob_help());
            throw CLI::Success();
          },
          "show every knob")
      ->group("Output");
  return [o] { return run(*o); };
}

}  // namespace screenalytics
