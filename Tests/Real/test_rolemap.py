"""update-rolemap against an organization in moto."""

import json
import os
import subprocess
from collections import Counter

import boto3
import pytest
import yaml
from organization import (
    ISSUER, PROVIDER, GarbagePolicies, Organization, Throttles, babbles, denies, hangs, refusal,
)
from servers import ConfigMaps, Server


@pytest.fixture(scope="module")
def organization():
    return Organization(6)


@pytest.fixture
def scan(organization, program, tmp_path):
    """Runs update-rolemap; the environment can be changed by keywords."""
    organization.faults.clear()
    organization.calls.clear()

    def run(*arguments, **changes):
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "AWS_ENDPOINT_URL": organization.endpoint,
            "AWS_ACCESS_KEY_ID": "AKIAROOT",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_EC2_METADATA_DISABLED": "true",
            "OKTA_ISSUER_URL": ISSUER,
            "AWS_ORG_ROLE_ARNS": organization.organization_role,
            "AWS_READER_ROLE_NAME": "reader",
            **changes,
        }
        environment = {name: value for name, value in environment.items() if value is not None}
        return subprocess.run(
            [program, "update-rolemap", *arguments], env=environment, capture_output=True, text=True, timeout=120,
            check=False, cwd=tmp_path,
        )

    return run


def documents(text):
    """The two documents, the first as the Go tool reads it."""
    first, *rest = yaml.safe_load_all(text)
    return first, (rest[0] if rest else {})


def pairs(roles, account=None):
    return {(r["aws_role_arn"], r["okta_client_id"]) for r in roles if account in (None, r["aws_account_id"])}


def test_the_map_says_what_the_policies_say(scan, organization):
    done = scan("--out", "-")
    assert done.returncode == 0, done.stderr
    roles, rest = documents(done.stdout)
    for account in organization.accounts:
        assert pairs(roles, account) == organization.expected(account)
        assert pairs(rest["conditional"], account) == organization.expected_conditional(account)
    assert {r["aws_account_id"] for r in roles} == set(organization.accounts)
    assert organization.closed not in done.stdout
    assert all("sub" in r["reason"] for r in rest["conditional"])
    assert "stale" not in rest


def test_the_accounts_are_named_as_boto3_names_them(scan, organization):
    roles, _ = documents(scan("--out", "-").stdout)
    names = {
        account["Id"]: account["Name"]
        for page in boto3.client("organizations", **organization.root).get_paginator("list_accounts").paginate()
        for account in page["Accounts"]
    }
    for role in roles:
        account = role["aws_account_id"]
        assert role["aws_account_name"] == names[account]
        aliases = organization.iam(account).list_account_aliases()["AccountAliases"]
        assert role["aws_account_alias"] == (aliases[0] if aliases else "")


def test_roles_that_deserve_a_word_get_one(scan, organization):
    told = scan("--out", "-").stderr
    for account in organization.accounts:
        assert f"role {organization.arn(account, 'anyclient')} lets every client of {PROVIDER} in" in told
        assert f'role {organization.arn(account, "unregistered")} names the client "nobody"' in told


def test_two_scans_give_the_same_bytes_and_ask_nobody_twice(scan, organization):
    first = scan("--out", "-")
    # The management account is entered twice: as the role that lists, and as the one that reads.
    once = [call for call in organization.calls if call[0] != organization.management and call[1] != "ListRoleTags"]
    calls = Counter(once)
    assert max(calls.values()) == 1, calls
    # Tags are asked of roles that matter only.
    relevant = [name for name in organization.calls if name[1] == "ListRoleTags"]
    assert len(relevant) < 12 * len(organization.accounts)
    assert scan("--out", "-").stdout == first.stdout


