"""configure on files as people have them: botocore finds the profiles that are meant, and everything else as it was."""

import json
import re
import shlex
import subprocess
import urllib.request
from pathlib import Path

import pytest
from botocore.configloader import load_config

CORPUS = {
    "nothing": None,
    "empty": b"",
    "comment": b"# mine\n\n",
    "no final newline": b"[default]\nregion = x",
    "CRLF": b"# mine\r\n[default]\r\nregion = x\r\n\r\n[profile b]\r\nx=1\r\n",
    "mixed line ends": b"[default]\nregion = x\r\n[profile b]\r\nx=1\n",
    "tabs": b"[profile\tb]\n\tregion\t=\tx\n\toutput =\ttext\n",
    "continuation": b"[profile b]\nx = one\n  two\n\n  three\n[profile c]\ny=1\n",
    "nested": b"[profile b]\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path\nregion = x\n",
    "others": b"[sso-session s]\nsso_region = x\n[services t]\ns3 =\n  endpoint_url = https://x\n[plugins]\ncli = y\n",
    "unicode": "# \u00e4\u4e2d\U0001f642\n[profile \u00e4\U0001f642]\nx = \u4e2d\u2028y\n".encode(),
    "ours, with more": b"[profile prod]\n# why\ncli_pager =\noutput = text\nregion = y\n"
    b"credential_process = aws-oidc creds-process --issuer-url=i --client-id=c --aws-role-arn=r\nretry_mode = standard\n",
    "1 MB": b"".join(b"[profile n%d]\nregion = us-east-1\n# a line of mine\n\n" % number for number in range(20_000)),
    "5,000 of ours": b"".join(
        b"[profile n%d]\noutput = json\ncredential_process = aws-oidc creds-process --issuer-url=i --client-id=c "
        b"--aws-role-arn=arn:aws:iam::%012d:role/x\nregion = x\n\n" % (number, number) for number in range(5000)),
}
# botocore refuses them, and so can't be asked: only the bytes are looked at.
SILENT = {
    "a section twice": b"[profile b]\nx=1\n[profile b]\ny=2\n",
    "a byte order mark": b"\xef\xbb\xbf[profile b]\nx=1\n",
    "no UTF-8": b"[profile b]\nx=\xff\xfe\n",
}


@pytest.fixture(scope="module")
def place(request, tmp_path_factory):
    """A home that is signed in, and a service that grants two roles."""
    built, folder = Path(request.config.getoption("--built")), tmp_path_factory.mktemp("configure")
    stand_ins = subprocess.Popen(
        [built / "aws-oidc-stand-ins", "serve", "--until-stdin-closes"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True)
    values = {}
    while "CONFIG_CONTROL" not in values:
        line = stand_ins.stdout.readline()
        assert line, "the stand-ins ended before they had named their addresses"
        name, _, value = line.strip().partition("=")
        values[name] = value
    profiles = [
        {
            "client_id": values["CLIENT_ID"], "aws_account": {"id": "222222222222", "name": "prod", "alias": ""},
            "role_arn": f"arn:aws:iam::222222222222:role/{role}", "issuer_url": values["ISSUER"], "role_name": role,
        }
        for role in ["reader", "Power.User"]
    ]
    control = urllib.request.Request(
        values["CONFIG_CONTROL"], data=json.dumps({"answer": {"profiles": profiles}}).encode(), method="POST")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(control, timeout=10).read()
    (folder / "run").mkdir(mode=0o700)
    path = folder / "config"
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder / "run"),
        "AWS_CONFIG_FILE": str(path), "BROWSER": shlex.join([str(built / "aws-oidc-stand-ins"), "browser"]),
    }
    words = [
        built / "aws-oidc", "configure", f"--issuer-url={values['ISSUER']}", f"--client-id={values['CLIENT_ID']}",
        f"--config-url={values['CONFIG_URL']}", "--default-region=us-west-2", "--default-role-name=reader",
    ]

    def configure():
        done = subprocess.run(
            words, env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
            start_new_session=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield path, configure, values
    stand_ins.stdin.close()
    stand_ins.wait(timeout=30)


@pytest.mark.parametrize("name", [*CORPUS, *SILENT])
def test_a_file_as_people_have_it(place, name):
    path, configure, values = place
    old = {**CORPUS, **SILENT}[name]
    path.unlink(missing_ok=True)
    if old is not None:
        path.write_bytes(old)
    before = load_config(str(path))["profiles"] if old and name in CORPUS else {}
    configure()
    new = path.read_bytes()
    assert "up to date" in configure() and path.read_bytes() == new

    def section(role):
        command = f"aws-oidc creds-process --issuer-url={values['ISSUER']} --client-id={values['CLIENT_ID']}"
        return {
            "output": "json", "region": "us-west-2",
            "credential_process": f"{command} --aws-role-arn=arn:aws:iam::222222222222:role/{role}",
        }

    if name in CORPUS:
        expected = {
            **before, "prod-reader": section("reader"), "prod-Power.User": section("Power.User"),
            "prod": {**before.get("prod", {}), **section("reader")},
        }
        assert load_config(str(path))["profiles"] == expected
    if name == "ours, with more":
        kept = [line for line in old.splitlines() if not re.match(b"output|region|credential", line)]
        assert [line for line in new.splitlines() if line in kept] == kept
    elif old:
        assert new.startswith(old)
        if b"\r\n" in old.split(b"\n")[0] + b"\n":
            assert b"\n" not in new[len(old):].replace(b"\r\n", b"")
    if old is not None:
        backups = sorted(path.parent.glob("config.backup-*"))
        assert 1 <= len(backups) <= 5 and backups[-1].read_bytes() == old
