// Trials: whole runs over a short part of a video, to know beforehand what a run would take.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/cancel.h"
#include "pipeline/episode_run.h"

namespace screenalytics {

// A folder that only this user can read, and that is gone with everything in it when it ends.
class TrialFolder {
 public:
  // Throws: io.
  TrialFolder();
  ~TrialFolder();
  TrialFolder(const TrialFolder&) = delete;
  TrialFolder& operator=(const TrialFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Trial {
  RunResult result;
  double wall_s = 0;
  int64_t bytes = 0;  // of all that the run wrote
};

// Runs `request` over `clip`, with everything it writes below `work`, which is removed.
// Throws: as run_episode().
Trial run_trial(RunRequest request, const std::filesystem::path& clip,
                const std::filesystem::path& work, const CancelToken& cancel);

struct RunEstimate {
  double video_s = 0;    // of the whole video
  double trial_s = 0;    // of it that was tried
  int64_t frames = 0;    // of the video
  int64_t analysed = 0;  // of these
  double seconds = 0;    // of the whole run
  int64_t bytes = 0;     // that it would write
  std::string device;
};

// What a run would take, measured on some seconds from the middle of its video: the times of a
// short and a longer part give what a run costs at all and what each second of video adds. A short
// video is tried as a whole. Nothing is left on the disk.
// Throws: as run_episode(); unsupported where the container does not say how long the video is;
// conflict where it was cancelled.
RunEstimate estimate_run(const RunRequest& request, const CancelToken& cancel);

}  // namespace screenalytics
