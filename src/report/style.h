// The style sheet of report.html.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace screenalytics {

// Light and dark, narrow and wide screens, and paper.
std::string_view report_style();

}  // namespace screenalytics
