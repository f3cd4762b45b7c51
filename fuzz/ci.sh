#!/usr/bin/env bash
# Every target for some seconds, and then what it must find: see planted.sh.
# Usage: fuzz/ci.sh [seconds for each target, 10 by default]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-10}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for target in ops_stack ops_ring schedule_ring; do
    flags="" options=()
    if [[ $target == schedule_* ]]; then flags="--cfg shuttle" options=(-s none); fi
    if ! RUSTFLAGS=$flags cargo +nightly fuzz run "${options[@]}" "$target" -- \
        -max_total_time="$seconds" -timeout=10 >"$log" 2>&1; then
        echo "FAILED: $target" >&2
        tail -n 100 "$log" >&2
        exit 1
    fi
    echo "$target: $(grep '^Done ' "$log"): no failure"
done
fuzz/planted.sh
