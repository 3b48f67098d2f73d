#!/bin/sh
# shell-files.sh BINDIR: makes the completions and the manual page, by what the built program says of itself.
set -eu
cd "$(dirname "$0")/.."
built=$1
share=$built/share
mkdir -p "$share/bash-completion/completions" "$share/zsh/site-functions" "$share/fish/vendor_completions.d" \
    "$share/man/man1"
"$built/aws-oidc" completion bash >"$share/bash-completion/completions/aws-oidc"
"$built/aws-oidc" completion zsh >"$share/zsh/site-functions/_aws-oidc"
"$built/aws-oidc" completion fish >"$share/fish/vendor_completions.d/aws-oidc.fish"
"$built/aws-oidc" --experimental-dump-help >"$share/help.json"
"$built/aws-oidc-server" --experimental-dump-help >"$share/server.json"
python3 scripts/man.py "$("$built/aws-oidc" version)" "$share/help.json" "$share/server.json" \
    >"$share/man/man1/aws-oidc.1"
rm "$share/help.json" "$share/server.json"
