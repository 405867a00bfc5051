#!/usr/bin/env bash
# Every profile on five sample episodes, plain and difficult, against their exact truth, as a table.
# bench/accuracy/sample_episodes.sh [RUN FLAG…], after ./test.sh
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=samples/accuracy
mkdir -p "$work"
episodes=(
  'plain-1    --seconds 60 --seed 1'
  'plain-2    --seconds 60 --seed 2'
  'grain      --seconds 40 --seed 3 --noise 8 --shake --fps 25 --letterbox'
  'dark-vfr   --seconds 40 --seed 4 --fps vfr --flashes --low-light'
  'occlusion  --seconds 40 --seed 5 --occlusion --fps 29.97 --crf 32'
)
declare -A min_size=([fast_cpu]=120 [balanced]=90 [high_accuracy]=64)

printf '| episode | profile | faces | recall | precision | cuts F1 | tracks per appearance | IDF1 | id switches |\n'
printf '| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n'
for episode in "${episodes[@]}"; do
  read -r name options <<<"$episode"
  video=$work/$name.mp4 truth=$work/$name.truth.json
  # shellcheck disable=SC2086 # the options are words
  [ -f "$truth" ] || build/release/tools/sample_episode/sample_episode --photos .deps/photos \
    --labels tools/sample_episode/photo_faces.json --out "$video" --truth "$truth" $options >&2
  for profile in fast_cpu balanced high_accuracy; do
    ./screenalytics run "$video" --ep-id "$name-$profile" --out-root "$work/data" \
      --profile "$profile" --no-save-frames --no-save-crops --quiet "$@"
    build/release/bench/accuracy/accuracy_bench --manifests "$work/data/manifests/$name-$profile" \
      --truth "$truth" --min-size "${min_size[$profile]}" >"$work/score"
    awk -v name="$name" -v profile="$profile" '
      /analysed frames/ { faces = $4 }
      $1 == "detection" { precision = $2; recall = $3 }
      $1 == "cuts" { cuts = $4 }
      $1 == "identity" { idf1 = $4 }
      /tracks for/ { gsub(/[(),]/, ""); per = $6; switches = $7 }
      END { printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n",
            name, profile, faces, recall, precision, cuts, per, idf1, switches }' "$work/score"
  done
done
