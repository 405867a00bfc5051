// Tests of what the embed stage writes: what is written is read again, and nonsense is refused.
// SPDX-License-Identifier: MIT
#include "artifacts/face_files.h"

#include <gmock/gmock.h>

#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

FaceRow face_row() {
  FaceRow row;
  row.face = 3;
  row.track = 2;
  row.frame_idx = 7;
  row.ts = Timestamp::from_us(280'001);
  row.bbox = {0.125F, 0.25F, 0.5F, 0.75F};
  row.landmarks.fill({0.25F, 0.5F});
  row.quality = {0.5F, 1, 0.25F, 0.75F, 0.5F};
  row.crop_path = "frames/ep/crops/track-00002/frame_000007.jpg";
  row.embedding_row = 1;
  return row;
}

TEST(FaceFiles, AFaceIsReadAsItWasWritten) {
  const TempFolder folder;
  FaceWriter writer(folder / "faces.jsonl", EpisodeId("ep"));
  FaceRow kept = face_row(), refused = face_row();
  refused.embedding_row.reset();
  refused.rejection = {"blurry", 0.05, 0.15};
  writer.write(kept);
  writer.write(refused);
  writer.commit();
  FaceReader reader(folder / "faces.jsonl");
  FaceRow row;
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row.face, 3);
  EXPECT_EQ(row.ts, kept.ts);
  EXPECT_EQ(row.bbox, kept.bbox);
  EXPECT_EQ(row.quality, kept.quality);
  EXPECT_EQ(row.crop_path, kept.crop_path);
  EXPECT_EQ(row.embedding_row, 1);
  EXPECT_FALSE(row.rejection.has_value());
  ASSERT_TRUE(reader.next(row));
  EXPECT_FALSE(row.embedding_row.has_value());
  EXPECT_EQ(row.rejection, refused.rejection);
  EXPECT_FALSE(reader.next(row));
}

TEST(FaceFiles, AFaceWithNeitherVectorNorReasonIsRefused) {
  const TempFolder folder;
  FaceWriter writer(folder / "faces.jsonl", EpisodeId("ep"));
  FaceRow row = face_row();
  row.embedding_row.reset();
  EXPECT_THAT(caught_error([&] { writer.write(row); }).what(), HasSubstr("embedding_row"));
  row.rejection = {"ugly", 1, 2};
  EXPECT_THAT(caught_error([&] { writer.write(row); }).what(), HasSubstr("rejection_reason"));
}

TEST(FaceFiles, TrackEmbeddingsAreReadAsTheyWereWritten) {
  const TempFolder folder;
  const std::vector<TrackEmbeddingRow> rows = {{1, 5, 1, 0.75, false, "a.jpg"},
                                               {4, 1, 0, 0.5, true, ""}};
  write_track_embeddings(folder / "t.jsonl", EpisodeId("ep"), rows);
  EXPECT_EQ(read_track_embeddings(folder / "t.jsonl"), rows);
  std::string text = file_content(folder / "t.jsonl");
  text.erase(0, text.find('\n') + 1);
  folder.write("t.jsonl", text);
  EXPECT_THAT(caught_error([&] { read_track_embeddings(folder / "t.jsonl"); }).what(),
              HasSubstr("'row' is 1"));
}

TEST(Npy, TheFileIsWhatNumPyWrites) {
  const TempFolder folder;
  NpyWriter writer(folder / "m.npy", 2, 3);
  writer.write(std::vector<float>{1, 2, 3});
  writer.write(std::vector<float>{4, 5, 6});
  writer.commit();
  const std::string bytes = file_content(folder / "m.npy");
  // numpy.lib.format, version 1.0: magic, version, length, a header that ends on a multiple of 64.
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  EXPECT_EQ(bytes.size(), 128U + 6 * sizeof(float));
  EXPECT_EQ(bytes[127], '\n');
  EXPECT_THAT(bytes, HasSubstr("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"));
  NpyReader reader(folder / "m.npy");
  EXPECT_EQ(reader.rows(), 2);
  EXPECT_EQ(reader.columns(), 3);
  std::vector<float> row;
  reader.next(row);
  reader.next(row);
  EXPECT_EQ(row, (std::vector<float>{4, 5, 6}));
}

TEST(Npy, AnEmptyMatrixIsAFile) {
  const TempFolder folder;
  NpyWriter writer(folder / "m.npy", 0, 0);
  writer.commit();
  EXPECT_EQ(NpyReader(folder / "m.npy").rows(), 0);
}

TEST(Npy, WhatIsNoSuchMatrixIsRefused) {
  const TempFolder folder;
  EXPECT_EQ(caught_error([&] { NpyReader(folder / "none.npy"); }).code(), ErrorCode::not_found);
  folder.write("text.npy", "hello, this is no matrix");
  EXPECT_THAT(caught_error([&] { NpyReader(folder / "text.npy"); }).what(), HasSubstr("NPY"));
  NpyWriter writer(folder / "m.npy", 1, 3);
  writer.write(std::vector<float>{1, 2, 3});
  writer.commit();
  std::string bytes = file_content(folder / "m.npy");
  folder.write("short.npy", bytes.substr(0, bytes.size() - 4));
  EXPECT_THAT(caught_error([&] { NpyReader(folder / "short.npy"); }).what(),
              HasSubstr("needs 140"));
  bytes.replace(bytes.find("<f4"), 3, "<f8");
  folder.write("wide.npy", bytes);
  EXPECT_THAT(caught_error([&] { NpyReader(folder / "wide.npy"); }).what(),
              HasSubstr("float32 matrix"));
}

}  // namespace
}  // namespace screenalytics
