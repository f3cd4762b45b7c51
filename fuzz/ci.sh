#!/usr/bin/env bash
# Every target for some seconds, and then what it must find: see planted.sh.
# Usage: fuzz/ci.sh [seconds for each target, 10 by default]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-10}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for target in ops_stack ops_ring schedule_ring schedule_stack log; do
    flags="" options=()
    if [[ $target == schedule_* ]]; then flags="--cfg shuttle" options=(-s none); fi
    # What is found goes to the first folder; the second is only read.
    corpus=("fuzz/corpus/$target")
    if [[ -d fuzz/seeds/$target ]]; then corpus+=("fuzz/seeds/$target"); fi
    mkdir -p "${corpus[0]}"
    if ! RUSTFLAGS=$flags cargo +nightly fuzz run --dev "${options[@]}" "$target" "${corpus[@]}" -- \
        -max_total_time="$seconds" -timeout=10 >"$log" 2>&1; then
        echo "FAILED: $target" >&2
        tail -n 100 "$log" >&2
        exit 1
    fi
    echo "$target: $(grep '^Done ' "$log"): no failure"
done
fuzz/planted.sh
