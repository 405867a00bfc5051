// SPDX-License-Identifier: MIT
#include "artifacts/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>

#include "artifacts/atomic_file.h"
#include "artifacts/journal_codec.h"
#include "base/error.h"

namespace screenalytics {

JournalWriter::JournalWriter(const std::filesystem::path& path, const std::string& fingerprint)
    : path_(path) {
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd_ < 0) throw Error(ErrorCode::io, io_message("begin the journal", path, errno));
  try {
    write_payload(encode_header(fingerprint));
  } catch (...) {
    ::close(fd_);  // a destructor does not run for an object whose constructor threw
    throw;
  }
}

JournalWriter::JournalWriter(const std::filesystem::path& path, int64_t good_offset)
    : path_(path), offset_(good_offset) {
  fd_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd_ < 0) throw Error(ErrorCode::io, io_message("go on with the journal", path, errno));
  if (::ftruncate(fd_, good_offset) != 0 || ::lseek(fd_, good_offset, SEEK_SET) < 0) {
    const int error = errno;
    ::close(fd_);
    throw Error(ErrorCode::io, io_message("go on with the journal", path, error));
  }
}

JournalWriter::~JournalWriter() { ::close(fd_); }

void JournalWriter::append(const FrameRecord& record) { write_payload(encode_record(record)); }

void JournalWriter::write_payload(const std::vector<uint8_t>& payload) {
  const std::vector<uint8_t> bytes = frame_payload(payload);
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = ::write(fd_, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      // Cut the half record off, so that a caller who frees space may append again.
      if (::ftruncate(fd_, offset_) == 0) ::lseek(fd_, offset_, SEEK_SET);
      throw Error(ErrorCode::io, io_message("write the journal", path_, error));
    }
    done += static_cast<size_t>(written);
  }
  offset_ += static_cast<int64_t>(bytes.size());
}

struct JournalReader::Impl {
  std::filesystem::path path;
  std::ifstream in;
  int64_t size = 0, offset = 0;
  std::string fingerprint;
  std::vector<uint8_t> payload;

  std::string where() const { return fmt::format("{} at byte {}", path.string(), offset); }

  // Reads the next whole payload and moves behind it; false where there is none.
  bool advance() {
    std::array<uint8_t, kJournalPrefix> prefix{};
    const int64_t left = size - offset - static_cast<int64_t>(prefix.size());
    if (left < 0) return false;
    read(prefix.data(), prefix.size());
    const auto [length, crc] = read_prefix(prefix);
    if (length == 0 || length > kMaxJournalPayload || int64_t{length} > left) return false;
    payload.resize(length);
    read(payload.data(), length);
    return crc32(payload) == crc;
  }

  void accept() { offset += static_cast<int64_t>(kJournalPrefix + payload.size()); }

  void read(uint8_t* data, size_t count) {
    errno = 0;
    if (in.read(reinterpret_cast<char*>(data), static_cast<std::streamsize>(count))) return;
    throw Error(ErrorCode::io, io_message("read the journal", path, errno == 0 ? EIO : errno));
  }
};

JournalReader::JournalReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JournalReader::~JournalReader() = default;
JournalReader::JournalReader(JournalReader&&) noexcept = default;
JournalReader& JournalReader::operator=(JournalReader&&) noexcept = default;

std::optional<JournalReader> JournalReader::open(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  const auto size = std::filesystem::file_size(path, error);
  if (error) throw Error(ErrorCode::io, io_message("read the journal", path, error.value()));
  impl->size = static_cast<int64_t>(size);
  impl->in.open(path, std::ios::binary);
  if (!impl->in) throw Error(ErrorCode::io, io_message("read the journal", path, errno));
  if (!impl->advance()) return std::nullopt;
  impl->fingerprint = decode_header(impl->payload, impl->where());
  impl->accept();
  return JournalReader(std::move(impl));
}

const std::string& JournalReader::fingerprint() const { return impl_->fingerprint; }
int64_t JournalReader::good_offset() const { return impl_->offset; }

std::optional<FrameRecord> JournalReader::next() {
  if (!impl_->advance()) {
    impl_->size = impl_->offset;  // a torn tail stays torn for every later call
    return std::nullopt;
  }
  FrameRecord record = decode_record(impl_->payload, impl_->where());
  impl_->accept();
  return record;
}

}  // namespace screenalytics
