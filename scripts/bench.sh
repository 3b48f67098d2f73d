#!/bin/sh
# bench.sh BINDIR: measures the executables of BINDIR against the limits in bench/; fails when one is exceeded.
set -eu
built=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
gcc -O2 -Wall -o "$tools/baseline" bench/baseline.c
gcc -O2 -Wall -o "$tools/nothing" bench/nothing.c
gcc -O2 -Wall -static -o "$tools/maxrss" bench/maxrss.c
# Nothing of the caller's environment: proxies, CA bundles and AWS settings would all change what is measured.
env -i PATH=/usr/bin:/bin LANG=C.UTF-8 BENCH_RUNS="${BENCH_RUNS:-300}" python3 bench/bench.py "$built" "$tools"
env -i PATH=/usr/bin:/bin LANG=C.UTF-8 python3 bench/stores.py "$built/aws-oidc-store-probe"
env -i PATH=/usr/bin:/bin LANG=C.UTF-8 python3 bench/scan.py "$built/aws-oidc-server"
env -i PATH=/usr/sbin:/usr/bin:/bin LANG=C.UTF-8 python3 bench/serve.py "$built/aws-oidc-server"
