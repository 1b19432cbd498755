#!/usr/bin/env bash
# What the steps of action.yml run after installing: assess and, if wanted, audit, with one exit status for both.
# The inputs are in WHEELWAY_…; lists have an entry on each line.
set -u

reports=${WHEELWAY_REPORTS:?names the folder for reports}
mkdir -p "$reports"
status=0

# add_each OPTION LINES: append each line to `given`, after OPTION if that is not empty.
add_each() {
    local line
    while IFS= read -r line; do
        [ -z "$line" ] || given+=(${1:+"$1"} "$line")
    done <<<"$2"
}

# run_command NAME ARGUMENTS…: run it, show its annotations, and keep the worst exit status: 2, 1, 3, 4, 0.
run_command() {
    local name=$1 code order
    wheelway "$@" --output "sarif=$reports/$name.sarif" --output "annotations=$reports/$name.annotations"
    code=$?
    cat "$reports/$name.annotations" 2>/dev/null
    for order in 2 1 3 4; do
        if [ "$code" = "$order" ] || [ "$status" = "$order" ]; then
            status=$order
            return
        fi
    done
    # What no command ends with: the interpreter itself failed.
    [ "$code" = 0 ] || status=$code
}

common=()
given=()
add_each --target "${WHEELWAY_TARGET:-}"
[ -z "${WHEELWAY_BASELINE:-}" ] || given+=(--baseline "$WHEELWAY_BASELINE")
add_each "" "${WHEELWAY_OPTIONS:-}"
common=(${given[@]+"${given[@]}"})

given=()
add_each "" "${WHEELWAY_PATH:-.}"
paths=("${given[@]}")
[ -z "${WHEELWAY_FAIL_ON:-}" ] || given+=(--fail-on "$WHEELWAY_FAIL_ON")
[ -z "${WHEELWAY_FAIL_ON_PROGRESS:-}" ] || given+=(--fail-on-progress "$WHEELWAY_FAIL_ON_PROGRESS")
run_command assess "${given[@]}" ${common[@]+"${common[@]}"} --output "markdown=$reports/assess.md"
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || [ ! -f "$reports/assess.md" ] || cat "$reports/assess.md" >>"$GITHUB_STEP_SUMMARY"

if [ "${WHEELWAY_AUDIT:-false}" = true ]; then
    run_command audit "${paths[0]}" ${common[@]+"${common[@]}"}
fi

[ -z "${GITHUB_OUTPUT:-}" ] || printf 'status=%s\nreports=%s\n' "$status" "$reports" >>"$GITHUB_OUTPUT"
exit "$status"
