#!/usr/bin/env bash
# Every target for some seconds, and then what it must find: see planted.sh.
# Usage: fuzz/ci.sh [seconds for each target, 10 by default] [target, all by default]
set -euo pipefail
cd "$(dirname "$0")/.."
source fuzz/common.sh
seconds=${1:-10}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

if [[ $# -lt 2 ]]; then
    # Built before: builds would wait for each other.
    for target in "${TARGETS[@]}"; do
        fuzz "" "$target" -- -runs=0 >"$log" 2>&1 || fail "$target does not build" "$log"
    done
    each fuzz/ci.sh "$seconds"
    fuzz/planted.sh
    exit
fi

target=$2
# What is found goes to the first folder; the second is only read.
corpus=("fuzz/corpus/$target")
if [[ -d fuzz/seeds/$target ]]; then corpus+=("fuzz/seeds/$target"); fi
mkdir -p "${corpus[0]}"
fuzz "" "$target" "${corpus[@]}" -- -max_total_time="$seconds" -timeout=10 >"$log" 2>&1 || fail "$target" "$log"
echo "$target: $(grep '^Done ' "$log"): no failure"
