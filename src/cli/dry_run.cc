// SPDX-License-Identifier: MIT
#include "cli/dry_run.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.h"
#include "cli/progress_display.h"
#include "pipeline/trial.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

// Of the disk that the results would go to; -1 where nobody can tell.
int64_t free_bytes(fs::path folder) {
  std::error_code ec;
  folder = fs::absolute(folder, ec);
  while (!fs::exists(folder, ec) && folder.has_relative_path()) folder = folder.parent_path();
  const fs::space_info space = fs::space(folder, ec);
  return ec ? -1 : static_cast<int64_t>(space.available);
}

std::string size_text(int64_t bytes) {
  const double mb = static_cast<double>(bytes) / 1e6;
  return mb < 1000 ? fmt::format("{:.1f} MB", mb) : fmt::format("{:.1f} GB", mb / 1000);
}

}  // namespace

int dry_run(const RunRequest& request, bool json, const CancelToken& cancel) {
  const RunEstimate e = estimate_run(request, cancel);
  const fs::path root = request.settings.run.out_root;
  const int64_t available = free_bytes(root);
  if (json) {
    const nlohmann::json all = {{"video_s", e.video_s},     {"trial_s", e.trial_s},
                                {"frames", e.frames},       {"analyzed_frames", e.analysed},
                                {"elapsed_sec", e.seconds}, {"bytes", e.bytes},
                                {"free_bytes", available},  {"device", e.device}};
    fmt::print("{}\n", all.dump());
    return kExitDone;
  }
  fmt::print("{} with profile {}: nothing was written; {:.0f} s of it were tried\n",
             request.video.string(), request.settings.profile, e.trial_s);
  fmt::print("  frames  about {} of {} analysed, in {} of video\n", e.analysed, e.frames,
             duration_text(e.video_s));
  fmt::print("  time    about {} on {}, {:.1f} times as fast as the video plays\n",
             duration_text(e.seconds), e.device, e.video_s / e.seconds);
  fmt::print("  disk    about {} below '{}'", size_text(e.bytes), root.string());
  if (available >= 0) fmt::print(", {} are free", size_text(available));
  fmt::print("\n");
  if (available >= 0 && e.bytes > available) {
    fmt::print(
        "  warning the disk would be full: save fewer pictures (--no-save-frames), or name "
        "another with --out-root\n");
  }
  return kExitDone;
}

}  // namespace screenalytics
