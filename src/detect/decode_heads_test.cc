// SPDX-License-Identifier: MIT
#include "detect/decode_heads.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace screenalytics {
namespace {

constexpr Size kInput{96, 64};

// Grids of one stride, all zero until a test writes into them.
struct Grid {
  int stride, columns, rows;
  std::vector<float> score, box, landmarks, objectness;

  Grid(int grid_stride, size_t score_values, size_t box_values, size_t landmark_values)
      : stride(grid_stride), columns(kInput.width / stride), rows(kInput.height / stride) {
    score.resize(cells() * score_values);
    box.resize(cells() * box_values);
    landmarks.resize(cells() * landmark_values);
    objectness.resize(cells());
  }
  size_t cells() const { return static_cast<size_t>(columns) * static_cast<size_t>(rows); }
  size_t cell(int column, int row) const { return static_cast<size_t>(row * columns + column); }
  StrideHeads heads() const { return {stride, score, box, landmarks, objectness}; }
};

void expect_box(const Box& actual, const Box& expected) {
  EXPECT_NEAR(actual.x1, expected.x1, 1e-3);
  EXPECT_NEAR(actual.y1, expected.y1, 1e-3);
  EXPECT_NEAR(actual.x2, expected.x2, 1e-3);
  EXPECT_NEAR(actual.y2, expected.y2, 1e-3);
}

TEST(DecodeRetinaFace, AZeroDeltaIsTheAnchor) {
  struct Case {
    int stride;
    size_t anchor;
    float side;
  };
  for (const Case& c : {Case{8, 0, 32}, Case{8, 1, 16}, Case{16, 0, 128}, Case{16, 1, 64},
                        Case{32, 0, 512}, Case{32, 1, 256}}) {
    Grid grid(c.stride, 4, 8, 20);
    grid.score[(2 + c.anchor) * grid.cells() + grid.cell(1, 1)] = 0.9f;
    std::vector<Detection> faces;
    decode_retinaface(grid.heads(), kInput, 0.2f, 0.5f, faces);
    ASSERT_EQ(faces.size(), 1u);
    const auto center = static_cast<float>(c.stride + 8);
    expect_box(faces[0].box, {center - c.side / 2, center - c.side / 2, center + c.side / 2,
                              center + c.side / 2});
    EXPECT_EQ(faces[0].landmarks[4], (Point{center, center}));
    EXPECT_EQ(faces[0].confidence, 0.9f);
  }
}

TEST(DecodeRetinaFace, DeltasMoveStretchAndPlaceLandmarksInAnchorSides) {
  Grid grid(16, 4, 8, 20);
  const size_t n = grid.cells(), i = grid.cell(2, 1);
  grid.score[2 * n + i] = 0.8f;
  grid.box[i] = 0.5f;
  grid.box[n + i] = -0.25f;
  grid.box[2 * n + i] = std::log(2.0f);
  grid.box[3 * n + i] = std::log(0.5f);
  grid.landmarks[2 * n + i] = 1.0f;   // right eye, x
  grid.landmarks[3 * n + i] = -0.5f;  // right eye, y
  std::vector<Detection> faces;
  decode_retinaface(grid.heads(), kInput, 0.2f, 0.5f, faces);
  ASSERT_EQ(faces.size(), 1u);
  expect_box(faces[0].box, {104 - 128, -8 - 32, 104 + 128, -8 + 32});
  EXPECT_NEAR(faces[0].landmarks[1].x, 40 + 128 * 0.2, 1e-3);
  EXPECT_NEAR(faces[0].landmarks[1].y, 24 - 64 * 0.2, 1e-3);
}

TEST(DecodeRetinaFace, BackgroundScoresAreNotFaces) {
  Grid grid(8, 4, 8, 20);
  std::fill(grid.score.begin(), grid.score.begin() + 2 * static_cast<long>(grid.cells()), 1.0f);
  std::vector<Detection> faces;
  decode_retinaface(grid.heads(), kInput, 1, 0.5f, faces);
  EXPECT_TRUE(faces.empty());
}

TEST(DecodeScrfd, DistancesAreStridesFromTheCornerOfTheCell) {
  Grid grid(8, 2, 8, 20);
  const size_t i = 2 * grid.cell(3, 2) + 1;
  grid.score[i] = 0.7f;
  const float sides[4] = {1, 2, 3, 4};
  std::copy(sides, sides + 4, grid.box.begin() + static_cast<long>(4 * i));
  grid.landmarks[10 * i + 4] = -0.5f;  // nose, x
  grid.landmarks[10 * i + 5] = 1.5f;   // nose, y
  std::vector<Detection> faces;
  decode_scrfd(grid.heads(), kInput, 0.5f, faces);
  ASSERT_EQ(faces.size(), 1u);
  expect_box(faces[0].box, {24 - 8, 16 - 16, 24 + 24, 16 + 32});
  EXPECT_EQ(faces[0].landmarks[2], (Point{20, 28}));
}

TEST(DecodeYunet, TheConfidenceIsTheGeometricMeanOfClassAndObject) {
  Grid grid(32, 1, 4, 10);
  const size_t i = grid.cell(1, 1);
  grid.score[i] = 0.81f;
  grid.objectness[i] = 0.64f;
  grid.box[4 * i + 2] = std::log(2.0f);
  std::vector<Detection> faces;
  decode_yunet(grid.heads(), kInput, 0.5f, faces);
  ASSERT_EQ(faces.size(), 1u);
  EXPECT_NEAR(faces[0].confidence, 0.72, 1e-6);
  expect_box(faces[0].box, {0, 16, 64, 48});
  EXPECT_EQ(faces[0].landmarks[0], (Point{32, 32}));
  faces.clear();
  decode_yunet(grid.heads(), kInput, 0.73f, faces);
  EXPECT_TRUE(faces.empty());
}

TEST(DecodeHeads, ANotANumberIsNoFace) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<Detection> faces;
  Grid retina(8, 4, 8, 20), scrfd(8, 2, 8, 20), yunet(8, 1, 4, 10);
  retina.score.assign(retina.score.size(), nan);
  scrfd.score.assign(scrfd.score.size(), nan);
  yunet.score.assign(yunet.score.size(), nan);
  decode_retinaface(retina.heads(), kInput, 1, 0, faces);
  decode_scrfd(scrfd.heads(), kInput, 0, faces);
  decode_yunet(yunet.heads(), kInput, 0, faces);
  EXPECT_TRUE(faces.empty());
}

}  // namespace
}  // namespace screenalytics
