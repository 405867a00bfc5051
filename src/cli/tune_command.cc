// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "artifacts/atomic_file.h"
#include "base/cores.h"
#include "base/error.h"
#include "cli/cancel_signals.h"
#include "cli/command.h"
#include "cli/progress_display.h"
#include "config/home.h"
#include "config/model_manifests.h"
#include "config/settings.h"
#include "pipeline/thread_budget.h"
#include "pipeline/tuning.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

struct TuneOptions {
  std::string video, save;
  double start_s = -1, length_s = 60, agreement = 0.97;
  int threads = 0;
  bool json = false, quiet = false;
};

Settings settings_of(const TuningCandidate& candidate, int threads) {
  SettingsSources sources;
  sources.config_dir = find_home() / "config" / "pipeline";
  sources.env = process_environment();
  sources.profile = candidate.profile;
  sources.flags = candidate.knobs;
  sources.flags["threads"] = std::to_string(threads);
  return load_settings(sources);
}

RunRequest request_of(const TuningCandidate& candidate, const std::string& video, int threads) {
  RunRequest request{EpisodeId("trial"),
                     true,
                     video,
                     settings_of(candidate, threads),
                     {},
                     {},
                     RunStage::cluster,
                     false,
                     false,
                     {}};
  const fs::path models = find_home() / "models";
  request.detector = find_model_manifest(models, request.settings.detection.detector);
  request.embedder = find_model_manifest(models, request.settings.run.embedder);
  return request;
}

// Agreement upwards, speed to the right (as its logarithm); a letter a result.
std::vector<std::string> drawing(const Tuning& tuning) {
  constexpr int kWidth = 60, kHeight = 12;
  double slowest = 1e9, fastest = 0, least = 1;
  for (const TuningResult& r : tuning.results) {
    slowest = std::min(slowest, r.speed);
    fastest = std::max(fastest, r.speed);
    least = std::min(least, r.agreement);
  }
  const double bottom = std::floor(std::min(0.9, least) * 10) / 10;
  const double width = std::max(1e-9, std::log(fastest / slowest));
  std::vector<std::string> lines(kHeight, std::string(kWidth, ' '));
  for (size_t i = 0; i < tuning.results.size(); ++i) {
    const TuningResult& r = tuning.results[i];
    const long x = std::lround(std::log(r.speed / slowest) / width * (kWidth - 1));
    const long y = std::lround((1 - r.agreement) / (1 - bottom) * (kHeight - 1));
    char& place = lines[static_cast<size_t>(y)][static_cast<size_t>(x)];
    place = place == ' ' ? static_cast<char>('a' + i) : '+';  // several at one place
  }
  for (size_t y = 0; y < lines.size(); ++y) {
    const double value =
        1 - (1 - bottom) * static_cast<double>(y) / static_cast<double>(kHeight - 1);
    lines[y] = fmt::format("{:>6.1f} % |{}", 100 * value, lines[y]);
  }
  lines.push_back(fmt::format("{:>9}+{}", "", std::string(kWidth, '-')));
  const std::string from = fmt::format("{:.1f}x", slowest), to = fmt::format("{:.1f}x", fastest);
  lines.push_back(
      fmt::format("{:>10}{}{:>{}}", "", from, to, static_cast<size_t>(kWidth) - from.size()));
  return lines;
}

void print_tuning(const Tuning& tuning, const TuneOptions& o, int threads) {
  fmt::print("{:.0f} s of {}, from {} on, with {} core{}; each tried once, no pictures saved\n\n",
             tuning.length_s, o.video, duration_text(tuning.start_s), threads,
             threads == 1 ? "" : "s");
  fmt::print("   {:<42} {:>8} {:>11} {:>7}\n", "", "speed", "agreement", "people");
  for (size_t i = 0; i < tuning.results.size(); ++i) {
    const TuningResult& r = tuning.results[i];
    fmt::print("{}  {:<42} {:>7.1f}x {:>9.1f} % {:>7}{}\n", static_cast<char>('a' + i),
               r.candidate.name(), r.speed, 100 * r.agreement, r.people,
               r.reference               ? "  the reference"
               : i == tuning.recommended ? "  recommended"
                                         : "");
  }
  fmt::print("\nagreement of the screen time with high_accuracy, against speed:\n");
  for (const std::string& line : drawing(tuning)) fmt::print("{}\n", line);
  const TuningResult& best = tuning.results[tuning.recommended];
  if (best.agreement < o.agreement) {
    fmt::print("\nnone agrees to {:.0f} % with high_accuracy; {} comes nearest\n",
               100 * o.agreement, best.candidate.name());
  }
  std::string flags = " --profile " + best.candidate.profile;
  for (const auto& [key, value] : best.candidate.knobs) {
    std::string flag = key;
    std::replace(flag.begin(), flag.end(), '_', '-');
    flags += fmt::format(" --{} {}", flag, value);
  }
  fmt::print("\nscreenalytics run {}{}\n", o.video, flags);
}

