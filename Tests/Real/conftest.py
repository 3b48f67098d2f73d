"""What the tests share: the two servers, the program as it is installed, and a machine of its own for each test."""

import base64
import gzip
import hashlib
import itertools
import json
import logging
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from servers import AWS, CLIENT_ID, IdentityProvider

HERE = Path(__file__).resolve().parent
ROLE = "arn:aws:iam::123456789012:role/demo"


def cache_name(issuer, client_id):
    """The name of the Go tool's token file."""
    return hashlib.sha256(f"v0 {client_id} {issuer}".encode()).hexdigest()


def read_token_file(path):
    """Reads a token file as the Go tool does: gzip, padded base64, JSON."""
    return json.loads(base64.b64decode(gzip.decompress(path.read_bytes()), validate=True))


def write_token_file(path, record):
    """Writes a token file as the Go tool does."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(base64.b64encode(json.dumps(record).encode())))
    path.chmod(0o600)


class Machine:
    """A home, a runtime folder and an environment that hold nothing but what a test put there."""

    def __init__(self, folder, program, idp, aws, user):
        self.program, self.idp, self.aws, self.user = program, idp, aws, user
        self.home, self.runtime = folder / "home", folder / "run"
        self.home.mkdir()
        self.runtime.mkdir(mode=0o700)
        self.token_file = self.home / ".cache/oidc-cli" / cache_name(idp.issuer, CLIENT_ID)
        self.provider = [f"--issuer-url={idp.issuer}", f"--client-id={CLIENT_ID}"]
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL_STS": aws.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "BROWSER": shlex.join([sys.executable, str(HERE / "browser.py")]),
            "LOGIN_USER": user,
            "LOGIN_PASSWORD": "password",
        }
        config = self.home / ".aws/config"
        config.parent.mkdir()
        command = shlex.join([str(program), "creds-process", *self.provider, f"--aws-role-arn={ROLE}"])
        config.write_text(f"[profile demo]\nregion = eu-central-1\noutput = json\ncredential_process = {command}\n")

    def run(self, *command):
        """Runs a command in this environment, with no terminal in reach."""
        return subprocess.run(
            [str(word) for word in command], env=self.environment, capture_output=True, text=True, timeout=120,
            stdin=subprocess.DEVNULL, start_new_session=True, check=False,
        )

    def aws_oidc(self, command, *arguments):
        """Runs a command of ours for the test's issuer and client, unless told of others."""
        return self.run(self.program, command, *(arguments or self.provider))

    def creds_process(self):
        """Runs `creds-process`, which must go well, and gives what it printed."""
        done = self.aws_oidc("creds-process", *self.provider, f"--aws-role-arn={ROLE}")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def forget_credentials(self):
        """Removes the cached credentials, of which there must be some, and nothing else."""
        files = [path for path in self.runtime.rglob("*") if path.is_file()]
        records = [path for path in files if b"AccessKeyId" in path.read_bytes()]
        assert records, "no credentials were cached"
        for path in records:
            path.unlink()

    def requests(self):
        """How many requests the two servers have had: the provider's, AWS's."""
        return len(self.idp.requests), len(self.aws.requests)


def pytest_addoption(parser):
    parser.addoption("--built", required=True, help="the folder of the built executables")


@pytest.fixture(scope="session")
def program(request, tmp_path_factory):
    """The program, installed as `make install` does."""
    prefix = tmp_path_factory.mktemp("prefix")
    install = HERE.parents[1] / "scripts/install.sh"
    built = request.config.getoption("--built")
    subprocess.run([install, built], env={**os.environ, "PREFIX": str(prefix)}, check=True)
    return prefix / "bin/aws-oidc"


@pytest.fixture(scope="session")
def idp(tmp_path_factory):
    """The identity provider."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return IdentityProvider(tmp_path_factory.mktemp("canaille"))


@pytest.fixture(scope="session")
def aws():
    """AWS."""
    return AWS()


users = (f"user{number}" for number in itertools.count(1))


@pytest.fixture
def machine(tmp_path, program, idp, aws):
    """A fresh machine with a user of its own: Canaille can't grant one user two equal tokens in the same second."""
    user = next(users)
    idp.add_user(user)
    return Machine(tmp_path, program, idp, aws, user)
