// Tests of which frames a run analyses, and of the camera motion between them.
// SPDX-License-Identifier: MIT
#include "pipeline/frame_reader.h"

#include <gmock/gmock.h>

#include "pipeline/fake_parts_test.h"
#include "testing/random.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;

FakeVideo video(double duration_s) {
  FakeVideo v;
  v.set_rate(10, duration_s);
  return v;
}

VideoSourceOptions every(int stride) { return {1, stride, 0, false, {}}; }

struct Read {
  std::vector<int64_t> analysed, shots;
  std::vector<AnalysedFrame> frames;
  int64_t seen = 0, last = 0;
};

Read read_all(FrameSource& source, const CancelToken& cancel, bool motion = false) {
  FrameReader reader(source, motion, cancel);
  Read out;
  while (std::optional<AnalysedFrame> f = reader.next()) {
    out.analysed.push_back(f->frame.frame_idx);
    if (f->starts_shot) out.shots.push_back(f->frame.frame_idx);
    out.frames.push_back(std::move(*f));
  }
  EXPECT_FALSE(reader.next().has_value());  // the end stays the end
  out.seen = reader.frames_seen();
  out.last = reader.last_frame_idx();
  return out;
}

Read read_all(const FakeVideo& v, const VideoSourceOptions& options) {
  FakeSource source(v, options, nullptr, nullptr);
  return read_all(source, CancelToken{});
}

// A still source whose picture is a window onto a fixed random texture, which moves `step` pixels
// to the right with every frame.
class PanningSource final : public FrameSource {
 public:
  PanningSource(int frames, int step, int stride) : frames_(frames), step_(step), stride_(stride) {
    info_.size = {192, 108};
    Random random(5);
    for (int y = 0; y < 14; ++y) {
      for (int x = 0; x < 100; ++x) cells_.push_back(static_cast<uint8_t>(random.below(200)));
    }
  }
  const VideoInfo& info() const override { return info_; }
  std::optional<VideoFrame> next() override {
    if (at_ == frames_) return std::nullopt;
    Image image(192, 108, 3);
    for (int y = 0; y < 108; ++y) {
      for (int x = 0; x < 192; ++x) {
        const int wx = x + at_ * step_;
        const uint8_t v = cells_[static_cast<size_t>(y / 8 * 100 + wx / 8)];
        std::fill_n(image.row(y) + static_cast<ptrdiff_t>(x) * 3, 3, v);
      }
    }
    VideoFrame frame = VideoFrame::from_rgb(image);
    frame.frame_idx = at_;
    frame.ts = Timestamp::from_seconds(at_ / 25.0);
    frame.sampled = at_ % stride_ == 0;
    ++at_;
    return frame;
  }
  SourceCounters counters() const override { return {}; }
  std::optional<double> sampler_next_due_s() const override { return std::nullopt; }

 private:
  int frames_, step_, stride_, at_ = 0;
  std::vector<uint8_t> cells_;
  VideoInfo info_;
};

TEST(FrameReader, TheFirstFrameOfEveryShotIsAnalysedAlthoughStrideDropsIt) {
  FakeVideo v = video(6);
  v.cuts_s = {1.75, 4.15};  // the next frames are 18 and 42
  const Read read = read_all(v, every(10));
  EXPECT_THAT(read.analysed, ElementsAre(0, 10, 18, 20, 30, 40, 42, 50));
  EXPECT_THAT(read.shots, ElementsAre(0, 18, 42));
  EXPECT_EQ(read.seen, 60);
  EXPECT_EQ(read.last, 59);
}

TEST(FrameReader, FramesComeInOrderWithTheirOwnTimes) {
  FakeVideo v = video(2);
  v.times[7].us += 13;
  const Read read = read_all(v, every(1));
  ASSERT_EQ(read.frames.size(), 20U);
  for (size_t i = 0; i < 20; ++i) EXPECT_EQ(read.frames[i].frame.ts, v.times[i]);
}

