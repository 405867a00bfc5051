// SPDX-License-Identifier: MIT
#include "artifacts/episode_paths.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "artifacts/atomic_file.h"
#include "artifacts/identities_file.h"
#include "artifacts/rows.h"
#include "base/error.h"

namespace screenalytics {

EpisodePaths::EpisodePaths(std::filesystem::path out_root, EpisodeId episode)
    : out_root_(std::move(out_root)), episode_(std::move(episode)) {}

std::filesystem::path EpisodePaths::frame(int64_t frame_idx) const {
  return frames() / fmt::format("frame_{:06}.jpg", frame_idx);
}

std::filesystem::path EpisodePaths::crop(int track, int64_t frame_idx) const {
  return crops() / track_name(track) / fmt::format("frame_{:06}.jpg", frame_idx);
}

std::filesystem::path EpisodePaths::track_thumb(int track) const {
  return thumbs() / "tracks" / (track_name(track) + ".jpg");
}

std::filesystem::path EpisodePaths::identity_thumb(int identity) const {
  return thumbs() / identity_name(identity) / "rep.jpg";
}

void EpisodePaths::create_folders() const {
  create_folder(work());
  create_folder(embeds());
  create_folder(analytics());
}

void create_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error && !std::filesystem::is_directory(folder, error) && !error) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (error) throw Error(ErrorCode::io, io_message("create the folder", folder, error.value()));
}

}  // namespace screenalytics
