#!/usr/bin/env bash
# Shows a sign-in from nothing to AWS credentials, against an identity provider and an STS that are made up.
#
#   scripts/demo.sh FOLDER
#
# FOLDER holds the built executables: aws-oidc, aws-oidc-client, aws-oidc-stand-ins. With BROWSER_MODE=real your own
# browser opens, and you sign in; else a scripted one does it for you. Nothing outside a temporary folder is touched.
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: scripts/demo.sh FOLDER-OF-THE-EXECUTABLES" >&2; exit 2; }
bin=$(cd "$1" && pwd)
for name in aws-oidc aws-oidc-client aws-oidc-stand-ins; do
    [ -x "$bin/$name" ] || { echo "demo: $bin/$name is not there; build it first (make build)" >&2; exit 2; }
done

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else bold='' dim='' green='' red='' plain=''; fi

real_home=${HOME:-}
aws=$(command -v aws || true)
folder=$(mktemp -d "${TMPDIR:-/tmp}/aws-oidc-demo.XXXXXX")
stand_ins=''

stop() {
    status=$?
    trap - EXIT
    # Only what was started here, by its number.
    if [ -n "$stand_ins" ]; then
        kill "$stand_ins" 2>/dev/null || true
        wait "$stand_ins" 2>/dev/null || true
    fi
    rm -rf "$folder"
    if [ "$status" -eq 0 ]; then echo; echo "${green}Done.${plain} Everything that was started is stopped again."
    else echo; echo "${red}The demo failed.${plain}" >&2; fi
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() { echo; echo "${bold}$1${plain}"; }
command_line() { echo "${dim}\$ $1${plain}"; }
fail() { echo "demo: $1" >&2; exit 1; }

# Runs a command with its output shown and kept in $folder/out.
run() {
    if "$@" >"$folder/out"; then cat "$folder/out"; else cat "$folder/out"; fail "the command failed"; fi
}

# The requests since the last call: shown, and counted in $requests.
show_requests() {
    "$bin/aws-oidc-stand-ins" requests --reset "$IDP_CONTROL" "$STS_CONTROL" >"$folder/requests"
    requests=$(grep -cv '^no requests$' "$folder/requests" || true)
    echo "${dim}requests made: $requests${plain}"
    [ "$requests" -eq 0 ] || sed "s/^/  /" "$folder/requests"
}

step "1. A made-up identity provider and a made-up AWS STS start on this machine"
command_line "aws-oidc-stand-ins serve"
: >"$folder/serve"
"$bin/aws-oidc-stand-ins" serve >"$folder/serve" &
stand_ins=$!
for _ in $(seq 100); do
    grep -q '^STS_CONTROL=' "$folder/serve" && break
    kill -0 "$stand_ins" 2>/dev/null || fail "the stand-ins did not start"
    sleep 0.1
done
grep -q '^STS_CONTROL=' "$folder/serve" || fail "the stand-ins did not start within 10 s"
while IFS='=' read -r name value; do
    case $name in ISSUER | CLIENT_ID | AWS_ENDPOINT_URL_STS | ROLE_ARN | IDP_CONTROL | STS_CONTROL)
        declare "$name=$value" ;;
    esac
done <"$folder/serve"
sed 's/^/  /' "$folder/serve"

# A home of its own, and nothing of yours that could change an answer.
for name in $(compgen -e | grep -E '^(AWS_|STAND_IN_|SSL_CERT|https?_proxy$|HTTPS?_PROXY$|all_proxy$|ALL_PROXY$)'); do
    unset "$name"
done
mkdir -m 700 "$folder/home" "$folder/run"
export HOME="$folder/home" XDG_RUNTIME_DIR="$folder/run"
unset XDG_CACHE_HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME
export AWS_ENDPOINT_URL_STS AWS_REGION=us-east-1
if [ "${BROWSER_MODE:-}" != real ]; then
    export BROWSER="'$bin/aws-oidc-stand-ins' browser" STAND_IN_BROWSER_LOG="$folder/browsers"
fi
ask=("$bin/aws-oidc" creds-process "--issuer-url=$ISSUER" "--client-id=$CLIENT_ID" "--aws-role-arn=$ROLE_ARN")
shown="aws-oidc creds-process --issuer-url=$ISSUER --client-id=$CLIENT_ID --aws-role-arn=$ROLE_ARN"

step "2. Credentials, for the first time: the browser opens, somebody signs in"
command_line "$shown"
run "${ask[@]}"
cp "$folder/out" "$folder/first"
show_requests

step "3. The same again: from the cache, without a request"
command_line "$shown"
run "${ask[@]}"
show_requests
cmp -s "$folder/first" "$folder/out" || fail "the second answer is not the first"
[ "$requests" -eq 0 ] || fail "the second answer was not from the cache"

step "4. The AWS CLI takes its credentials the same way"
if [ -n "$aws" ]; then
    # The AWS CLI may be a shim that looks for its version below the real home; credential_process runs in ours.
    cat >"$folder/config" <<CONFIG
[profile demo]
region = us-east-1
credential_process = env "HOME=$HOME" "${ask[0]}" ${ask[*]:1}
CONFIG
    : >"$folder/credentials"
    command_line "aws sts get-caller-identity --profile demo"
    run env HOME="$real_home" AWS_CONFIG_FILE="$folder/config" AWS_SHARED_CREDENTIALS_FILE="$folder/credentials" \
        AWS_EC2_METADATA_DISABLED=true AWS_PAGER= "$aws" sts get-caller-identity --profile demo
    grep -q "assumed-role" "$folder/out" || fail "the AWS CLI is somebody else"
    show_requests
else
    echo "  (passed over: there is no aws on this machine)"
fi
if [ "${BROWSER_MODE:-}" != real ]; then
    echo
    echo "Browsers opened in all: $(wc -l <"$folder/browsers" | tr -d ' ')"
fi
