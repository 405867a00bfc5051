// Tests of the pictures a run writes.
// SPDX-License-Identifier: MIT
#include "pipeline/image_exporter.h"

#include <gmock/gmock.h>

#include "artifacts/jpeg.h"
#include "base/error.h"
#include "pipeline/fake_parts_test.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

VideoFrame frame(int64_t idx) {
  Image rgb(96, 54, 3);
  fill(rgb, {0, 0, 96, 54}, {60, 60, 60});
  fill(rgb, {30, 12, 60, 42}, {250, 10, 10});
  VideoFrame f = VideoFrame::from_rgb(rgb);
  f.frame_idx = idx;
  return f;
}

const Detection kFace{{30, 12, 60, 42}, {}, 0.9F};

FrameRecord record(int64_t idx, std::vector<Detection> detections, std::vector<int> segments) {
  FrameRecord r;
  r.frame_idx = idx;
  r.detections = std::move(detections);
  r.segments = std::move(segments);
  return r;
}

void no_error(std::exception_ptr) { ADD_FAILURE() << "a picture could not be written"; }

TEST(ImageExporter, WritesAFrameAndTheCropsOfItsSegments) {
  const TempFolder folder;
  const ExportFolder places(folder.path());
  StageClock clock;
  ImageExporter exporter({true, true, false, 90, 2}, places, clock, no_error);
  for (int64_t i = 0; i < 20; ++i) exporter.add(frame(i), record(i, {kFace, kFace}, {3, -1}));
  exporter.finish();
  EXPECT_EQ(clock.counters().items, 40);
  EXPECT_EQ(files_below(folder.path()).size(), 40U);
  const Image whole = read_jpeg(places.frame(19));
  EXPECT_EQ(whole.width, 96);
  EXPECT_EQ(whole.height, 54);
  const Image crop = read_jpeg(places.crop(3, 0));
  EXPECT_EQ(crop.width, 50);
  EXPECT_EQ(crop.height, 50);
  const uint8_t* middle = crop.row(25) + static_cast<ptrdiff_t>(25 * 3);
  EXPECT_GT(middle[0], 200);  // JPEG changes a colour by a few levels
  EXPECT_LT(middle[1], 60);
}

TEST(ImageExporter, WritesOnlyWhatIsWanted) {
  for (const bool frames : {false, true}) {
    const TempFolder folder;
    StageClock clock;
    ImageExporter exporter({frames, !frames, false, 85, 1}, ExportFolder(folder.path()), clock,
                           no_error);
    exporter.add(frame(0), record(0, {kFace}, {0}));
    exporter.add(frame(1), record(1, {}, {}));
    exporter.finish();
    EXPECT_EQ(files_below(folder.path()).size(), frames ? 2U : 1U);
  }
  const TempFolder folder;
  StageClock clock;
  ImageExporter off({false, false, false, 85, 1}, ExportFolder(folder.path()), clock, no_error);
  off.add(frame(0), record(0, {kFace}, {0}));
  off.finish();
  EXPECT_TRUE(files_below(folder.path()).empty());
}

TEST(ImageExporter, APortraitIsTheFaceWithItsSurroundingsAtMost256PixelsLong) {
  const TempFolder folder;
  const ExportFolder places(folder.path());
  Image rgb(1000, 800, 3);
  VideoFrame f = VideoFrame::from_rgb(rgb);
  FrameRecord r = record(7, {{{300, 200, 600, 600}, {}, 0.9F}, kFace}, {4, 5});
  r.looks = {{0, {}, 1, {1, 0}, true}, {1, {}, 1, {1, 0}, false}};
  StageClock clock;
  ImageExporter exporter({false, false, true, 85, 1}, places, clock, no_error);
  exporter.add(f, r);
  exporter.finish();
  EXPECT_EQ(files_below(folder.path()).size(), 1U);
  const Image portrait = read_jpeg(places.portrait(4, 7));
  EXPECT_EQ(portrait.height, 256);
  EXPECT_EQ(portrait.width, 191);  // 500 x 668 pixels of the frame
}

TEST(ImageExporter, TheQualityKnobChangesTheSizeOfTheFiles) {
  const TempFolder folder;
  StageClock clock;
  std::vector<uintmax_t> sizes;
  for (const int quality : {30, 95}) {
    const ExportFolder places(folder / std::to_string(quality));
    ImageExporter exporter({true, false, false, quality, 1}, places, clock, no_error);
    exporter.add(frame(0), record(0, {}, {}));
    exporter.finish();
    sizes.push_back(fs::file_size(places.frame(0)));
  }
  EXPECT_LT(sizes[0], sizes[1]);
}

TEST(ImageExporter, AFailureIsReportedOnceAndHoldsNobodyUp) {
  const TempFolder folder;
  const ExportFolder places(folder / "work");
  StageClock clock;
  std::atomic<int> reports{0};
  ImageExporter exporter({true, false, false, 85, 4}, places, clock, [&](std::exception_ptr e) {
    ++reports;
    try {
      std::rethrow_exception(e);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::io);
    }
  });
  fs::remove_all(places.root());
  // Many times what the queue holds: were the failed writers to stop taking, this would not end.
  for (int64_t i = 0; i < 200; ++i) exporter.add(frame(i), record(i, {}, {}));
  exporter.finish();
  EXPECT_EQ(reports, 1);
  EXPECT_TRUE(files_below(folder / "work").empty());
}

TEST(ImageExporter, AFolderThatCannotBeMadeIsAnErrorAtOnce) {
  const TempFolder folder;
  folder.write("work", "a file in its place");
  StageClock clock;
  EXPECT_THROW(
      ImageExporter({true, false, false, 85, 1}, ExportFolder(folder / "work"), clock, no_error),
      Error);
}

TEST(ImageExporter, DestructionDropsTheRestAndLeavesNoHalfFile) {
  const TempFolder folder;
  StageClock clock;
  {
    ImageExporter exporter({true, false, false, 85, 2}, ExportFolder(folder.path()), clock,
                           no_error);
    for (int64_t i = 0; i < 8; ++i) exporter.add(frame(i), record(i, {}, {}));
  }
  for (const std::string& name : files_below(folder.path())) {
    EXPECT_THAT(name, ::testing::EndsWith(".jpg"));
  }
}

TEST(CropRegion, IsTheFaceAndAThirdMoreOnEachSide) {
  EXPECT_EQ(crop_region({300, 300, 360, 390}, {1920, 1080}), (Box{280, 270, 380, 420}));
}

TEST(CropRegion, EndsAtTheEdgesOfTheFrame) {
  EXPECT_EQ(crop_region({-10, 0, 20, 30}, {100, 50}), (Box{0, 0, 30, 40}));
  EXPECT_EQ(crop_region({80, 30, 110, 60}, {100, 50}), (Box{70, 20, 100, 50}));
}

TEST(CropRegion, IsWholePixels) {
  const Box region = crop_region({10.4F, 10.6F, 20.3F, 21.7F}, {100, 100});
  EXPECT_EQ(region, (Box{7, 6, 24, 26}));
}

}  // namespace
}  // namespace screenalytics
