// SPDX-License-Identifier: MIT
#include "identities/episode_tracks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "artifacts/documents.h"
#include "artifacts/face_files.h"
#include "artifacts/row_files.h"
#include "base/error.h"

namespace screenalytics {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, int track, const char* what) {
  throw Error(ErrorCode::corrupt_input, fmt::format("cannot use '{}': {} {}; run the episode again",
                                                    path.string(), track_name(track), what));
}

std::vector<EpisodeTrack> read_tracks(const EpisodePaths& paths) {
  std::vector<EpisodeTrack> tracks;
  TrackReader reader(paths.tracks());
  for (TrackRow row; reader.next(row);) {
    if (row.track != static_cast<int>(tracks.size()) + 1) {
      refuse(paths.tracks(), row.track, "is out of order");
    }
    EpisodeTrack track;
    track.seen = {row.start, row.end};
    track.detections = row.detections;
    track.avg_conf = row.avg_conf;
    tracks.push_back(std::move(track));
  }
  return tracks;
}

void read_vectors(const EpisodePaths& paths, std::vector<EpisodeTrack>& tracks) {
  const std::vector<TrackEmbeddingRow> rows = read_track_embeddings(paths.track_embeddings());
  NpyReader vectors(paths.track_vectors());
  if (vectors.rows() != static_cast<int64_t>(rows.size())) {
    throw Error(ErrorCode::corrupt_input,
                fmt::format("cannot use '{}': it has {} rows, '{}' has {}; run the episode again",
                            paths.track_vectors().string(), vectors.rows(),
                            paths.track_embeddings().string(), rows.size()));
  }
  for (const TrackEmbeddingRow& row : rows) {
    if (row.track < 1 || row.track > static_cast<int>(tracks.size())) {
      refuse(paths.track_embeddings(), row.track, "is no track of the episode");
    }
    EpisodeTrack& track = tracks[static_cast<size_t>(row.track - 1)];
    vectors.next(track.vector);
    normalize(track.vector);
    track.fallback = row.fallback;
    track.quality = row.quality;
    track.thumb = row.thumb;
  }
}

std::vector<std::pair<int, int>> pairs_in_one_frame(const EpisodePaths& paths, int tracks) {
  std::set<std::pair<int, int>> together;
  std::vector<int> in_frame;
  int64_t frame = -1;
  DetectionReader reader(paths.detections());
  for (DetectionRow row; reader.next(row);) {
    if (row.frame_idx != frame) in_frame.clear();
    frame = row.frame_idx;
    if (!row.track) continue;
    if (*row.track < 1 || *row.track > tracks) {
      refuse(paths.detections(), *row.track, "is no track of the episode");
    }
    for (const int other : in_frame) together.insert(std::minmax({other, *row.track}));
    in_frame.push_back(*row.track);
  }
  return {together.begin(), together.end()};
}

}  // namespace

EpisodeTracks read_episode_tracks(const EpisodePaths& paths) {
  EpisodeTracks episode;
  episode.tracks = read_tracks(paths);
  read_vectors(paths, episode.tracks);
  episode.seen_together = pairs_in_one_frame(paths, static_cast<int>(episode.tracks.size()));
  const std::vector<ShotRow> shots = read_shots(paths.shots());
  if (!shots.empty()) episode.video = {shots.front().start, shots.back().end};
  return episode;
}

}  // namespace screenalytics
