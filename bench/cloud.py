#!/usr/bin/env python3
"""cloud.py ACCOUNTS ROLES MILLISECONDS: AWS as a scan sees it, that answers each call after so many milliseconds.

Prints its address, and on SIGTERM as JSON what it was asked.
"""

import asyncio
import json
import re
import signal
import sys
from collections import Counter
from urllib.parse import quote

ISSUER = "idp.example.com"
ACCOUNTS, ROLES, DELAY = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1000
PAGE = 20
calls = Counter()


def account_id(number):
    return f"{100_000_000_000 + number}"


def trust(account):
    return quote(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Federated": f"arn:aws:iam::{account}:oidc-provider/{ISSUER}"},
                        "Action": "sts:AssumeRoleWithWebIdentity",
                        "Condition": {"StringEquals": {f"{ISSUER}:aud": "app"}},
                    }
                ],
            }
        )
    )


def query(action, result):
    return f"<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"


def answer(head, body):
    target = re.search(r"x-amz-target: \S+\.(\w+)", head, re.I)
    if target:
        calls["ListAccounts"] += 1
        start = int(json.loads(body or "{}").get("NextToken") or 0)
        page = [{"Id": account_id(n), "Name": f"team {n}", "Status": "ACTIVE"} for n in range(start, min(start + PAGE, ACCOUNTS))]
        more = {"NextToken": str(start + PAGE)} if start + PAGE < ACCOUNTS else {}
        return json.dumps({"Accounts": page, **more})
    action = re.search(r"Action=(\w+)", body).group(1)
    calls[action] += 1
    if action == "AssumeRole":
        account = re.search(r"iam%3A%3A(\d{12})", body).group(1)
        calls[f"AssumeRole {account}"] += 1
        return query(
            action,
            f"<Credentials><AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            "<SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>",
        )
    account = re.search(r"Credential=ASIA(\d+)/", head).group(1)
    if action == "ListRoles":
        policy = trust(account)
        members = "".join(
            f"<member><Path>/</Path><Arn>arn:aws:iam::{account}:role/role-{n}</Arn><RoleName>role-{n}</RoleName>"
            f"<AssumeRolePolicyDocument>{policy}</AssumeRolePolicyDocument></member>"
            for n in range(ROLES)
        )
        return query(action, f"<Roles>{members}</Roles><IsTruncated>false</IsTruncated>")
    if action == "ListRoleTags":
        return query(action, "<Tags/><IsTruncated>false</IsTruncated>")
    if action == "ListAccountAliases":
        return query(action, f"<AccountAliases><member>a-{account}</member></AccountAliases>")
    return query(action, "<ClientIDList><member>app</member></ClientIDList>")


async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"content-length: (\d+)", head, re.I)
            body = (await reader.readexactly(int(length.group(1)))).decode() if length else ""
            await asyncio.sleep(DELAY)
            content = answer(head, body).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    done = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.set)
    await done.wait()
    entered = [count for name, count in calls.items() if name.startswith("AssumeRole ")]
    kinds = {name: count for name, count in calls.items() if " " not in name}
    # One account is entered once more, to list the others.
    print(json.dumps({"calls": sum(kinds.values()), "kinds": kinds, "most": max(entered, default=0)}), flush=True)


asyncio.run(main())
