#!/usr/bin/env python3
"""scan.py SERVER [ACCOUNTS ROLES]: how long a scan takes beside calls x answer time / concurrency, and how much memory."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MILLISECONDS, CONCURRENCY = 50, 16


def main(server, accounts=1000, roles=50):
    cloud = subprocess.Popen(
        [sys.executable, HERE / "cloud.py", str(accounts), str(roles), str(MILLISECONDS)], stdout=subprocess.PIPE,
        text=True,
    )
    endpoint = cloud.stdout.readline().strip()
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "AKIA1",
        "AWS_SECRET_ACCESS_KEY": "x", "OKTA_ISSUER_URL": "https://idp.example.com",
        "AWS_ORG_ROLE_ARNS": "arn:aws:iam::999999999999:role/lister", "AWS_READER_ROLE_NAME": "reader",
    }
    began = time.monotonic()
    scan = subprocess.Popen(
        [server, "update-rolemap", "--out", "-", "--concurrency", str(CONCURRENCY)], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    text, told = scan.communicate()
    took = time.monotonic() - began
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    cloud.terminate()
    asked = json.loads(cloud.stdout.readline())
    cloud.wait()
    assert scan.returncode == 0, told
    found = text.count("aws_role_arn")
    assert found == accounts * roles, f"{found} roles"
    ideal = asked["calls"] * MILLISECONDS / 1000 / CONCURRENCY
    memory = usage.ru_maxrss / 1024
    print(f"scan of {accounts} accounts x {roles} roles: {took:.1f} s for {asked['calls']} calls")
    print(f"ratio to calls x {MILLISECONDS} ms / {CONCURRENCY}: {took / ideal:.2f} (limit 1.3)")
    print(f"memory: {memory:.0f} MB (limit 150)")
    print(f"most often an account was entered: {asked['most']} (limit 1)")
    good = took / ideal <= 1.3 and memory <= 150 and asked["most"] <= 1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:4])))
