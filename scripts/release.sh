#!/bin/sh
# release.sh [PRODUCT…]: builds the three executables as they are installed, runs each once, and checks what they
# link. With names it only builds those products.
set -eu
cd "$(dirname "$0")/.."

# On Linux the C++ runtime, which Swift's own is written in, becomes part of the executable: to load it takes a fifth of
# a start. A folder that has nothing but the archive is looked into first.
lean=
if [ "$(uname -s)" = Linux ] && archive=$(gcc -print-file-name=libstdc++.a) && [ -f "$archive" ]; then
    mkdir -p .build/archives
    ln -sf "$archive" .build/archives/libstdc++.a
    lean="-Xlinker -L$PWD/.build/archives -Xswiftc -Xclang-linker -Xswiftc -static-libgcc -Xlinker --no-export-dynamic"
fi

build() {
    # shellcheck disable=SC2086 # several words
    swift build -c release --static-swift-stdlib --disable-local-rpath -Xlinker -s $lean \
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
