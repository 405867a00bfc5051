// accuracy_bench: prints how right a finished run is against the ground truth of its episode.
// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <string>

#include "base/error.h"
#include "testing/run_score.h"
#include "testing/tool_main.h"

namespace screenalytics {
namespace {

int run(int argc, char** argv) {
  CLI::App app("Scores the artifacts of a finished run against the ground truth of its episode.");
  std::string manifests, truth, json;
  ScoreOptions options;
  app.add_option("--manifests", manifests, "folder with detections.jsonl, samples.csv, shots.json")
      ->required();
  app.add_option("--truth", truth, "EPISODE.truth.json as sample_episode wrote it")->required();
  app.add_option("--json", json, "also write the figures to this file");
  app.add_option("--min-size", options.face_px_min,
                 "smaller true faces do not count (shorter side, pixels at 1080 lines)")
      ->capture_default_str();
  app.add_option("--min-visible", options.visible_min, "true faces that show less do not count")
      ->capture_default_str();
  app.add_option("--cut-tolerance", options.cut_tolerance, "frames")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? kExitDone : kExitUsage;
  }
  const RunScore score = score_run(read_ground_truth(truth), manifests, options);
  fmt::print("{}", score_table(score));
  if (json.empty()) return kExitDone;
  std::ofstream out(json);
  out << score_json(score) << '\n';
  out.close();
  if (!out) {
    throw Error(ErrorCode::io,
                fmt::format("cannot write the figures to '{}': check its folder", json));
  }
  return kExitDone;
}

}  // namespace
}  // namespace screenalytics

int main(int argc, char** argv) {
  return screenalytics::tool_main("accuracy_bench", screenalytics::run, argc, argv);
}
