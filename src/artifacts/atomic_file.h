// AtomicFile: a file that appears whole under its name, or not at all.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace screenalytics {

// The message of a failed system call: what was attempted on which path, the error's text, and
// for a full disk, a missing permission, a read-only or size-limited file system, what to do.
std::string io_message(std::string_view attempt, const std::filesystem::path& path, int error);

// durable: the data is on the disk before the name appears (fsync). volatile_: only the rename is
// atomic; for files that are rewritten many times a second.
enum class Durability { durable, volatile_ };

// Writes beside `path` under a temporary name; commit() flushes and renames. Without commit()
// nothing changes and the temporary file is removed.
// Threads: one at a time. Memory: one buffer of 256 KiB.
class AtomicFile {
 public:
  // Throws: io.
  explicit AtomicFile(std::filesystem::path path, Durability durability = Durability::durable);
  ~AtomicFile();
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  AtomicFile& operator=(AtomicFile&&) = delete;

  // Throws: io; the file is abandoned then.
  void write(std::string_view text);
  void write(std::span<const uint8_t> bytes);

  // Requires: not committed before. Throws: io; the earlier file of this name is untouched then.
  void commit();

  const std::filesystem::path& path() const { return path_; }

 private:
  void flush();
  void abandon() noexcept;
  [[noreturn]] void fail(std::string_view attempt, int error);

  std::filesystem::path path_, temporary_;
  Durability durability_;
  int fd_ = -1;
  std::string buffer_;
};

// Throws: io.
void write_file_atomically(const std::filesystem::path& path, std::string_view text,
                           Durability durability = Durability::durable);

// Throws: not_found, io.
std::string read_file(const std::filesystem::path& path);

}  // namespace screenalytics
