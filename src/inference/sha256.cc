// SPDX-License-Identifier: MIT
#include "inference/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

#include "base/check.h"
#include "base/error.h"

namespace screenalytics {
namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

std::string to_hex(const unsigned char* bytes, unsigned count) {
  std::string text;
  for (unsigned i = 0; i < count; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

}  // namespace

std::string sha256_of_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw Error(ErrorCode::not_found, fmt::format("cannot hash {}: there is no such file; check "
                                                  "the path",
                                                  path.string()));
  }
  std::ifstream file(path, std::ios::binary);
  const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  SA_CHECK(context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1);
  std::vector<char> block(1 << 16);
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    SA_CHECK(EVP_DigestUpdate(context.get(), block.data(), static_cast<size_t>(file.gcount())) ==
             1);
  }
  if (!file.eof()) {
    throw Error(ErrorCode::io, fmt::format("cannot hash {}: reading it failed; check that this "
                                           "user may read it",
                                           path.string()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  SA_CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), &length) == 1);
  return to_hex(digest.data(), length);
}

}  // namespace screenalytics
