// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <array>
#include <bit>
#include <cerrno>
#include <regex>

#include "artifacts/face_files.h"
#include "artifacts/json_fields.h"
#include "base/check.h"

namespace screenalytics {
namespace {

static_assert(std::endian::native == std::endian::little, "'<f4' is written as it is in memory");

constexpr std::string_view kMagic{"\x93NUMPY\x01\x00", 8};
constexpr size_t kPreamble = kMagic.size() + 2;  // and the length of the header
constexpr size_t kAlignment = 64;

std::string npy_header(int64_t rows, int columns) {
  std::string text =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  while ((kPreamble + text.size() + 1) % kAlignment != 0) text += ' ';
  text += '\n';
  std::string header(kMagic);
  header += static_cast<char>(text.size() & 0xFF);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

}  // namespace

NpyWriter::NpyWriter(const std::filesystem::path& path, int64_t rows, int columns)
    : file_(path), rows_left_(rows), columns_(columns) {
  SA_CHECK(rows >= 0 && columns >= 0 && (columns > 0 || rows == 0));
  file_.write(npy_header(rows, columns));
}

void NpyWriter::write(std::span<const float> row) {
  SA_CHECK(static_cast<int>(row.size()) == columns_ && rows_left_ > 0);
  --rows_left_;
  file_.write({reinterpret_cast<const char*>(row.data()), row.size_bytes()});
}

void NpyWriter::commit() {
  SA_CHECK(rows_left_ == 0);
  file_.commit();
}

NpyReader::NpyReader(const std::filesystem::path& path) : path_(path), in_(path, std::ios::binary) {
  if (!in_) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
    throw Error(code, io_message("read", path, errno));
  }
  const Place place{path.string()};
  std::array<char, kPreamble> preamble{};
  in_.read(preamble.data(), preamble.size());
  if (!in_ || !std::string_view(preamble.data(), preamble.size()).starts_with(kMagic)) {
    place.fail("it is no NPY file of format 1.0");
  }
  const auto byte = [&](size_t i) {
    return static_cast<size_t>(static_cast<uint8_t>(preamble[i]));
  };
  std::string text(byte(8) | byte(9) << 8, ' ');
  in_.read(text.data(), static_cast<std::streamsize>(text.size()));
  static const std::regex form(
      R"(\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d{1,9}), (\d{1,6})\), \}\s*)");
  std::smatch match;
  if (!in_ || !std::regex_match(text, match, form)) {
    place.fail("its header is not that of a float32 matrix in C order");
  }
  rows_ = std::stoll(match[1]);
  columns_ = std::stoi(match[2]);
  const auto wanted = kPreamble + text.size() +
                      static_cast<size_t>(rows_) * static_cast<size_t>(columns_) * sizeof(float);
  if (std::filesystem::file_size(path) != wanted) {
    place.fail(fmt::format("it has {} bytes, its shape ({}, {}) needs {}",
                           std::filesystem::file_size(path), rows_, columns_, wanted));
  }
}

void NpyReader::next(std::vector<float>& row) {
  row.resize(static_cast<size_t>(columns_));
  in_.read(reinterpret_cast<char*>(row.data()),
           static_cast<std::streamsize>(row.size() * sizeof(float)));
  if (!in_) throw Error(ErrorCode::io, io_message("read", path_, errno));
}

}  // namespace screenalytics
