// Private to this module: fields that lines about faces have in common.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "artifacts/json_fields.h"
#include "base/geometry.h"

namespace screenalytics {

// Each Throws as Fields does.
Json parse_line(std::string_view line, const Place& place);
Box read_box(const Fields& fields);
Landmarks read_landmarks(const Fields& fields);
int read_track(const Fields& fields);

}  // namespace screenalytics
