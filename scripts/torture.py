#!/usr/bin/env python3
"""torture.py PROBE: kills a process at every storage call of a token store, and lets each of these calls fail.

PROBE is the store probe, which makes one call on a store. Each scenario is first run under strace undisturbed, to learn
its storage calls; then once for each of them with SIGKILL before the call, and once for each call and error. After each
run other processes look: what is in the store must be whole and as new as was promised, and the next one must be able
to produce. Prints a table of what was done, and what was missed; fails where anything did not hold.

  --quick          a sample of the points of each kind
  --most N         a sample of the errors where a row has more points than N; every one is killed at
  --only WORD      only rows whose name holds this word (may be given again)
  --folder PATH    where the stores stand (a fast local disk; else memory, or /tmp)
  --seed N         which sample
"""

import argparse
import base64
import collections
import concurrent.futures
import glob
import gzip
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

# Calls that a crash can fall between: they change something, or end a look or a lock.
CHANGING = (
    "open openat creat close write pwrite64 writev pwritev fsync fdatasync rename renameat renameat2 link linkat unlink "
    "unlinkat ftruncate fallocate mkdir mkdirat rmdir flock fcntl getdents64 chmod fchmod fchmodat"
).split()
# Calls that only look: a crash at one of them is the same as at the next call, and so is an error that they can't give.
LOOKED = ["EIO", "ESTALE"]
READ, NAMED = [*LOOKED, "EINTR"], [*LOOKED, "EACCES"]
LOOKING = {"read": READ, "pread64": READ, "stat": NAMED, "lstat": NAMED, "newfstatat": NAMED, "statx": NAMED}
LOOKING |= {"fstat": LOOKED, "statfs": LOOKED, "fstatfs": LOOKED}
# A name that this kernel does not have is passed over.
CALLS = ",".join("?" + call for call in [*CHANGING, *LOOKING])
ERRORS = ["ENOSPC", "EIO", "EINTR", "ESTALE", "EACCES"]

# How many points may be missed, where a hundredth of those that were tried is less: calls are counted for each thread, and
# now and then the work goes on in another one than when it was undisturbed.
MOST_MISSED = 3
# How often a point is looked for.
ATTEMPTS = 3

# How long a disturbed call may take, and the one after it, in seconds. SQLite waits up to 10 s for others.
LIMIT = 30

BACKENDS = {
    "file": lambda root: [f"folder={root}/tokens"],
    "sqlite": lambda root: [f"folder={root}/tokens", "database=tokens.db"],
    "nfs": lambda root: [f"network={root}/tokens", f"host-folder={root}/host", "scale=0.1"],
    "node-local": lambda root: [f"folder={root}/host", f"shared={root}/tokens"],
    "node-local-nfs": lambda root: [
        f"folder={root}/host", f"shared-network={root}/tokens", f"host-folder={root}/notes", "scale=0.1"],
}

Scenario = collections.namedtuple("Scenario", "before call said after")
OLD, ROTATED, NONE = "access-old refresh-old", "access-old refresh-rotated", "none"
SIGNED_IN, REFRESHED = "access-new refresh-new", "access-new refresh-rotated"
REFRESH = "produce force spend checkpoint=rotated one-answer goes-on tells token=new"
AFTER = "access-after refresh-after"
SCENARIOS = {
    "first record": Scenario(None, "produce force reserve token=new", SIGNED_IN, [NONE, SIGNED_IN]),
    "refresh": Scenario("old", REFRESH, REFRESHED, [OLD, ROTATED, REFRESHED]),
    "sign-in": Scenario("old", "produce force reserve purpose=sign-in token=new", SIGNED_IN, [OLD, SIGNED_IN]),
    "remove": Scenario("old", "remove", "removed", [OLD, NONE]),
    "read": Scenario("old", "read", OLD, [OLD]),
}

LOCK = re.compile(r"\.(publish|right|lock)$")
LINE = re.compile(r"^(\d+) +(\w+)\((.*)$")


