#!/usr/bin/env bash
# Each target must find each bug that is planted for it, say the right words, and find nothing without it.
# Usage: fuzz/planted.sh [most seconds for each bug, 180 by default] [target, all by default]
set -euo pipefail
cd "$(dirname "$0")/.."
source fuzz/common.sh
seconds=${1:-180}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# planted BUG TARGET [ARGUMENT...]: runs a target with a planted bug, in a place of its own, so that nothing is left.
planted() {
    local bug=$1 target=$2
    shift 2
    rm -rf "$place/corpus" && mkdir "$place/corpus"
    SELVEDGE_PLANT=$bug fuzz "--features planted" "$target" "$place/corpus" -- \
        -artifact_prefix="$place/" -timeout=10 "$@" >"$place/log" 2>&1
}

# found TARGET BUG WORDS: the target fails because of the bug, and says so.
found() {
    local begun=$(date +%s%N) ended
    if planted "$2" "$1" -max_total_time="$seconds"; then
        fail "$1 did not find the planted bug '$2' in $seconds s" "$place/log"
    fi
    ended=$(date +%s%N)
    grep -qF -- "$3" "$place/log" || fail "$1 with the planted bug '$2' does not say '$3'" "$place/log"
    printf '%s: %s: found in %d.%01d s: %s\n' "$1" "$2" \
        $(((ended - begun) / 1000000000)) $(((ended - begun) / 100000000 % 10)) \
        "$(grep -m1 -F -- "$3" "$place/log" | cut -c 1-100)"
}

# silent TARGET: without its bug the planted structure is right.
silent() {
    planted none "$1" -max_total_time=5 || fail "$1 fails without a bug" "$place/log"
    echo "$1: none: nothing found in 5 s"
}

if [[ $# -lt 2 ]]; then
    # Built before, so that the times below are those of the search.
    for target in "${TARGETS[@]}"; do
        planted none "$target" -runs=0 || fail "$target does not build" "$place/log"
    done
    each fuzz/planted.sh "$seconds"
    exit
fi

case $2 in
    ops_stack)
        found ops_stack freed 'AddressSanitizer: heap-use-after-free'
        found ops_stack leaked 'LeakSanitizer: detected memory leaks'
        found ops_stack order 'wrong answer: PopAll'
        found ops_stack kept 'was never dropped'
        ;;
    ops_ring)
        found ops_ring slots 'wrong answer: IsEmpty -> Is(true), but right is Is(false)'
        found ops_ring lost 'was never dropped'
        found ops_ring twice 'was dropped twice'
        found ops_ring unborn 'what was read is not a value'
        ;;
    schedule_ring)
        found schedule_ring unwritten 'not linearizable'
        found schedule_ring empty 'not linearizable'
        found schedule_ring stuck 'no progress'
        ;;
    schedule_stack)
        found schedule_stack narrow 'not linearizable'
        ;;
    log)
        found log crashed 'not what was meant: wanted'
        found log trusting 'a log is text'
        ;;
    *)
        echo "no target of this name: $2" >&2
        exit 2
        ;;
esac
silent "$2"
