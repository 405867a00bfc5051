// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "artifacts/json_fields.h"
#include "artifacts/row_files.h"
#include "artifacts/row_schema.h"
#include "artifacts/row_text.h"

namespace screenalytics {
namespace {

Place writing(const AtomicFile& file) { return {file.path().string(), true}; }

void require(bool ok, const AtomicFile& file, std::string_view field, double value,
             std::string_view wanted) {
  if (!ok) writing(file).fail_field(field, fmt::format("{}", value), wanted);
}

void require_fraction(const AtomicFile& file, std::string_view field, double value) {
  require(value >= 0 && value <= 1, file, field, value, "a number from 0 to 1");
}

void require_index(const AtomicFile& file, std::string_view field, int64_t value, int64_t min = 0) {
  if (value < min) {
    writing(file).fail_field(field, fmt::format("{}", value),
                             fmt::format("a whole number of at least {}", min));
  }
}

// Returns x1, y1, x2, y2 in millionths, clipped to the frame.
std::array<int64_t, 4> checked_box(const AtomicFile& file, const DetectionRow& row) {
  const Box& b = row.bbox;
  const bool finite =
      std::isfinite(b.x1) && std::isfinite(b.y1) && std::isfinite(b.x2) && std::isfinite(b.y2);
  std::array<int64_t, 4> box{};
  if (finite) {
    const Box inside = clip(b, 1.f, 1.f);
    box = {to_millionths(static_cast<double>(inside.x1)),
           to_millionths(static_cast<double>(inside.y1)),
           to_millionths(static_cast<double>(inside.x2)),
           to_millionths(static_cast<double>(inside.y2))};
  }
  if (!finite || box[0] >= box[2] || box[1] >= box[3]) {
    writing(file).fail_field(
        "bbox", fmt::format("[{}, {}, {}, {}] in frame {}", b.x1, b.y1, b.x2, b.y2, row.frame_idx),
        "a box with content inside the frame");
  }
  return box;
}

double checked_landmark(const AtomicFile& file, float value) {
  const double wide = static_cast<double>(value);
  require(std::isfinite(wide), file, "landmarks", wide, "a finite number");
  return std::clamp(wide, kLandmarkMin, kLandmarkMax);
}

}  // namespace

DetectionWriter::DetectionWriter(const std::filesystem::path& path, const EpisodeId& episode,
                                 std::string_view model_id)
    : file_(path) {
  if (model_id.empty()) writing(file_).fail_field("model_id", "\"\"", "a text with content");
  head_ = fmt::format("{{\"ep_id\":\"{}\",\"frame_idx\":", episode.str());
  tail_ = fmt::format(",\"model_id\":{},\"schema_version\":\"{}\"}}\n", json_quoted(model_id),
                      kDetectionSchema);
}

void DetectionWriter::write(const DetectionRow& row) {
  require_index(file_, "frame_idx", row.frame_idx);
  require_fraction(file_, "conf", static_cast<double>(row.conf));
  if (row.track) require_index(file_, "track_id", *row.track);
  const auto box = checked_box(file_, row);
  line_ = head_;
  append_integer(line_, row.frame_idx);
  line_ += ",\"ts_s\":";
  append_millionths(line_, row.ts.us);
  line_ += ",\"bbox\":[";
  for (size_t i = 0; i < box.size(); ++i) {
    if (i > 0) line_ += ',';
    append_millionths(line_, box[i]);
  }
  line_ += "],\"landmarks\":[";
  for (size_t i = 0; i < row.landmarks.size(); ++i) {
    line_ += i == 0 ? "[" : ",[";
    append_millionths(line_, to_millionths(checked_landmark(file_, row.landmarks[i].x)));
    line_ += ',';
    append_millionths(line_, to_millionths(checked_landmark(file_, row.landmarks[i].y)));
    line_ += ']';
  }
  line_ += "],\"conf\":";
  append_millionths(line_, to_millionths(static_cast<double>(row.conf)));
  line_ += ",\"track_id\":";
  if (row.track) {
    line_ += '"';
    line_ += track_name(*row.track);
    line_ += '"';
  } else {
    line_ += "null";
  }
  line_ += tail_;
  file_.write(line_);
}

TrackWriter::TrackWriter(const std::filesystem::path& path, const EpisodeId& episode)
    : file_(path), episode_(episode.str()) {}

void TrackWriter::write(const TrackRow& row) {
  require_index(file_, "track_id", row.track);
  require_index(file_, "frame_span", row.first_frame);
  require_index(file_, "frame_span", row.last_frame, row.first_frame);
  require_index(file_, "stats.detections", row.detections, 1);
  require(row.end >= row.start, file_, "end_s", row.end.seconds(), "at or after start_s");
  require_fraction(file_, "stats.avg_conf", row.avg_conf);
  require_fraction(file_, "stats.min_conf", row.min_conf);
  require_fraction(file_, "stats.max_conf", row.max_conf);
  if (std::find(kEndReasons.begin(), kEndReasons.end(), row.end_reason) == kEndReasons.end()) {
    writing(file_).fail_field("end_reason", json_quoted(row.end_reason), kEndReasonsText);
  }
  line_ = fmt::format("{{\"track_id\":\"{}\",\"ep_id\":\"{}\",\"start_s\":", track_name(row.track),
                      episode_);
  append_millionths(line_, row.start.us);
  line_ += ",\"end_s\":";
  append_millionths(line_, row.end.us);
  line_ +=
      fmt::format(",\"frame_span\":[{},{}],\"sample_thumbs\":[", row.first_frame, row.last_frame);
  for (size_t i = 0; i < row.sample_thumbs.size(); ++i) {
    if (i > 0) line_ += ',';
    line_ += json_quoted(row.sample_thumbs[i]);
  }
  line_ += fmt::format("],\"stats\":{{\"detections\":{},\"avg_conf\":", row.detections);
  append_millionths(line_, to_millionths(row.avg_conf));
  line_ += ",\"min_conf\":";
  append_millionths(line_, to_millionths(row.min_conf));
  line_ += ",\"max_conf\":";
  append_millionths(line_, to_millionths(row.max_conf));
  line_ += fmt::format("}},\"end_reason\":\"{}\",\"schema_version\":\"{}\"}}\n", row.end_reason,
                       kTrackSchema);
  file_.write(line_);
}

SampleWriter::SampleWriter(const std::filesystem::path& path) : file_(path) {
  file_.write(kSampleHeader);
  file_.write("\n");
}

void SampleWriter::write(const SampleRow& row) {
  require_index(file_, "frame_idx", row.frame_idx);
  require_index(file_, "faces", row.faces);
  require(row.luma >= 0 && row.luma <= kMaxLuma, file_, "luma", row.luma, "a number from 0 to 255");
  require_fraction(file_, "confidence_th", row.confidence_th);
  line_.clear();
  append_integer(line_, row.frame_idx);
  line_ += ',';
  append_millionths(line_, row.ts.us);
  line_ += ',';
  append_integer(line_, row.faces);
  line_ += ',';
  append_millionths(line_, to_millionths(row.luma));
  line_ += ',';
  append_millionths(line_, to_millionths(row.confidence_th));
  line_ += '\n';
  file_.write(line_);
}

}  // namespace screenalytics