class Probe:
    """The store probe, on one backend's store under a folder of its own."""

    def __init__(self, path, backend):
        self.path, self.backend = path, backend

    def words(self, root, command):
        name, *rest = command.split()
        return [self.path, name, *BACKENDS[self.backend](root), *rest]

    def run(self, root, command, under=()):
        """Gives its lines and its exit code: minus a signal, or None where it did not end."""
        try:
            done = subprocess.run(
                [*under, *self.words(root, command)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=LIMIT, errors="replace", start_new_session=True)
        except subprocess.TimeoutExpired:
            return [], None
        return done.stdout.splitlines(), done.returncode

    def traced(self, root, command, pads, inject=()):
        out = root + "/trace"
        under = ["strace", "-f", "-y", "-s0", "-qq", "-o", out, "-e", "trace=" + CALLS]
        command = f"{command} pad={pads.own} servant-pad={pads.servant} log={root}/log"
        lines, code = self.run(root, command, [*under, *inject])
        with open(out, errors="replace") as file:
            return lines, code, file.read().splitlines()


def shape(root, line):
    """A call without what changes from run to run: numbers of processes and files, random names."""
    found = LINE.match(line)
    if not found:
        return None
    # One that begins while another thread is stopped is shown in two parts; the first has the path.
    text = found[3].split(" <unfinished")[0].replace(root, "@")
    text = re.sub(r"\) += .*", "", text)
    path = re.search(r"@[^\">,]*", text)
    return found[2], re.sub(r"[0-9a-f]{6,}|\d{3,}", "#", path[0]) if path else ""


# How often the probe's own thread, and its servant's, makes each call to no effect before the first on the store; it
# reads READS times as often, since the thread that minds the timers does little else.
Pads = collections.namedtuple("Pads", "own servant")
READS = 5


class Calls:
    """The calls of a run, by thread."""

    def __init__(self, root, trace):
        self.points, self.numbers = collections.defaultdict(list), collections.Counter()
        self.pads, self.last = collections.Counter(), {}
        for line in trace:
            found = LINE.match(line)
            if not found:
                continue
            thread, name = found[1], found[2]
            self.last[thread] = name
            self.numbers[thread, name] += 1
            self.pads[thread] += line.split(None, 1)[1].startswith("close(-1")
            if root + "/" in line and root + "/log" not in line:
                self.points[thread].append((self.numbers[thread, name], shape(root, line)))

    def thread(self, pad):
        """The thread that padded so often; None where there is none."""
        return next((thread for thread, count in self.pads.items() if count == pad), None)

    def most(self, but):
        """What a pad must be greater than to be beyond all calls of other threads than these."""
        others = [(name, count) for (thread, name), count in self.numbers.items() if thread not in but]
        return max((count // (READS if name == "read" else 1) for name, count in others), default=0)

    def elsewhere(self, but):
        """How many calls on the store other threads than these make."""
        return sum(len(points) for thread, points in self.points.items() if thread not in but)


class Row:
    """One backend and scenario: its template store, its calls, and what came of each disturbance.

    Either of the probe's own calls, or of those of its servant, the process that looks after a shared folder for it.
    """

    def __init__(self, probe, scenario, folder, of_servant):
        self.probe, self.name, self.scenario, self.of_servant = probe, scenario, SCENARIOS[scenario], of_servant
        self.title = probe.backend + ("'s servant" if of_servant else "")
        self.folder = os.path.join(folder, f"{probe.backend}-{scenario}-{of_servant:d}".replace(" ", "-"))
        self.template = self.folder + "/template"
        os.makedirs(self.template)
        if self.scenario.before:
            lines, code = probe.run(self.template, f"produce token={self.scenario.before}")
            assert code == 0, (probe.backend, lines)
        # First to learn how many calls there are; again while those of threads that wait are more than before.
        self.pads = Pads(3, 5)
        calls, threads = self.undisturbed()
        while True:
            own = 2 * calls.most(but=threads) + 20
            self.pads = Pads(own, 2 * own + calls.most(but=[]))
            calls, threads = self.undisturbed()
            if calls.most(but=threads) < own:
                break
        # Nobody's where no servant was needed.
        self.points = calls.points[threads.servant if of_servant else threads.own]
        self.elsewhere = calls.elsewhere(but=threads)

    def undisturbed(self):
        root = self.fresh("undisturbed")
        lines, code, trace = self.probe.traced(root, self.scenario.call, self.pads)
        assert code == 0 and lines[-1] == self.scenario.said, (self.title, self.name, lines)
        calls = Calls(root, trace)
        threads = Pads(calls.thread(self.pads.own), calls.thread(self.pads.servant))
        assert threads.own, "the probe's own thread was not found"
        return calls, threads

    def fresh(self, name):
        root = f"{self.folder}/{name}"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.template, root, symlinks=True)
        return root

    def of(self, kind):
        """The points of that kind of disturbance."""
        if kind == "SIGKILL":
            return [] if self.name == "read" else [point for point in self.points if point[1][0] in CHANGING]
        # A call that strace lets fail is not made. The close of a file that is locked always gives the lock back, whatever
        # it says: a lock that stays is no error that there is.
        points = [(number, call) for number, call in self.points if call[0] != "close" or not LOCK.search(call[1])]
        return [point for point in points if point[1][0] in CHANGING or kind in LOOKING.get(point[1][0], LOOKED)]

    def disturb(self, kind, point):
        """Gives whether the point was met, how the call ended, and what did not hold."""
        number, call = point
        root = self.fresh(f"{kind}-{call[0]}-{number}")
        how = "signal=SIGKILL" if kind == "SIGKILL" else "error=" + kind
        lines, code, trace = self.probe.traced(
            root, self.scenario.call, self.pads, ["-e", f"inject={call[0]}:{how}:when={number}"])
        is_killed = kind == "SIGKILL" and not self.of_servant
        if kind == "SIGKILL":
            calls = Calls(root, trace)
            thread = calls.thread(self.pads.servant if self.of_servant else self.pads.own)
            # The path of a file is not shown any more where the process was gone already.
            met = calls.last.get(thread) == call[0] and calls.numbers[thread, call[0]] == number
        else:
            met = any("(INJECTED)" in line and shape(root, line) == call for line in trace)
        ending = "hang" if code is None else "killed" if code == -9 else "ok" if code == 0 else "line"
        if code == 0 and "unstored" in lines[-1]:
            ending = "unstored"
        troubles = [] if is_killed and code == -9 else self.judge_ending(lines, code, os.path.exists(root + "/log"))
        troubles += self.judge_store(root, lines, code, is_killed)
        if not troubles:
            shutil.rmtree(root, ignore_errors=True)
        return met, ending, [f"{kind} at {number} {call[0]} {call[1]}: {trouble} (kept: {root})" for trouble in troubles]

    def judge_ending(self, lines, code, has_run):
        if code is None:
            return [f"did not end within {LIMIT} s"]
        if code < 0 or code > 1:
            return [f"ended with {code}, and said {lines}"]
        if not lines or code == 1 and not lines[-1].startswith("error "):
            return [f"ended with {code} and without a clear line: {lines}"]
        if has_run and not lines[-1].startswith(self.scenario.said):
            return [f"what was produced was not handed out: {lines}"]
        if self.name == "read" and code == 0 and lines[-1] != OLD:
            return [f"read {lines[-1]}, though there is {OLD}"]
        return []

    def own_token(self, root):
        """The refresh token in a node-local host's own record, where that is newer than what the shared store began with."""
        for path in glob.glob(root + "/host/*-host"):
            with open(path, "rb") as file:
                token = json.loads(base64.b64decode(gzip.decompress(file.read())))["refresh_token"]
            if token != OLD.split()[-1]:
                return token
        return None

    def judge_store(self, root, lines, code, killed):
        """What another process finds, and whether it can go on."""
        own = self.own_token(root) if killed and self.probe.backend.startswith("node-local") else None
        allowed = self.scenario.after
        if code == 0 and lines[-1] == self.scenario.said:
            allowed = [NONE if self.name == "remove" else self.scenario.said]
        elif "checkpoint stored" in lines:
            allowed = [ROTATED, REFRESHED]
        troubles = []
        # Read from a copy: what comes next must find its way without it.
        copy = root if killed else shutil.copytree(root, root + "-read", symlinks=True)
        found, _ = self.probe.run(copy, "read")
        # A host whose own disk has failed goes on with its own copy as long as that is live, and was warned.
        readable = self.scenario.after if self.probe.backend.startswith("node-local") and not killed else allowed
        if found[-1:] == [] or found[-1] not in readable:
            troubles.append(f"then read gave {found}, not one of {readable}; it had said {lines}")
        if copy != root:
            shutil.rmtree(copy, ignore_errors=True)
        began = time.monotonic()
        after, ended = self.probe.run(root, "produce force spend checkpoint=before token=after")
        # What the next one finds under its right.
        found = ([line.split()[-1] for line in after if "spen" in line] or [NONE])[0]
        if not killed and ended == 0 and found not in [record.split()[-1] for record in allowed]:
            troubles.append(f"then {found} was there, not one of {allowed}; it had said {lines}")
        if own and found == OLD.split()[-1]:
            troubles.append(f"then {found} was sent, though this host had {own} already")
        if ended != 0 or after[-1] != AFTER:
            troubles.append(f"then produce gave {after} after {time.monotonic() - began:.1f} s")
        elif self.name != "read":
            if killed:
                found, _ = self.probe.run(root, "read")
                if found != [AFTER]:
                    troubles.append(f"after producing, read gave {found}")
            # Notes of this host hold no tokens; one that is left behind there does no harm.
            notes = {"nfs": root + "/host", "node-local-nfs": root + "/notes"}.get(self.probe.backend)
            folders = [folder for folder in os.walk(root) if folder[0] != notes]
            left = [f"{at}/{name}" for at, _, names in folders for name in names if re.search(r"(^|\.)new\.", name)]
            # Nor does an empty file, which SQLite's database is made from.
            left = [path for path in left if os.path.getsize(path)]
            if left:
                troubles.append(f"half-written files stay behind: {left}")
        return troubles


def disturbed(row, kind, point):
    """What became of a point, which is looked for again where threads ran in another order and it was missed."""
    for _ in range(ATTEMPTS):
        result = row.disturb(kind, point)
        if result[0] or result[2]:
            break
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("probe")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--most", type=int, default=sys.maxsize)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--folder")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    options = parser.parse_args()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="aws-oidc-torture-", dir=options.folder or memory)
    began = time.monotonic()
    # With a handful of points a row, another row each time is worth more than the same.
    chance = random.Random(options.seed)
    print(f"in {folder}, --seed {options.seed}" + (", a small sample" if options.quick else ""))
    heading = f"{'backend':<25}{'scenario':<14}{'kind':<9}{'points':>7}{'tried':>7}{'met':>6}{'missed':>8}{'failures':>10}  endings"
    print(heading)
    total = collections.Counter()
    failures = []
    with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as workers:
        for backend in BACKENDS:
            for scenario in SCENARIOS:
                if not all(word in f"{backend} {scenario}" for word in options.only):
                    continue
                probe = Probe(os.path.abspath(options.probe), backend)
                whose = [False, True] if backend.startswith("node-local") else [False]
                rows = [Row(probe, scenario, folder, of_servant) for of_servant in whose]
                for row, kind in itertools.product(rows, ["SIGKILL", *ERRORS]):
                    points = row.of(kind)
                    if not points:
                        continue
                    found = len(points)
                    most = 3 if options.quick else sys.maxsize if kind == "SIGKILL" else options.most
                    points = chance.sample(points, min(most, found))
                    results = list(workers.map(lambda point: disturbed(row, kind, point), points))
                    met = sum(result[0] for result in results)
                    wrong = [trouble for result in results for trouble in result[2]]
                    endings = collections.Counter(result[1] for result in results)
                    told = ", ".join(f"{count} {ending}" for ending, count in sorted(endings.items()))
                    if row.elsewhere:
                        told += f"; {row.elsewhere} calls in other threads are not counted"
                    print(
                        f"{row.title:<25}{scenario:<14}{kind:<9}{found:>7}{len(points):>7}{met:>6}{len(points) - met:>8}"
                        f"{len(wrong):>10}  {told}", flush=True)
                    for trouble in wrong[:5]:
                        print("    " + trouble, flush=True)
                    for (number, call), result in zip(points, results):
                        if not result[0]:
                            print(f"    missed: {kind} at {number} {call[0]} {call[1]}", flush=True)
                    total.update(points=found, tried=len(points), met=met, failures=len(wrong))
                    failures += wrong
    missed = total["tried"] - total["met"]
    print(
        f"{total['points']} points, {total['tried']} tried: {total['met']} met, {missed} missed, {total['failures']} failures, "
        f"in {time.monotonic() - began:.0f} s")
    if not failures:
        shutil.rmtree(folder, ignore_errors=True)
    most = max(MOST_MISSED, total["tried"] // 100)
    if missed > most:
        print(f"torture.py: more than {most} points were missed: they show nothing", file=sys.stderr)
    sys.exit(1 if failures or missed > most or not total["met"] else 0)


main()
