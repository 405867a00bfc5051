// SPDX-License-Identifier: MIT
#include "artifacts/row_fields.h"

#include <cmath>

#include "artifacts/row_schema.h"
#include "artifacts/rows.h"

namespace screenalytics {
namespace {

void require_numbers(const Fields& fields, const char* name, const Json& list, size_t count,
                     double min, double max, std::string_view wanted) {
  bool ok = list.is_array() && list.size() == count;
  for (const Json& value : list) {
    const double number = value.is_number() ? value.get<double>() : std::nan("");
    ok = ok && number >= min && number <= max;
  }
  if (!ok) fields.fail(name, list, wanted);
}

}  // namespace

Json parse_line(std::string_view line, const Place& place) {
  Json json = parse_json(line);
  if (json.is_discarded()) place.fail("the line is not JSON");
  return json;
}

Box read_box(const Fields& fields) {
  constexpr std::string_view kWanted = "[x1, y1, x2, y2] in 0..1 with x1 < x2 and y1 < y2";
  const Json& list = fields.array("bbox");
  require_numbers(fields, "bbox", list, 4, 0, 1, kWanted);
  const Box box{list[0].get<float>(), list[1].get<float>(), list[2].get<float>(),
                list[3].get<float>()};
  if (box.x1 >= box.x2 || box.y1 >= box.y2) fields.fail("bbox", list, kWanted);
  return box;
}

Landmarks read_landmarks(const Fields& fields) {
  constexpr std::string_view kWanted = "five [x, y] in -1..2";
  const Json& list = fields.array("landmarks");
  Landmarks landmarks;
  if (list.size() != landmarks.size()) fields.fail("landmarks", list, kWanted);
  for (size_t i = 0; i < landmarks.size(); ++i) {
    require_numbers(fields, "landmarks", list[i], 2, kLandmarkMin, kLandmarkMax, kWanted);
    landmarks[i] = {list[i][0].get<float>(), list[i][1].get<float>()};
  }
  return landmarks;
}

int read_track(const Fields& fields) {
  const auto number = track_number(fields.text("track_id"));
  if (!number) fields.fail("track_id", fields.any("track_id"), "of the form track-00001");
  return *number;
}

}  // namespace screenalytics
