"""serve-config as a process: its own scans of an organization in moto, TLS, large maps, and its end."""

import datetime
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

import boto3
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from organization import Organization, denies
from servers import Issuer


@pytest.fixture(scope="module")
def issuer():
    return Issuer()


@pytest.fixture(scope="module")
def organization(issuer):
    return Organization(4, issuer.url)


class Service:
    """A serve-config that runs, on a port that the system chose."""

    def __init__(self, program, environment, *arguments):
        words = [program, "serve-config", "--web-server-port=0", "--bind=127.0.0.1", "--directory=id-token"]
        self.process = subprocess.Popen(
            [*words, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.events, self.changed = [], threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()
        self.port = int(self.event("the config service is up")["port"])

    def read(self):
        for line in self.process.stderr:
            with self.changed:
                self.events.append(json.loads(line) if line.startswith("{") else {"msg": line})
                self.changed.notify_all()
        with self.changed:
            self.events.append({"msg": "(the end)"})
            self.changed.notify_all()

    def event(self, message):
        """Waits for an event of this message."""
        def found():
            return next((event for event in self.events if event["msg"] in (message, "(the end)")), None)

        with self.changed:
            assert self.changed.wait_for(found, 60) and found()["msg"] == message, self.events
            return found()

    def get(self, path, token=None, context=None):
        make = http.client.HTTPSConnection if context else http.client.HTTPConnection
        connection = make("127.0.0.1" if not context else "localhost", self.port, timeout=60,
                          **({"context": context} if context else {}))
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, json.loads(body) if body.startswith(b"{") else body.decode()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@pytest.fixture
def start(program, issuer, organization, tmp_path):
    """Starts services with these arguments, the environment changed by keywords, and ends what is left of them."""
    organization.faults.clear()
    started = []

    def start(*arguments, **changes):
        environment = {
            "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "OKTA_ISSUER_URL": issuer.url, "OKTA_CLIENT_ID": "app",
            **changes,
        }
        started.append(Service(program, environment, *arguments))
        return started[-1]

    yield start
    for service in started:
        service.process.kill()
        service.process.wait()


def scanning(organization):
    return {
        "AWS_ENDPOINT_URL": organization.endpoint, "AWS_ACCESS_KEY_ID": "AKIAROOT", "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_ORG_ROLE_ARNS": organization.organization_role,
        "AWS_READER_ROLE_NAME": "reader",
    }


def served(body, name="profiles"):
    return {(profile["role_arn"], profile["client_id"]) for profile in body[name]}


def for_app(pairs):
    return {pair for pair in pairs if pair[1] == "app"}


def test_what_it_scans_itself_is_served_and_survives_a_restart(start, issuer, organization, tmp_path):
    token = issuer.id_token("app")
    expected = {pair for account in organization.accounts for pair in for_app(organization.expected(account))}
    conditional = {
        pair for account in organization.accounts for pair in for_app(organization.expected_conditional(account))
    }
    service = start(f"--state={tmp_path}/state.yaml", **scanning(organization))
    service.event("a scan has ended")
    status, body = service.get("/?extended=1", token)
    assert status == 200 and served(body) == expected and served(body, "conditional") == conditional
    assert body["stale"] == []
    metrics = service.get("/metrics")[1]
    # The management account is one as well.
    assert f"aws_oidc_scan_accounts {len(organization.accounts) + 1}\n" in metrics
    assert "aws_oidc_scan_failed_accounts 0\n" in metrics and "aws_oidc_role_map_ok 1\n" in metrics
    assert service.end() == 0
    # AWS lets nobody in any more: what was found before is served, from the first moment on.
    for account in [organization.management, *organization.accounts]:
        organization.faults[account] = denies
    service = start(f"--state={tmp_path}/state.yaml", **scanning(organization))
    status, body = service.get("/", token)
    assert status == 200 and served(body) == expected
    assert service.get("/ready")[0] == 200
    # But it does not call itself well, and does not forget how old that is.
    service.event("a scan read nothing")
    metrics = service.get("/metrics")[1]
    assert "aws_oidc_role_map_ok 0\n" in metrics and "aws_oidc_scan_failed_organizations 1\n" in metrics
    assert service.end() == 0
    state = tmp_path / "state.yaml"
    hours = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 7200))
    state.write_text(re.sub('scanned_at: "[^"]+"', f'scanned_at: "{hours}"', state.read_text()))
    service = start(f"--state={tmp_path}/state.yaml", **scanning(organization))
    service.event("a scan read nothing")
    age = re.search(r"^aws_oidc_role_map_age_seconds (\d+)$", service.get("/metrics")[1], re.M)
    assert 7200 <= int(age.group(1)) < 10_000
    assert service.end() == 0


