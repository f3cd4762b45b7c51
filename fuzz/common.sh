# What the scripts of this folder share; to be sourced.
TARGETS=(ops_stack ops_ring schedule_ring schedule_stack log)

# fuzz OPTIONS TARGET [ARGUMENT...]: builds a target with these options of cargo-fuzz (one word each, or none), and runs it.
fuzz() {
    local options=$1 target=$2 flags=""
    shift 2
    if [[ $target == schedule_* ]]; then flags="--cfg shuttle" options="$options -s none"; fi
    # shellcheck disable=SC2086 # a word each
    RUSTFLAGS=$flags cargo +nightly fuzz run --dev $options "$target" "$@"
}

# each SCRIPT SECONDS: the script for each target, two at the same time, since a fuzzer has one thread.
each() {
    printf '%s\n' "${TARGETS[@]}" | xargs -P 2 -I {} "$1" "$2" {}
}

# fail TEXT LOG
fail() {
    echo "FAILED: $1" >&2
    tail -n 100 "$2" >&2
    exit 1
}
