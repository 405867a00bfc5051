// Text and pictures as they may stand in HTML.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace screenalytics {

// Pure. Also for attribute values in double quotes.
std::string html_text(std::string_view text);

// RFC 4648, section 4. Pure.
std::string base64(std::string_view bytes);

// "1:02:03.4", or "2:03.4" below an hour. Pure.
std::string clock_text(double seconds);

}  // namespace screenalytics
