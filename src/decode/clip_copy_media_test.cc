// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "decode/clip_copy.h"
#include "decode/video_source.h"
#include "testing/caught_error.h"
#include "testing/temp_folder.h"
#include "testing/video_writer.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

fs::path made_video(const TempFolder& folder, const std::string& codec, const char* name,
                    int rotation = 0) {
  VideoWriterOptions o;
  o.size = {64, 48};
  o.codec = codec;
  o.fps = {20, 1};
  o.gop = 20;
  o.rotation = rotation;
  o.start_offset_s = 5;
  fs::path path = folder / name;
  VideoWriter writer(path, o);
  for (int i = 0; i < 200; ++i) {  // the brighter the later
    Image grey(64, 48, 3);
    std::fill(grey.pixels.begin(), grey.pixels.end(), static_cast<uint8_t>(20 + i));
    writer.add(grey);
  }
  writer.finish();
  return path;
}

TEST(ClipCopy, BeginsWithTheKeyFrameBeforeAndHasTheSamePictures) {
  const TempFolder folder;
  const CancelToken never;
  const fs::path video = made_video(folder, "libx264", "made.mp4");
  const CopiedClip clip = copy_clip(video, 3.5, 4, folder / "clip", never);
  EXPECT_EQ(clip.path.extension(), ".mp4");
  EXPECT_NEAR(clip.length_s, 4, 0.11);
  const std::unique_ptr<FrameSource> source = open_video(clip.path, {});
  int frames = 0;
  while (const std::optional<VideoFrame> f = source->next()) {
    if (frames == 0) {
      // The encoder may have put further key frames between that of 3 s and 3.5 s.
      EXPECT_GE(f->rgb().pixels[0], 20 + 60 - 3);
      EXPECT_LE(f->rgb().pixels[0], 20 + 70 + 3);
    }
    ++frames;
  }
  EXPECT_NEAR(frames, 80, 1);
  EXPECT_EQ(source->counters().packets_damaged, 0);
}

TEST(ClipCopy, KeepsTheRotationAndTakesWhatThereIs) {
  const TempFolder folder;
  const CancelToken never;
  const CopiedClip clip =
      copy_clip(made_video(folder, "mpeg4", "turned.mp4", 90), 0, 60, folder / "clip", never);
  EXPECT_EQ(clip.packets, 200);
  EXPECT_NEAR(clip.length_s, 10, 0.1);
  EXPECT_EQ(open_video(clip.path, {})->info().size, (Size{48, 64}));
}

TEST(ClipCopy, OfACodecThatMp4CannotHoldIsMatroska) {
  const TempFolder folder;
  const CancelToken never;
  const CopiedClip clip =
      copy_clip(made_video(folder, "ffv1", "made.mkv"), 2, 3, folder / "c", never);
  EXPECT_EQ(clip.path.extension(), ".mkv");
  EXPECT_NEAR(clip.length_s, 3, 0.1);
}

TEST(ClipCopy, OfNoVideoIsRefused) {
  const TempFolder folder;
  const CancelToken never;
  EXPECT_EQ(caught_error([&] { copy_clip(folder / "no.mp4", 0, 1, folder / "c", never); }).code(),
            ErrorCode::not_found);
}

}  // namespace
}  // namespace screenalytics
