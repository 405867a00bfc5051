// SPDX-License-Identifier: MIT
#include "base/episode_id.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"

namespace screenalytics {
namespace {

constexpr size_t kMaxLength = 128;

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_allowed(char c) { return is_alnum(c) || c == '.' || c == '_' || c == '-'; }

}  // namespace

EpisodeId::EpisodeId(std::string_view text) : text_(text) {
  bool ok = !text.empty() && text.size() <= kMaxLength && is_alnum(text.front());
  for (char c : text) ok = ok && is_allowed(c);
  if (!ok) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("ep_id '{}' is not allowed: use 1 to 128 letters, digits, '.', '_' or "
                            "'-', the first a letter or digit",
                            text));
  }
}

EpisodeId EpisodeId::from_file_name(std::string_view file_name) {
  std::string id = std::filesystem::path(file_name).stem().string().substr(0, kMaxLength);
  for (char& c : id) {
    if (!is_allowed(c)) c = '-';
  }
  if (id.empty() || !is_alnum(id.front())) id = "episode" + id;
  return EpisodeId(id.substr(0, kMaxLength));
}

}  // namespace screenalytics
