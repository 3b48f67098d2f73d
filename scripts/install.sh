#!/bin/sh
# install.sh BINDIR: installs the built executables under $DESTDIR$PREFIX (PREFIX=/usr/local unless told otherwise).
set -eu
built=$1
for part in aws-oidc aws-oidc-client aws-oidc-server; do
    [ -x "$built/$part" ] || { echo "$built/$part is missing: run make release first" >&2; exit 1; }
done
prefix=${PREFIX:-/usr/local}
# Not every shell expands the tilde of `make install PREFIX=~/.local`.
case $prefix in "~/"*) prefix=$HOME/${prefix#"~/"} ;; esac
root=${DESTDIR:-}$prefix
mkdir -p "$root/bin" "$root/libexec/aws-oidc"
install -m 755 "$built/aws-oidc" "$root/bin/aws-oidc"
for part in aws-oidc-client aws-oidc-server; do
    install -m 755 "$built/$part" "$root/libexec/aws-oidc/$part"
done
echo "installed: $root/bin/aws-oidc"
