#!/usr/bin/env bash
# Wall time of whole runs over that of `ffmpeg -threads N -i X -f null -`, the two taken in turn in
# one go on the same file.   bench/speed/against_decoder.sh [VIDEO] [ROUNDS] [THREADS] [PROFILE…]
# Without a video: a sample episode of 1080p24 H.264 at 5 Mb/s with film grain and camera shake.
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

video=${1:-} rounds=${2:-5} threads=${3:-2}
profiles=("${@:4}")
[ ${#profiles[@]} -gt 0 ] || profiles=(fast_cpu balanced high_accuracy)
if [ -z "$video" ]; then
  video=samples/grain.mp4
  [ -f "$video" ] || build/release/tools/sample_episode/sample_episode --photos .deps/photos \
    --labels tools/sample_episode/photo_faces.json --out "$video" --seconds 120 --seed 7 \
    --noise 4 --shake --bitrate 5000000 >&2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Seconds of wall time that a command takes.
seconds() {
  local start end
  start=$(date +%s%N)
  "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
  end=$(date +%s%N)
  awk -v ns=$((end - start)) 'BEGIN { printf "%.3f\n", ns / 1e9 }'
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }'; }

decode() { ffmpeg -v error -nostdin -threads "$threads" -i "$video" -an -f null -; }
analyse() {
  ./screenalytics run "$video" --ep-id bench --out-root "$work/data" --profile "$1" \
    --threads "$threads" --quiet
}
for ((i = 0; i < rounds; ++i)); do
  seconds decode >>"$work/decoder"
  for p in "${profiles[@]}"; do seconds analyse "$p" >>"$work/$p"; done
done
base=$(median "$work/decoder")
printf '%-16s %8s  %s\n' run 'median s' 'over the decoder'
printf '%-16s %8.2f  %s\n' "ffmpeg -threads $threads" "$base" 1
for p in "${profiles[@]}"; do
  m=$(median "$work/$p")
  printf '%-16s %8.2f  %.2f\n' "$p" "$m" "$(awk -v a="$m" -v b="$base" 'BEGIN { print a / b }')"
done
