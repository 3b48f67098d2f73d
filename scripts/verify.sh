#!/bin/sh
# verify.sh: searches the model of the shared token cache, docs/cache-protocol.pml, with Spin.
#
# First every state of each of the sizes below: the properties must hold, and the search must be whole. Then the model with one
# rule taken out at a time: Spin must find the property that the rule is there for. A table tells what was seen.
set -eu

model=$(cd "$(dirname "$0")/.." && pwd)/docs/cache-protocol.pml
memory=4000 # megabytes for each of the searches, of which two run at once
patience=900 # seconds for each of them
limited=$(command -v timeout >/dev/null && echo "timeout $patience") || limited=

# Kind, size and break, expected. "states": properties 1 to 3, and nobody waits for ever; "cycles": nobody goes round for ever
# either. Where STALE is not named, every look may show an older listing.
searches() {
    cat <<'SEARCHES'
states|HOSTS=3 PAUSES=1 STALE=0|holds
states|HOSTS=2 LOGOUTS=1 PAUSES=1|holds
states|HOSTS=1 ROUNDS=2 LOGINS=1 LOGOUTS=1 MAXG=10 STALE=1|holds
states|HOSTS=2 LOGOUTS=1 DAMAGES=1|holds
states|HOSTS=2 LOGINS=1 CRASHES=1|holds
states|HOSTS=3|holds
states|HOSTS=2 ROUNDS=2 MAXG=10|holds
states|HOSTS=2 CRASHES=1 PAUSES=2|holds
states|HOSTS=0 LOGINS=2 LOGOUTS=2 STALE=0|holds
cycles|HOSTS=2 CRASHES=1 PAUSES=1 STALE=1|holds
cycles|HOSTS=1 LOGINS=1 LOGOUTS=1 CRASHES=1 STALE=0|holds
cycles|HOSTS=2 ROUNDS=2 MAXG=10 STALE=1|holds
states|BREAK_LINK HOSTS=1 LOGINS=1|1
states|BREAK_FRESH HOSTS=1 ROUNDS=2 LOGINS=1 MAXG=10|1
states|BREAK_CLEAN HOSTS=1 ROUNDS=2 LOGINS=1 MAXG=10|1
states|BREAK_AFTER HOSTS=1 ROUNDS=2 LOGOUTS=1 MAXG=10|1
states|BREAK_MARK HOSTS=2|2
states|BREAK_UNSENT HOSTS=2 ROUNDS=2 MAXG=10|2
states|BREAK_LOST HOSTS=2 PAUSES=1|2
states|BREAK_OPEN HOSTS=3 PAUSES=1 STALE=0|2
states|BREAK_TOMBSTONE HOSTS=1 LOGINS=1 LOGOUTS=1|3
states|BREAK_NUMBER HOSTS=1 LOGINS=1 LOGOUTS=1|3
states|BREAK_STEP HOSTS=1 ROUNDS=3 LOGINS=1 LOGOUTS=1 MAXG=12 STALE=0|3
states|BREAK_TWICE HOSTS=0 LOGINS=2 LOGOUTS=2 STALE=0|3
states|BREAK_TAKEOVER HOSTS=2 CRASHES=1|4
states|BREAK_END HOSTS=2|4
cycles|BREAK_GONE HOSTS=1 ROUNDS=2 LOGINS=1 MAXG=10 STALE=0|4
SEARCHES
}

# Runs one search in a folder of its own, and prints its line of the table; `ok` is there where it came out as expected.
search() {
    folder=$1 kind=$2 settings=$3 expected=$4
    cd "$folder"
    definitions=
    for setting in $settings; do definitions="$definitions -D$setting"; done
    case $kind in
        states) how="-DSAFETY" run="" ;;
        *) how="-DNP" run="-l" ;;
    esac
    # A search that ends at the first error is over before the better program is built.
    [ "$expected" = holds ] && how="$how -O2" || how="$how -O1"
    # shellcheck disable=SC2086 # lists of words are meant
    if spin -a $definitions "$model" >spin.log 2>&1 &&
        cc -w $how -DCOLLAPSE -DMEMLIM=$memory -o pan pan.c 2>>spin.log; then
        $limited ./pan -n -m20000 $run >pan.log 2>&1 || true
    else
        cat spin.log >&2
        : >pan.log
    fi
    found=$(property pan.log)
    case $found in
        none) result="holds" ;;
        incomplete) result="NOT SEARCHED TO THE END" ;;
        "") result="NO RESULT" ;;
        *) result="property $found fails" ;;
    esac
    states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' pan.log | head -n 1)
    depth=$(sed -n 's/.*depth reached \([0-9]*\).*/\1/p' pan.log | head -n 1)
    seconds=$(sed -n 's/^pan: elapsed time \([0-9.e+-]*\) seconds.*/\1/p' pan.log | head -n 1)
    case $expected in
        holds) [ "$found" = none ] && : >ok ;;
        *) [ "$found" = "$expected" ] && : >ok ;;
    esac
    [ -e ok ] || result="$result, but should: $expected"
    printf '%-6s  %-62s  %10s  %5s  %7s  %s\n' \
        "$kind" "$settings" "${states:--}" "${depth:--}" "${seconds:--}" "$result"
    rm -f pan pan.? ./*.trail
}

# Which property a search found broken: 1 to 4; `bounds` where the model's numbers do not suffice; `none`, `incomplete`.
property() {
    if grep -q 'assertion violated (kind\[' "$1"; then echo 1
    elif grep -q 'assertion violated.*sent\[' "$1"; then echo 2
    elif grep -q 'assertion violated (removals' "$1"; then echo 3
    elif grep -qE 'invalid end state \(|non-progress cycle \(' "$1"; then echo 4
    elif grep -q 'assertion violated' "$1"; then echo bounds
    elif grep -qE 'max search depth too small|out of memory|memory limit|aborted|not completed' "$1"; then echo incomplete
    elif grep -q 'errors: 0' "$1"; then echo none
    fi
}

if [ $# -gt 0 ]; then
    search "$@"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cat <<'HEAD'
1 no generation is published twice          2 no refresh token is sent twice, but once more after a takeover
3 a removal is never undone                 4 nobody waits for ever (cycles: or goes round for ever)

search  size                                                                states  depth  seconds  result
HEAD
number=0
searches | while IFS='|' read -r kind settings expected; do
    number=$((number + 1))
    folder=$work/$(printf %02d $number)
    mkdir "$folder"
    printf '%s\0%s\0%s\0%s\0' "$folder" "$kind" "$settings" "$expected"
done | xargs -0 -n 4 -P 2 "$0"

wanted=$(searches | wc -l)
came=$(find "$work" -name ok | wc -l)
if [ "$came" -ne "$wanted" ]; then
    echo "verify.sh: $((wanted - came)) of $wanted searches did not come out as they should" >&2
    exit 1
fi
echo "verify.sh: all $((wanted)) searches came out as they should"
