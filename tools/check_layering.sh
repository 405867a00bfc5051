#!/usr/bin/env bash
# Compares the includes of src/ with what each module declares (add_module … USES) and with the
# third-party libraries that it alone may see.
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}"

# Third-party headers by library, and the modules that may include them. `testing` makes and reads
# what the others are tested with.
third_party=(
  'libav|libsw                     decode testing'
  'onnxruntime                     inference'
  'openssl/                        inference'
  'nlohmann/                       artifacts cli testing'
  'turbojpeg                       artifacts testing'
  'yaml-cpp/                       config'
  'CLI/                            cli'
  'Eigen/                          track cluster'
  'sqlite3                         store'
  'png.h|libexif                   artifacts'
)
status=0
complain() {
  echo "layering: $*" >&2
  status=1
}

for folder in src/*/; do
  module=$(basename "$folder")
  [ -f "$folder/CMakeLists.txt" ] || { complain "$module has no CMakeLists.txt"; continue; }
  uses=$(tr '\n' ' ' <"$folder/CMakeLists.txt" |
    sed -n 's/.*add_module(NAME \+[a-z_]\+ *\(USES\)\? *\([a-z_ ]*\).*/\2/p')
  while IFS=: read -r file line; do
    used=$(sed 's/.*"\([a-z_]*\)\/.*/\1/' <<<"$line")
    [ "$used" = "$module" ] && continue
    # Tests may also use what makes their inputs and finds their models.
    case $file in *_test.cc | *_test.h) case $used in testing | config) continue ;; esac ;; esac
    case " $uses " in
      *" $used "*) ;;
      *) complain "$file includes $used/, which $module does not declare in USES" ;;
    esac
  done < <(grep -rHE '^#include "[a-z_]+/' "$folder" --include='*.h' --include='*.cc')
  for rule in "${third_party[@]}"; do
    read -r pattern allowed <<<"$rule"
    case " $allowed " in *" $module "*) continue ;; esac
    while IFS=: read -r file line; do
      complain "$file includes a header of ${pattern%%|*}, which only these may see: $allowed"
    done < <(grep -rHE "^ *#include <($pattern)" "$folder" --include='*.h' --include='*.cc')
  done
done

[ $status = 0 ] && echo "layering: every include goes down"
exit $status
