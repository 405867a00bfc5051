// SPDX-License-Identifier: MIT
#include "pipeline/mixed_tracks.h"

#include <gmock/gmock.h>

#include <optional>
#include <string>

#include "artifacts/face_files.h"
#include "artifacts/row_files.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Ten frames between two faces of a track, a detection in each frame.
constexpr int64_t kStep = 10;

struct MadeTrack {
  std::string people;  // a letter a face; a capital one was refused
  int64_t jump = -1;   // frame in which the box is somewhere else, from there on
};

std::map<int, std::vector<int64_t>> mixed(const std::vector<MadeTrack>& made) {
  const TempFolder folder;
  const EpisodePaths paths(folder / "out", EpisodeId("ep"));
  paths.create_folders();
  TrackWriter tracks(paths.tracks(), paths.episode());
  DetectionWriter detections(paths.detections(), paths.episode(), "det");
  FaceWriter faces(paths.faces(), paths.episode());
  std::vector<Embedding> vectors;
  int64_t begin = 0, face = 0;
  for (size_t i = 0; i < made.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    const int64_t count = std::ssize(made[i].people) * kStep;
    const auto at = [](int64_t frame) { return Timestamp::from_us(frame * 40'000); };
    tracks.write({number,
                  at(begin),
                  at(begin + count),
                  begin,
                  begin + count - 1,
                  {},
                  count,
                  0.9,
                  0.9,
                  0.9,
                  "lost"});
    for (int64_t f = 0; f < count; ++f) {
      const float x = made[i].jump >= 0 && f >= made[i].jump ? 0.6F : 0.2F;
      DetectionRow d;
      d.frame_idx = begin + f;
      d.ts = at(d.frame_idx);
      d.bbox = {x, 0.2F, x + 0.2F, 0.5F};
      d.conf = 0.9F;
      d.track = number;
      detections.write(d);
      if (f % kStep != 0) continue;
      const char c = made[i].people[static_cast<size_t>(f / kStep)];
      FaceRow row;
      row.face = face++;
      row.track = number;
      row.frame_idx = d.frame_idx;
      row.ts = d.ts;
      row.bbox = d.bbox;
      if (c < 'a') row.rejection = {"blurry", 0.1, 0.15};
      if (c >= 'a') {
        row.embedding_row = std::ssize(vectors);
        vectors.emplace_back(8, 0);
        vectors.back()[static_cast<size_t>(c - 'a')] = 1;
      }
      faces.write(row);
    }
    begin += count;
  }
  tracks.commit();
  detections.commit();
  faces.commit();
  NpyWriter npy(paths.face_vectors(), std::ssize(vectors), vectors.empty() ? 0 : 8);
  for (const Embedding& v : vectors) npy.write(v);
  npy.commit();
  return find_mixed_tracks(paths, 0.38);
}

TEST(MixedTracks, AreFoundWithTheFrameInWhichTheBoxJumps) {
  EXPECT_THAT(mixed({{"aaa"}, {"bbb"}}), IsEmpty());
  EXPECT_THAT(mixed({}), IsEmpty());
  EXPECT_THAT(mixed({{"aaabbb", 24}}), ElementsAre(Pair(1, ElementsAre(24))));
  EXPECT_THAT(mixed({{"aaaa"}, {"aaabbb", 24}, {"ccdd", 15}}),
              ElementsAre(Pair(2, ElementsAre(64)), Pair(3, ElementsAre(115))));
}

TEST(MixedTracks, WithoutAJumpChangeBehindTheLastFaceOfTheFirst) {
  EXPECT_THAT(mixed({{"aaabbb"}}), ElementsAre(Pair(1, ElementsAre(21))));
  EXPECT_THAT(mixed({{"aaabbbccc"}}), ElementsAre(Pair(1, ElementsAre(21, 51))));
}

TEST(MixedTracks, RefusedFacesDoNotSpeak) {
  EXPECT_THAT(mixed({{"aaaBBB"}}), IsEmpty());
  EXPECT_THAT(mixed({{"aaaBbb", 35}}), ElementsAre(Pair(1, ElementsAre(35))));
}

}  // namespace
}  // namespace screenalytics
