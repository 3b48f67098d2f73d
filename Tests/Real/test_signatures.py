"""Requests are signed as botocore signs them."""

import json
import random
import string
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from unittest import mock
from urllib.parse import quote

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CHARACTERS = string.ascii_letters + string.digits + " -_.~!*'();:@&=+$,/?#[]%éß漢🙂"


def text(rng, least, most):
    return "".join(rng.choice(CHARACTERS) for _ in range(rng.randint(least, most)))


def made_up(rng):
    """A request of some service, as a client would send it."""
    service = rng.choice(["iam", "sts", "organizations", "s3"])
    host = rng.choice(["iam.amazonaws.com", "sts.eu-central-1.amazonaws.com", "localhost:4566", "h.example:443"])
    scheme = "http" if "localhost" in host else "https"
    # A path without runs of slashes and dots: outside of S3 those are changed before they are signed.
    parts = [text(rng, 1, 9).replace(".", "") or "x" for _ in range(rng.randint(0, 3))]
    path = "/" + "/".join(quote(part, safe="-_.~") for part in parts)
    query = [(text(rng, 1, 9), text(rng, 0, 9)) for _ in range(rng.choice([0, 0, 1, 4]))]
    encoded = "&".join(f"{quote(n, safe='-_.~')}={quote(v, safe='-_.~')}" for n, v in query)
    headers = [["Content-Type", rng.choice(["application/x-amz-json-1.1", "application/x-www-form-urlencoded"])]]
    if rng.random() < 0.5:
        headers.append(["X-Amz-Target", "AWSOrganizationsV20161128.ListAccounts"])
    if rng.random() < 0.3:
        headers.append(["If-Match", f'"{rng.randbytes(4).hex()}"'])
    if rng.random() < 0.3:
        headers.append(["X-Spaced", "a   b  c"])
    return {
        "method": rng.choice(["GET", "POST", "PUT"]),
        "address": f"{scheme}://{host}{path}" + (f"?{encoded}" if encoded else ""),
        "headers": headers,
        "body": text(rng, 0, 200),
        "service": service,
        "region": rng.choice(["us-east-1", "eu-central-1", "cn-north-1"]),
        "accessKeyID": "AKIA" + rng.randbytes(8).hex().upper(),
        "secret": rng.randbytes(20).hex(),
        "token": rng.choice([None, rng.randbytes(60).hex()]),
        "time": rng.randint(1_000_000_000, 3_000_000_000),
    }


def botocores(order):
    """What botocore's signer puts into the Authorization field."""
    request = AWSRequest(
        method=order["method"], url=order["address"], headers=dict(order["headers"]), data=order["body"].encode()
    )
    credentials = Credentials(order["accessKeyID"], order["secret"], order["token"])
    kind = botocore.auth.S3SigV4Auth if order["service"] == "s3" else botocore.auth.SigV4Auth
    signer = kind(credentials, order["service"], order["region"])
    if order["service"] == "s3":
        request.context["payload_signing_enabled"] = True
    moment = datetime.fromtimestamp(order["time"], timezone.utc)
    with mock.patch("botocore.auth.get_current_datetime", return_value=moment):
        signer.add_auth(request)
    return request.headers["Authorization"]


def test_a_thousand_random_requests_are_signed_as_botocore_signs_them(request):
    probe = Path(request.config.getoption("--built")) / "aws-oidc-signer-probe"
    if not probe.exists():
        pytest.skip("the signer's probe is not built")
    rng = random.Random(5)
    orders = [made_up(rng) for _ in range(1000)]
    lines = "".join(json.dumps(order) + "\n" for order in orders)
    done = subprocess.run([probe], input=lines, capture_output=True, text=True, check=True)
    ours = done.stdout.splitlines()
    assert len(ours) == len(orders)
    for order, signature in zip(orders, ours):
        assert signature == botocores(order), order
