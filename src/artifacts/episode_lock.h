// EpisodeLock: one run at a time writes an episode's artifacts.
// SPDX-License-Identifier: MIT
#pragma once

#include "artifacts/episode_paths.h"

namespace screenalytics {

// Held from construction to destruction, and given back by the system where the process dies. Half
// files that a killed run left among the manifests are removed when the lock is taken.
// Threads: one at a time.
class EpisodeLock {
 public:
  // Requires: paths.create_folders() has run.
  // Throws: conflict, naming the process that holds it; io.
  explicit EpisodeLock(const EpisodePaths& paths);
  ~EpisodeLock();
  EpisodeLock(const EpisodeLock&) = delete;
  EpisodeLock& operator=(const EpisodeLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace screenalytics
