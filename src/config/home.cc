// SPDX-License-Identifier: MIT
#include "config/home.h"

#include <fmt/format.h>

#include <cstdlib>
#include <system_error>

#include "base/error.h"

namespace screenalytics {
namespace {

constexpr const char* kVariable = "SCREENALYTICS_HOME";

bool is_home(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::is_directory(folder / "config" / "pipeline", ignored) &&
         std::filesystem::is_directory(folder / "models", ignored);
}

}  // namespace

std::filesystem::path find_home(const std::optional<std::string>& env_home,
                                const std::filesystem::path& executable) {
  if (env_home && !env_home->empty()) {
    if (is_home(*env_home)) return *env_home;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} is {}, which does not hold config/pipeline and models; set it to "
                            "the folder that does",
                            kVariable, *env_home));
  }
  for (auto folder = executable.parent_path();; folder = folder.parent_path()) {
    if (is_home(folder)) return folder;
    if (folder == folder.parent_path()) break;
  }
  auto installed = executable.parent_path().parent_path() / "share" / "screenalytics";
  if (is_home(installed)) return installed;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("cannot find config/pipeline and models at or above {}, nor in {}; set "
                          "{} to the folder that holds them",
                          executable.parent_path().string(), installed.string(), kVariable));
}

std::filesystem::path find_home() {
  const char* value = std::getenv(kVariable);
  std::error_code ignored;
  return find_home(value ? std::optional<std::string>(value) : std::nullopt,
                   std::filesystem::read_symlink("/proc/self/exe", ignored));
}

}  // namespace screenalytics
