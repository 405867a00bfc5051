// SPDX-License-Identifier: MIT
#include "artifacts/episode_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "artifacts/atomic_file.h"
#include "base/error.h"

namespace screenalytics {
namespace {

std::string holder(int fd) {
  char text[32] = {};
  const ssize_t got = ::pread(fd, text, sizeof text - 1, 0);
  std::string pid;
  for (ssize_t i = 0; i < got && text[i] >= '0' && text[i] <= '9'; ++i) pid += text[i];
  return pid.empty() ? "another process" : "process " + pid;
}

// Only the holder of the lock writes here, so a temporary file that is there now has no writer.
void remove_half_files(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') && name.ends_with(".tmp")) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

}  // namespace

EpisodeLock::EpisodeLock(const EpisodePaths& paths) {
  const std::filesystem::path path = paths.lock();
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) throw Error(ErrorCode::io, io_message("lock", path, errno));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    const std::string who = holder(fd);
    ::close(fd);
    if (error != EWOULDBLOCK) throw Error(ErrorCode::io, io_message("lock", path, error));
    throw Error(ErrorCode::conflict,
                fmt::format("cannot run episode '{}' in {}: {} is writing it now; wait for it, or "
                            "choose another --ep-id or --out-root",
                            paths.episode().str(), paths.out_root().string(), who));
  }
  // The pid is for the other's message only; the lock holds without it, so a full disk is no harm.
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(fd, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(fd, pid.data(), pid.size(), 0);
  }
  fd_ = fd;
  remove_half_files(paths.manifests());
}

EpisodeLock::~EpisodeLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace screenalytics
