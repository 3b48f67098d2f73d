#!/bin/sh
# check-linkage.sh BINDIR: fails when a released executable links what it must not. See docs/architecture.md, Start-up.
set -eu
built=$1
failed=0

if [ "$(uname -s)" != Linux ]; then
    echo "linkage: not checked, the rules are for Linux"
    exit 0
fi

# check TEXT COMMAND…: the command must print nothing.
check() {
    text=$1
    shift
    if found=$("$@") && [ -z "$found" ]; then
        echo "ok    $text"
    else
        echo "WRONG $text:" $found
        failed=1
    fi
}

libraries() { readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }
interpreter() { readelf -lW "$1" | sed -n 's/.*\[Requesting program interpreter: \(.*\)\]/\1/p'; }
libraries_like() { libraries "$2" | grep -iE "$1" || true; }
# The tables that International Components for Unicode reads are in an executable that links it, under this name.
tables_of_icu() { strings -n 5 "$1" | grep -m 1 -oE 'icudt[0-9]+' || true; }
symbols_of_xml() { strings -n 13 "$1" | grep -m 1 -o '13FoundationXML' || true; }

for part in aws-oidc aws-oidc-client; do
    readelf -h "$built/$part" >/dev/null || { echo "WRONG $built/$part: readelf finds no executable there"; exit 1; }
done
check "aws-oidc links no shared library" libraries "$built/aws-oidc"
check "aws-oidc needs no loader" interpreter "$built/aws-oidc"
check "aws-oidc-client does not link libcurl, which its first request loads" \
    libraries_like 'curl' "$built/aws-oidc-client"
check "aws-oidc-client does not link SQLite, which its first database loads" \
    libraries_like 'sqlite' "$built/aws-oidc-client"
check "aws-oidc-client does not link libcrypto, which its first hash loads" \
    libraries_like 'crypto|ssl' "$built/aws-oidc-client"
check "aws-oidc-client holds the C++ runtime in itself" libraries_like 'stdc|gcc' "$built/aws-oidc-client"
check "aws-oidc-client does not link all of Foundation, nor Swift's runtime" \
    libraries_like 'foundation|libicu|libxml2|libswift' "$built/aws-oidc-client"
check "aws-oidc-client holds no ICU" tables_of_icu "$built/aws-oidc-client"
check "aws-oidc-client holds no FoundationXML" symbols_of_xml "$built/aws-oidc-client"
exit $failed
