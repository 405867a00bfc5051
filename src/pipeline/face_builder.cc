// SPDX-License-Identifier: MIT
#include "pipeline/face_builder.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

// A face less like the mean of its track than this is somebody else's, or a bad one. Two faces
// cannot outvote each other.
constexpr float kOutlierSimilarity = 0.4F;
constexpr int kFewestForOutliers = 3;

void add_scaled(Embedding& sum, const Embedding& v, float weight) {
  sum.resize(v.size());
  for (size_t k = 0; k < v.size(); ++k) sum[k] += weight * v[k];
}

// A face of no quality still says more than nothing.
float weight_of(float score) { return std::max(score, 0.01F); }

bool is_kept(FaceChoice choice) {
  return choice == FaceChoice::kept || choice == FaceChoice::fallback;
}

}  // namespace

void TrackFaces::add(const FrameRecord& frame, const FaceLook& look, const QualityLimits& limits) {
  const auto i = static_cast<size_t>(look.detection);
  if (look.vector.empty() || frame.detections[i].box.area() <= 0) return;
  const bool refused = refuse_face(frame.detections[i], look, limits).has_value();
  const float score = look.quality.score();
  candidates_.push_back({frame.frame_idx, look.detection, frame.ts, score, refused});
  if (!look.portrait) return;
  const bool better = !portrait_ || (portrait_refused_ && !refused) ||
                      (portrait_refused_ == refused && score > portrait_score_);
  if (!better) return;
  portrait_ = {frame.segments[i], frame.frame_idx};
  portrait_refused_ = refused;
  portrait_score_ = score;
}

FaceBuilder::FaceBuilder(const EpisodePaths& paths, Size frame_size, const QualityLimits& limits,
                         const SelectionOptions& selection, bool crops_saved,
                         const std::vector<const TrackFaces*>& faces)
    : paths_(paths),
      frame_size_(frame_size),
      limits_(limits),
      selection_(selection),
      crops_saved_(crops_saved),
      faces_(staged(paths.faces()), paths.episode()) {
  std::vector<std::vector<FaceCandidate>> candidates;
  candidates.reserve(faces.size());
  for (const TrackFaces* f : faces) candidates.push_back(f->candidates());
  std::vector<std::vector<FaceChoice>> choices = choose_faces(candidates, selection);
  for (size_t t = 0; t < faces.size(); ++t) {
    kept_count_ += std::count_if(choices[t].begin(), choices[t].end(), is_kept);
    Track track;
    track.candidates = &faces[t]->candidates();
    track.choices = std::move(choices[t]);
    track.row.track = static_cast<int>(t) + 1;
    tracks_.push_back(std::move(track));
  }
}

fs::path FaceBuilder::staged(const fs::path& place) {
  return files_.emplace_back(paths_.work() / place.filename(), place).first;
}

void FaceBuilder::note_choice(Track& track, const FrameRecord& frame, const FaceLook& look,
                              FaceRow& row) {
  SA_CHECK(track.next < track.choices.size());
  const FaceCandidate& candidate = (*track.candidates)[track.next];
  SA_CHECK(candidate.frame_idx == frame.frame_idx && candidate.detection == look.detection);
  const FaceChoice choice = track.choices[track.next++];
  if (choice == FaceChoice::track_full) {
    row.rejection = {"track_full", static_cast<double>(track.choices.size()),
                     static_cast<double>(selection_.max_crops_per_track)};
  } else if (choice == FaceChoice::episode_full) {
    row.rejection = {"episode_full", static_cast<double>(kept_count_),
                     static_cast<double>(selection_.max_faces_per_episode)};
  }
  if (!is_kept(choice)) return;
  if (!vectors_) {
    dim_ = static_cast<int>(look.vector.size());
    vectors_.emplace(staged(paths_.face_vectors()), kept_count_, dim_);
  }
  row.embedding_row = static_cast<int64_t>(kept_.size());
  vectors_->write(look.vector);
  kept_.push_back({static_cast<size_t>(track.row.track - 1), candidate.score});
  add_scaled(track.sum, look.vector, weight_of(candidate.score));
  ++track.row.faces;
  track.row.fallback = choice == FaceChoice::fallback;
  track.row.quality = std::max(track.row.quality, static_cast<double>(candidate.score));
}