@pytest.mark.parametrize("fault", [denies, hangs, babbles], ids=lambda fault: fault.__name__)
def test_an_account_that_fails_keeps_what_it_had_and_is_marked_stale(scan, organization, tmp_path, fault):
    assert scan("--out", "map.yaml").returncode == 0
    before, _ = documents((tmp_path / "map.yaml").read_text())
    broken = organization.accounts[2]
    organization.faults[broken] = fault
    done = scan("--out", "map.yaml", "--aws-retries", "0")
    assert done.returncode == 0, done.stderr
    assert f"account {broken}" in done.stderr
    after, rest = documents((tmp_path / "map.yaml").read_text())
    assert after == before
    assert [account["aws_account_id"] for account in rest["stale"]] == [broken]
    first_time = rest["stale"][0]["last_read"]
    assert first_time and rest["stale"][0]["reason"]
    # It stays as old as it was, and is good again when it answers again.
    scan("--out", "map.yaml", "--aws-retries", "0")
    assert documents((tmp_path / "map.yaml").read_text())[1]["stale"][0]["last_read"] == first_time
    organization.faults.clear()
    scan("--out", "map.yaml")
    after, rest = documents((tmp_path / "map.yaml").read_text())
    assert after == before and "stale" not in rest


def test_a_new_account_that_fails_costs_only_itself(scan, organization):
    broken = organization.accounts[0]
    organization.faults[broken] = denies
    done = scan("--out", "-")
    assert done.returncode == 0
    roles, rest = documents(done.stdout)
    assert {r["aws_account_id"] for r in roles} == set(organization.accounts[1:])
    assert rest["stale"][0]["aws_account_id"] == broken and "last_read" not in rest["stale"][0]


def test_throttling_slows_a_scan_down_and_loses_nothing(scan, organization):
    organization.faults[organization.accounts[1]] = Throttles(6)
    done = scan("--out", "-")
    assert done.returncode == 0
    roles, rest = documents(done.stdout)
    assert pairs(roles, organization.accounts[1]) == organization.expected(organization.accounts[1])
    assert "stale" not in rest


def test_garbage_policies_cost_only_themselves(scan, organization):
    account = organization.accounts[3]
    organization.faults[account] = GarbagePolicies(account)
    done = scan("--out", "-")
    assert done.returncode == 0
    roles, _ = documents(done.stdout)
    assert pairs(roles, account) == {(f"arn:aws:iam::{account}:role/good", "app")}
    for name in ["broken", "empty", "number"]:
        assert f"account {account}: role arn:aws:iam::{account}:role/{name}: the trust policy" in done.stderr


def test_a_reader_that_may_not_read_providers_takes_what_roles_name(scan, organization):
    account = organization.accounts[0]
    organization.faults[account] = lambda name, _: (
        refusal("AccessDenied") if name == "GetOpenIDConnectProvider" else None
    )
    done = scan("--out", "-")
    roles, _ = documents(done.stdout)
    # What only a pattern names is not known then, and what is registered nowhere can't be told.
    assert (organization.arn(account, "plain"), "app") in pairs(roles, account)
    assert (organization.arn(account, "unregistered"), "nobody") in pairs(roles, account)
    assert "taken for registered" in done.stderr


def test_nothing_good_is_replaced_by_nothing(scan, organization, tmp_path):
    assert scan("--out", "map.yaml").returncode == 0
    before, _ = documents((tmp_path / "map.yaml").read_text())
    organization.faults[organization.management] = denies
    done = scan("--out", "map.yaml")
    assert done.returncode == 1 and "no account could be read" in done.stderr
    after, rest = documents((tmp_path / "map.yaml").read_text())
    assert after == before
    assert {a["aws_account_id"] for a in rest["stale"]} == set(organization.accounts)
    # And where there was nothing, nothing is written.
    assert scan("--out", "fresh.yaml").returncode == 1
    assert not (tmp_path / "fresh.yaml").exists()


