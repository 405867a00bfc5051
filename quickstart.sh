#!/usr/bin/env bash
# Installs, builds and runs Screenalytics: on the video that is named, else on a sample episode that
# it makes itself.   ./quickstart.sh [VIDEO [FLAG…]]
# SPDX-License-Identifier: MIT
set -euo pipefail
from=$PWD
source "$(dirname "${BASH_SOURCE[0]}")/tools/setup.sh"

video=${1:-}
if [ -n "$video" ]; then
  shift
  case $video in /*) ;; *) video=$from/$video ;; esac
  [ -f "$video" ] || die "no such video: $video"
fi

install_packages "${build_packages[@]}"
fetch_dependencies
[ -f build/release/CMakeCache.txt ] || configure -DSCREENALYTICS_TESTS=OFF
build screenalytics sample_episode weights

if [ -z "$video" ]; then
  video=samples/sample.mp4
  if [ ! -f "$video" ] || [ ! -f samples/sample.truth.json ]; then
    say "making a sample episode: one minute of 1080p video from six photographs"
    mkdir -p samples
    build/release/tools/sample_episode/sample_episode --photos .deps/photos \
      --labels tools/sample_episode/photo_faces.json --out "$video" \
      --truth samples/sample.truth.json
  fi
fi
say "./screenalytics run $video $*"
exec ./screenalytics run "$video" "$@"
