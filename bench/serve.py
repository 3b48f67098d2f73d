#!/usr/bin/env python3
"""serve.py SERVER: how many requests a second the config service answers on one core, beside nginx with the same bytes.

Server and nginx run on the first core, wrk on the second, each before all else on the machine where that is allowed.
Of several runs the best counts: what else the machine does makes figures worse, never better.
"""

import base64
import contextlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

CONNECTIONS, SECONDS, RUNS = 32, 5, 3
REQUESTS, MOST_SECONDS = int(os.environ.get("BENCH_REQUESTS", 1_000_000)), 240
# Roles of a person: requests a second at the least.
LIMITS = {20: 10_000, 200: 2_000}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """An identity provider that publishes a key, and tokens that are signed with it."""

    def __init__(self, folder):
        self.key = folder / "key.pem"
        subprocess.run(["openssl", "genrsa", "-out", self.key, "2048"], check=True, stderr=subprocess.DEVNULL)
        modulus = self.openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().strip().partition("=")[2]
        keys = [{"kty": "RSA", "kid": "1", "n": base64url(bytes.fromhex(modulus)), "e": "AQAB"}]
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                names = ["authorization_endpoint", "token_endpoint", "jwks_uri"]
                body = json.dumps(
                    {"keys": keys} if self.path == "/jwks_uri"
                    else {"issuer": issuer.url, **{name: f"{issuer.url}/{name}" for name in names}}
                ).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def openssl(self, *words, text=None):
        return subprocess.run(["openssl", *words], input=text, check=True, stdout=subprocess.PIPE).stdout

    def token(self, client):
        now = int(time.time())
        claims = {"iss": self.url, "sub": f"of-{client}", "aud": ["app", client], "azp": "app", "iat": now,
                  "exp": now + 3600}
        parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "kid": "1"}, claims)]
        message = ".".join(map(base64url, parts))
        return message + "." + base64url(self.openssl("dgst", "-sha256", "-sign", self.key, text=message.encode()))


def role_map():
    """A map in which each person has as many roles as their client is named for."""
    entries = [
        f"- aws_account_id: \"{100_000_000_000 + number}\"\n  aws_account_alias: account-{number}\n"
        f"  aws_role_arn: arn:aws:iam::{100_000_000_000 + number}:role/team/reader\n  okta_client_id: c{count}\n"
        for count in LIMITS for number in range(count)
    ]
    return "".join(entries)


def may_go_first():
    return shutil.which("chrt") and subprocess.run(["chrt", "-f", "50", "true"], stderr=subprocess.DEVNULL).returncode == 0


@contextlib.contextmanager
def without_pauses():
    """The kernel stops what goes first for 50 ms in each second: that would be all that the slowest hundredth shows."""
    limit = Path("/proc/sys/kernel/sched_rt_runtime_us")
    before = None
    try:
        before = limit.read_text()
        limit.write_text("-1")
    except OSError:
        pass
    try:
        yield
    finally:
        if before:
            with contextlib.suppress(OSError):
                limit.write_text(before)


def on(core, command):
    first = ["chrt", "-f", "50"] if may_go_first() else []
    return ["taskset", "-c", str(core), *first, *map(str, command)]