def test_an_issuer_that_is_mistyped_empties_no_map(scan, tmp_path):
    assert scan("--out", "map.yaml").returncode == 0
    before = (tmp_path / "map.yaml").read_bytes()
    done = scan("--out", "map.yaml", OKTA_ISSUER_URL=ISSUER + "/")
    assert done.returncode == 1
    assert f"no role takes tokens of {PROVIDER}/: check OKTA_ISSUER_URL" in done.stderr
    assert (tmp_path / "map.yaml").read_bytes() == before
    # Nor is nothing written where there was none; whose tokens roles do take is told.
    for place in ["fresh.yaml", "-"]:
        done = scan("--out", place, OKTA_ISSUER_URL=ISSUER + "/")
        assert done.returncode == 1 and done.stdout == "" and not (tmp_path / "fresh.yaml").exists()
        assert f"; roles name {PROVIDER}" in done.stderr and "nothing was written" in done.stderr


def test_a_map_that_can_not_be_read_is_left_alone(scan, tmp_path):
    (tmp_path / "map.yaml").write_text("- &a [x]\n- *a\n")
    done = scan("--out", "map.yaml")
    assert done.returncode == 1 and "map.yaml" in done.stderr and len(done.stderr.splitlines()) == 1
    assert (tmp_path / "map.yaml").read_text() == "- &a [x]\n- *a\n"


def test_skipped_accounts_are_not_asked(scan, organization):
    out = organization.accounts[:2]
    done = scan("--out", "-", "--skip-accts", ",".join(out))
    roles, _ = documents(done.stdout)
    assert {r["aws_account_id"] for r in roles} == set(organization.accounts[2:])
    assert not [call for call in organization.calls if call[0] in out]


def test_all_wrong_settings_are_said_at_once(scan, organization):
    done = scan(
        "--out", "-", "--skip-accts", "12", "--concurrency", "0", AWS_READER_ROLE_NAME="a b",
        OKTA_ISSUER_URL="http://x.example.com", AWS_ORG_ROLE_ARNS=None,
    )
    assert done.returncode == 1 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    for name in ["OKTA_ISSUER_URL", "AWS_ORG_ROLE_ARNS", "AWS_READER_ROLE_NAME", "--skip-accts", "--concurrency"]:
        assert name in done.stderr
    assert organization.calls == []


