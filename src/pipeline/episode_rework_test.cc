// Tests of what is done again without a run: faces embedded, tracks split.
// SPDX-License-Identifier: MIT
#include "pipeline/episode_rework.h"

#include <gmock/gmock.h>

#include <fstream>

#include "artifacts/face_files.h"
#include "pipeline/fake_parts_test.h"
#include "testing/caught_error.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr int64_t kChange = 20;  // the frame with which another person stands there

// Two people beside each other; a third takes the place of the first, and without the gate their
// tracks are one.
FakeVideo hand_over() {
  FakeVideo v;
  v.size = {160, 90};
  v.set_rate(10, 4);
  const Box left{20, 20, 60, 60}, right{100, 20, 140, 60};
  v.faces = {{0, [=](double t) { return t < 2 ? std::optional(left) : std::nullopt; }},
             {1, [=](double) { return std::optional(right); }},
             {2, [=](double t) { return t < 2 ? std::nullopt : std::optional(left); }}};
  return v;
}

struct HandOver : FakeEpisode {
  HandOver() : FakeEpisode(hand_over()) {
    settings.tracking.gate_enabled = false;
    settings.sampling.stride = 2;
  }
};

ReworkRequest rework_of(const FakeEpisode& e, bool embed) {
  return {e.paths(), e.settings, e.request().embedder, embed, {}, {}};
}

ReworkResult rework(FakeEpisode& e, const ReworkRequest& request) {
  CancelToken token;
  e.cancel = [&token] { token.cancel(); };
  return rework_episode(request, token, e.parts(token));
}

std::vector<Embedding> track_vectors(const FakeEpisode& e) {
  NpyReader reader(e.paths().track_vectors());
  std::vector<Embedding> rows(static_cast<size_t>(reader.rows()));
  for (Embedding& row : rows) reader.next(row);
  return rows;
}

// Without the pictures of identities, which are made when people are found.
std::vector<std::string> files_of(const FakeEpisode& e) {
  std::vector<std::string> files = files_below(e.settings.run.out_root);
  std::erase_if(files, [](const std::string& f) { return f.ends_with("rep.jpg"); });
  return files;
}

std::string numbers(const FakeEpisode& e) {
  return file_content(e.paths().detections()) + file_content(e.paths().tracks()) +
         file_content(e.paths().samples()) + file_content(e.paths().shots());
}

TEST(PipelineRework, EmbedsFromTheVideoAndLeavesTracksAsTheyAre) {
  HandOver e;
  e.run();
  ASSERT_THAT(e.tracks(), SizeIs(2));
  const std::string before = numbers(e);
  const std::vector<std::string> files = files_of(e);
  fs::remove(e.paths().track_vectors());
  const ReworkResult result = rework(e, rework_of(e, true));
  EXPECT_FALSE(result.cancelled);
  EXPECT_EQ(result.tracks, 2);
  EXPECT_GT(result.embedded, 0);
  EXPECT_THAT(result.notes, ElementsAre(HasSubstr("decoded once more")));
  EXPECT_EQ(e.events.opened, 2);
  EXPECT_EQ(numbers(e), before);
  EXPECT_EQ(files_of(e), files) << "nothing of the work is left";
  EXPECT_THAT(track_vectors(e), SizeIs(2));
  const RunRecord run = read_run(e.paths().run());
  EXPECT_EQ(run.status, "done");
  EXPECT_THAT(run.notes.back(), HasSubstr("faces were embedded again"));
}

TEST(PipelineRework, TakesCropsOnTheDiskForTheVideo) {
  HandOver e;
  e.settings.exporting.save_crops = true;
  e.run();
  const std::string before = numbers(e);
  const std::vector<Embedding> vectors = track_vectors(e);
  const ReworkResult result = rework(e, rework_of(e, true));
  EXPECT_THAT(result.notes, ElementsAre(HasSubstr("from the crops on the disk")));
  EXPECT_EQ(e.events.opened, 1) << "by the run";
  EXPECT_EQ(numbers(e), before);
  EXPECT_EQ(track_vectors(e), vectors);
  EXPECT_TRUE(fs::exists(e.paths().track_thumb(1)));
  // One that is missing sends it to the video.
  fs::remove(e.paths().crop(1, 0));
  EXPECT_THAT(rework(e, rework_of(e, true)).notes, ElementsAre(HasSubstr("decoded once more")));
}

