// Who is seen together with whom, as a table of the page.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "artifacts/screentime_file.h"

namespace screenalytics {

// A section with a row and a column for each of the first people, the darker the longer they share
// the screen, and behind it the pairs that have no place there. Empty where nobody shares it. Pure.
std::string co_presence_html(const ScreenTimeReport& time);

}  // namespace screenalytics