def test_without_credentials_it_says_where_they_could_come_from(scan):
    done = scan("--out", "-", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    assert done.returncode == 1 and "AWS_ACCESS_KEY_ID" in done.stderr and "AWS_PROFILE" in done.stderr


def test_credentials_of_a_profile_and_its_source(scan, organization, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/credentials").write_text("[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = y\n")
    role = f"arn:aws:iam::{organization.management}:role/lister"
    (tmp_path / ".aws/config").write_text(f"[profile service]\nrole_arn = {role}\nsource_profile = base\n")
    done = scan("--out", "-", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_PROFILE="service")
    assert done.returncode == 0, done.stderr
    assert documents(done.stdout)[0]


def test_credentials_of_a_web_identity(scan, organization, tmp_path):
    (tmp_path / "token").write_text("e30.e30.e30\n")
    done = scan(
        "--out", "-", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None,
        AWS_WEB_IDENTITY_TOKEN_FILE=str(tmp_path / "token"), AWS_ROLE_ARN=organization.organization_role,
    )
    assert done.returncode == 0, done.stderr
    assert (organization.management, "AssumeRole") in organization.calls


def test_credentials_of_a_container(scan, organization):
    seen = []

    def app(environ, start_response):
        seen.append((environ["PATH_INFO"], environ.get("HTTP_AUTHORIZATION")))
        start_response("200 OK", [("Content-Type", "application/json")])
        keys = {"AccessKeyId": "ASIA1", "SecretAccessKey": "s", "Token": "t", "Expiration": "2999-01-01T00:00:00Z"}
        return [json.dumps(keys).encode()]

    endpoint = Server()
    endpoint.app = app
    done = scan(
        "--out", "-", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None,
        AWS_CONTAINER_CREDENTIALS_FULL_URI=f"http://127.0.0.1:{endpoint.port}/v1/c",
        AWS_CONTAINER_AUTHORIZATION_TOKEN="word",
    )
    assert done.returncode == 0, done.stderr
    assert seen == [("/v1/c", "word")]


def test_credentials_of_an_instance(scan, organization):
    seen = []

    def app(environ, start_response):
        path, token = environ["PATH_INFO"], environ.get("HTTP_X_AWS_EC2_METADATA_TOKEN")
        seen.append((environ["REQUEST_METHOD"], path, token))
        if environ["REQUEST_METHOD"] == "PUT":
            start_response("200 OK", [])
            return [b"session"]
        if token != "session":
            start_response("401 Unauthorized", [])
            return [b""]
        start_response("200 OK", [])
        if path.endswith("/"):
            return [b"my-role"]
        keys = {"AccessKeyId": "ASIA2", "SecretAccessKey": "s", "Token": "t", "Expiration": "2999-01-01T00:00:00Z"}
        return [json.dumps(keys).encode()]

    endpoint = Server()
    endpoint.app = app
    done = scan(
        "--out", "-", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_EC2_METADATA_DISABLED=None,
        AWS_EC2_METADATA_SERVICE_ENDPOINT=f"http://127.0.0.1:{endpoint.port}/",
    )
    assert done.returncode == 0, done.stderr
    assert [path for _, path, _ in seen][-1] == "/latest/meta-data/iam/security-credentials/my-role"


def test_an_object_in_s3_is_made_and_replaced(scan, organization):
    s3 = boto3.client("s3", **organization.root)
    s3.create_bucket(Bucket="role-maps")
    done = scan("--out", "s3://role-maps/a b/map.yaml")
    assert done.returncode == 0, done.stderr
    first = s3.get_object(Bucket="role-maps", Key="a b/map.yaml")
    text = first["Body"].read().decode()
    assert pairs(documents(text)[0], organization.accounts[0]) == organization.expected(organization.accounts[0])
    # The same map again writes nothing.
    before = len([r for r in organization.requests if r.method == "PUT"])
    assert scan("--out", "s3://role-maps/a b/map.yaml").returncode == 0
    assert len([r for r in organization.requests if r.method == "PUT"]) == before
    broken = organization.accounts[1]
    organization.faults[broken] = denies
    assert scan("--out", "s3://role-maps/a b/map.yaml").returncode == 0
    text = s3.get_object(Bucket="role-maps", Key="a b/map.yaml")["Body"].read().decode()
    roles, rest = documents(text)
    assert pairs(roles, broken) == organization.expected(broken)
    assert rest["stale"][0]["aws_account_id"] == broken
    assert scan("--out", "s3://no-such-bucket/x").returncode == 1


def test_an_object_that_somebody_else_wrote_meanwhile_is_replaced_by_what_was_read(scan, organization):
    s3 = boto3.client("s3", **organization.root)
    s3.create_bucket(Bucket="contested")
    s3.put_object(Bucket="contested", Key="map", Body=b"[]\n")
    done = []

    def meddles(name, _):
        if name == "ListRoles" and not done:
            done.append(name)
            s3.put_object(Bucket="contested", Key="map", Body=b"[] # mine\n")

    organization.faults[organization.accounts[0]] = meddles
    ended = scan("--out", "s3://contested/map")
    assert ended.returncode == 0 and done, ended.stderr
    text = s3.get_object(Bucket="contested", Key="map")["Body"].read().decode()
    assert pairs(documents(text)[0], organization.accounts[1]) == organization.expected(organization.accounts[1])


def test_an_object_that_somebody_else_writes_again_and_again_is_theirs(scan, organization):
    s3 = boto3.client("s3", **organization.root)
    s3.create_bucket(Bucket="fought-for")
    s3.put_object(Bucket="fought-for", Key="map", Body=b"[]\n")
    writes = []

    def meddles(_, request):
        # Theirs comes through this door as well.
        if request.method == "PUT" and len(writes) % 2 == 0:
            writes.append("ours")
            s3.put_object(Bucket="fought-for", Key="map", Body=f"[] # {len(writes)}\n".encode())
        elif request.method == "PUT":
            writes.append("theirs")

    organization.faults[None] = meddles
    ended = scan("--out", "s3://fought-for/map")
    organization.faults.clear()
    assert ended.returncode == 1 and "changed by somebody else" in ended.stderr
    assert writes == ["ours", "theirs"] * 2
    assert s3.get_object(Bucket="fought-for", Key="map")["Body"].read() == b"[] # 3\n"


def test_a_config_map_is_made_and_replaced_and_nothing_else_in_it(scan, organization):
    cluster = ConfigMaps()
    server = f"--kubernetes-server=http://127.0.0.1:{cluster.port}"

    def update():
        return scan("--configmap-name", "roles", server, POD_NAMESPACE="auth")

    assert update().returncode == 0
    made = cluster.objects["roles"]
    roles, _ = documents(made["data"]["rolemap.yaml"])
    assert pairs(roles, organization.accounts[0]) == organization.expected(organization.accounts[0])
    # The same map again writes nothing; what others keep beside it stays.
    made["data"]["theirs"], made["metadata"]["labels"] = "x", {"app": "y"}
    assert update().returncode == 0 and cluster.version == 1
    organization.faults[organization.accounts[1]] = denies
    assert update().returncode == 0 and cluster.version == 2
    replaced = cluster.objects["roles"]
    assert replaced["data"]["theirs"] == "x" and replaced["metadata"]["labels"] == {"app": "y"}
    roles, rest = documents(replaced["data"]["rolemap.yaml"])
    assert pairs(roles, organization.accounts[1]) == organization.expected(organization.accounts[1])
    assert rest["stale"][0]["aws_account_id"] == organization.accounts[1]

    def meddles(name, _):
        cluster.objects["roles"]["metadata"]["resourceVersion"] = "mine"

    organization.faults[organization.accounts[1]] = meddles
    assert update().returncode == 0 and cluster.version == 3
    assert "stale" not in documents(cluster.objects["roles"]["data"]["rolemap.yaml"])[1]
    organization.faults[organization.accounts[1]] = denies

    def contested(environ, start_response):
        if environ["REQUEST_METHOD"] == "PUT":
            cluster.objects["roles"]["metadata"]["resourceVersion"] += "x"
        return cluster.answer(environ, start_response)

    cluster.app = contested
    done = update()
    assert done.returncode == 1 and "changed by somebody else" in done.stderr and cluster.version == 3
    # What is not there at all is told as that.
    done = scan("--configmap-name", "roles", server, POD_NAMESPACE="elsewhere")
    assert done.returncode == 1 and "404" in done.stderr


def test_a_file_that_can_not_be_written_is_told(scan, tmp_path):
    (tmp_path / "folder").mkdir()
    done = scan("--out", "folder")
    assert done.returncode == 1 and "folder" in done.stderr


def test_a_key_is_made_once(program, tmp_path):
    from base64 import urlsafe_b64decode

    def keygen(*arguments):
        return subprocess.run(
            [program, "rsa-keygen", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False,
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        )

    done = keygen("--bits", "2048")
    key = json.loads(done.stdout)
    assert os.stat(tmp_path / "rsa").st_mode & 0o777 == 0o600
    pem = (tmp_path / "rsa").read_text()
    assert pem.startswith("-----BEGIN RSA PRIVATE KEY-----")
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    numbers = load_pem_private_key(pem.encode(), None).public_key().public_numbers()
    assert int.from_bytes(urlsafe_b64decode(key["n"] + "=="), "big") == numbers.n
    assert (key["use"], key["kty"], key["alg"], key["e"]) == ("sig", "RSA", "RS256", "AQAB")
    assert key["kid"].startswith("SHA256:")
    again = keygen("--bits", "2048")
    assert again.returncode == 1 and "never overwritten" in again.stderr and again.stdout == ""
    assert (tmp_path / "rsa").read_text() == pem
    assert keygen("--out", "other", "--pkcs8", "--bits", "2048").returncode == 0
    assert (tmp_path / "other").read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert keygen("--bits", "1024").returncode == 1
