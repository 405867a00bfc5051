// Tests of the track stage: live, and again from the record of an interrupted run.
// SPDX-License-Identifier: MIT
#include "pipeline/track_stage.h"

#include <gmock/gmock.h>

#include <set>

#include "pipeline/fake_parts_test.h"
#include "testing/caught_error.h"

namespace screenalytics {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Two people, who change places behind each other's back at 2 s: the gate has to look and to split.
FakeVideo two_people() {
  FakeVideo v;
  v.size = {192, 108};
  v.set_rate(10, 5);
  const auto at = [](double x) {
    return Box{static_cast<float>(x), 30, static_cast<float>(x) + 40, 70};
  };
  v.faces = {{0, [=](double t) { return std::optional<Box>(at(t < 2 ? 10 : 120)); }},
             {1, [=](double t) { return std::optional<Box>(at(t < 2 ? 120 : 10)); }}};
  return v;
}

// The drawn faces are of one colour.
QualityLimits any_face() {
  QualityLimits limits;
  limits.min_sharpness = limits.min_contrast = 0;
  return limits;
}

struct Stage {
  explicit Stage(TrackingSettings settings = {}, bool enabled = true)
      : stage(settings, enabled, {enabled, &embedder, any_face(), 2}, clock) {}

  std::vector<FrameRecord> run(const FakeVideo& video) {
    std::vector<FrameRecord> records;
    const FakeDetector detector(nullptr);
    for (size_t i = 0; i < video.times.size(); ++i) {
      const Image picture = video.draw(i);
      AnalysedFrame frame{VideoFrame::from_rgb(picture), i == 0, {}, {}, 40, 0.25};
      frame.frame.frame_idx = static_cast<int64_t>(i);
      frame.frame.ts = video.times[i];
      frame.frame.pts = 7 * static_cast<int64_t>(i);
      FoundFaces faces{detector.detect(picture, 0.1F), 0.8, {0, 0, 192, 108}};
      records.push_back(stage.step(frame, std::move(faces)));
    }
    return records;
  }

