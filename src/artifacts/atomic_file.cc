// SPDX-License-Identifier: MIT
#include "artifacts/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace screenalytics {
namespace {

constexpr size_t kBufferSize = size_t{256} * 1024;

std::string_view advice(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "; free space or choose another --out-root";
    case EFBIG:
      return "; the file may not grow further here: raise the limit (ulimit -f) or choose another "
             "--out-root";
    case EACCES:
    case EPERM:
      return "; make it writable for this user or choose another --out-root";
    case EROFS:
      return "; the file system is read-only: choose another --out-root";
    case ENOTDIR:
      return "; a part of the path is a file: choose another --out-root";
    case ENAMETOOLONG:
      return "; choose a shorter --out-root or --ep-id";
    default:
      return "";
  }
}

std::string temporary_name(const std::filesystem::path& path) {
  static std::atomic<unsigned> counter{0};
  return fmt::format(".{}.{}.{}.tmp", path.filename().string(), ::getpid(), counter.fetch_add(1));
}

}  // namespace

std::string io_message(std::string_view attempt, const std::filesystem::path& path, int error) {
  return fmt::format("cannot {} {}: {}{}", attempt, path.string(),
                     std::generic_category().message(error), advice(error));
}

AtomicFile::AtomicFile(std::filesystem::path path, Durability durability)
    : path_(std::move(path)), durability_(durability) {
  temporary_ = path_.parent_path() / temporary_name(path_);
  buffer_.reserve(kBufferSize);
  fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd_ < 0) throw Error(ErrorCode::io, io_message("write", path_, errno));
}

AtomicFile::~AtomicFile() { abandon(); }

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      durability_(other.durability_),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)) {}

void AtomicFile::abandon() noexcept {
  if (fd_ < 0) return;
  ::close(fd_);
  fd_ = -1;
  ::unlink(temporary_.c_str());
}

void AtomicFile::fail(std::string_view attempt, int error) {
  abandon();
  throw Error(ErrorCode::io, io_message(attempt, path_, error));
}

void AtomicFile::write(std::string_view text) {
  SA_CHECK(fd_ >= 0);
  buffer_.append(text);
  if (buffer_.size() >= kBufferSize) flush();
}

void AtomicFile::write(std::span<const uint8_t> bytes) {
  write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void AtomicFile::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", errno);
    rest.remove_prefix(static_cast<size_t>(written));
  }
  buffer_.clear();
}

void AtomicFile::commit() {
  SA_CHECK(fd_ >= 0);
  flush();
  const bool durable = durability_ == Durability::durable;
  if (durable && ::fsync(fd_) != 0) fail("flush", errno);
  // Network file systems report a full disk only here.
  if (::close(std::exchange(fd_, -1)) != 0) {
    const int error = errno;
    ::unlink(temporary_.c_str());
    throw Error(ErrorCode::io, io_message("close", path_, error));
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary_.c_str());
    throw Error(ErrorCode::io, io_message("replace", path_, error));
  }
  if (!durable) return;
  // The new name is durable only with its folder; some file systems refuse this, harmlessly.
  const auto parent = path_.parent_path();
  const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

void write_file_atomically(const std::filesystem::path& path, std::string_view text,
                           Durability durability) {
  AtomicFile file(path, durability);
  file.write(text);
  file.commit();
}

std::string read_file(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
    throw Error(code, io_message("read", path, errno));
  }
  std::string text;
  struct stat info {};
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
    text.reserve(static_cast<size_t>(info.st_size) + 1);
  }
  char chunk[65536];
  for (;;) {
    const ssize_t got = ::read(fd, chunk, sizeof chunk);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      ::close(fd);
      throw Error(ErrorCode::io, io_message("read", path, error));
    }
    text.append(chunk, static_cast<size_t>(got));
  }
  ::close(fd);
  return text;
}

}  // namespace screenalytics
