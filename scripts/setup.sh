#!/bin/sh
# setup.sh [PACKAGE…]: installs the system packages that building and testing need and that are missing, and those named.
# Where all are there, it does nothing, and needs no network.
set -eu

check_swift() {
    found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
    # shellcheck disable=SC2086 # two words are meant
    set -- ${found:-0 0}
    if [ "$1" -lt 6 ] || { [ "$1" -eq 6 ] && [ "$2" -lt 2 ]; }; then
        echo "Swift 6.2 or newer must be on PATH: https://www.swift.org/install" >&2
        exit 1
    fi
}

check_debian() {
    missing=
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=none
        [ "$status" = installed ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
    echo "installing:$missing"
    # shellcheck disable=SC2086 # lists of words are meant
    $as_root apt-get -qq update &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing ||
        {
            echo "could not install them; as root: apt-get install$missing" >&2
            exit 1
        }
}

check_commands() {
    hint=$1
    shift
    for command in pkg-config python3 hyperfine "$@"; do
        command -v "$command" >/dev/null && continue
        echo "$command is missing; $hint" >&2
        exit 1
    done
}

check_swift
if [ "$(uname -s)" = Darwin ]; then
    check_commands "brew install openssl@3 zlib sqlite pkg-config python hyperfine${*:+ $*}" "$@"
elif command -v dpkg-query >/dev/null; then
    check_debian libssl-dev zlib1g-dev libsqlite3-dev libcurl4-openssl-dev libc6-dev gcc make pkg-config python3 \
        python3-venv strace hyperfine "$@"
else
    check_commands "install it, and the headers of OpenSSL 3, zlib, SQLite and libcurl, with your system's packages" "$@"
fi
