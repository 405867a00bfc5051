// SPDX-License-Identifier: MIT
#include "artifacts/face_files.h"

#include <fmt/format.h>

#include <array>

#include "artifacts/json_fields.h"
#include "artifacts/row_fields.h"
#include "artifacts/row_schema.h"
#include "artifacts/row_text.h"

namespace screenalytics {
namespace {

constexpr std::array<std::string_view, 9> kReasons = {"too_small", "extreme_pose", "low_confidence",
                                                      "blurry",    "low_contrast", "low_quality",
                                                      "unclear",   "track_full",   "episode_full"};

// As detections.jsonl has them: six places.
double six_places(float value) {
  return static_cast<double>(to_millionths(static_cast<double>(value))) / 1e6;
}

Json face_json(const FaceRow& row, const std::string& episode) {
  const Box& b = row.bbox;
  const FaceQuality& q = row.quality;
  Json landmarks = Json::array();
  for (const Point& p : row.landmarks) landmarks.push_back({six_places(p.x), six_places(p.y)});
  Json json = {{"face_id", fmt::format("face-{:06}", row.face)},
               {"ep_id", episode},
               {"track_id", track_name(row.track)},
               {"frame_idx", row.frame_idx},
               {"ts_s", row.ts.seconds()},
               {"bbox", {six_places(b.x1), six_places(b.y1), six_places(b.x2), six_places(b.y2)}},
               {"landmarks", std::move(landmarks)},
               {"quality_score", six_places(q.score())},
               {"quality",
                {{"sharpness", six_places(q.sharpness)},
                 {"size", six_places(q.size)},
                 {"pose", six_places(q.pose)},
                 {"confidence", six_places(q.confidence)},
                 {"contrast", six_places(q.contrast)}}},
               {"crop_path", row.crop_path ? Json(*row.crop_path) : Json(nullptr)},
               {"embedding_row", row.embedding_row ? Json(*row.embedding_row) : Json(nullptr)}};
  if (row.rejection) {
    json["rejection_reason"] = row.rejection->reason;
    json["rejection_value"] = row.rejection->value;
    json["rejection_limit"] = row.rejection->limit;
    json["fallback"] = row.embedding_row.has_value();
  }
  json["schema_version"] = kFaceSchema;
  return json;
}

FaceQuality read_quality(const Json& json, const Place& place) {
  const Fields fields(json, place, "quality.");
  const auto part = [&](const char* name) { return static_cast<float>(fields.number(name, 0, 1)); };
  return {part("sharpness"), part("size"), part("pose"), part("confidence"), part("contrast")};
}

FaceRow parse_face(const Json& json, const Place& place) {
  const Fields fields(json, place);
  require_schema(fields, kFaceSchema);
  FaceRow row;
  const std::string id = fields.text("face_id");
  const size_t digits = id.find_first_of("0123456789");
  row.face = digits == std::string::npos ? -1 : std::atoll(id.c_str() + digits);
  if (id != fmt::format("face-{:06}", row.face)) {
    fields.fail("face_id", fields.any("face_id"), "a name like face-000001");
  }
  row.track = read_track(fields);
  row.frame_idx = fields.integer("frame_idx");
  row.ts = fields.time("ts_s");
  row.bbox = read_box(fields);
  row.landmarks = read_landmarks(fields);
  row.quality = read_quality(fields.object("quality"), place);
  if (!fields.is_null("crop_path")) row.crop_path = fields.text("crop_path");
  if (!fields.is_null("embedding_row")) row.embedding_row = fields.integer("embedding_row");
  if (json.contains("rejection_reason")) {
    row.rejection =
        FaceRejection{fields.one_of("rejection_reason", kReasons), fields.number("rejection_value"),
                      fields.number("rejection_limit")};
  }
  if (!row.embedding_row && !row.rejection) {
    fields.fail("embedding_row", fields.any("embedding_row"), "a row, or a rejection_reason");
  }
  return row;
}

Json track_embedding_json(const TrackEmbeddingRow& row, const std::string& episode, size_t number) {
  return {{"row", number},
          {"ep_id", episode},
          {"track_id", track_name(row.track)},
          {"faces", row.faces},
          {"outliers", row.outliers},
          {"quality", row.quality},
          {"fallback", row.fallback},
          {"thumb", row.thumb.empty() ? Json(nullptr) : Json(row.thumb)},
          {"schema_version", kTrackEmbeddingSchema}};
}

TrackEmbeddingRow parse_track_embedding(const Json& json, const Place& place, size_t number) {
  const Fields fields(json, place);
  require_schema(fields, kTrackEmbeddingSchema);
  if (fields.integer("row") != static_cast<int64_t>(number)) {
    fields.fail("row", fields.any("row"), "the number of the line, from 0");
  }
  TrackEmbeddingRow row;
  row.track = read_track(fields);
  row.faces = static_cast<int>(fields.integer("faces", 1));
  row.outliers = static_cast<int>(fields.integer("outliers"));
  row.quality = fields.number("quality", 0, 1);
  row.fallback = fields.boolean("fallback");
  if (!fields.is_null("thumb")) row.thumb = fields.path_below_root("thumb");
  return row;
}

}  // namespace

FaceWriter::FaceWriter(const std::filesystem::path& path, const EpisodeId& episode)
    : file_(path), episode_(episode.str()) {}

void FaceWriter::write(const FaceRow& row) {
  const Json json = face_json(row, episode_);
  parse_face(json, {file_.path().string(), true});
  file_.write(json_text(json, -1) + "\n");
}

bool FaceReader::next(FaceRow& row) {
  const auto line = lines_.next();
  if (!line) return false;
  const Place place{lines_.where()};
  row = parse_face(parse_line(*line, place), place);
  return true;
}

void write_track_embeddings(const std::filesystem::path& path, const EpisodeId& episode,
                            const std::vector<TrackEmbeddingRow>& rows) {
  AtomicFile file(path);
  for (size_t i = 0; i < rows.size(); ++i) {
    const Json json = track_embedding_json(rows[i], episode.str(), i);
    parse_track_embedding(json, {path.string(), true}, i);
    file.write(json_text(json, -1) + "\n");
  }
  file.commit();
}

std::vector<TrackEmbeddingRow> read_track_embeddings(const std::filesystem::path& path) {
  LineReader lines(path);
  std::vector<TrackEmbeddingRow> rows;
  while (const auto line = lines.next()) {
    const Place place{lines.where()};
    rows.push_back(parse_track_embedding(parse_line(*line, place), place, rows.size()));
  }
  return rows;
}

}  // namespace screenalytics