TEST(FrameReader, AVideoShorterThanTheShotDetectorsLookAheadIsReadWhole) {
  for (const double length_s : {0.1, 0.3, 0.4}) {
    const Read read = read_all(video(length_s), every(1));
    EXPECT_EQ(read.seen, std::lround(length_s * 10));
    EXPECT_THAT(read.shots, ElementsAre(0));
  }
  EXPECT_EQ(read_all(FakeVideo{}, {}).last, -1);
}

TEST(FrameReader, WarmUpFramesNeverComeOutButAreHistoryForCuts) {
  FakeVideo v = video(4);
  v.cuts_s = {2.05};
  VideoSourceOptions options = every(5);
  const Read whole = read_all(v, options);
  options.resume = ResumePoint{20, v.times[20].us, std::nullopt};
  const Read rest = read_all(v, options);
  EXPECT_THAT(rest.analysed, ElementsAre(21, 25, 30, 35));
  EXPECT_THAT(rest.shots, ElementsAre(21));
  EXPECT_EQ(rest.seen, 19);  // the warm-up is not counted
  EXPECT_THAT(whole.shots, ElementsAre(0, 21));
}

TEST(FrameReader, MotionIsChainedOverTheFramesThatAreSkipped) {
  constexpr int kStep = 2, kStride = 6;
  PanningSource source(31, kStep, kStride);
  const Read read = read_all(source, CancelToken{}, true);
  ASSERT_EQ(read.frames.size(), 6U);
  EXPECT_EQ(read.frames[0].motion, Affine{});
  for (size_t i = 1; i < read.frames.size(); ++i) {
    const Affine& m = read.frames[i].motion;
    // Six estimates, each good to a fifth of a pixel.
    EXPECT_NEAR(m.c, -kStep * kStride, 1.2) << "frame " << i;
    EXPECT_NEAR(m.f, 0, 1.2);
    EXPECT_NEAR(m.a, 1, 0.02);
  }
}

TEST(FrameReader, MotionIsNotEstimatedWhereNobodyWantsIt) {
  PanningSource source(13, 2, 6);
  for (const AnalysedFrame& f : read_all(source, CancelToken{}, false).frames) {
    EXPECT_EQ(f.motion, Affine{});
  }
}

TEST(FrameReader, LumaIsOfTheWholeFrameAndItsMeanIsGiven) {
  const Read read = read_all(video(0.5), every(1));
  const AnalysedFrame& f = read.frames.front();
  EXPECT_EQ((Size{f.luma.width, f.luma.height}), luma_size({96, 54}));
  EXPECT_NEAR(f.mean_luma, 55, 3);  // of the background (90, 40, 40)
}

TEST(FrameReader, WhenCancelledAFrameWhoseShotIsUncertainIsNotHandedOn) {
  FakeVideo v = video(6);
  v.flashes_s = {2.95};  // frame 30 looks like the first of another place, until frame 31 is seen
  CancelToken cancel;
  FakeEvents events;
  events.on_decode = [&](int n) {
    if (n == 31) cancel.cancel();
  };
  FakeSource source(v, every(1), &cancel, &events);
  const Read read = read_all(source, cancel);
  EXPECT_THAT(read.shots, ElementsAre(0));
  EXPECT_LT(read.last, 30);
  EXPECT_THAT(read_all(v, every(1)).shots, ElementsAre(0));
}

TEST(LumaSize, KeepsTheShapeAndIsNeverLargerThanTheFrame) {
  EXPECT_EQ(luma_size({1920, 1080}), (Size{192, 108}));
  EXPECT_EQ(luma_size({1080, 1920}), (Size{61, 108}));
  EXPECT_EQ(luma_size({96, 54}), (Size{96, 54}));
  EXPECT_EQ(luma_size({2, 4000}), (Size{1, 108}));
}

}  // namespace
}  // namespace screenalytics
