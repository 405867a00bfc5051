// SPDX-License-Identifier: MIT
#include "cli/cancel_signals.h"

#include <unistd.h>

#include <csignal>

#include "base/error.h"

namespace screenalytics {
namespace {

CancelToken token;

void on_signal(int) {
  if (token.cancelled()) _exit(kExitCancelled);
  token.cancel();
}

}  // namespace

CancelToken& cancel_on_signals() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  return token;
}

}  // namespace screenalytics
