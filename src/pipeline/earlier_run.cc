// SPDX-License-Identifier: MIT
#include "pipeline/earlier_run.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <system_error>

#include "artifacts/documents.h"
#include "base/error.h"
#include "pipeline/run_description.h"

namespace screenalytics {

namespace fs = std::filesystem;

void check_episode_is_this_videos(const RunRequest& request, const EpisodePaths& paths) {
  if (request.episode_named || !fs::exists(paths.run())) return;
  std::map<std::string, std::string> video;
  try {
    video = read_run(paths.run()).video;
  } catch (const Error& e) {
    throw Error(e.code(), fmt::format("{}; to replace what '{}' holds, give --ep-id {}", e.what(),
                                      paths.manifests().string(), request.episode.str()));
  }
  const auto held = video.find("path");
  std::error_code ec;
  if (held == video.end() || fs::equivalent(held->second, request.video, ec)) return;
  throw Error(ErrorCode::conflict,
              fmt::format("episode '{}' in '{}' holds the results of '{}': give --ep-id, another "
                          "name to keep them or '{}' to replace them",
                          request.episode.str(), paths.out_root().string(), held->second,
                          request.episode.str()));
}

void check_progress_file(const fs::path& path) {
  if (!fs::exists(path)) return;
  try {
    read_progress(path);
  } catch (const Error&) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("--progress-file '{}' is there and is no progress file; it would be "
                            "overwritten: name another",
                            path.string()));
  }
}

bool has_finished_results(const EpisodePaths& paths) {
  try {
    return read_run(paths.run()).status == "done";
  } catch (const Error&) {
    return false;
  }
}

bool nothing_changed(const RunRequest& request, const EpisodePaths& paths, const VideoInfo& video) {
  try {
    const RunRecord earlier = read_run(paths.run());
    const RunRecord now = describe_run(request, video, "done", {}, {});
    const bool embedded = earlier.last_stage == "cluster" || earlier.last_stage == "embed";
    return earlier.status == "done" && same_faces_and_tracks(earlier, now) &&
           (earlier.last_stage == now.last_stage || (embedded && request.wants(RunStage::embed)));
  } catch (const Error&) {
    return false;  // no results, or not whole
  }
}

}  // namespace screenalytics