def test_a_map_in_s3_is_served(start, issuer, organization, tmp_path):
    s3 = boto3.client("s3", **organization.root)
    s3.create_bucket(Bucket="served-maps")
    s3.put_object(Bucket="served-maps", Key="a b/map.yaml", Body=written(tmp_path, 20).read_bytes())
    variables = scanning(organization)
    del variables["AWS_ORG_ROLE_ARNS"]
    service = start("--rolemap=s3://served-maps/a b/map.yaml", **variables)
    service.event("a new role map is served")
    status, body = service.get("/", issuer.id_token("app"))
    assert status == 200 and len(body["profiles"]) == 2
    assert service.end() == 0


def test_over_tls_with_a_certificate_of_ones_own(start, issuer, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    service = start(
        f"--rolemap={written(tmp_path, 1)}", f"--tls-cert={tmp_path}/cert.pem", f"--tls-key={tmp_path}/key.pem")
    context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    status, body = service.get("/", issuer.id_token("app"), context)
    assert status == 200 and len(body["profiles"]) == 1
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, OSError)):
        service.get("/health", None, context)
    # A word of HTTP is none of TLS.
    with pytest.raises((http.client.HTTPException, OSError)):
        service.get("/health")
    assert service.end() == 0


def written(folder, count, path=""):
    """A map of so many roles, of which every tenth is for the client `app`."""
    account = {"aws_account_id": "222222222222", "aws_account_alias": "prod"}
    roles = [
        {
            **account, "okta_client_id": "app" if number % 10 == 0 else f"client{number % 1000}",
            "aws_role_arn": f"arn:aws:iam::222222222222:role/{path}role{number:05}",
        }
        for number in range(count)
    ]
    file = folder / "map.yaml"
    file.write_text(yaml.dump(roles, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper)))
    return file


def test_a_map_of_50000_roles_and_readers_who_take_their_time(start, issuer, tmp_path):
    service = start(f"--rolemap={written(tmp_path, 50_000, 'a/path/')}")
    service.event("a new role map is served")
    token = issuer.id_token("app")
    status, body = service.get("/", token)
    assert status == 200 and len(body["profiles"]) == 5000
    assert body["profiles"][0]["role_arn"] == "arn:aws:iam::222222222222:role/a/path/role00000"
    assert body["profiles"][0]["role_name"] == "role00000"
    # Some ask and never read: the others are served all the same.
    stuck = []
    for _ in range(50):
        connection = socket.create_connection(("127.0.0.1", service.port), timeout=60)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token.encode() + b"\r\n\r\n")
        stuck.append(connection)
    assert all(len(service.get("/", token)[1]["profiles"]) == 5000 for _ in range(5))
    for connection in stuck:
        connection.close()
    assert service.end() == 0


def test_a_request_under_way_is_answered_before_it_ends(start, issuer, tmp_path):
    service = start(f"--rolemap={written(tmp_path, 1)}")
    service.event("a new role map is served")
    issuer.gives_keys.clear()
    before = len(issuer.requests)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(service.get("/", issuer.id_token("app"))))
    asking.start()
    until(lambda: any(request.path == "/keys" for request in issuer.requests[before:]))
    service.process.send_signal(signal.SIGTERM)
    until(lambda: not accepts(service.port))
    assert service.process.poll() is None and answers == []
    issuer.gives_keys.set()
    asking.join(60)
    assert answers[0][0] == 200 and len(answers[0][1]["profiles"]) == 1
    assert service.process.wait(timeout=60) == 0


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=60).close()
        return True
    except OSError:
        return False


def until(holds):
    """Looks again and again, for a minute at most."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