TEST(PipelineRework, SplitsATrackAndNumbersAllOfThemAnew) {
  for (const bool embed : {true, false}) {
    HandOver e;
    e.settings.exporting = {true, true, 85};
    e.run();
    ReworkRequest request = rework_of(e, embed);
    const auto at_change = [&](const FakeEpisode& of) {
      std::vector<int> tracks;
      for (const DetectionRow& d : of.detections()) {
        if (d.frame_idx == kChange - 2 || d.frame_idx == kChange) tracks.push_back(*d.track);
      }
      return tracks;
    };
    EXPECT_THAT(at_change(e), ElementsAre(1, 2, 2, 1));
    request.splits[1] = {kChange};
    EXPECT_EQ(rework(e, request).tracks, 3);
    EXPECT_THAT(at_change(e), ElementsAre(1, 2, 2, 3)) << "by their beginning";
    const std::vector<TrackRow> tracks = e.tracks();
    ASSERT_THAT(tracks, SizeIs(3));
    EXPECT_EQ(tracks[0].end_reason, "appearance_split");
    EXPECT_EQ(tracks[0].last_frame, kChange - 2);
    EXPECT_EQ(tracks[2].first_frame, kChange);
    EXPECT_EQ(tracks[2].end_reason, "end_of_video");
    EXPECT_EQ(read_track_metrics(e.paths().track_metrics()).id_switches, 1);
    EXPECT_EQ(read_track_metrics(e.paths().track_metrics()).tracks_born, 3);
    for (const DetectionRow& d : e.detections()) {
      EXPECT_TRUE(fs::exists(e.paths().crop(*d.track, d.frame_idx)));
      EXPECT_TRUE(fs::exists(e.paths().frame(d.frame_idx)));
    }
    if (!embed) continue;
    const std::vector<Embedding> v = track_vectors(e);
    ASSERT_THAT(v, SizeIs(3));
    EXPECT_LT(cosine_similarity(v[0], v[2]), 0.1F);
    EXPECT_TRUE(fs::exists(e.paths().track_thumb(3)));
  }
}

TEST(PipelineRework, WhatIsCancelledOrFailsChangesNothing) {
  HandOver e;
  e.run();
  const std::string before = numbers(e) + file_content(e.paths().faces());
  const std::vector<std::string> files = files_of(e);
  const int embedded = e.events.embedded;
  e.events.on_embed = [&](int n) {
    if (n == embedded + 1) e.cancel();
  };
  EXPECT_TRUE(rework(e, rework_of(e, true)).cancelled);
  EXPECT_EQ(numbers(e) + file_content(e.paths().faces()), before);
  e.events.on_embed = [&](int) { throw Error(ErrorCode::unavailable, "the device is gone"); };
  EXPECT_EQ(caught_error([&] { rework(e, rework_of(e, true)); }).code(), ErrorCode::unavailable);
  EXPECT_EQ(read_progress(e.paths().progress()).phase, "error");
  e.events.on_embed = [](int) {};
  e.video.set_rate(9, 4);
  EXPECT_THAT(caught_error([&] { rework(e, rework_of(e, true)); }).what(),
              HasSubstr("does not give frame 2"));
  EXPECT_EQ(numbers(e) + file_content(e.paths().faces()), before);
  EXPECT_EQ(files_of(e), files);
}

TEST(PipelineRework, RefusesFilesThatContradictEachOther) {
  const auto error_after = [](const std::function<void(const EpisodePaths&)>& spoil) {
    HandOver e;
    e.run();
    spoil(e.paths());
    return std::string(caught_error([&] { rework(e, rework_of(e, true)); }).what());
  };
  const auto replace = [](const fs::path& path, const std::string& from, const std::string& to) {
    std::string text = file_content(path);
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    std::ofstream(path) << text.replace(at, from.size(), to);
  };
  EXPECT_THAT(error_after([&](const EpisodePaths& p) {
                replace(p.detections(), "\"frame_idx\":2,", "\"frame_idx\":3,");
              }),
              HasSubstr("frame 2 has another number of faces"));
  EXPECT_THAT(error_after([&](const EpisodePaths& p) { replace(p.samples(), "\n2,", "\n3,"); }),
              HasSubstr("frame 2 is not in samples.csv"));
  EXPECT_THAT(error_after([&](const EpisodePaths& p) {
                replace(p.detections(), "track-00001", "track-00009");
              }),
              HasSubstr("a track that is not in tracks.jsonl"));
  EXPECT_THAT(error_after([&](const EpisodePaths& p) {
                replace(p.run(), "\"size\": \"160x90\"", "\"size\": \"wide\"");
              }),
              HasSubstr("video.size is 'wide'"));
  EXPECT_THAT(error_after([&](const EpisodePaths& p) {
                replace(p.run(), "\"last_stage\": \"cluster\"", "\"last_stage\": \"detect\"");
              }),
              HasSubstr("has no tracks"));
}

}  // namespace
}  // namespace screenalytics
