#!/usr/bin/env bash
# Fetches the pinned npm tarballs of npm_files.txt and unpacks the named files into .deps/.
# Instant when everything is there. SCREENALYTICS_NPM_CACHE_DIR may name a folder of tarballs that
# are used instead of fetching, where it has them.
# SPDX-License-Identifier: MIT
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
list=$root/tools/npm_files.txt
deps=$root/.deps
stamp=$deps/fetched.stamp

fail() {
  echo "fetch_deps: $*" >&2
  exit 1
}

case $(uname -m) in
  x86_64 | amd64) arch=x64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) arch= ;;
esac

system_runtime=no
if pkg-config --exists libonnxruntime 2>/dev/null || [ -d /usr/include/onnxruntime ] ||
  [ -d /usr/local/include/onnxruntime ]; then
  system_runtime=yes
fi
if [ "$system_runtime" = no ] && [ -z "$arch" ]; then
  fail "no ONNX Runtime is published for $(uname -m): install one (libonnxruntime-dev) and run again"
fi

wanted="$(sha256sum <"$list" | cut -d ' ' -f 1) $arch system_runtime=$system_runtime"
current=no
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then current=yes; fi

work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT

# Prints the path of the tarball of $1 (NAME@VERSION): from the cache folder, else from npm.
obtain() {
  local package=$1 file
  file=${package#@}
  file=${file//\//-}
  file=${file%@*}-${file##*@}.tgz
  if [ -n "${SCREENALYTICS_NPM_CACHE_DIR:-}" ] && [ -f "$SCREENALYTICS_NPM_CACHE_DIR/$file" ]; then
    echo "$SCREENALYTICS_NPM_CACHE_DIR/$file"
    return
  fi
  command -v npm >/dev/null ||
    fail "npm is needed to fetch $package: install it (apt-get install npm) and run again"
  echo "fetching $package" >&2
  (cd "$work" && npm pack --loglevel error "$package" >npm.out 2>npm.err) || {
    sed 's/^/  /' "$work/npm.out" "$work/npm.err" >&2
    fail "npm could not fetch $package: check the network, or put $file into a folder" \
      "and name it in SCREENALYTICS_NPM_CACHE_DIR"
  }
  echo "$work/$file"
}

# Unpacks the files collected for one tarball, all of them or none.
package= hash= sources=() targets=()
unpack() {
  local tarball actual i complete=$current
  for i in "${targets[@]}"; do [ -s "$deps/$i" ] || complete=no; done
  if [ ${#targets[@]} -eq 0 ] || [ $complete = yes ]; then return; fi
  [ -n "$work" ] || { mkdir -p "$deps" && work=$(mktemp -d "$deps/fetch.XXXXXX"); }
  tarball=$(obtain "$package")
  actual=$(sha512sum "$tarball" | cut -d ' ' -f 1)
  [ "$actual" = "$hash" ] || fail "$package is not the pinned one: its SHA-512 is $actual," \
    "npm_files.txt says $hash. Nothing of it was unpacked; try again, and if it stays, do not use it"
  mkdir "$work/files"
  tar --no-same-owner -xzmf "$tarball" -C "$work/files" "${sources[@]}" ||
    fail "$package does not hold the files that npm_files.txt names"
  for i in "${!sources[@]}"; do
    mkdir -p "$(dirname "$deps/${targets[i]}")"
    chmod 644 "$work/files/${sources[i]}"
    mv -f "$work/files/${sources[i]}" "$deps/${targets[i]}"
  done
  rm -rf "$work/files" "$work"/*.tgz
}

while read -r kind first second; do
  case $kind in
    tarball)
      unpack
      package=$first hash=$second sources=() targets=()
      ;;
    file | runtime)
      if [ "$kind" = runtime ] && [ $system_runtime = yes ]; then continue; fi
      sources+=("${first//\{arch\}/$arch}")
      targets+=("$second")
      ;;
    '' | '#'*) ;;
    *) fail "$list: unknown line '$kind'" ;;
  esac
done <"$list"
unpack

if [ $current = no ]; then
  printf '%s\n' "$wanted" >"$stamp.new"
  mv -f "$stamp.new" "$stamp"
fi
