#!/usr/bin/env bash
# Installs, builds and runs all the tests.   ./test.sh [CTEST ARGUMENT…], such as -L unit
# SPDX-License-Identifier: MIT
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/setup.sh"

install_packages "${build_packages[@]}" "${test_packages[@]}"
fetch_dependencies
configure -DSCREENALYTICS_TESTS=ON
build
say "testing"
exec ctest --test-dir build/release --output-on-failure -j "$(nproc)" "$@"
