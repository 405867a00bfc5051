// Tests that every knob of detection.yaml acts on the faces of a frame.
// SPDX-License-Identifier: MIT
#include "pipeline/face_finder.h"

#include <gmock/gmock.h>

#include <cmath>

#include "pipeline/fake_parts_test.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Gives the same faces for every picture, in pixels of a picture of `content`, and remembers what
// it was shown.
class ScriptedDetector final : public FaceDetector {
 public:
  explicit ScriptedDetector(std::vector<Detection> faces, Size content = {1920, 1080})
      : faces_(std::move(faces)), content_(content) {}

  std::vector<Detection> detect(const Image& rgb, float min_confidence) const override {
    shown = rgb;
    floor = min_confidence;
    const float sx = static_cast<float>(rgb.width) / static_cast<float>(content_.width);
    const float sy = static_cast<float>(rgb.height) / static_cast<float>(content_.height);
    std::vector<Detection> found;
    for (Detection d : faces_) {
      if (d.confidence < min_confidence) continue;
      d.box = {d.box.x1 * sx, d.box.y1 * sy, d.box.x2 * sx, d.box.y2 * sy};
      for (Point& p : d.landmarks) p = {p.x * sx, p.y * sy};
      found.push_back(d);
    }
    return found;
  }
  Size input_size(Size content, int det_size) const override {
    asked = det_size;
    const double scale = static_cast<double>(det_size) / std::max(content.width, content.height);
    return {static_cast<int>(std::lround(content.width * scale)),
            static_cast<int>(std::lround(content.height * scale))};
  }
  const std::string& device() const override { return text_; }
  const std::string& note() const override { return text_; }

  mutable Image shown;
  mutable float floor = -1;
  mutable int asked = 0;

 private:
  std::vector<Detection> faces_;
  Size content_;
  std::string text_;
};

AnalysedFrame frame_of(Size size, const Rgb& colour = {100, 100, 100}) {
  Image image(size.width, size.height, 3);
  fill(image, {0, 0, static_cast<float>(size.width), static_cast<float>(size.height)}, colour);
  AnalysedFrame f{VideoFrame::from_rgb(image), false, {}, {}, 0, {}};
  f.luma = f.frame.tiny_luma(luma_size(size));
  f.mean_luma = colour[0];
  return f;
}

Box whole(Size s) { return {0, 0, static_cast<float>(s.width), static_cast<float>(s.height)}; }

Detection face(const Box& box, float confidence = 0.95F, float nose = 0) {
  return {box, frontal(box, nose), confidence};
}

Detection square(float x, float side, float confidence = 0.95F) {
  return face({x, 200, x + side, 200 + side}, confidence);
}

DetectionSettings settings() {
  DetectionSettings s;
  s.min_size = {50, true};
  s.confidence_th = 0.5;
  return s;
}

FoundFaces find(const std::vector<Detection>& faces, const DetectionSettings& s, double floor = 1.0,
                const AnalysedFrame* frame = nullptr) {
  static const AnalysedFrame grey = frame_of({1920, 1080});
  const ScriptedDetector detector(faces);
  const AnalysedFrame& f = frame != nullptr ? *frame : grey;
  return FaceFinder(detector, s, 640, floor).find(f, whole(f.frame.size()));
}

std::vector<int> lefts(const FoundFaces& found) {
  std::vector<int> x;
  for (const Detection& d : found.detections) x.push_back(static_cast<int>(std::lround(d.box.x1)));
  return x;
}

TEST(FaceFinder, FacesComeBackInPixelsOfTheShownFrame) {
  const FoundFaces found = find({face({300, 150, 420, 300})}, settings());
  ASSERT_EQ(found.detections.size(), 1U);
  const Detection& d = found.detections.front();
  EXPECT_NEAR(d.box.x1, 300, 0.01);
  EXPECT_NEAR(d.box.y2, 300, 0.01);
  EXPECT_NEAR(d.landmarks[2].x, 360, 0.01);
  EXPECT_NEAR(d.landmarks[2].y, 240, 0.01);
  EXPECT_EQ(found.content, whole({1920, 1080}));
}

TEST(FaceFinder, BoxesAreClippedToTheFrameAndLandmarksAreNot) {
  const FoundFaces found = find({face({-40, 100, 80, 220})}, settings());
  ASSERT_EQ(found.detections.size(), 1U);
  EXPECT_EQ(found.detections[0].box.x1, 0);
  EXPECT_LT(found.detections[0].landmarks[0].x, 0);
}

TEST(FaceFinder, MinSizeIsTheShorterSideAndScalesWithTheHeight) {
  const std::vector<Detection> faces{square(100, 80), square(400, 100), face({700, 200, 760, 400})};
  DetectionSettings s = settings();
  s.min_size = {90, false};
  EXPECT_THAT(lefts(find(faces, s)), ElementsAre(400));
  // The same picture at 540 lines: 90 means 45 pixels there, and the faces are half as large.
  const AnalysedFrame half = frame_of({960, 540});
  EXPECT_THAT(lefts(find(faces, s, 1.0, &half)), ElementsAre(200));
}

