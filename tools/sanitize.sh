#!/usr/bin/env bash
# Builds with a sanitizer preset and runs tests under it.   tools/sanitize.sh asan|tsan [CTEST ARG…]
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=${1:?asan or tsan}
shift
mkdir -p build
log=build/$preset.log
# The thread sanitizer is for what has threads: the pipeline, whose tests need nothing else built.
case $preset in tsan) targets=(--target pipeline_unit_tests) ;; *) targets=() ;; esac
{ cmake --preset "$preset" && cmake --build --preset "$preset" "${targets[@]}"; } >"$log" 2>&1 || {
  tail -n 60 "$log" >&2
  exit 1
}
# The libraries from Debian and npm are not instrumented: what they keep until exit is theirs.
export ASAN_OPTIONS=detect_leaks=1 LSAN_OPTIONS=suppressions=$PWD/tools/leaks.supp:print_suppressions=0
export TSAN_OPTIONS=suppressions=$PWD/tools/races.supp
exec ctest --test-dir "build/$preset" --output-on-failure -j "$(nproc)" "$@"
