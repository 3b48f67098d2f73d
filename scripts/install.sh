#!/bin/sh
# install.sh BINDIR: installs the built executables under $DESTDIR$PREFIX (PREFIX=/usr/local unless told otherwise).
set -eu
built=$1
for part in aws-oidc aws-oidc-client aws-oidc-server; do
    [ -x "$built/$part" ] || { echo "$built/$part is missing: run make release first" >&2; exit 1; }
done
files="bash-completion/completions/aws-oidc zsh/site-functions/_aws-oidc fish/vendor_completions.d/aws-oidc.fish
    man/man1/aws-oidc.1"
for file in $files; do
    [ -s "$built/share/$file" ] || { echo "$built/share/$file is missing: run make release first" >&2; exit 1; }
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
for file in $files; do
    mkdir -p "$root/share/$(dirname "$file")"
    install -m 644 "$built/share/$file" "$root/share/$file"
done
echo "installed: $root/bin/aws-oidc"
