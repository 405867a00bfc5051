// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <limits>

#include "artifacts/json_fields.h"
#include "artifacts/row_fields.h"
#include "artifacts/row_files.h"
#include "artifacts/row_schema.h"

namespace screenalytics {
namespace {

constexpr size_t kMaxLine = size_t{1} << 20;
constexpr int64_t kMaxInt = std::numeric_limits<int>::max();

// The fields of one line of CSV. Numbers only, so no quoting.
class CsvFields {
 public:
  CsvFields(std::string_view line, const Place& place) : rest_(line), place_(place) {}

  std::string_view next(std::string_view name) {
    if (done_) place_.fail(fmt::format("field '{}' is missing", name));
    const size_t comma = rest_.find(',');
    const std::string_view field = rest_.substr(0, comma);
    done_ = comma == std::string_view::npos;
    rest_ = done_ ? std::string_view{} : rest_.substr(comma + 1);
    return field;
  }

  template <typename Number>
  Number number(std::string_view name, Number min, Number max) {
    const std::string_view field = next(name);
    Number value{};
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    // Not `value < min || value > max`: that lets NaN through.
    if (error != std::errc{} || end != field.data() + field.size() ||
        !(value >= min && value <= max)) {
      place_.fail_field(name, fmt::format("'{}'", field),
                        fmt::format("a number from {} to {}", min, max));
    }
    return value;
  }

  void finish() const {
    if (!done_) place_.fail("the line has more than five fields");
  }

 private:
  std::string_view rest_;
  const Place& place_;
  bool done_ = false;
};

}  // namespace

LineReader::LineReader(const std::filesystem::path& path) : path_(path), in_(path) {
  if (in_) return;
  const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
  throw Error(code, io_message("read", path, errno));
}

std::string LineReader::where() const { return fmt::format("{}:{}", path_.string(), number_); }

std::optional<std::string_view> LineReader::next() {
  line_.resize(kMaxLine + 2);
  errno = 0;
  in_.getline(line_.data(), static_cast<std::streamsize>(line_.size()));
  auto length = static_cast<size_t>(in_.gcount());
  ++number_;
  if (in_.bad()) throw Error(ErrorCode::io, io_message("read", path_, errno == 0 ? EIO : errno));
  if (in_.eof() && length == 0) return std::nullopt;
  if (!in_.eof()) {
    if (in_.fail()) Place{where()}.fail(fmt::format("the line is longer than {} bytes", kMaxLine));
    --length;  // the newline is counted, not stored
  }
  return std::string_view(line_.data(), length);
}

bool DetectionReader::next(DetectionRow& row) {
  const auto line = lines_.next();
  if (!line) return false;
  const Place place{lines_.where()};
  const Json json = parse_line(*line, place);
  const Fields fields(json, place);
  require_schema(fields, kDetectionSchema);
  ep_id_ = fields.text("ep_id");
  model_id_ = fields.text("model_id");
  row.frame_idx = fields.integer("frame_idx");
  row.ts = fields.time("ts_s");
  row.bbox = read_box(fields);
  row.landmarks = read_landmarks(fields);
  row.conf = static_cast<float>(fields.number("conf", 0, 1));
  row.track.reset();
  if (!fields.is_null("track_id")) row.track = read_track(fields);
  return true;
}

bool TrackReader::next(TrackRow& row) {
  const auto line = lines_.next();
  if (!line) return false;
  const Place place{lines_.where()};
  const Json json = parse_line(*line, place);
  const Fields fields(json, place);
  require_schema(fields, kTrackSchema);
  ep_id_ = fields.text("ep_id");
  row.track = read_track(fields);
  row.start = fields.time("start_s");
  row.end = fields.time("end_s");
  if (row.end < row.start) fields.fail("end_s", fields.any("end_s"), "at or after start_s");
  const Json& span = fields.array("frame_span");
  const bool whole = span.size() == 2 && span[0].is_number_integer() && span[1].is_number_integer();
  if (!whole || span[0].get<int64_t>() < 0 || span[1].get<int64_t>() < span[0].get<int64_t>()) {
    fields.fail("frame_span", span, "[first, last] frame index");
  }
  row.first_frame = span[0].get<int64_t>();
  row.last_frame = span[1].get<int64_t>();
  row.sample_thumbs.clear();
  for (const Json& thumb : fields.array("sample_thumbs")) {
    if (!thumb.is_string()) fields.fail("sample_thumbs", thumb, "a path");
    row.sample_thumbs.push_back(thumb.get<std::string>());
  }
  const Fields stats(fields.any("stats"), place, "stats.");
  row.detections = stats.integer("detections", 1);
  row.avg_conf = stats.number("avg_conf", 0, 1);
  row.min_conf = stats.number("min_conf", 0, 1);
  row.max_conf = stats.number("max_conf", 0, 1);
  row.end_reason = fields.one_of("end_reason", kEndReasons);
  return true;
}

SampleReader::SampleReader(const std::filesystem::path& path) : lines_(path) {
  const auto header = lines_.next();
  if (!header || *header != kSampleHeader) {
    Place{lines_.where()}.fail(fmt::format("the first line is not {}", kSampleHeader));
  }
}

bool SampleReader::next(SampleRow& row) {
  const auto line = lines_.next();
  if (!line) return false;
  const Place place{lines_.where()};
  CsvFields fields(*line, place);
  row.frame_idx = fields.number<int64_t>("frame_idx", 0, std::numeric_limits<int64_t>::max());
  row.ts = Timestamp::from_seconds(fields.number("ts_s", -2e9, 2e9));
  row.faces = static_cast<int>(fields.number<int64_t>("faces", 0, kMaxInt));
  row.luma = fields.number("luma", 0.0, kMaxLuma);
  row.confidence_th = fields.number("confidence_th", 0.0, 1.0);
  fields.finish();
  return true;
}

}  // namespace screenalytics
