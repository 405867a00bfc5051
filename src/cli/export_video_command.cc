// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "artifacts/atomic_file.h"
#include "artifacts/documents.h"
#include "base/cores.h"
#include "base/error.h"
#include "cli/cancel_signals.h"
#include "cli/command.h"
#include "cli/episode_args.h"
#include "cli/progress_display.h"
#include "decode/subtitle_burner.h"
#include "pipeline/thread_budget.h"
#include "report/exports.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

struct ExportVideoOptions {
  EpisodeArgs episode;
  std::string video, out;
  std::vector<std::string> people;
  int threads = 0;
  bool quiet = false;
};

// Taken away again when it was drawn.
class BoxesFile {
 public:
  explicit BoxesFile(fs::path path) : path_(std::move(path)) {}
  ~BoxesFile() {
    std::error_code ec;
    fs::remove(path_, ec);
  }
  BoxesFile(const BoxesFile&) = delete;
  BoxesFile& operator=(const BoxesFile&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// The episode's own video, where no other is named.
std::string video_of(const ExportVideoOptions& o, const EpisodePaths& paths) {
  if (!o.video.empty()) return o.video;
  const RunRecord run = read_run(paths.run());
  const auto found = run.video.find("path");
  if (found != run.video.end() && fs::exists(found->second)) return found->second;
  throw Error(ErrorCode::not_found,
              fmt::format("the video of episode '{}' is not where it was; name it with --video",
                          o.episode.episode));
}

BurnProgress show_progress(const std::shared_ptr<ProgressDisplay>& display) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point began = Clock::now();
  return [display, began, next = began](int64_t frames, const VideoInfo& video) mutable {
    const Clock::time_point now = Clock::now();
    if (now < next) return;
    next = now + std::chrono::milliseconds(200);
    Progress p;
    p.phase = "export";
    p.frames_done = frames;
    p.fps_detected = video.average_fps;
    p.elapsed_s = std::chrono::duration<double>(now - began).count();
    if (video.frames_estimate > 0) {
      const double share = static_cast<double>(frames) / static_cast<double>(video.frames_estimate);
      p.frames_total = video.frames_estimate;
      p.percent = std::min(100.0, 100 * share);
      p.eta_s = std::max(0.0, p.elapsed_s / share - p.elapsed_s);
    }
    display->show(p);
  };
}

int export_video(const ExportVideoOptions& o) {
  const EpisodePaths paths = o.episode.paths();
  const ScreenTimeReport report = read_screentime_json(paths.screentime_json());
  const int threads = o.threads > 0 ? o.threads : available_cores();
  BurnRequest request{video_of(o, paths), {}, o.out, report.start, threads};
  const BoxesFile boxes(request.out.parent_path() /
                        fmt::format(".{}.ass", request.out.filename().string()));
  request.subtitles = boxes.path();
  AtomicFile file(boxes.path());
  write_ass(paths, report, o.people.empty() ? everyone(report) : people_named(report, o.people),
            [&](std::string_view text) { file.write(text); });
  file.commit();
  restrict_to_cores(threads);
  const auto display =
      std::make_shared<ProgressDisplay>(o.quiet                 ? DisplayMode::quiet
                                        : isatty(STDERR_FILENO) ? DisplayMode::bar
                                                                : DisplayMode::lines);
  const BurnedVideo result = burn_subtitles(request, cancel_on_signals(), show_progress(display));
  display->finish();
  if (result.cancelled) {
    fmt::print("stopped; nothing was written\n");
    return kExitCancelled;
  }
  if (!o.quiet) fmt::print("{}: {} frames, {}\n", o.out, result.frames, result.encoder);
  return kExitDone;
}

}  // namespace

Action define_export_video(CLI::App& command) {
  auto o = std::make_shared<ExportVideoOptions>();
  o->episode.define(command);
  command.add_option("--video", o->video, "the video; where the episode's was if not given");
  command.add_option("--out", o->out, "the file; its extension names the container")->required();
  command.add_option("--person", o->people, "only this one; may be given again")->take_all();
  command.add_option("--threads", o->threads, "cores to use; all if not given")
      ->check(CLI::Range(1, 1024));
  command.add_flag("--quiet", o->quiet, "show nothing but errors");
  return [o] { return export_video(*o); };
}

}  // namespace screenalytics
