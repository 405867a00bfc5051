// Tests of how the journal of a run becomes the episode's artifacts.
// SPDX-License-Identifier: MIT
#include "pipeline/artifact_builder.h"

#include <gmock/gmock.h>

#include "artifacts/face_files.h"
#include "artifacts/journal.h"
#include "pipeline/fake_parts_test.h"
#include "testing/caught_error.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

struct Seen {
  int segment = -1;
  float confidence = 0.9F;
  float x = 10;
};

// The drawn faces are tiny.
QualityLimits any_size() {
  QualityLimits limits;
  limits.min_face_px = 0;
  return limits;
}

// Journal and table of a run at 10 frames a second, and what is built of them.
class Built {
 public:
  Built() { paths_.create_folders(); }

  void frame(int64_t idx, const std::vector<Seen>& faces, bool starts_shot = false) {
    FrameRecord f;
    f.frame_idx = idx;
    f.ts = Timestamp::from_us(idx * 100'000);
    f.starts_shot = starts_shot;
    f.luma = 77;
    f.confidence_th = 0.8;
    for (const Seen& s : faces) {
      const Box box{s.x, 10, s.x + 20, 40};
      f.detections.push_back({box, frontal(box), s.confidence});
      f.segments.push_back(s.segment);
    }
    frames_.push_back(std::move(f));
  }

  void ended(int segment, EndReason reason, bool confirmed = true) {
    TrackerUpdate u;
    u.ended.push_back({segment, reason, confirmed});
    table_.add(u);
  }

  void moved(int from, int to, int64_t first, int64_t end) {
    TrackerUpdate u;
    u.reassignments.push_back({from, to, first, end});
    table_.add(u);
  }

  // A picture that a run in progress has written.
  void picture(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  BuildResult build(bool frames = false, bool crops = false, double min_length_s = 0) {
    {
      JournalWriter journal(paths_.journal(), "fingerprint");
      for (const FrameRecord& f : frames_) journal.append(f);
    }
    const int64_t end_frame = frames_.empty() ? 0 : frames_.back().frame_idx + 1;
    return build_artifacts({paths_,
                            paths_.journal(),
                            table_,
                            pictures_of(exports_),
                            {100, 50},
                            "model",
                            min_length_s,
                            0.7,
                            any_size(),
                            selection_,
                            frames,
                            crops,
                            end_frame,
                            Timestamp::from_us(end_frame * 100'000),
                            0.1});
  }

  template <typename Reader, typename Row>
  std::vector<Row> rows(const fs::path& path) const {
    std::vector<Row> out;
    Reader reader(path);
    for (Row row; reader.next(row);) out.push_back(row);
    return out;
  }
  std::vector<TrackRow> tracks() const { return rows<TrackReader, TrackRow>(paths_.tracks()); }
  std::vector<DetectionRow> detections() const {
    return rows<DetectionReader, DetectionRow>(paths_.detections());
  }
  std::vector<SampleRow> samples() const { return rows<SampleReader, SampleRow>(paths_.samples()); }
  // Of each detection in turn; 0: none.
  std::vector<int> track_numbers() const {
    std::vector<int> numbers;
    for (const DetectionRow& d : detections()) numbers.push_back(d.track.value_or(0));
    return numbers;
  }

  // The face i of the frame that was added last was looked at.
  void look(int i, float quality, const Embedding& vector, bool portrait = false) {
    FrameRecord& f = frames_.back();
    const FaceQuality q{quality, quality, quality, 0.9F, quality};
    f.looks.push_back({i, q, 1, vector, portrait});
    if (portrait) {
      picture(exports_.portrait(f.segments[static_cast<size_t>(i)], f.frame_idx),
              std::to_string(f.frame_idx));
    }
  }
  void keep_at_most(int crops_per_track) { selection_.max_crops_per_track = crops_per_track; }

  std::vector<FaceRow> faces() const { return rows<FaceReader, FaceRow>(paths_.faces()); }
  std::vector<TrackEmbeddingRow> embeddings() const {
    return read_track_embeddings(paths_.track_embeddings());
  }
  std::vector<Embedding> vectors(const fs::path& path) const {
    NpyReader reader(path);
    std::vector<Embedding> all(static_cast<size_t>(reader.rows()));
    for (Embedding& v : all) reader.next(v);
    return all;
  }

  const EpisodePaths& paths() const { return paths_; }
  const ExportFolder& exports() const { return exports_; }

 private:
  TempFolder folder_;
  EpisodePaths paths_{folder_ / "out", EpisodeId("ep")};
  ExportFolder exports_{paths_.images() / ".work"};
  TrackTable table_;
  SelectionOptions selection_;
  std::vector<FrameRecord> frames_;
};

TEST(ArtifactBuilder, TracksAreNumberedByTheirStart) {
  Built b;
  b.frame(0, {{5}}, true);
  b.frame(1, {{5}, {2, 0.9F, 40}});
  b.frame(2, {{5}, {2, 0.9F, 40}});
  b.ended(2, EndReason::lost);
  b.ended(5, EndReason::end_of_video);
  const BuildResult result = b.build();
  EXPECT_THAT(b.track_numbers(), ElementsAre(1, 1, 2, 1, 2));
  const std::vector<TrackRow> tracks = b.tracks();
  ASSERT_EQ(tracks.size(), 2U);
  EXPECT_EQ(tracks[0].track, 1);
  EXPECT_EQ(tracks[0].end_reason, "end_of_video");
  EXPECT_EQ(tracks[0].detections, 3);
  EXPECT_EQ(tracks[1].end_reason, "lost");
  EXPECT_EQ(tracks[1].start, Timestamp::from_us(100'000));
  EXPECT_EQ(tracks[1].first_frame, 1);
  EXPECT_EQ(tracks[1].last_frame, 2);
  ASSERT_EQ(result.tracks.size(), 2U);
  EXPECT_FALSE(result.tracks[0].ended_lost);
  EXPECT_TRUE(result.tracks[1].ended_lost);
  EXPECT_NEAR(result.tracks[0].length_s, 0.3, 1e-9);
}

TEST(ArtifactBuilder, ATracksConfidencesAreThoseOfItsDetections) {
  Built b;
  b.frame(0, {{0, 0.9F}}, true);
  b.frame(1, {{0, 0.5F}});
  b.frame(2, {{0, 0.7F}});
  b.ended(0, EndReason::lost);
  b.build();
  const TrackRow t = b.tracks().at(0);
  EXPECT_NEAR(t.avg_conf, 0.7, 1e-6);
  EXPECT_NEAR(t.min_conf, 0.5, 1e-6);
  EXPECT_NEAR(t.max_conf, 0.9, 1e-6);
}

TEST(ArtifactBuilder, ATrackEndsOneFrameAfterItsLastDetectionAndInsideTheVideo) {
  Built b;
  b.frame(0, {{0}}, true);
  b.frame(5, {{0}});
  b.frame(9, {{1}});
  b.ended(0, EndReason::lost);
  b.ended(1, EndReason::end_of_video);
  b.build();
  EXPECT_EQ(b.tracks().at(0).end, Timestamp::from_us(600'000));
  EXPECT_EQ(b.tracks().at(1).end, Timestamp::from_us(1'000'000));
}

TEST(ArtifactBuilder, AFaceOfASegmentThatWasNeverConfirmedIsWrittenUntracked) {
  Built b;
  b.frame(0, {{0}, {1, 0.9F, 40}}, true);
  b.frame(1, {{0}});
  b.ended(0, EndReason::end_of_video);
  b.ended(1, EndReason::lost, false);
  const BuildResult result = b.build();
  EXPECT_THAT(b.track_numbers(), ElementsAre(1, 0, 1));
  EXPECT_EQ(b.tracks().size(), 1U);
  EXPECT_EQ(result.detections, 3);
}

TEST(ArtifactBuilder, TracksShorterThanMinTrackLengthAreLeftOutAndTheirFacesStay) {
  Built b;
  for (int64_t i = 0; i < 6; ++i) {
    b.frame(i, i < 2 ? std::vector<Seen>{{0}, {1, 0.9F, 40}} : std::vector<Seen>{{1, 0.9F, 40}},
            i == 0);
  }
  b.ended(0, EndReason::lost);
  b.ended(1, EndReason::end_of_video);
  b.build(false, false, 0.5);
  EXPECT_EQ(b.tracks().size(), 1U);
  EXPECT_THAT(b.track_numbers(), ElementsAre(0, 1, 0, 1, 1, 1, 1, 1));
  b.build(false, false, 0.2);
  EXPECT_EQ(b.tracks().size(), 2U);
}

TEST(ArtifactBuilder, ACandidateBelowTheThresholdIsAFaceOnlyInATrack) {
  Built b;
  b.frame(0, {{0, 0.9F}, {-1, 0.5F, 40}, {-1, 0.85F, 70}}, true);
  b.frame(1, {{0, 0.3F}});
  b.ended(0, EndReason::end_of_video);
  const BuildResult result = b.build();
  EXPECT_THAT(b.track_numbers(), ElementsAre(1, 0, 1));
  EXPECT_EQ(result.detections, 3);
  const std::vector<SampleRow> samples = b.samples();
  EXPECT_EQ(samples.at(0).faces, 2);
  EXPECT_EQ(samples.at(1).faces, 1);
  EXPECT_NEAR(samples.at(0).luma, 77, 1e-6);
  EXPECT_NEAR(samples.at(0).confidence_th, 0.8, 1e-6);
}

TEST(ArtifactBuilder, ASplitIsAppliedToTheFramesBeforeItWasFound) {
  Built b;
  for (int64_t i = 0; i < 6; ++i) b.frame(i, {{i < 4 ? 0 : 1}}, i == 0);
  b.moved(0, 1, 2, 4);
  b.ended(0, EndReason::appearance_split);
  b.ended(1, EndReason::end_of_video);
  b.build();
  EXPECT_THAT(b.track_numbers(), ElementsAre(1, 1, 2, 2, 2, 2));
  EXPECT_EQ(b.tracks().at(0).end_reason, "appearance_split");
  EXPECT_EQ(b.tracks().at(1).detections, 4);
  EXPECT_EQ(b.tracks().at(1).first_frame, 2);
}

TEST(ArtifactBuilder, BoxesAndLandmarksArePartsOfTheFrame) {
  Built b;
  b.frame(0, {{-1}}, true);
  b.build();
  const DetectionRow d = b.detections().at(0);
  EXPECT_NEAR(d.bbox.x1, 0.1, 1e-6);
  EXPECT_NEAR(d.bbox.y2, 0.8, 1e-6);
  EXPECT_NEAR(d.landmarks[2].x, 0.2, 1e-6);
}

TEST(ArtifactBuilder, ShotsAreHalfOpenAndCoverTheVideo) {
  Built b;
  b.frame(0, {}, true);
  b.frame(4, {});
  b.frame(7, {}, true);
  b.frame(9, {});
  EXPECT_EQ(b.build().cuts, 1);
  const std::vector<ShotRow> shots = read_shots(b.paths().shots());
  ASSERT_EQ(shots.size(), 2U);
  EXPECT_EQ(shots[0].boundary, "start");
  EXPECT_EQ(shots[0].start_frame, 0);
  EXPECT_EQ(shots[0].end_frame, 7);
  EXPECT_EQ(shots[0].end, Timestamp::from_us(700'000));
  EXPECT_EQ(shots[1].boundary, "cut");
  EXPECT_EQ(shots[1].start, shots[0].end);
  EXPECT_EQ(shots[1].end_frame, 10);
  EXPECT_EQ(shots[1].end, Timestamp::from_us(1'000'000));
}

TEST(ArtifactBuilder, AVideoWithoutFacesHasSamplesAndNoRows) {
  Built b;
  for (int64_t i = 0; i < 3; ++i) b.frame(i, {}, i == 0);
  const BuildResult result = b.build(true, true);
  EXPECT_TRUE(b.detections().empty());
  EXPECT_TRUE(b.tracks().empty());
  EXPECT_EQ(b.samples().size(), 3U);
  EXPECT_EQ(result.analysed_frames, 3);
  EXPECT_EQ(result.crops_exported, 0);
}

TEST(ArtifactBuilder, ARunThatSawNoFrameHasEmptyFiles) {
  Built b;
  EXPECT_EQ(b.build().analysed_frames, 0);
  EXPECT_TRUE(b.samples().empty());
  EXPECT_TRUE(read_shots(b.paths().shots()).empty());
}

TEST(ArtifactBuilder, CropsGoToTheFolderOfTheirFinalTrack) {
  Built b;
  for (int64_t i = 0; i < 4; ++i) {
    const int segment = i < 3 ? 0 : 1;
    b.frame(i, {{segment}, {7, 0.9F, 60}}, i == 0);
    b.picture(b.exports().crop(segment, i), "face " + std::to_string(i));
    b.picture(b.exports().crop(7, i), "flicker");
    b.picture(b.exports().frame(i), "frame " + std::to_string(i));
  }
  b.moved(0, 1, 2, 3);
  b.ended(0, EndReason::appearance_split);
  b.ended(1, EndReason::end_of_video);
  b.ended(7, EndReason::lost, false);
  const BuildResult result = b.build(true, true);
  EXPECT_EQ(result.crops_exported, 4);
  EXPECT_EQ(result.frames_exported, 4);
  EXPECT_EQ(file_content(b.paths().crop(1, 1)), "face 1");
  EXPECT_EQ(file_content(b.paths().crop(2, 2)), "face 2");
  EXPECT_EQ(file_content(b.paths().crop(2, 3)), "face 3");
  EXPECT_EQ(file_content(b.paths().frame(3)), "frame 3");
  EXPECT_EQ(files_below(b.paths().crops()).size(), 4U);
  for (const TrackRow& t : b.tracks()) {
    EXPECT_THAT(t.sample_thumbs, Not(IsEmpty()));
    for (const std::string& thumb : t.sample_thumbs) {
      EXPECT_TRUE(fs::exists(b.paths().out_root() / thumb)) << thumb;
    }
  }
}

TEST(ArtifactBuilder, TheThumbsAreTheLargestAndSurestFaces) {
  Built b;
  const std::vector<float> confidences{0.81F, 0.95F, 0.82F, 0.97F, 0.96F};
  for (size_t i = 0; i < confidences.size(); ++i) {
    b.frame(static_cast<int64_t>(i), {{0, confidences[i]}}, i == 0);
  }
  b.ended(0, EndReason::end_of_video);
  b.build(false, true);
  EXPECT_THAT(b.tracks().at(0).sample_thumbs,
              ElementsAre("frames/ep/crops/track-00001/frame_000003.jpg",
                          "frames/ep/crops/track-00001/frame_000004.jpg",
                          "frames/ep/crops/track-00001/frame_000001.jpg"));
  b.build(false, false);
  EXPECT_THAT(b.tracks().at(0).sample_thumbs, IsEmpty());
}

TEST(ArtifactBuilder, PicturesOfAnEarlierRunAreReplaced) {
  Built b;
  b.picture(b.paths().frame(99), "old");
  b.picture(b.paths().crop(4, 99), "old");
  b.frame(0, {}, true);
  b.picture(b.exports().frame(0), "new");
  b.build(true, true);
  EXPECT_THAT(files_below(b.paths().frames()), ElementsAre("frame_000000.jpg"));
  EXPECT_THAT(files_below(b.paths().crops()), IsEmpty());
  b.build(false, false);
  EXPECT_FALSE(fs::exists(b.paths().frames()));
  // The pictures of the run in progress are not the builder's to remove.
  EXPECT_TRUE(fs::exists(b.exports().frame(0)));
}

TEST(ArtifactBuilder, AFailureLeavesAllOfTheEarlierRunAndNothingElse) {
  Built b;
  b.frame(0, {{-1}}, true);
  b.picture(b.exports().frame(0), "first");
  b.build(true);
  const std::string before = file_content(b.paths().detections());
  b.frame(1, {{-1}});
  // What cannot be replaced: a folder with something in it stands where a new file has to go.
  b.picture(b.paths().work() / "samples.csv" / "x", "");
  EXPECT_EQ(caught_error([&] { b.build(true); }).code(), ErrorCode::io);
  EXPECT_EQ(file_content(b.paths().detections()), before);
  EXPECT_EQ(b.samples().size(), 1U);
  EXPECT_THAT(files_below(b.paths().images()),
              ElementsAre(".work/frames/frame_000000.jpg", "frames/frame_000000.jpg"));
  for (const std::string& name : files_below(b.paths().manifests())) {
    EXPECT_THAT(name, Not(::testing::HasSubstr(".tmp")));
  }
}

TEST(ArtifactBuilder, AGhostThatLivesOffWeakCandidatesIsNoTrack) {
  Built run;
  for (int i = 0; i < 10; ++i) {
    run.frame(i, {{0, i < 3 ? 0.9F : 0.3F, 10}, {1, i < 5 ? 0.9F : 0.3F, 60}}, i == 0);
  }
  run.ended(0, EndReason::end_of_video);
  run.ended(1, EndReason::end_of_video);
  run.build();
  ASSERT_EQ(run.tracks().size(), 1U);
  EXPECT_EQ(run.tracks()[0].detections, 10);
  // Its sure detections are still faces; its candidates are none.
  EXPECT_EQ(run.detections().size(), 13U);
}

TEST(ArtifactBuilder, FacesAndTheirVectorsAreWrittenInOneOrder) {
  Built b;
  b.frame(0, {{0}, {1, 0.9F, 50}});
  b.look(0, 0.8F, {1, 0});
  b.look(1, 0.6F, {0, 1});
  b.frame(5, {{0}});
  b.look(0, 0.9F, {1, 0}, true);
  b.frame(6, {{0}});
  b.look(0, 0.8F, {});  // good, and not needed
  b.ended(0, EndReason::lost);
  b.ended(1, EndReason::lost);
  b.build();
  const std::vector<FaceRow> faces = b.faces();
  ASSERT_EQ(faces.size(), 3U);
  EXPECT_EQ(faces[1].track, 2);
  EXPECT_EQ(faces[2].embedding_row, 2);
  EXPECT_FLOAT_EQ(faces[2].bbox.x1, 0.1F);
  EXPECT_FALSE(faces[2].rejection.has_value());
  EXPECT_THAT(b.vectors(b.paths().face_vectors()),
              ElementsAre(Embedding{1, 0}, Embedding{0, 1}, Embedding{1, 0}));
  EXPECT_THAT(b.vectors(b.paths().track_vectors()), ElementsAre(Embedding{1, 0}, Embedding{0, 1}));
  ASSERT_EQ(b.embeddings().size(), 2U);
  EXPECT_EQ(b.embeddings()[0].faces, 2);
  EXPECT_EQ(b.embeddings()[0].thumb, "frames/ep/thumbs/tracks/track-00001.jpg");
  EXPECT_EQ(file_content(b.paths().track_thumb(1)), "5");
  EXPECT_EQ(b.embeddings()[1].thumb, "");
}

TEST(ArtifactBuilder, ARefusedFaceHasItsReasonItsValueAndItsLimit) {
  Built b;
  b.frame(0, {{0}});
  b.look(0, 0.8F, {1, 0});
  b.frame(1, {{0}});
  b.look(0, 0.05F, {});
  b.frame(2, {{0}});
  b.look(0, 0.7F, {1, 0});
  b.keep_at_most(1);
  b.ended(0, EndReason::lost);
  b.build();
  const std::vector<FaceRow> faces = b.faces();
  ASSERT_EQ(faces.size(), 3U);
  EXPECT_EQ(faces[0].embedding_row, 0);
  const FaceRejection blurry{"blurry", static_cast<double>(0.05F), static_cast<double>(0.15F)};
  EXPECT_EQ(faces[1].rejection, blurry);
  EXPECT_EQ(faces[2].rejection, (FaceRejection{"track_full", 2, 1}));
  EXPECT_FALSE(faces[2].embedding_row.has_value());
}

TEST(ArtifactBuilder, ATrackWhoseEveryFaceIsRefusedKeepsItsBestFlagged) {
  Built b;
  b.frame(0, {{0}});
  b.look(0, 0.05F, {1, 0}, true);
  b.frame(1, {{0}});
  b.look(0, 0.09F, {0, 1}, true);
  b.ended(0, EndReason::lost);
  b.build();
  const std::vector<FaceRow> faces = b.faces();
  ASSERT_EQ(faces.size(), 2U);
  EXPECT_FALSE(faces[0].embedding_row.has_value());
  EXPECT_EQ(faces[1].embedding_row, 0);
  EXPECT_EQ(faces[1].rejection->reason, "blurry");
  ASSERT_EQ(b.embeddings().size(), 1U);
  EXPECT_TRUE(b.embeddings()[0].fallback);
  EXPECT_EQ(file_content(b.paths().track_thumb(1)), "1");
}

TEST(ArtifactBuilder, AFaceUnlikeTheOthersOfItsTrackDoesNotCount) {
  Built b;
  for (int i = 0; i < 5; ++i) {
    b.frame(i, {{0}});
    b.look(0, 0.8F, i == 2 ? Embedding{0, 1} : Embedding{1, 0});
  }
  b.ended(0, EndReason::lost);
  b.build();
  EXPECT_EQ(b.embeddings()[0].outliers, 1);
  EXPECT_EQ(b.embeddings()[0].faces, 4);
  const Embedding v = b.vectors(b.paths().track_vectors())[0];
  EXPECT_NEAR(v[0], 1, 1e-6);
  EXPECT_NEAR(v[1], 0, 1e-6);
}

}  // namespace
}  // namespace screenalytics
