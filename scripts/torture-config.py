#!/usr/bin/env python3
"""torture-config.py BINDIR: kills `configure` at every system call of its work on AWS's config file.

A home is made whose config file is a symlink. `configure` is first run undisturbed under strace, to learn how often it
makes each call; then once for each of them with SIGKILL before the call. After each run the file must be the old one or
the new one, whole, and the symlink one still; then `configure` runs again, and all must be as if nothing had happened.

  --every N   only every Nth point
"""

import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

CALLS = (
    "openat open creat close read write pwrite64 fsync rename renameat renameat2 link linkat unlink unlinkat ftruncate "
    "fchmod fchown flock readlink access faccessat mkdir getdents64 lseek"
).split()
# An issuer that nobody can read makes a profile no other company's.
OLD = (
    "# mine\r\n[default]\r\nregion = x\r\n\r\n[profile prod]\r\ncredential_process = aws-oidc creds-process "
    "--issuer-url=old --client-id=c --aws-role-arn=arn:aws:iam::222222222222:role/old\r\n"
)


def profile(account, name, role, values):
    return {
        "client_id": values["CLIENT_ID"], "aws_account": {"id": account, "name": name, "alias": ""},
        "role_arn": f"arn:aws:iam::{account}:role/{role}", "issuer_url": values["ISSUER"], "role_name": role,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("built", type=Path)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    stand_ins = subprocess.Popen(
        [options.built / "aws-oidc-stand-ins", "serve", "--until-stdin-closes"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True)
    values = {}
    while "CONFIG_CONTROL" not in values:
        name, _, value = stand_ins.stdout.readline().strip().partition("=")
        values[name] = value
    roles = [profile("222222222222", "prod", role, values) for role in ["reader", "writer"]]
    request = urllib.request.Request(
        values["CONFIG_CONTROL"], data=json.dumps({"answer": {"profiles": roles}}).encode(), method="POST")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).read()
    try:
        with tempfile.TemporaryDirectory() as folder:
            return torture(Path(folder), options, values)
    finally:
        stand_ins.stdin.close()
        stand_ins.wait(timeout=30)


def torture(folder, options, values):
    template, home, trace = folder / "template", folder / "home", folder / "trace"
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(home), "XDG_RUNTIME_DIR": str(folder / "run"),
        "BROWSER": f"'{options.built}/aws-oidc-stand-ins' browser",
    }
    (folder / "run").mkdir(mode=0o700)
    provider = [f"--issuer-url={values['ISSUER']}", f"--client-id={values['CLIENT_ID']}"]
    client = str(options.built / "aws-oidc-client")
    command = [
        client, "configure", *provider, f"--config-url={values['CONFIG_URL']}", "--default-region=us-west-2",
        "--default-role-name=reader",
    ]

    def run(words):
        return subprocess.run(
            words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
            start_new_session=True)

    def fresh():
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(template, home, symlinks=True)

    def traced(*more):
        return run(["strace", "-f", "-qq", "-s0", "-o", str(trace), "-e", "trace=" + ",".join("?" + c for c in CALLS),
                    *more, *command])

    home.mkdir()
    signed_in = run([client, "login", *provider])
    assert signed_in.returncode == 0, signed_in.stderr
    (home / ".aws").mkdir()
    (home / "dotfiles").mkdir()
    (home / "dotfiles/aws").write_bytes(OLD.encode())
    (home / ".aws/config").symlink_to("../dotfiles/aws")
    shutil.copytree(home, template, symlinks=True)
    config = home / ".aws/config"

    done = traced()
    assert done.returncode == 0, done.stderr
    new = config.read_bytes()
    assert new != OLD.encode()
    counts = collections.Counter()
    for line in trace.read_text(errors="replace").splitlines():
        found = re.match(r"(\d+) +(\w+)\(", line)
        if found:
            counts[found[1], found[2]] += 1
    most = collections.Counter()
    for (_, call), count in counts.items():
        most[call] = max(most[call], count)
    points = [(call, number) for call, count in sorted(most.items()) for number in range(1, count + 1)]
    points = points[::options.every]
    ended, troubles = collections.Counter(), []
    for call, number in points:
        fresh()
        killed = traced("-e", f"inject={call}:signal=SIGKILL:when={number}")
        found = config.read_bytes() if config.exists() else b""
        state = {OLD.encode(): "old", new: "new"}.get(found)
        ended["killed" if killed.returncode in (-9, 137) else "not met", state] += 1
        if state is None or not config.is_symlink():
            troubles.append(f"{call} {number}: the file has {len(found)} bytes, neither the old nor the new ones")
            continue
        backups = [path for path in (home / ".aws").iterdir() if ".backup-" in path.name]
        if any(path.read_bytes() != OLD.encode() for path in backups):
            troubles.append(f"{call} {number}: a backup is not whole")
        again = run(command)
        if again.returncode != 0 or config.read_bytes() != new or not config.is_symlink():
            troubles.append(f"{call} {number}: the next run gave {again.returncode} {again.stderr}")
        if state == "old":
            left = [name for place in (".aws", "dotfiles") for name in os.listdir(home / place) if name.startswith(".aws")]
            if left:
                troubles.append(f"{call} {number}: left behind {left}")
    for call in ["link", "linkat"]:
        fresh()
        linkless = traced("-e", f"inject=?{call}:error=EPERM")
        kept = [path.read_bytes() for path in (home / ".aws").iterdir() if ".backup-" in path.name]
        if linkless.returncode != 0 or config.read_bytes() != new or kept != [OLD.encode()]:
            troubles.append(f"without {call}: {linkless.returncode} {linkless.stderr}")
    fresh()
    busy = traced("-e", "inject=?rename,?renameat,?renameat2:error=EBUSY")
    if busy.returncode != 1 or config.read_bytes() != OLD.encode() or len(os.listdir(home / ".aws")) != 1:
        troubles.append(f"a file that can't be replaced: {busy.returncode} {os.listdir(home / '.aws')} {busy.stderr}")
    print(f"{len(points)} points: " + ", ".join(f"{how}, {state} file: {n}" for (how, state), n in sorted(ended.items())))
    print("\n".join(troubles) or "after each the file was whole, and the next run did its work")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
