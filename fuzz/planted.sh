#!/usr/bin/env bash
# Each target must find each bug that is planted for it, say the right words, and find nothing without it.
# Usage: fuzz/planted.sh [most seconds for each bug, 60 by default]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# fuzz TARGET [ARGUMENT...]: runs a target with a planted bug, in a place of its own, so that nothing is left.
fuzz() {
    local target=$1 flags="" options=()
    shift
    if [[ $target == schedule_* ]]; then flags="--cfg shuttle" options=(-s none); fi
    RUSTFLAGS=$flags cargo +nightly fuzz run --dev "${options[@]}" --features planted "$target" "$place/corpus" -- \
        -artifact_prefix="$place/" -timeout=10 "$@"
}

fail() {
    echo "FAILED: $1" >&2
    tail -n 60 "$place/log" >&2
    exit 1
}

# found TARGET BUG WORDS: the target fails because of the bug, and says so.
found() {
    rm -rf "$place/corpus" && mkdir "$place/corpus"
    local begun=$(date +%s%N) ended
    if SELVEDGE_PLANT=$2 fuzz "$1" -max_total_time="$seconds" >"$place/log" 2>&1; then
        fail "$1 did not find the planted bug '$2' in $seconds s"
    fi
    ended=$(date +%s%N)
    grep -qF -- "$3" "$place/log" || fail "$1 with the planted bug '$2' does not say '$3'"
    printf '%s: %s: found in %d.%01d s: %s\n' "$1" "$2" \
        $(((ended - begun) / 1000000000)) $(((ended - begun) / 100000000 % 10)) \
        "$(grep -m1 -F -- "$3" "$place/log" | cut -c 1-100)"
}

# silent TARGET: without its bug the planted structure is right.
silent() {
    rm -rf "$place/corpus" && mkdir "$place/corpus"
    SELVEDGE_PLANT=none fuzz "$1" -max_total_time=5 >"$place/log" 2>&1 || fail "$1 fails without a bug"
    echo "$1: none: nothing found in 5 s"
}

for target in ops_stack ops_ring schedule_ring schedule_stack log; do
    mkdir -p "$place/corpus"
    # Builds, so that the times below are those of the search.
    SELVEDGE_PLANT=none fuzz "$target" -runs=0 >"$place/log" 2>&1 || fail "$target does not build"
done

found ops_stack freed 'AddressSanitizer: heap-use-after-free'
found ops_stack leaked 'LeakSanitizer: detected memory leaks'
found ops_stack order 'wrong answer: PopAll'
found ops_stack kept 'was never dropped'
silent ops_stack
found ops_ring slots 'wrong answer: IsEmpty -> Is(true), but right is Is(false)'
found ops_ring lost 'was never dropped'
found ops_ring twice 'was dropped twice'
found ops_ring unborn 'what was read is not a value'
silent ops_ring
found schedule_ring unwritten 'not linearizable'
found schedule_ring empty 'not linearizable'
found schedule_ring stuck 'no progress'
silent schedule_ring
found schedule_stack narrow 'not linearizable'
silent schedule_stack
found log crashed 'not what was meant: wanted'
found log trusting 'a log is text'
silent log
