#!/usr/bin/env python3
"""cluster.py BINDIR: many hosts and processes over one shared folder and one identity provider, in small.

Each host is a UTS and mount namespace (some a pid namespace too) with a name, a boot id and a host-local folder of its
own; each of its processes wants a live token every second, by the real use case over the store that hosts share. Tokens
live 20 s; refresh tokens rotate, and one that is used twice ends the session. Meanwhile hosts are killed and start
again, and are stopped for longer than it takes others to take over: at random, and right when one is about to send.
Prints a table of what happened, and fails where a bound does not hold.

  HOSTS, PROCESSES, SECONDS, SEED in the environment: 32, 16, 180, random
  SSHFS=1: half of the hosts see the folder through one sshfs mount and half through another, each with its own cache
"""

import collections
import json
import math
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

LIFE, USABLE, SILENCE = 20, 15, 15
SFTP_SERVERS = ["/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/libexec/sftp-server"]
HOSTS = int(os.environ.get("HOSTS") or 32)
PROCESSES = int(os.environ.get("PROCESSES") or 16)
SECONDS = int(os.environ.get("SECONDS") or 180)
SEED = int(os.environ.get("SEED") or random.randrange(10_000))
# No answer is waited for longer, in seconds, with some room: whoever is hurt later has lost nothing of it.
LONGEST_SEND = 30
# What a process takes, and what a processor can do: measured, with some room.
MEMORY_OF_ONE, PROCESSES_OF_A_PROCESSOR = 24 << 20, 300

ENTER = """
hostname "$NAME" && mount --bind "$BOOT" /proc/sys/kernel/random/boot_id || exit 70
for i in $(seq "$COUNT"); do "$@" & done
wait
"""


