#!/bin/sh
# test.sh [COMMAND…]: runs the tests that were built, under that command, and names at its end what failed.
set -u
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ "$@" swift test --skip-build 2>&1; echo $? >"$log.status"; } | tee "$log"
status=$(cat "$log.status")
rm -f "$log.status"
if [ "$status" -ne 0 ]; then
    echo "test.sh: swift test ended with status $status. What failed:"
    grep -A 3 -E '^(✘|.* error:|.*[Ff]atal error)' "$log" | grep -vE '^(--|✔|◇)' | tail -n 40
fi
exit "$status"