TEST(FaceFinder, MinSizeWithAUnitIsTheSameInEveryVideo) {
  DetectionSettings s = settings();
  s.min_size = {90, true};
  const std::vector<Detection> faces{square(100, 80), square(400, 100)};
  EXPECT_THAT(lefts(find(faces, s)), ElementsAre(400));
  const AnalysedFrame half = frame_of({960, 540});
  EXPECT_THAT(lefts(find(faces, s, 1.0, &half)), IsEmpty());
}

TEST(FaceFinder, ConfidenceThDropsWeakFacesAndIsReported) {
  DetectionSettings s = settings();
  const std::vector<Detection> faces{square(100, 100, 0.7F), square(400, 100, 0.9F)};
  s.confidence_th = 0.8;
  const FoundFaces strict = find(faces, s);
  EXPECT_THAT(lefts(strict), ElementsAre(400));
  EXPECT_NEAR(strict.confidence_th, 0.8, 1e-6);
  s.confidence_th = 0.6;
  EXPECT_THAT(lefts(find(faces, s)), ElementsAre(400, 100));  // the best first
}

TEST(FaceFinder, CandidatesBelowTheThresholdStayWhereTheTrackerLooksAtThem) {
  DetectionSettings s = settings();
  s.confidence_th = 0.8;
  const std::vector<Detection> faces{square(100, 100, 0.3F), square(400, 100, 0.9F),
                                     square(700, 100, 0.05F)};
  EXPECT_THAT(lefts(find(faces, s, 0.1)), ElementsAre(400, 100));
  EXPECT_THAT(lefts(find(faces, s, 1.0)), ElementsAre(400));
}

TEST(FaceFinder, AdaptiveConfidenceFollowsTheLumaOfTheFrame) {
  DetectionSettings s = settings();
  s.adaptive_confidence = true;
  s.min_confidence = 0.4;
  s.max_confidence = 0.9;
  const std::vector<Detection> faces{square(100, 100, 0.5F), square(400, 100, 0.95F)};
  const AnalysedFrame dark = frame_of({1920, 1080}, {20, 20, 20});
  const AnalysedFrame bright = frame_of({1920, 1080}, {200, 200, 200});
  const FoundFaces night = find(faces, s, 1.0, &dark), day = find(faces, s, 1.0, &bright);
  EXPECT_THAT(lefts(night), ElementsAre(400, 100));
  EXPECT_THAT(lefts(day), ElementsAre(400));
  EXPECT_NEAR(night.confidence_th, 0.4, 1e-6);
  EXPECT_NEAR(day.confidence_th, 0.9, 1e-6);
}

TEST(FaceFinder, IouThDecidesWhichBoxesAreOneFace) {
  // The two overlap by 60 of 140 columns: an IoU of 0.43.
  const std::vector<Detection> faces{square(100, 100, 0.9F), square(140, 100, 0.8F)};
  DetectionSettings s = settings();
  s.iou_th = 0.5;
  EXPECT_THAT(lefts(find(faces, s)), ElementsAre(100, 140));
  s.iou_th = 0.4;
  EXPECT_THAT(lefts(find(faces, s)), ElementsAre(100));
}

TEST(FaceFinder, SoftNmsLowersTheConfidenceOfTheWeakerFace) {
  const std::vector<Detection> faces{square(100, 100, 0.9F), square(140, 100, 0.8F)};
  DetectionSettings s = settings();
  s.nms_mode = "soft";
  s.iou_th = 0.4;  // has no part in it
  s.soft_nms_sigma = 1.0;
  const FoundFaces found = find(faces, s);
  ASSERT_EQ(found.detections.size(), 2U);
  const double iou = 60.0 / 140;
  EXPECT_NEAR(found.detections[1].confidence, 0.8 * std::exp(-iou * iou), 1e-3);
  s.soft_nms_sigma = 0.1;  // decays below confidence_th
  EXPECT_THAT(lefts(find(faces, s)), ElementsAre(100));
}

TEST(FaceFinder, ThePoseCheckDropsFacesTurnedPastMaxYawAngle) {
  const std::vector<Detection> faces{face({100, 200, 200, 300}, 0.9F),
                                     face({400, 200, 500, 300}, 0.8F, 0.2F),
                                     face({700, 200, 800, 300}, 0.7F, -0.4F)};
  DetectionSettings s = settings();
  EXPECT_THAT(lefts(find(faces, s)), ElementsAre(100, 400, 700));
  s.check_pose_quality = true;
  s.max_yaw_angle = 60;  // the noses stand at 45 and -63 degrees
  EXPECT_THAT(lefts(find(faces, s)), ElementsAre(100, 400));
  s.max_yaw_angle = 30;
  EXPECT_THAT(lefts(find(faces, s)), ElementsAre(100));
}

