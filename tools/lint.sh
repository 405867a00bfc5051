#!/usr/bin/env bash
# clang-tidy over the sources, with the compile commands of the release build.
# tools/lint.sh [FILE…]; without a file, all that git tracks.
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(git ls-files 'src/*.cc' 'tools/*.cc' 'bench/*.cc' | grep -v '_test\.cc$')
printf '%s\0' "${files[@]}" | xargs -0 -n 4 -P "$(nproc)" clang-tidy --quiet -p build/release --extra-arg=-Wno-unknown-warning-option 2>build/lint.err || {
  grep -v 'warnings generated' build/lint.err >&2
  exit 1
}
