#!/bin/sh
# release.sh [PRODUCT…]: builds the three executables as they are installed, runs each once, and checks what they
# link. With names it only builds those products.
set -eu
cd "$(dirname "$0")/.."

build() {
    swift build -c release --static-swift-stdlib --disable-local-rpath -Xlinker -s \
        --explicit-target-dependency-import-check error --product "$1"
}

if [ $# -gt 0 ]; then
    for product in "$@"; do build "$product"; done
    exit
fi
for product in aws-oidc aws-oidc-client aws-oidc-server; do build "$product"; done
for product in aws-oidc aws-oidc-client aws-oidc-server; do
    version=$(".build/release/$product" version)
    echo "$product starts: version ${version:?"$product printed no version"}"
done
scripts/shell-files.sh .build/release
scripts/check-linkage.sh .build/release