class Load:
    """What wrk says of a run."""

    def __init__(self, url, token=None, seconds=SECONDS):
        words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
        words += ["-H", f"Authorization: Bearer {token}"] if token else []
        with without_pauses():
            text = subprocess.run(
                on(1, [*words, url]), check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
        self.requests = int(re.search(r"(\d+) requests in", text)[1])
        figure, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
        self.p99 = float(figure) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
        # Not a line of text at all where all went well.
        self.trouble = re.findall(r"Non-2xx.*|Socket errors.*", text)


class Best:
    """The best of several runs."""

    def __init__(self, url, token=None):
        loads = [Load(url, token) for _ in range(RUNS)]
        self.rate, self.p99 = max(load.rate for load in loads), min(load.p99 for load in loads)
        self.requests = sum(load.requests for load in loads)
        self.trouble = [trouble for load in loads for trouble in load.trouble]


def get(url, token=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return answer.read()


def memory(process):
    """What it holds, in MB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1]) / 1024


@contextlib.contextmanager
def service(server, issuer, folder):
    (folder / "map.yaml").write_text(role_map())
    words = [server, "serve-config", "--web-server-port=0", "--bind=127.0.0.1", "--directory=id-token",
             f"--rolemap={folder / 'map.yaml'}"]
    # A loop for the one core, as in a container of one: NIO sees a container's limits, not what a process is bound to.
    environment = {"PATH": os.environ["PATH"], "OKTA_ISSUER_URL": issuer.url, "OKTA_CLIENT_ID": "app",
                   "NIO_SINGLETON_GROUP_LOOP_COUNT": "1"}
    process = subprocess.Popen(
        on(0, words), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        url, is_loaded = None, False
        for line in process.stderr:
            event = json.loads(line) if line.startswith("{") else sys.exit(line)
            is_loaded |= event["msg"] == "a new role map is served"
            url = f"http://127.0.0.1:{event['port']}" if "port" in event else url
            if url and is_loaded:
                break
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield url, process
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextlib.contextmanager
def nginx(folder, bodies):
    (folder / "www").mkdir(exist_ok=True)
    for name, body in bodies.items():
        (folder / "www" / name).write_bytes(body)
    port = http.server.HTTPServer(("127.0.0.1", 0), None)
    number = port.server_address[1]
    port.server_close()
    temporary = " ".join(f"{name}_temp_path {folder};" for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
    (folder / "nginx.conf").write_text(f"""
        daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
        events {{ worker_connections 1024; }}
        http {{
            {temporary} access_log /dev/null; default_type application/json; sendfile on; tcp_nopush on;
            open_file_cache max=100; keepalive_requests 1000000000;
            server {{ listen 127.0.0.1:{number}; root {folder}/www; }}
        }}""")
    process = subprocess.Popen(on(0, ["nginx", "-p", folder, "-c", folder / "nginx.conf"]), stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                get(f"http://127.0.0.1:{number}/{next(iter(bodies))}")
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{number}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def main(server):
    over = []

    def row(what, figure, bound="", is_good=True):
        print(f"{what:<58}{figure:>14}  {bound:<12}{'' if not bound else 'ok' if is_good else 'OVER'}".rstrip(), flush=True)
        if not is_good:
            over.append(what)

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        issuer = Issuer(folder)
        tokens = {count: issuer.token(f"c{count}") for count in LIMITS}
        print(f"\nServing on one core, {CONNECTIONS} connections"
              f"{', before all else on the machine (chrt -f 50)' if may_go_first() else ''}")
        with service(server, issuer, folder) as (url, process):
            bodies = {f"{count}": get(url + "/", token) for count, token in tokens.items()}
            for count, body in bodies.items():
                assert len(json.loads(body)["profiles"]) == int(count), body
            sent = len(tokens)
            for count, least in LIMITS.items():
                load = Best(url + "/", tokens[count])
                sent += load.requests
                row(f"GET / with {count} roles ({len(bodies[str(count)])} bytes), a second", f"{load.rate:.0f}",
                    f">= {least}", load.rate >= least and not load.trouble)
                row(f"GET / with {count} roles, 99 of 100 within", f"{load.p99:.1f} ms", "<= 10 ms", load.p99 <= 10)
                for trouble in load.trouble:
                    row(trouble, "")
            before, began = memory(process), time.monotonic()
            first = sent
            while sent - first < REQUESTS and time.monotonic() - began < MOST_SECONDS:
                sent += Load(url + "/", tokens[20], 10).requests
            after = memory(process)
            row("requests after that, for memory", f"{sent - first}", f">= {REQUESTS}", sent - first >= REQUESTS)
            row("memory before and after them", f"{before:.0f}, {after:.0f} MB", "+ 8 MB", after <= before + 8)
            metrics = get(url + "/metrics").decode()
            verified = int(re.search(r"^aws_oidc_token_verifications_total (\d+)", metrics, re.M)[1])
            row("signatures verified, tokens", f"{verified}, {len(tokens)}", "once each", verified == len(tokens))
        with nginx(folder, bodies) as url:
            for count in LIMITS:
                load = Best(f"{url}/{count}")
                row(f"nginx with the bytes of {count} roles, a second", f"{load.rate:.0f}")
                row(f"nginx with the bytes of {count} roles, 99 of 100 within", f"{load.p99:.1f} ms")
    print(f"{len(over)} over the limit" if over else "all within their limits")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
