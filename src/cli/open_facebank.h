// The facebank as the configuration has it.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "facebank/facebank.h"

namespace screenalytics {

// Below this output root; empty: that of the environment or the configuration.
// Throws: as load_settings(), find_model_manifest() and Facebank.
Facebank open_facebank(const std::string& out_root);

}  // namespace screenalytics
