#!/usr/bin/env bash
# Makes this checkout ready to build: Debian packages, npm tarballs, CMake. Quick when it is done.
# Sourced by quickstart.sh, test.sh and .ci/run. Works as root or with sudo.
# SPDX-License-Identifier: MIT
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() {
  echo "error: $*" >&2
  exit 1
}

build_packages=(
  g++ cmake ninja-build pkg-config
  libavformat-dev libavcodec-dev libavfilter-dev libavutil-dev libswscale-dev
  libfmt-dev nlohmann-json3-dev libyaml-cpp-dev libcli11-dev libturbojpeg0-dev libssl-dev
  libonnx-dev libprotobuf-dev protobuf-compiler libeigen3-dev libsqlite3-dev
  libpng-dev libexif-dev
)
test_packages=(libgtest-dev libgmock-dev ffmpeg)

# Installs what is missing of the named Debian packages.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null ||
    die "these packages are missing and there is no apt-get to install them: ${missing[*]}"
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null ||
      die "these packages are missing: ${missing[*]}; run as root, or install sudo"
    sudo=(sudo)
  fi
  say "installing ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# npm is needed only until everything it fetches is there.
fetch_dependencies() {
  [ -f .deps/fetched.stamp ] || command -v npm >/dev/null || install_packages npm ca-certificates
  tools/fetch_deps.sh
}

# configure [CMAKE ARGUMENT…]: the release build, in build/release.
configure() {
  local log=build/configure.log
  mkdir -p build
  cmake --preset release "$@" ${SCREENALYTICS_CMAKE_ARGS:-} >"$log" 2>&1 ||
    { cat "$log" >&2; die "the build could not be configured"; }
}

# build [TARGET…]: then ./screenalytics, ./episode_run and ./episode_cleanup run the program.
build() {
  say "building (minutes the first time, seconds after that)"
  local log=build/build.log
  cmake --build --preset release ${1:+--target "$@"} >"$log" 2>&1 ||
    { tail -n 60 "$log" >&2; die "the build failed"; }
  local name
  for name in screenalytics episode_run episode_cleanup; do
    ln -sfn build/release/src/cli/screenalytics "$name"
  done
}