TEST(FaceFinder, DetSizeIsTheLongSideOfWhatTheDetectorIsShown) {
  const ScriptedDetector detector({});
  const AnalysedFrame wide = frame_of({1920, 1080}), tall = frame_of({540, 960});
  FaceFinder(detector, settings(), 384, 1.0).find(wide, whole({1920, 1080}));
  EXPECT_EQ(detector.asked, 384);
  EXPECT_EQ(detector.shown.width, 384);
  EXPECT_EQ(detector.shown.height, 216);
  FaceFinder(detector, settings(), 640, 1.0).find(tall, whole({540, 960}));
  EXPECT_EQ(detector.shown.width, 360);
  EXPECT_EQ(detector.shown.height, 640);
}

TEST(FaceFinder, TheDetectorIsShownTheContentAloneAndFacesAreMovedBack) {
  const ScriptedDetector detector({face({300, 150, 420, 270})}, {1920, 800});
  const AnalysedFrame f = frame_of({1920, 1080});
  const Box content{0, 140, 1920, 940};
  const FoundFaces found = FaceFinder(detector, settings(), 640, 1.0).find(f, content);
  EXPECT_EQ(detector.shown.width, 640);
  EXPECT_EQ(detector.shown.height, 267);
  ASSERT_EQ(found.detections.size(), 1U);
  EXPECT_NEAR(found.detections[0].box.x1, 300, 0.01);
  EXPECT_NEAR(found.detections[0].box.y1, 150 + 140, 0.01);
  EXPECT_NEAR(found.detections[0].landmarks[2].y, 150 + 140 + 72, 0.01);
  EXPECT_EQ(found.content, content);
}

AnalysedFrame with_bars(int top, int left, const Rgb& colour = {120, 120, 120}) {
  Image image(192, 108, 3);
  fill(image,
       {static_cast<float>(left), static_cast<float>(top), 192 - static_cast<float>(left),
        108 - static_cast<float>(top)},
       colour);
  AnalysedFrame f{VideoFrame::from_rgb(image), false, {}, {}, 0, {}};
  f.luma = f.frame.tiny_luma(luma_size({192, 108}));
  return f;
}

TEST(LetterboxFollower, FindsBarsAboveAndBesideThePicture) {
  LetterboxFollower follower(true, 20);
  EXPECT_EQ(follower.update(with_bars(14, 0)), (Box{0, 14, 192, 94}));
  EXPECT_EQ(LetterboxFollower(true, 20).update(with_bars(0, 24)), (Box{24, 0, 168, 108}));
}

TEST(LetterboxFollower, TheThresholdSaysHowBrightABarMayBe) {
  const AnalysedFrame dim = with_bars(14, 0, {60, 60, 60});
  EXPECT_EQ(LetterboxFollower(true, 20).update(dim), (Box{0, 14, 192, 94}));
  // Where even the picture is no brighter than a bar may be, nothing is cut off.
  EXPECT_EQ(LetterboxFollower(true, 70).update(dim), whole({192, 108}));
}

TEST(LetterboxFollower, ContentOnlyGrowsSoThatADarkSceneIsNoBar) {
  LetterboxFollower follower(true, 20);
  follower.update(with_bars(14, 0));
  EXPECT_EQ(follower.update(with_bars(30, 40)), (Box{0, 14, 192, 94}));
  EXPECT_EQ(follower.update(with_bars(0, 0)), whole({192, 108}));
  EXPECT_EQ(follower.update(with_bars(14, 0)), whole({192, 108}));
}

TEST(LetterboxFollower, ABlackBeginningSaysNothingOfBars) {
  LetterboxFollower follower(true, 20);
  EXPECT_EQ(follower.update(with_bars(14, 0, {10, 10, 10})), whole({192, 108}));
  EXPECT_EQ(follower.update(with_bars(14, 0)), (Box{0, 14, 192, 94}));
  EXPECT_EQ(follower.update(with_bars(14, 0, {10, 10, 10})), (Box{0, 14, 192, 94}));
}

TEST(LetterboxFollower, OffMeansTheWholeFrame) {
  EXPECT_EQ(LetterboxFollower(false, 20).update(with_bars(14, 0)), whole({192, 108}));
}

TEST(LetterboxFollower, AResumedRunGoesOnFromTheRecordedContent) {
  for (const int bar : {1, 7, 14, 23}) {
    LetterboxFollower through(true, 20), resumed(true, 20);
    const Box recorded = through.update(with_bars(bar, bar + 1));
    resumed.resume_at(recorded, {192, 108});
    const AnalysedFrame next = with_bars(30, 40);
    EXPECT_EQ(resumed.update(next), through.update(next));
    EXPECT_EQ(resumed.update(next), recorded);
  }
}

}  // namespace
}  // namespace screenalytics
