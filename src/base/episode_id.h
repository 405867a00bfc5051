// EpisodeId: a name that is safe to put in a path.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace screenalytics {

// Matches ^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$; nothing else can be constructed.
class EpisodeId {
 public:
  // Throws: invalid_argument, saying what is allowed.
  explicit EpisodeId(std::string_view text);
  const std::string& str() const { return text_; }

  // An id made from a file name: its stem, each other character turned to '-'.
  static EpisodeId from_file_name(std::string_view file_name);

 private:
  std::string text_;
};

}  // namespace screenalytics