void FaceBuilder::add(const FrameRecord& frame, const std::vector<int>& tracks) {
  const auto w = static_cast<float>(frame_size_.width), h = static_cast<float>(frame_size_.height);
  for (const FaceLook& look : frame.looks) {
    const auto i = static_cast<size_t>(look.detection);
    const Detection& d = frame.detections[i];
    if (tracks[i] == 0 || d.box.area() <= 0) continue;
    FaceRow row;
    row.face = lines_;
    row.track = tracks[i];
    row.frame_idx = frame.frame_idx;
    row.ts = frame.ts;
    row.bbox = {d.box.x1 / w, d.box.y1 / h, d.box.x2 / w, d.box.y2 / h};
    for (size_t k = 0; k < d.landmarks.size(); ++k) {
      row.landmarks[k] = {d.landmarks[k].x / w, d.landmarks[k].y / h};
    }
    row.quality = look.quality;
    if (const auto refusal = refuse_face(d, look, limits_)) {
      row.rejection = {std::string(refusal->reason), refusal->value, refusal->limit};
    }
    if (!look.vector.empty()) {
      note_choice(tracks_[static_cast<size_t>(tracks[i] - 1)], frame, look, row);
    }
    // A good face that was not embedded: another one of the same half second was as good.
    if (!row.embedding_row && !row.rejection) continue;
    if (crops_saved_) {
      row.crop_path = paths_.crop(row.track, row.frame_idx)
                          .lexically_relative(paths_.out_root())
                          .generic_string();
    }
    faces_.write(row);
    ++lines_;
  }
}

void FaceBuilder::drop_outliers() {
  std::vector<Embedding> means(tracks_.size());
  for (size_t t = 0; t < tracks_.size(); ++t) {
    means[t] = tracks_[t].sum;
    normalize(means[t]);
  }
  NpyReader rows(files_.back().first);
  Embedding v;
  for (const KeptFace& face : kept_) {
    rows.next(v);
    Track& track = tracks_[face.track];
    if (track.row.faces < kFewestForOutliers || track.row.outliers + 1 == track.row.faces ||
        cosine_similarity(v, means[face.track]) >= kOutlierSimilarity) {
      continue;
    }
    add_scaled(track.sum, v, -weight_of(face.score));
    ++track.row.outliers;
  }
}

void FaceBuilder::finish(const std::vector<bool>& thumbs) {
  faces_.commit();
  if (!vectors_) vectors_.emplace(staged(paths_.face_vectors()), 0, 0);
  vectors_->commit();
  if (!kept_.empty()) drop_outliers();
  std::vector<TrackEmbeddingRow> rows;
  for (size_t t = 0; t < tracks_.size(); ++t) {
    Track& track = tracks_[t];
    if (track.row.faces == 0) continue;
    track.row.faces -= track.row.outliers;
    if (thumbs[t]) {
      track.row.thumb = paths_.track_thumb(track.row.track)
                            .lexically_relative(paths_.out_root())
                            .generic_string();
    }
    rows.push_back(track.row);
  }
  write_track_embeddings(staged(paths_.track_embeddings()), paths_.episode(), rows);
  NpyWriter vectors(staged(paths_.track_vectors()), static_cast<int64_t>(rows.size()), dim_);
  for (const TrackEmbeddingRow& row : rows) {
    Embedding& v = tracks_[static_cast<size_t>(row.track - 1)].sum;
    normalize(v);
    vectors.write(v);
  }
  vectors.commit();
}

}  // namespace screenalytics
