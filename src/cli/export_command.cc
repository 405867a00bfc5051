// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/atomic_file.h"
#include "artifacts/documents.h"
#include "base/error.h"
#include "cli/command.h"
#include "cli/episode_args.h"
#include "report/exports.h"

namespace screenalytics {
namespace {

struct ExportOptions {
  EpisodeArgs episode;
  std::string format, out;
  std::vector<std::string> people, with, without;
  double min_s = 0;
  bool json = false;
};

double frame_rate(const EpisodePaths& paths) {
  const RunRecord run = read_run(paths.run());
  const auto fps = run.video.find("average_fps");
  const double rate = fps == run.video.end() ? 0 : std::atof(fps->second.c_str());
  if (rate > 0 && rate <= 1000) return rate;
  throw Error(
      ErrorCode::corrupt_input,
      fmt::format("cannot use '{}': video.average_fps is no frame rate; run the episode again",
                  paths.run().string()));
}

int export_screen_time(const ExportOptions& o) {
  const EpisodePaths paths = o.episode.paths();
  const ScreenTimeReport report = read_screentime_json(paths.screentime_json());
  const People people = o.people.empty() ? everyone(report) : people_named(report, o.people);
  const bool to_file = !o.out.empty() && o.out != "-";
  std::optional<AtomicFile> file;
  if (to_file) file.emplace(o.out);
  const auto write = [&](std::string_view text) {
    if (file) {
      file->write(text);
    } else {
      fmt::print("{}", text);
    }
  };
  if (o.format == "vtt") write(web_vtt(report, people));
  if (o.format == "csv") write(appearances_csv(people));
  if (o.format == "edl") write(edit_list(report, people, frame_rate(paths)));
  if (o.format == "ass") write_ass(paths, report, people, write);
  if (file) {
    file->commit();
    fmt::print("{}\n", o.out);
  }
  return kExitDone;
}

int show_appearances(const ExportOptions& o) {
  const EpisodePaths paths = o.episode.paths();
  const ScreenTimeReport report = read_screentime_json(paths.screentime_json());
  People with = people_named(report, o.people);
  for (const PersonRow* p : people_named(report, o.with)) with.push_back(p);
  const std::vector<TimeSpan> spans =
      appearances_where(with, people_named(report, o.without), o.min_s);
  double total = 0;
  for (const TimeSpan& s : spans) total += s.seconds();
  if (o.json) {
    std::string list;
    for (const TimeSpan& s : spans) {
      list += fmt::format("{}[{:.6f}, {:.6f}]", list.empty() ? "" : ", ", s.start.seconds(),
                          s.end.seconds());
    }
    fmt::print("{{\"appearances\": [{}], \"total_s\": {:.6f}}}\n", list, total);
    return kExitDone;
  }
  for (const TimeSpan& s : spans) {
    fmt::print("{:>10.2f} s to {:>10.2f} s {:>9.2f} s\n", s.start.seconds(), s.end.seconds(),
               s.seconds());
  }
  fmt::print("{} appearance{}, {:.2f} s together\n", spans.size(), spans.size() == 1 ? "" : "s",
             total);
  return kExitDone;
}

}  // namespace

Action define_export(CLI::App& command) {
  auto o = std::make_shared<ExportOptions>();
  o->episode.define(command);
  command.add_option("--format", o->format, "vtt, ass (boxes and names), edl or csv")
      ->required()
      ->check(CLI::IsMember({"vtt", "ass", "edl", "csv"}));
  command.add_option("--person", o->people, "only this one; may be given again")->take_all();
  command.add_option("--out", o->out, "the file; standard output if not given, or -");
  return [o] { return export_screen_time(*o); };
}

Action define_appearances(CLI::App& command) {
  auto o = std::make_shared<ExportOptions>();
  o->episode.define(command);
  command.add_option("--person", o->people, "who; given again, all of them at once")
      ->required()
      ->take_all();
  command.add_option("--with", o->with, "who else must be there")->take_all();
  command.add_option("--without", o->without, "who must not be there")->take_all();
  command.add_option("--min-s", o->min_s, "leave out what is shorter, in seconds")
      ->check(CLI::NonNegativeNumber);
  command.add_flag("--json", o->json, "as JSON");
  return [o] { return show_appearances(*o); };
}

}  // namespace screenalytics