  FakeEmbedder embedder{nullptr};
  StageClock clock;
  TrackStage stage;
};

std::vector<int> final_segments(const TrackTable& table, const std::vector<FrameRecord>& records) {
  std::vector<int> segments;
  for (const FrameRecord& r : records) {
    for (const int s : r.segments) segments.push_back(table.confirmed_segment(s, r.frame_idx));
  }
  return segments;
}

TEST(TrackStage, ARecordHoldsAllThatAReplayNeeds) {
  Stage live;
  const std::vector<FrameRecord> records = live.run(two_people());
  const FrameRecord& r = records[3];
  EXPECT_EQ(r.frame_idx, 3);
  EXPECT_EQ(r.ts, Timestamp::from_seconds(0.3));
  EXPECT_EQ(r.pts, 21);
  EXPECT_EQ(r.luma, 40);
  EXPECT_EQ(r.confidence_th, 0.8);
  EXPECT_EQ(r.sampler_next_due_s, 0.25);
  EXPECT_EQ(r.detections.size(), 2U);
  EXPECT_THAT(r.segments, ElementsAre(0, 1));
  EXPECT_TRUE(records[0].starts_shot);
  EXPECT_EQ(records[0].looks.size(), 2U);  // new faces are looked at
  EXPECT_GT(live.clock.counters().items, 2);
}

TEST(TrackStage, ReplayLeadsToTheSameSegmentsFromEveryFrameOn) {
  const FakeVideo video = two_people();
  Stage live;
  const std::vector<FrameRecord> records = live.run(video);
  const TrackTable& through = live.stage.finish();
  ASSERT_GT(through.confirmed_segments().size(), 1U);
  for (const size_t stop : {size_t{1}, size_t{19}, size_t{21}, size_t{24}, records.size()}) {
    Stage resumed;
    for (size_t i = 0; i < stop; ++i) resumed.stage.replay(records[i], video.size);
    EXPECT_EQ(resumed.clock.counters().items, 0) << "a replay embeds nothing";
    const FakeDetector detector(nullptr);
    for (size_t i = stop; i < records.size(); ++i) {
      AnalysedFrame frame{VideoFrame::from_rgb(video.draw(i)), false, {}, {}, 40, 0.25};
      frame.frame.frame_idx = records[i].frame_idx;
      frame.frame.ts = records[i].ts;
      frame.frame.pts = records[i].pts;
      const FrameRecord again =
          resumed.stage.step(frame, {records[i].detections, 0.8, {0, 0, 192, 108}});
      ASSERT_EQ(again, records[i]) << "stopped after " << stop << ", frame " << i;
    }
    const TrackTable& table = resumed.stage.finish();
    EXPECT_EQ(final_segments(table, records), final_segments(through, records));
    EXPECT_EQ(table.identity_changes(), through.identity_changes());
  }
}

TEST(TrackStage, RefusesAJournalThatDoesNotLeadToItsOwnSegments) {
  const FakeVideo video = two_people();
  Stage live;
  std::vector<FrameRecord> records = live.run(video);
  records[5].segments = {1, 0};
  Stage resumed;
  const Error error = caught_error([&] {
    for (const FrameRecord& r : records) resumed.stage.replay(r, video.size);
  });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_THAT(error.what(), HasSubstr("at frame 5"));
  EXPECT_THAT(error.what(), HasSubstr("without --resume"));
}

TEST(TrackStage, RefusesAJournalWithoutTheVectorsItNeeds) {
  const FakeVideo video = two_people();
  Stage live;
  std::vector<FrameRecord> records = live.run(video);
  records[0].looks.clear();
  Stage resumed;
  EXPECT_EQ(caught_error([&] { resumed.stage.replay(records[0], video.size); }).code(),
            ErrorCode::conflict);
}

TEST(TrackStage, WhenOffEveryFaceStaysInNoSegment) {
  Stage off({}, false);
  for (const FrameRecord& r : off.run(two_people())) {
    EXPECT_EQ(r.detections.size(), 2U);
    EXPECT_THAT(r.segments, Each(-1));
    EXPECT_TRUE(r.looks.empty());
  }
  EXPECT_TRUE(off.stage.finish().confirmed_segments().empty());
}

TEST(TrackStage, FacesAreEmbeddedForIdentitiesAlsoWithoutTheGate) {
  TrackingSettings settings;
  settings.gate_enabled = false;
  Stage stage(settings);
  stage.run(two_people());
  EXPECT_GT(stage.clock.counters().items, 10);  // two faces, 5 s, every half second
  EXPECT_LT(stage.clock.counters().items, 40);
  EXPECT_EQ(stage.stage.finish().identity_changes(), 0);
}

TEST(TrackerOptionsOfSettings, EveryKnobArrivesWithItsTimesInSeconds) {
  TrackingSettings s;
  s.track_thresh = 0.11;
  s.new_track_thresh = 0.12;
  s.match_thresh = 0.13;
  s.track_buffer = 60;
  s.max_track_buffer = 240;
  s.gate_enabled = false;
  s.gate_hard = 0.14;
  s.gate_soft = 0.15;
  s.gate_join = 0.16;
  s.gate_streak = 7;
  s.gate_interval_s = 0.17;
  const TrackerOptions o = tracker_options(s);
  EXPECT_EQ(o.track_thresh, 0.11);
  EXPECT_EQ(o.new_track_thresh, 0.12);
  EXPECT_EQ(o.match_thresh, 0.13);
  EXPECT_EQ(o.keep_lost_s, 2);
  EXPECT_EQ(o.max_keep_lost_s, 8);
  EXPECT_FALSE(o.gate_enabled);
  EXPECT_EQ(o.gate_hard, 0.14);
  EXPECT_EQ(o.gate_soft, 0.15);
  EXPECT_EQ(o.join_similarity, 0.16);
  EXPECT_EQ(o.gate_streak, 7);
  EXPECT_EQ(o.gate_interval_s, 0.17);
}

}  // namespace
}  // namespace screenalytics
