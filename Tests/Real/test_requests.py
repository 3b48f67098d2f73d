"""Which requests are made, and which are not."""

import json
import time
from datetime import datetime, timedelta, timezone

from conftest import CLIENT_ID, read_token_file, write_token_file


def test_credentials_are_json_that_an_sdk_takes(machine):
    credentials = machine.creds_process()
    assert set(credentials) == {"Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert credentials["Version"] == 1
    expiry = datetime.strptime(credentials["Expiration"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert timedelta(minutes=50) < expiry - datetime.now(timezone.utc) <= timedelta(hours=1)


def test_sts_is_asked_for_an_hour_as_the_person_who_signed_in(machine):
    machine.creds_process()
    request = machine.aws.requests[-1]
    assert request.form["Action"] == "AssumeRoleWithWebIdentity"
    assert request.form["RoleSessionName"] == f"{machine.user}@example.com"
    assert request.form["DurationSeconds"] == "3600"
    assert request.form["WebIdentityToken"] == read_token_file(machine.token_file)["token"]


def test_a_second_run_asks_nobody(machine):
    first = machine.creds_process()
    before = machine.requests()
    assert machine.creds_process() == first
    assert machine.requests() == before


def test_a_live_token_without_credentials_costs_one_sts_call(machine):
    first = machine.creds_process()
    machine.forget_credentials()
    provider, sts = machine.requests()
    assert machine.creds_process()["AccessKeyId"] != first["AccessKeyId"]
    assert machine.requests() == (provider, sts + 1)


def test_an_access_token_that_is_over_is_refreshed_without_a_browser(machine):
    machine.creds_process()
    old = read_token_file(machine.token_file)
    write_token_file(machine.token_file, old | {"expiry": "2020-01-01T00:00:00Z"})
    sign_ins, grants = machine.idp.sign_ins(), len(machine.idp.grants())
    # Canaille derives an access token from the second in which it is made.
    while datetime.now(timezone.utc).timestamp() < int(machine.token_file.stat().st_mtime) + 1:
        time.sleep(0.05)

    done = machine.aws_oidc("token")

    assert done.returncode == 0, done.stderr
    assert machine.idp.grants()[grants:] == ["refresh_token"]
    assert machine.idp.sign_ins() == sign_ins
    new = read_token_file(machine.token_file)
    assert new["refresh_token"] != old["refresh_token"], "the rotated refresh token was not kept"
    printed = json.loads(done.stdout)
    assert printed["access_token"] == new["access_token"] != old["access_token"]
    assert printed["id_token"] == old["token"], "Canaille gives no id_token on a refresh: the old one serves on"
    assert machine.aws_oidc("check-token-valid").stdout == "valid\n"


def test_a_token_that_the_go_tool_wrote_is_taken_up(machine):
    machine.creds_process()
    record = read_token_file(machine.token_file)
    for path in sorted(machine.token_file.parent.iterdir()):
        path.unlink()
    write_token_file(machine.token_file, record | {"access_token": "made-by-the-go-tool"})
    machine.forget_credentials()
    grants, sign_ins, sts = len(machine.idp.grants()), machine.idp.sign_ins(), machine.requests()[1]

    assert json.loads(machine.aws_oidc("token").stdout)["access_token"] == "made-by-the-go-tool"
    assert machine.aws_oidc("check-token-valid").stdout == "valid\n"
    machine.creds_process()

    assert (len(machine.idp.grants()), machine.idp.sign_ins(), machine.requests()[1]) == (grants, sign_ins, sts + 1)


def test_where_nobody_can_sign_in_one_line_says_what_to_do(machine):
    del machine.environment["BROWSER"]
    before = machine.requests()
    done = machine.aws_oidc("creds-process", *machine.provider, "--aws-role-arn=arn:aws:iam::123456789012:role/demo")
    assert done.returncode != 0
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "aws-oidc login" in done.stderr, done.stderr
    assert machine.requests() == before, f"{CLIENT_ID}: a request without anybody who could sign in"
