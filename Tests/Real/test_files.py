"""The files that the Go tool shares with us, and the folders that `make install` fills."""

import re
import shutil
import stat

import pytest
from conftest import CLIENT_ID, HERE, cache_name, read_token_file

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
SAMPLES = ["http://127.0.0.1:5556", "http://127.0.0.1:5556/m/introerr", "http://127.0.0.1:5556/m/noemail"]
SAMPLE_CLIENT = "0oaclient1"


def test_the_go_tool_can_read_the_token_file(machine):
    machine.creds_process()
    record = read_token_file(machine.token_file)
    texts = {"access_token", "token_type", "refresh_token", "expiry", "token"}
    assert record.keys() >= texts | {"Version", "claims"}
    assert record["Version"] == 0 and type(record["Version"]) is int
    assert {name for name in texts if not record[name] or type(record[name]) is not str} == set()
    assert RFC_3339.fullmatch(record["expiry"])
    if "expires_in" in record:
        assert type(record["expires_in"]) is int
    if "refresh_token_expiry" in record:
        assert RFC_3339.fullmatch(record["refresh_token_expiry"])
    claims = record["claims"]
    assert claims.keys() >= {"iss", "aud", "sub", "email"}
    assert (claims["iss"], claims["aud"]) == (machine.idp.issuer, CLIENT_ID)
    assert (claims["sub"], claims["email"]) == (machine.user, f"{machine.user}@example.com")
    assert all(type(name) is str for name in claims.get("amr") or [])


def test_only_its_owner_can_read_what_is_cached(machine):
    machine.creds_process()
    assert stat.S_IMODE(machine.token_file.stat().st_mode) == 0o600
    cached = [path for path in machine.runtime.rglob("*") if path.is_file()]
    assert cached
    for path in [*machine.token_file.parent.iterdir(), *cached]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize("issuer", SAMPLES)
def test_a_file_of_the_go_tool_is_read_and_found_over(machine, issuer):
    arguments = [f"--issuer-url={issuer}", f"--client-id={SAMPLE_CLIENT}"]
    absent = machine.aws_oidc("check-token-valid", *arguments)
    name = cache_name(issuer, SAMPLE_CLIENT)
    target = machine.token_file.with_name(name)
    target.parent.mkdir(parents=True, exist_ok=True)

    target.write_bytes(b"no token file")
    target.chmod(0o600)
    garbled = machine.aws_oidc("check-token-valid", *arguments)
    shutil.copyfile(HERE / "go-cache" / name, target)
    expired = machine.aws_oidc("check-token-valid", *arguments)

    for done in (absent, garbled, expired):
        assert (done.returncode, done.stdout) == (1, "invalid\n"), done.stderr
    # That it says another thing than for no file and for a spoilt one shows that the file was understood.
    assert expired.stderr and expired.stderr not in (absent.stderr, garbled.stderr)


def test_a_front_door_copied_alone_says_what_is_missing(machine, tmp_path):
    alone = tmp_path / "alone/aws-oidc"
    alone.parent.mkdir()
    shutil.copy(machine.program, alone)
    done = machine.run(alone, "version")
    assert done.returncode != 0
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "aws-oidc-client" in done.stderr, done.stderr


def test_the_installed_program_finds_its_other_parts(machine):
    done = machine.run(machine.program, "version")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
