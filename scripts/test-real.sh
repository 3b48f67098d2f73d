#!/bin/sh
# test-real.sh BINDIR: runs the executables of BINDIR against a real identity provider, moto, the AWS CLI and boto3.
# A Python environment for that is made in .venv, and made again when Tests/Real/requirements.txt changes.
set -eu
built=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
wanted=$(pwd; python3 --version; cat Tests/Real/requirements.txt)
if [ "$(cat .venv/made-from 2>/dev/null)" != "$wanted" ]; then
    echo "making .venv from Tests/Real/requirements.txt"
    rm -rf .venv
    python3 -m venv .venv
    .venv/bin/pip install --quiet --disable-pip-version-check -r Tests/Real/requirements.txt
    printf '%s\n' "$wanted" >.venv/made-from
fi
# Nothing of the caller's environment: proxies, CA bundles and AWS settings would all change what happens.
exec env -i PATH=/usr/bin:/bin HOME=/nonexistent LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 TMPDIR="${TMPDIR:-/tmp}" \
    .venv/bin/python -m pytest -q -W ignore::DeprecationWarning -p no:cacheprovider --built "$built" Tests/Real
