// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <memory>
#include <string>

#include "base/error.h"
#include "cli/command.h"
#include "cli/episode_args.h"
#include "report/report.h"

namespace screenalytics {

Action define_report(CLI::App& command) {
  struct Options {
    EpisodeArgs episode;
    std::string out;
  };
  auto o = std::make_shared<Options>();
  o->episode.define(command);
  command.add_option("--out", o->out, "the file; report.html of the episode if not given");
  return [o] {
    const EpisodePaths paths = o->episode.paths();
    const std::filesystem::path file =
        o->out.empty() ? paths.report() : std::filesystem::path(o->out);
    write_report(paths, file);
    fmt::print("{}\n", file.string());
    return kExitDone;
  };
}

}  // namespace screenalytics
