// SPDX-License-Identifier: MIT
#include "pipeline/mixed_tracks.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "artifacts/face_files.h"
#include "artifacts/row_files.h"
#include "base/error.h"
#include "track/track_splitter.h"

namespace screenalytics {
namespace {

// A change lies behind the first frame, at or before the second.
using Gap = std::pair<int64_t, int64_t>;

struct LiveTrack {
  int64_t last_frame = 0;
  std::vector<int64_t> frames;  // of the faces
  std::vector<Embedding> faces;
};

std::map<int, LiveTrack> read_ends(const EpisodePaths& paths) {
  std::map<int, LiveTrack> tracks;
  TrackReader reader(paths.tracks());
  for (TrackRow row; reader.next(row);) tracks[row.track].last_frame = row.last_frame;
  return tracks;
}

std::map<int, std::vector<Gap>> find_gaps(const EpisodePaths& paths, double similarity) {
  std::map<int, LiveTrack> tracks = read_ends(paths);
  std::map<int, std::vector<Gap>> gaps;
  const auto close = [&](int track, LiveTrack& t) {
    for (const size_t k : find_person_changes(t.faces, similarity)) {
      gaps[track].emplace_back(t.frames[k - 1], t.frames[k]);
    }
    t = {};
  };
  FaceReader rows(paths.faces());
  NpyReader vectors(paths.face_vectors());
  std::vector<int> live;
  Embedding v;
  for (FaceRow row; rows.next(row);) {
    std::erase_if(live, [&](int track) {
      const bool over = tracks.at(track).last_frame < row.frame_idx;
      if (over) close(track, tracks.at(track));
      return over;
    });
    if (!row.embedding_row) continue;
    vectors.next(v);
    const auto found = tracks.find(row.track);
    if (found == tracks.end()) {
      throw Error(
          ErrorCode::corrupt_input,
          fmt::format("cannot use '{}': {} is not in '{}'; run the episode again",
                      paths.faces().string(), track_name(row.track), paths.tracks().string()));
    }
    if (row.rejection) continue;  // it does not tell who it is
    if (found->second.faces.empty()) live.push_back(row.track);
    found->second.frames.push_back(row.frame_idx);
    found->second.faces.push_back(v);
  }
  for (const int track : live) close(track, tracks.at(track));
  return gaps;
}

}  // namespace

std::map<int, std::vector<int64_t>> find_mixed_tracks(const EpisodePaths& paths,
                                                      double similarity) {
  const std::map<int, std::vector<Gap>> gaps = find_gaps(paths, similarity);
  struct Place {
    int64_t frame = 0;
    float iou = 2;  // of the boxes on both sides
  };
  std::map<int, std::vector<Place>> places;
  for (const auto& [track, list] : gaps) places[track].resize(list.size());
  std::map<int, Box> former;
  DetectionReader reader(paths.detections());
  for (DetectionRow row; !gaps.empty() && reader.next(row);) {
    const auto found = row.track ? gaps.find(*row.track) : gaps.end();
    if (found == gaps.end()) continue;
    const auto before = former.find(*row.track);
    for (size_t i = 0; i < found->second.size(); ++i) {
      const auto& [behind, until] = found->second[i];
      if (row.frame_idx <= behind || row.frame_idx > until || before == former.end()) continue;
      Place& place = places[*row.track][i];
      const float overlap = iou(before->second, row.bbox);
      if (overlap < place.iou) place = {row.frame_idx, overlap};
    }
    former[*row.track] = row.bbox;
  }
  std::map<int, std::vector<int64_t>> splits;
  for (const auto& [track, list] : places) {
    for (const Place& place : list) splits[track].push_back(place.frame);
  }
  return splits;
}

}  // namespace screenalytics
