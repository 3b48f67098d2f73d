#!/bin/sh
# test.sh [COMMAND…]: runs the tests that were built, each under that command, and names at its end what failed.
#
# Target by target: some keep every core busy for seconds, and others have servers that must answer meanwhile.
set -u
log=$(mktemp)
trap 'rm -f "$log" "$log.status"' EXIT
failed=0
for target in DomainTests ApplicationTests AdapterTests WebTests ContractTests ProtocolTests CommandTests; do
    { "$@" swift test --skip-build --filter "^$target\\." 2>&1; echo $? >"$log.status"; } | tee -a "$log"
    [ "$(cat "$log.status")" -eq 0 ] || failed="$failed $target"
done
[ "$failed" = 0 ] && exit 0
echo "test.sh: failed: ${failed#0 }"
grep -A 3 -E '^(✘|.* error:|.*[Ff]atal error)' "$log" | grep -vE '^(--|✔|◇)' | tail -n 40
exit 1
