// SPDX-License-Identifier: MIT
#include "testing/scratch_folder.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <fstream>
#include <string>
#include <system_error>

#include "base/error.h"

namespace screenalytics {

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "screenalytics-XXXXXX").string();
  if (!mkdtemp(pattern.data())) {
    throw Error(ErrorCode::io, fmt::format("cannot make a scratch folder like '{}'", pattern));
  }
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path ScratchFolder::write(std::string_view name, std::string_view text) const {
  const std::filesystem::path path = path_ / name;
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw Error(ErrorCode::io, fmt::format("cannot write '{}'", path.string()));
  return path;
}

}  // namespace screenalytics
