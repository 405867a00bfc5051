// Ctrl-C and SIGTERM as a request to stop in good order.
// SPDX-License-Identifier: MIT
#pragma once

#include "base/cancel.h"

namespace screenalytics {

// Returns: what the first of these signals cancels, from now on; the second ends the process.
CancelToken& cancel_on_signals();

}  // namespace screenalytics
