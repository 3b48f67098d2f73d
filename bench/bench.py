"""bench.py BINDIR TOOLS: measures time, memory, system calls and requests, and compares them with their limits.

Everything runs on loopback against `aws-oidc-stand-ins`, with a home and an environment of its own.
"""

import contextlib
import http.server
import json
import os
import pty
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

PROCESSES = 64
PROFILES = 5000


class Table:
    """Prints each figure with its limit as it is known, and remembers whether any is over."""

    def __init__(self):
        self.over = 0

    def title(self, text):
        print(f"\n{text}\n{'-' * len(text)}", flush=True)

    def row(self, what, figure, unit="", limit=None, exactly=False, note=""):
        bad = limit is not None and (figure != limit if exactly else figure > limit)
        self.over += bad
        shown = f"{figure:.2f}" if isinstance(figure, float) else str(figure)
        bound = "" if limit is None else f"{'=' if exactly else '<='} {limit}{unit}"
        verdict = "" if limit is None else "OVER" if bad else "ok"
        print(f"{what:<62}{shown + unit:>10}  {bound:<11}{verdict:<5}{note}".rstrip(), flush=True)


class StandIns:
    """An identity provider and STS on loopback, and the log of what they were asked."""

    def __init__(self, program):
        self.program = program
        # It ends when its stdin does, so that it never outlives us.
        self.process = subprocess.Popen(
            [program, "serve", "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        wanted = {"ISSUER", "CLIENT_ID", "AWS_ENDPOINT_URL_STS", "ROLE_ARN", "IDP_CONTROL", "STS_CONTROL"}
        self.values = {}
        for line in self.process.stdout:
            name, _, value = line.strip().partition("=")
            self.values[name] = value
            if self.values.keys() >= wanted:
                return
        sys.exit(f"{program} serve ended before it had named its addresses")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def control(self, server, method, path="", body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.values[server] + path, data=data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def set(self, **settings):
        """Changes how the identity provider behaves."""
        self.control("IDP_CONTROL", "POST", body=settings)

    def forget_log(self):
        for server in ("IDP_CONTROL", "STS_CONTROL"):
            self.control(server, "DELETE", "/log")

    def log(self):
        """What came in since the log was emptied, as (endpoint, grant type, method)."""
        entries = []
        for server in ("IDP_CONTROL", "STS_CONTROL"):
            entries += self.control(server, "GET", "/log")["entries"]
        return [(entry["endpoint"], entry.get("grantType"), entry["method"]) for entry in entries]


class Machine:
    """A home and a runtime folder of our own, and the commands that are measured in them."""

    def __init__(self, folder, built, stand_ins):
        self.folder, self.stand_ins = Path(folder), stand_ins
        self.home, self.runtime = self.folder / "home", self.folder / "run"
        self.home.mkdir()
        self.runtime.mkdir(mode=0o700)
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_STS": stand_ins.values["AWS_ENDPOINT_URL_STS"],
            "BROWSER": shlex.join([str(stand_ins.program), "browser"]),
        }
        self.provider = provider = [f"--issuer-url={stand_ins.values['ISSUER']}", f"--client-id={stand_ins.values['CLIENT_ID']}"]
        words = ["creds-process", *provider, f"--aws-role-arn={stand_ins.values['ROLE_ARN']}"]
        self.front_door, self.client = str(built / "aws-oidc"), str(built / "aws-oidc-client")
        self.creds = [self.front_door, *words]
        self.creds_by_client = [self.client, *words]
        self.token = [self.front_door, "token", *provider]
        line = f"credential_process = {shlex.join(['aws-oidc', *words])}"
        self.config, self.big_config = self.home / ".aws" / "config", self.folder / "big-config"
        self.config.parent.mkdir()
        self.config.write_text(f"[profile dev]\n{line}\nregion = us-east-1\noutput = json\n")
        others = (f"[profile p{number}]\noutput = json\n{line}x\nregion = us-east-1\n\n" for number in range(PROFILES))
        self.big_config.write_text("".join(others) + self.config.read_text())
        self.exec = [self.front_door, "exec", "--profile", "dev", "--", "/bin/true"]
        self.env = [self.front_door, "env", "--profile", "dev"]

    def run(self, command):
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def together(self):
        """Starts many creds-process at once; gives how many failed and how many different answers there were."""
        started = [
            subprocess.Popen(self.creds, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(PROCESSES)
        ]
        answers = [process.communicate(timeout=300)[0] for process in started]
        return sum(process.returncode != 0 for process in started), len(set(answers))

    def records(self):
        """The files that hold AWS credentials."""
        files = (path for path in self.runtime.rglob("*") if path.is_file())
        return [path for path in files if b"AccessKeyId" in path.read_bytes()]

    def forget_credentials(self):
        for path in self.records():
            path.unlink()

    def forget_everything(self):
        subprocess.run(["rm", "-rf", self.home / ".cache", self.runtime / "aws-oidc"], check=True)

    def expire_token(self):
        """Leaves a token whose life is over, with a refresh token that is good, and no credentials."""
        self.forget_everything()
        self.stand_ins.set(tokenLife=2)
        self.run(self.token)
        over = time.monotonic() + 3
        self.stand_ins.set(tokenLife=3600)
        while time.monotonic() < over:
            time.sleep(0.1)

    def medians(self, commands, prepare=None):
        """The median time of each command in milliseconds, all in one run of hyperfine."""
        report = self.folder / "hyperfine.json"
        words = ["hyperfine", "-N", "--style", "none", "--warmup", "20", "--runs", os.environ["BENCH_RUNS"]]
        words += ["--prepare", prepare] if prepare else []
        words += ["--export-json", str(report), *map(shlex.join, commands)]
        subprocess.run(words, env=self.environment, check=True, stdout=subprocess.DEVNULL)
        return [result["median"] * 1000 for result in json.loads(report.read_text())["results"]]

    def has(self, name):
        """Whether there is this command; one that there is not has no help of its own."""
        command = [self.front_door, name, "--help"]
        result = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        return result.returncode == 0 and f"aws-oidc {name}" in result.stdout

    def trace(self, command):
        """The system calls of a run that say who it talks to, what it starts and what it loads."""
        report = self.folder / "strace"
        calls = "trace=socket,clone,clone3,fork,vfork,execve,open,openat"
        self.run(["strace", "-f", "-qq", "-e", calls, "-e", "signal=none", "-o", str(report), *command])
        return [line for line in report.read_text().splitlines() if "= -1" not in line]


def sts(endpoint, *_):
    return endpoint == "assumeRole"


def refresh(endpoint, grant, _):
    return endpoint == "token" and grant == "refresh_token"


def browser(endpoint, _, method):
    return endpoint == "authorize" and method == "GET"


def count(lines, pattern):
    return sum(re.search(pattern, line) is not None for line in lines)


def with_big_config(machine, command):
    return ["/usr/bin/env", f"AWS_CONFIG_FILE={machine.big_config}", *command]


def measure_profiles(table, machine, nothing):
    table.title("Time of exec and env, credentials live (the factor is to a C program that returns 0)")
    rows = [
        ("aws-oidc exec -- true", machine.exec, 10),
        ("aws-oidc env", machine.env, 14),
        (f"aws-oidc exec -- true, {PROFILES} profiles", with_big_config(machine, machine.exec), 45),
        (f"aws-oidc env, {PROFILES} profiles", with_big_config(machine, machine.env), 45),
        ("aws-oidc --help", [machine.front_door, "--help"], 9),
    ]
    for name in ["status", "profiles"]:
        command = [machine.front_door, name]
        if machine.has(name):
            rows.append((f"aws-oidc {name}", command, 14))
            rows.append((f"aws-oidc {name}, {PROFILES} profiles", with_big_config(machine, command), 45))
        else:
            print(f"aws-oidc {name}: not there yet, not measured")
    first, *times = machine.medians([[str(nothing)], *(command for _, command, _ in rows)])
    table.row("the C program", first, " ms")
    for (what, _, limit), taken in zip(rows, times):
        table.row(what, taken / first, "x", limit, note=f"{taken:.2f} ms")


def measure_time(table, machine, baseline):
    table.title("Time (medians; the factor is to a C program that reads a file and prints it)")
    record = machine.records()[0]
    floor = [str(baseline), str(record)]
    rows = [
        ("aws-oidc creds-process, credentials live", machine.creds, 2),
        ("aws-oidc-client creds-process, credentials live", machine.creds_by_client, None),
        ("aws-oidc-client version", [machine.client, "version"], 8),
        ("aws-oidc version", [machine.front_door, "version"], None),
    ]
    first, *times = machine.medians([floor, *(command for _, command, _ in rows)])
    table.row("the C program", first, " ms")
    for (what, _, limit), taken in zip(rows, times):
        table.row(what, taken / first, "x", limit, note=f"{taken:.2f} ms")
    forget = shlex.join(["rm", "-f", str(record)])
    first, taken = machine.medians([[str(baseline), "/etc/passwd"], machine.creds], prepare=forget)
    table.row("aws-oidc creds-process, token live, no credentials", taken / first, "x", note=f"{taken:.2f} ms")


def measure_system(table, machine, maxrss):
    table.title("Memory and system calls")
    for what, command, limit in [
        ("most memory, creds-process, credentials live", machine.creds, 8.0),
        ("most memory, aws-oidc-client version", [machine.client, "version"], None),
        ("most memory, env, credentials live", machine.env, 25.0),
        (f"most memory, env, {PROFILES} profiles", with_big_config(machine, machine.env), 25.0),
        ("most memory, --help", [machine.front_door, "--help"], 25.0),
        *(
            (f"most memory, {name}, {PROFILES} profiles", with_big_config(machine, [machine.front_door, name]), 25.0)
            for name in ["status", "profiles"]
            if machine.has(name)
        ),
    ]:
        table.row(what, int(machine.run([str(maxrss), *command])) / 1024, " MB", limit)
    warm = machine.trace(machine.creds)
    table.row("creds-process, credentials live: programs executed", count(warm, r"execve\("), "", 1, exactly=True)
    for what, pattern in [
        ("sockets", r"socket\("),
        ("threads and processes started", r"\b(clone3?|v?fork)\("),
        ("shared libraries opened", r'open(at)?\(.*\.so[.\d]*"'),
    ]:
        table.row(f"creds-process, credentials live: {what}", count(warm, pattern), "", 0)
    for what, command in [
        ("aws-oidc-client version", [machine.client, "version"]),
        ("--help", [machine.front_door, "--help"]),
        ("exec, credentials live", machine.exec),
        ("env, credentials live", machine.env),
    ]:
        trace = machine.trace(command)
        for library in ["libcurl", "libsqlite3"]:
            table.row(f"{what}: {library} opened", count(trace, rf"open(at)?\(.*{library}"), "", 0)
        table.row(f"{what}: threads and processes started", count(trace, r"\b(clone3?|v?fork)\("), "", 0)


def measure_requests(table, machine):
    table.title("Requests")
    stand_ins = machine.stand_ins

    def requests(command):
        stand_ins.forget_log()
        machine.run(command)
        return stand_ins.log()

    machine.forget_everything()
    seen = requests(machine.creds)
    at_provider = [entry for entry in seen if not sts(*entry) and entry[0] != "authorize"]
    table.row("first sign-in: browsers", sum(browser(*entry) for entry in seen), "", 1, exactly=True)
    table.row("first sign-in: at the provider, without the browser's", len(at_provider), "", 4)
    table.row("first sign-in: at STS", sum(sts(*entry) for entry in seen), "", 1, exactly=True)
    table.row("credentials live", len(requests(machine.creds)), "", 0)
    machine.forget_credentials()
    seen = requests(machine.creds)
    table.row("token live, no credentials: at STS", sum(sts(*entry) for entry in seen), "", 1, exactly=True)
    table.row("token live, no credentials: elsewhere", sum(not sts(*entry) for entry in seen), "", 0)
    machine.expire_token()
    seen = requests(machine.creds)
    table.row("token over: refreshes", sum(refresh(*entry) for entry in seen), "", 1, exactly=True)
    table.row("token over: all in all, with STS", len(seen), "", 2)


def measure_together(table, machine):
    stand_ins = machine.stand_ins

    def scene(name, prepare, expected):
        table.title(f"{PROCESSES} creds-process at once: {name}")
        prepare()
        stand_ins.forget_log()
        failed, answers = machine.together()
        seen = stand_ins.log()
        table.row("failed", failed, "", 0)
        table.row("different answers", answers, "", 1, exactly=True)
        for what, matches, limit in expected:
            table.row(what, sum(matches(*entry) for entry in seen), "", limit, exactly=True)

    def sign_in():
        machine.forget_everything()
        machine.run(machine.token)

    scene("token live, no credentials", sign_in, [("STS", sts, 1), ("refreshes", refresh, 0), ("browsers", browser, 0)])
    scene("token over", machine.expire_token, [("STS", sts, 1), ("refreshes", refresh, 1), ("browsers", browser, 0)])
    scene("nothing", machine.forget_everything, [("STS", sts, 1), ("refreshes", refresh, 0), ("browsers", browser, 1)])


class ConfigService:
    """A config service that grants many roles, and knows when it had answered."""

    def __init__(self, values):
        profiles = [
            {
                "client_id": values["CLIENT_ID"],
                "aws_account": {"id": str(10**11 + number), "name": f"account {number}", "alias": ""},
                "role_arn": f"arn:aws:iam::{10**11 + number}:role/reader",
                "issuer_url": values["ISSUER"],
                "role_name": "reader",
            }
            for number in range(PROFILES)
        ]
        body = json.dumps({"profiles": profiles}).encode()
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()
                service.answered = time.monotonic()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()


def measure_configure(table, machine, service):
    table.title(f"configure: {PROFILES} profiles into a file of 1 MB")
    path = machine.folder / "configured"
    before = "".join(f"[profile other{number}]\nregion = us-east-1\n# a line of mine\n\n" for number in range(20_000))
    command = [machine.client, "configure", *machine.provider, f"--config-url={service.address}"]
    command = ["/usr/bin/env", f"AWS_CONFIG_FILE={path}", *command, "--default-region=us-west-2", "--all"]
    for what, texts in [("all new", [before] * 9), ("nothing to do", [None] * 9)]:
        taken = []
        for text in texts:
            if text is not None:
                path.write_text(text)
            machine.run(command)
            taken.append((time.monotonic() - service.answered) * 1000)
        table.row(f"from the service's answer to the end, {what}", statistics.median(taken), " ms", 150)
    answers = filter_answers(machine, [*command[:-1], "--print-only"], "reader 4711"[7:] + "\x7f\x7f\x7f\x7f123")
    table.row("the filter's answer to a key, the slowest", max(answers), " ms", 16)


def filter_answers(machine, command, keys):
    """How long each key takes to be answered in the list of accounts, in milliseconds."""
    process, terminal = pty.fork()
    if process == 0:
        os.execve(command[0], command, {**machine.environment, "TERM": "xterm"})

    def until(words):
        shown = b""
        while words.encode() not in shown:
            shown += os.read(terminal, 65536)

    until("at a time")
    os.write(terminal, b"\x1b[B\r")
    until("filters, Enter takes")
    answers = []
    for key in keys:
        began = time.monotonic()
        os.write(terminal, key.encode())
        until("filters, Enter takes")
        answers.append((time.monotonic() - began) * 1000)
    os.write(terminal, b"\x03")
    with contextlib.suppress(OSError):
        while os.read(terminal, 65536):
            pass
    os.waitpid(process, 0)
    os.close(terminal)
    return answers


def main(built, tools):
    table = Table()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        stand_ins = StandIns(built / "aws-oidc-stand-ins")
        stack.callback(stand_ins.stop)
        machine = Machine(folder, built, stand_ins)
        machine.run(machine.creds)
        if not machine.records():
            sys.exit("creds-process left no credentials under XDG_RUNTIME_DIR: there is nothing to measure")
        measure_time(table, machine, tools / "baseline")
        machine.run(machine.creds)
        measure_profiles(table, machine, tools / "nothing")
        service = ConfigService(stand_ins.values)
        stack.callback(service.stop)
        measure_configure(table, machine, service)
        machine.run(machine.creds)
        measure_system(table, machine, tools / "maxrss")
        measure_requests(table, machine)
        measure_together(table, machine)
    print(f"\n{table.over} over the limit" if table.over else "\nall within their limits")
    return 1 if table.over else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