class Host:
    """One host: killed and stopped as a whole."""

    def __init__(self, number, cluster):
        self.name, self.cluster = f"host{number:02}", cluster
        self.folder = f"{cluster.folder}/{self.name}"
        self.has_pids = number % 4 == 3
        self.shared = cluster.shared[number % len(cluster.shared)]
        self.process, self.stopped = None, False

    def start(self):
        """As after a start of the machine: another boot id, and nothing left in what lies in memory."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder, 0o700)
        boot = self.folder + "/boot_id"
        with open(boot, "w") as file:
            file.write(f"{uuid.uuid4()}\n")
        pids = ["--pid", "--fork", "--mount-proc", "--kill-child"] if self.has_pids else []
        root = [] if os.getuid() == 0 else ["-r"]
        cluster = self.cluster
        self.process = subprocess.Popen(
            ["unshare", *root, "--uts", "--mount", *pids, "sh", "-c", ENTER, "host", cluster.node,
             f"issuer={cluster.issuer}", f"client={cluster.client}", f"shared={self.shared}",
             f"local={self.folder}/run", f"diary={cluster.diary}", f"until={cluster.end}"],
            env={"PATH": os.environ["PATH"], "NAME": self.name, "BOOT": boot, "COUNT": str(PROCESSES)},
            stdin=subprocess.DEVNULL, stdout=cluster.noise, stderr=cluster.noise, start_new_session=True)

    def signal(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()


class TwoMounts:
    """Two sshfs mounts of one folder: two clients, each with a cache of its own. Needs sshfs and an SFTP server."""

    # The client's cache of listings and attributes lives 20 s; here as much shorter as everything else.
    OPTIONS = "passive,auto_cache,dcache_timeout=6"

    def __init__(self, folder):
        self.paths, self.processes = [folder + "/mount-a", folder + "/mount-b"], []
        os.mkdir(folder + "/server", 0o700)
        server = next(path for path in SFTP_SERVERS if os.path.exists(path))
        for path in self.paths:
            os.mkdir(path, 0o700)
            ours, theirs = socket.socketpair()
            with ours, theirs:
                self.processes.append(subprocess.Popen([server], stdin=ours, stdout=ours))
                self.processes.append(subprocess.Popen(
                    ["sshfs", "-f", "-o", self.OPTIONS, f"localhost:{folder}/server", path], stdin=theirs, stdout=theirs))
        patience = time.monotonic() + 5
        while not all(os.path.ismount(path) for path in self.paths):
            if time.monotonic() > patience:
                self.close()
                sys.exit("the folder could not be mounted twice by sshfs (is /dev/fuse to be had?)")
            time.sleep(0.05)

    def close(self):
        for path in self.paths:
            subprocess.run(["umount", "-l", path] if os.getuid() == 0 else ["fusermount3", "-uz", path])
        for process in self.processes:
            process.terminate()
            process.wait()


class Cluster:
    def __init__(self, binaries):
        self.folder = tempfile.mkdtemp(prefix="aws-oidc-cluster-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.node = os.path.join(os.path.abspath(binaries), "aws-oidc-cluster-node")
        self.diary = self.folder + "/diary"
        self.noise = open(self.folder + "/noise", "wb")
        self.chance = random.Random(SEED)
        self.mounts = TwoMounts(self.folder) if os.environ.get("SSHFS") else None
        self.store = self.folder + ("/server/store" if self.mounts else "/store")
        self.shared = [path + "/store" for path in self.mounts.paths] if self.mounts else [self.store]
        self.provider = subprocess.Popen(
            [os.path.join(os.path.abspath(binaries), "aws-oidc-stand-ins"), "serve", "--until-stdin-closes",
             "--set", "rotation=onWithReuseDetection", "--set", f"tokenLife={LIFE}",
             # An answer that takes a moment: the time between sending and storing, in which a crash hurts.
             "--set", 'faults={"token":[{"slow":{"seconds":0.3}}]}'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        told = dict(self.provider.stdout.readline().strip().split("=", 1) for _ in range(6))
        self.issuer, self.client, self.control = told["ISSUER"], told["CLIENT_ID"], told["IDP_CONTROL"]
        self.events, self.read_to, self.rest = [], 0, ""
        self.did = collections.Counter()
        self.hurt = []  # (when, until, host): times in which a host was not well

    def uptime(self):
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def news(self):
        """What the processes have written down since the last look: (uptime, host, pid, event)."""
        if not os.path.exists(self.diary):
            return []
        with open(self.diary, errors="replace") as file:
            file.seek(self.read_to)
            text = self.rest + file.read()
            self.read_to = file.tell()
        lines = text.split("\n")
        self.rest = lines.pop()
        new = [(float(when), host, pid, event) for when, host, pid, event in (line.split(" ", 3) for line in lines)]
        self.events += new
        return new

    def run(self):
        self.began = self.uptime()
        self.end = self.began + SECONDS
        hosts = {host.name: host for host in (Host(number, self) for number in range(HOSTS))}
        due = []  # (when, what, host)
        for host in hosts.values():
            host.start()
            time.sleep(0.05)
        # Only while there is time to see what comes of it.
        last = self.end - SILENCE - 15
        trouble = self.began + 12
        sends, every = 0, max(5, SECONDS / 14)
        while self.uptime() < self.end:
            for when, host, _, event in self.news():
                if event.startswith("spends ") and when < last:
                    sends += 1
                    # The second one that sends is killed, the fourth stopped; then by chance.
                    what = {2: "kill", 4: "stop"}.get(sends) or self.chance.choice(["kill", "stop", "", "", "", ""])
                    if what and not hosts[host].stopped:
                        self.hurt_host(what, hosts[host], due, "while sending")
            now = self.uptime()
            if now > trouble and now < last:
                trouble = now + every * self.chance.uniform(0.5, 1.5)
                host = self.chance.choice([host for host in hosts.values() if not host.stopped])
                self.hurt_host(self.chance.choice(["kill", "stop"]), host, due, "at random")
            for item in [item for item in due if item[0] <= now]:
                due.remove(item)
                _, what, host = item
                host.stopped = False
                if what == "start":
                    host.start()
                else:
                    host.signal(signal.SIGCONT)
            time.sleep(0.02)
        for host in hosts.values():
            host.signal(signal.SIGCONT)
        patience = time.monotonic() + 75
        for host in hosts.values():
            try:
                host.process.wait(max(0.1, patience - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.did["hosts that did not end"] += 1
                host.kill()
        self.news()

    def hurt_host(self, what, host, due, when):
        host.stopped = True
        now = self.uptime()
        if what == "kill":
            host.kill()
            pause = self.chance.uniform(0.5, 6)
            due.append((now + pause, "start", host))
        else:
            host.signal(signal.SIGSTOP)
            pause = SILENCE + self.chance.uniform(3, 8)
            due.append((now + pause, "go on", host))
        self.did[f"{what} {when}"] += 1
        self.hurt.append((what, now, now + pause, host.name))

    def judge(self):
        with urllib.request.urlopen(self.control + "/log") as answer:
            log = json.load(answer)["entries"]
        token = [entry for entry in log if entry["endpoint"] == "token"]
        refreshes = sum(entry.get("grantType") == "refresh_token" and entry["outcome"] == "ok" for entry in token)
        reuses = sum(entry["outcome"] == "invalid_grant: reuse" for entry in token)
        sign_ins = sum(entry.get("grantType") == "authorization_code" and entry["outcome"] == "ok" for entry in token)
        lost, unexplained = cut_off(self.events, self.hurt)
        expiries = math.ceil(SECONDS / USABLE)
        served = sum(int(event.split()[1]) for *_, event in self.events if event.startswith("served "))
        well = lambda when, host: not any(h == host and a <= when <= b + 20 for _, a, b, h in self.hurt)
        longest = max((float(e.split()[2]) for w, h, _, e in self.events if e.startswith("served ") and well(w, h)), default=0)
        errors = [e for w, h, _, e in self.events if e.startswith("error ") and well(w, h)]
        others = [e for w, h, _, e in self.events if e.startswith("error ") and not well(w, h)]
        over = [e for w, h, _, e in self.events if e.startswith("over ") and well(w, h)]
        takeovers = sum(
            1 for _, _, names in os.walk(self.store) for name in names
            if name.startswith("lease.") and not name.endswith((".0", ".1")))
        rows = [
            ("hosts × processes", f"{HOSTS} × {PROCESSES}"), ("seconds", SECONDS),
            ("expiries of a token", expiries), ("refreshes", refreshes), ("reuses that the provider saw", reuses),
            ("sign-ins", sign_ins), ("sends cut off by a kill or a stop", lost),
            ("sends of which nothing came, for no reason", len(unexplained)),
            ("kills (while sending, at random)", f"{self.did['kill while sending']}, {self.did['kill at random']}"),
            ("stops (while sending, at random)", f"{self.did['stop while sending']}, {self.did['stop at random']}"),
            ("further epochs of a right, still to be seen", takeovers),
            ("calls served", served), ("errors on hosts that were well", len(errors)),
            ("errors on hosts that had been stopped", len(others)), ("tokens that were over when handed out", len(over)),
            ("longest wait on a host that was well, s", f"{longest:.1f}"),
        ]
        for name, value in rows:
            print(f"{name:<46}{value:>12}")
        for error, count in collections.Counter(e.split(": ", 1)[1] for e in [*errors, *others]).most_common(8):
            print(f"    {count} × {error}")
        bounds = [
            (refreshes <= expiries + lost, "more refreshes than expiries"),
            (not unexplained, f"a send that no kill or stop cut off, and of which nothing came: {unexplained[:3]}"),
            (reuses <= lost, "a reuse that no kill or stop explains"),
            (1 <= sign_ins <= 1 + lost, "a second sign-in that no kill or stop explains"),
            (not errors, "errors on hosts that were well"), (not over, "tokens handed out that were over"),
            (longest < 60, "somebody waited longer than 60 s"), (served > HOSTS * PROCESSES * SECONDS / 8, "too few calls"),
            (not self.did["hosts that did not end"], "hosts that did not end"),
        ]
        broken = [text for holds, text in bounds if not holds]
        print("\n".join(f"BROKEN: {text}" for text in broken) or "every bound holds")
        return broken

    def close(self, keep):
        self.provider.stdin.close()
        self.provider.wait()
        if self.mounts:
            self.mounts.close()
        if keep:
            print(f"kept: {self.folder} (the diary of all processes, the shared folder)")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def cut_off(events, hurt):
    """How many sends a kill or a stop of their host has cut off; those of which nothing came though none did.

    A send is followed by what came of it: a refusal too, though somebody who was late has stored other tokens meanwhile, so
    that it is not noted. One that is not, is over where its process goes on to anything else.
    """
    lost, ends, open_sends = 0, [], {}
    for when, host, pid, event in events:
        if event.startswith("spends "):
            open_sends[host, pid, event] = when
        elif event == "stored" or event.startswith(("keeps ", "refused ", "log refresh token refused")):
            for key in [key for key in open_sends if key[:2] == (host, pid)]:
                began = open_sends.pop(key)
                lost += any(h == host and b - 1 < when and a > began - 1 for _, a, b, h in hurt)
        elif event.startswith(("served ", "error ", "ends")):
            for key in [key for key in open_sends if key[:2] == (host, pid)]:
                ends.append((host, pid, open_sends.pop(key), when))
    ends += [(host, pid, began, began + LONGEST_SEND) for (host, pid, _), began in open_sends.items()]
    unexplained = []
    for host, pid, began, end in ends:
        if any(h == host and a < end and b > began - 1 for _, a, b, h in hurt):
            lost += 1
        else:
            unexplained.append(f"process {pid} on {host} at {began:.1f}")
    return lost, unexplained


def fit():
    """Fewer processes where the machine can't hold so many."""
    global PROCESSES
    with open("/proc/meminfo") as file:
        free = next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))
    most = min(free * 3 // 4 // MEMORY_OF_ONE, PROCESSES_OF_A_PROCESSOR * (os.cpu_count() or 1))
    if HOSTS * PROCESSES > most:
        PROCESSES = max(1, most // HOSTS)
        print(f"scaled down to {HOSTS} × {PROCESSES}: this machine holds about {most} processes")


def main():
    root = [] if os.getuid() == 0 else ["-r"]
    probe = "mount --bind /dev/null /proc/sys/kernel/random/boot_id"
    if subprocess.run(["unshare", *root, "--uts", "--mount", "sh", "-c", probe], capture_output=True).returncode:
        print("skipped: no UTS and mount namespaces to be had here, so that no hosts can be made")
        return
    if os.environ.get("SSHFS") and not (shutil.which("sshfs") and any(map(os.path.exists, SFTP_SERVERS))):
        print("skipped: no sshfs and SFTP server here (Debian: apt-get install sshfs openssh-sftp-server)")
        return
    fit()
    print(f"SEED={SEED}", flush=True)
    cluster = Cluster(sys.argv[1])
    broken = ["it did not run to its end"]
    try:
        cluster.run()
        broken = cluster.judge()
    finally:
        cluster.close(keep=bool(broken) or bool(os.environ.get("KEEP")))
    sys.exit(1 if broken else 0)


main()
