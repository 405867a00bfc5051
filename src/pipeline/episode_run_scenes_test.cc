// Tests of what holds for every run, over random scenes.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "pipeline/episode_run.h"
#include "pipeline/fake_parts_test.h"
#include "testing/random.h"

namespace screenalytics {
namespace {

// People come, walk and go; the camera cuts; the rate may vary.
FakeVideo random_video(Random& random) {
  FakeVideo v;
  v.size = {160, 90};
  const bool variable = random.chance(0.5);
  const double period = random.between(0.02, 0.12), length = random.between(2, 12);
  double t = random.chance(0.3) ? random.between(0, 5) : 0;
  const double start = t;
  while (t < start + length) {
    v.times.push_back(Timestamp::from_seconds(t));
    t += variable ? random.between(0.3 * period, 2 * period) : period;
  }
  const int cuts = random.below(4);
  for (int i = 0; i < cuts; ++i) v.cuts_s.push_back(random.between(start, start + length));
  const int people = random.below(5);
  for (int p = 0; p < people; ++p) {
    const double from = random.between(start - length / 2, start + length);
    const double to = from + random.between(0, length);
    const double x = random.between(-20, 140), y = random.between(-20, 70);
    const double dx = random.between(-30, 30), dy = random.between(-10, 10);
    const double side = random.between(10, 40);
    v.faces.push_back({p, [=](double now) -> std::optional<Box> {
                         if (now < from || now > to) return std::nullopt;
                         const auto px = static_cast<float>(x + dx * (now - from));
                         const auto py = static_cast<float>(y + dy * (now - from));
                         const auto s = static_cast<float>(side);
                         return Box{px, py, px + s, py + s};
                       }});
  }
  return v;
}

void expect_shots_to_cover(const FakeEpisode& e, const std::vector<ShotRow>& shots) {
  ASSERT_FALSE(shots.empty());
  EXPECT_EQ(shots.front().start_frame, 0);
  EXPECT_EQ(shots.front().start, e.video.times.front());
  EXPECT_EQ(shots.back().end_frame, static_cast<int64_t>(e.video.times.size()));
  EXPECT_GT(shots.back().end, e.video.times.back());
  for (size_t i = 0; i < shots.size(); ++i) {
    EXPECT_LT(shots[i].start_frame, shots[i].end_frame);
    EXPECT_LT(shots[i].start, shots[i].end);
    if (i > 0) {
      EXPECT_EQ(shots[i].start_frame, shots[i - 1].end_frame);
      EXPECT_EQ(shots[i].start, shots[i - 1].end);
    }
  }
}

void expect_samples_to_be_those_wanted(const FakeEpisode& e, const std::vector<ShotRow>& shots) {
  FrameSampler sampler(e.settings.sampling.stride, e.settings.sampling.fps);
  std::set<int64_t> begins;
  for (const ShotRow& s : shots) begins.insert(s.start_frame);
  std::vector<int64_t> wanted, got;
  for (size_t i = 0; i < e.video.times.size(); ++i) {
    const auto idx = static_cast<int64_t>(i);
    if (sampler.take(idx, e.video.times[i]) || begins.contains(idx)) wanted.push_back(idx);
  }
  std::map<int64_t, int> faces;
  for (const DetectionRow& d : e.detections()) ++faces[d.frame_idx];
  for (const SampleRow& s : e.samples()) {
    got.push_back(s.frame_idx);
    EXPECT_EQ(s.ts, e.video.times[static_cast<size_t>(s.frame_idx)]);
    EXPECT_EQ(s.faces, faces[s.frame_idx]);
  }
  EXPECT_EQ(got, wanted);
}

void expect_tracks_to_be_sound(const FakeEpisode& e, const std::vector<ShotRow>& shots) {
  std::map<int, std::vector<int64_t>> frames;
  std::set<std::pair<int, int64_t>> seen;
  for (const DetectionRow& d : e.detections()) {
    if (!d.track) continue;
    EXPECT_TRUE(seen.insert({*d.track, d.frame_idx}).second)
        << "track " << *d.track << " twice in frame " << d.frame_idx;
    frames[*d.track].push_back(d.frame_idx);
  }
  const std::vector<TrackRow> tracks = e.tracks();
  EXPECT_EQ(frames.size(), tracks.size());
  for (size_t i = 0; i < tracks.size(); ++i) {
    const TrackRow& t = tracks[i];
    EXPECT_EQ(t.track, static_cast<int>(i) + 1);
    EXPECT_LE(tracks[i > 0 ? i - 1 : 0].start, t.start);
    const std::vector<int64_t>& its = frames[t.track];
    ASSERT_FALSE(its.empty());
    EXPECT_EQ(t.detections, static_cast<int64_t>(its.size()));
    EXPECT_EQ(t.first_frame, its.front());
    EXPECT_EQ(t.last_frame, its.back());
    EXPECT_EQ(t.start, e.video.times[static_cast<size_t>(t.first_frame)]);
    EXPECT_GT(t.end, e.video.times[static_cast<size_t>(t.last_frame)]);
    EXPECT_LE(t.end, shots.back().end);
    for (const ShotRow& s : shots) {
      if (t.first_frame >= s.end_frame || t.last_frame < s.start_frame) continue;
      EXPECT_GE(t.first_frame, s.start_frame) << "track " << t.track << " goes over a cut";
      EXPECT_LT(t.last_frame, s.end_frame) << "track " << t.track << " goes over a cut";
    }
  }
}

TEST(PipelineScenes, WhatHoldsForEveryRunHoldsForRandomScenes) {
  int tracks = 0, cuts = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    FakeEpisode e(random_video(random));
    e.settings.sampling = {1 + random.below(6), random.chance(0.5) ? random.between(1, 20) : 0,
                           false};
    e.settings.run.threads = 1 + random.below(4);
    e.settings.tracking.gate_enabled = random.chance(0.7);
    e.settings.detection.min_size = {random.between(0, 20), true};
    e.settings.detection.auto_crop_letterbox = random.chance(0.5);
    const RunResult result = e.run();
    const std::vector<ShotRow> shots = read_shots(e.paths().shots());
    expect_shots_to_cover(e, shots);
    expect_samples_to_be_those_wanted(e, shots);
    expect_tracks_to_be_sound(e, shots);
    EXPECT_EQ(result.metrics.total_frames, static_cast<int64_t>(e.video.times.size()));
    EXPECT_EQ(result.metrics.tracks_born, static_cast<int64_t>(e.tracks().size()));
    EXPECT_EQ(result.metrics.scene_cuts, static_cast<int64_t>(shots.size()) - 1);
    tracks += static_cast<int>(result.metrics.tracks_born);
    cuts += static_cast<int>(result.metrics.scene_cuts);
  }
  EXPECT_GT(tracks, 20);  // the scenes are not empty
  EXPECT_GT(cuts, 5);
}

}  // namespace
}  // namespace screenalytics