void print_json(const Tuning& tuning) {
  auto results = nlohmann::json::array();
  for (size_t i = 0; i < tuning.results.size(); ++i) {
    const TuningResult& r = tuning.results[i];
    results.push_back({{"profile", r.candidate.profile},
                       {"knobs", r.candidate.knobs},
                       {"speed", r.speed},
                       {"agreement", r.agreement},
                       {"people", r.people},
                       {"reference", r.reference},
                       {"recommended", i == tuning.recommended}});
  }
  const nlohmann::json all = {
      {"start_s", tuning.start_s}, {"length_s", tuning.length_s}, {"results", std::move(results)}};
  fmt::print("{}\n", all.dump());
}

fs::path profiles_file() {
  return find_home() / "config" / "pipeline" / "performance_profiles.yaml";
}

void check_profile_name(const std::string& name) {
  const bool word = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
  });
  if (!word) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("--save '{}': a profile's name is of a to z, 0 to 9 and _", name));
  }
  const std::vector<std::string> names = profile_names(profiles_file().parent_path());
  if (std::find(names.begin(), names.end(), name) != names.end()) {
    throw Error(ErrorCode::conflict,
                fmt::format("--save '{}': '{}' has a profile of this name already", name,
                            profiles_file().string()));
  }
}

// Adds the profile behind the others, whose text stays as it is.
void save_profile(const TuneOptions& o, const Tuning& tuning, int threads) {
  const TuningResult& best = tuning.results[tuning.recommended];
  std::string text = read_file(profiles_file());
  text += fmt::format(
      "\n# Made by `screenalytics tune`: {:.1f} times as fast as the video plays on {} cores, "
      "{:.1f} "
      "% agreement\n# with high_accuracy on {:.0f} s.\n{}:\n",
      best.speed, threads, 100 * best.agreement, tuning.length_s, o.save);
  for (const auto& [key, origin] : settings_of(best.candidate, threads).provenance) {
    const bool of_profile = origin.source.starts_with("profile ");
    if (of_profile || best.candidate.knobs.contains(key) || key == "threads") {
      text += fmt::format("  {}: {}\n", key, origin.value);
    }
  }
  write_file_atomically(profiles_file(), text);
}

int tune(const TuneOptions& o) {
  if (!o.save.empty()) check_profile_name(o.save);
  const int threads = o.threads > 0 ? o.threads : available_cores();
  restrict_to_cores(threads);
  TuningRequest request;
  request.video = o.video;
  request.start_s = o.start_s;
  request.length_s = o.length_s;
  request.request = [&](const TuningCandidate& c) { return request_of(c, o.video, threads); };
  request.on_progress = [&](size_t done, size_t all, const TuningCandidate& next) {
    if (o.json || o.quiet) return;
    fmt::print(stderr, "{} of {}: {}\n", done + 1, all, next.name());
  };
  const Tuning tuning = screenalytics::tune(request, o.agreement, cancel_on_signals());
  if (!o.save.empty()) save_profile(o, tuning, threads);
  if (o.json) {
    print_json(tuning);
  } else if (!o.quiet) {
    print_tuning(tuning, o, threads);
    if (!o.save.empty()) {
      fmt::print("saved as a profile: screenalytics run {} --profile {}\n", o.video, o.save);
    }
  }
  return kExitDone;
}

}  // namespace

Action define_tune(CLI::App& command) {
  auto o = std::make_shared<TuneOptions>();
  command.add_option("VIDEO", o->video, "the video file")->required();
  command
      .add_option("--at", o->start_s, "seconds from its beginning; from the middle if not given")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--seconds", o->length_s, "how much of it to try")->check(CLI::Range(5, 600));
  command
      .add_option("--agreement", o->agreement,
                  "share of the screen time that must be as in high_accuracy, 0 to 1")
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--threads", o->threads, "cores to use; all if not given")
      ->check(CLI::Range(1, 1024));
  command.add_option("--save", o->save, "add what is recommended as a profile of this name");
  command.add_flag("--json", o->json, "the results as JSON");
  command.add_flag("--quiet", o->quiet, "show nothing but errors");
  return [o] { return tune(*o); };
}

}  // namespace screenalytics
