"""stores.py PROBE: measures the token stores against their limits.

How long a read of a live record takes, beside reading and decoding a plain file of the same bytes in the same process; and
how soon the last of 63 processes that wait has what another one produced. The tool that this one replaces looks for that
once a second.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import Table

WAITERS = 63
# Memory where there is some: a disk's own pace is not what is measured.
FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
STORES = {
    "file": (1.5, lambda root: [f"folder={root}/tokens"]),
    "nfs": (3, lambda root: [f"network={root}/tokens", f"host-folder={root}/host"]),
    "sqlite": (5, lambda root: [f"folder={root}/tokens", "database=tokens.db"]),
}


def run(*words):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed: {done.stdout}{done.stderr}")
    return done.stdout.split()


def time_reads(probe, words, plain):
    """Nanoseconds that a read of the plain file and one of the store take."""
    return [int(word) for word in run(probe, "time-reads", *words, f"plain={plain}")]


def measure_reads(table, probe):
    table.title("Read of a live token record, as a multiple of a plain file of the same bytes")
    for store, (limit, words) in STORES.items():
        with tempfile.TemporaryDirectory(dir=FOLDER) as root:
            run(probe, "produce", *words(root), "token=live")
            times = [time_reads(probe, words(root), f"{root}/plain") for _ in range(3)]
            plain, stored = sorted(times, key=lambda pair: pair[1] / pair[0])[1]
            table.row(store, stored / plain, "x", limit,
                      note=f"{stored / 1000:.1f} us, plain {plain / 1000:.1f} us; the middle of three")


def start(probe, words, *more):
    return subprocess.Popen(
        [probe, "produce", *words, "clock", *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)


def hand_over(probe, words):
    """Seconds from the end of the production until the last process that waited has its result."""
    producer = start(probe, words, "token=new", "hold")
    producer.stdout.readline()
    waiters = [start(probe, words, "token=another") for _ in range(WAITERS)]
    for waiter in waiters:
        # Each says once that it waits, and for whom.
        waiter.stderr.readline()
    answer, _ = producer.communicate("\n")
    answers = [waiter.communicate()[0] for waiter in waiters]
    if {line.split(" at ")[0] for line in [answer, *answers]} != {answer.split(" at ")[0]}:
        sys.exit(f"not all have what was produced: {answers}")
    return max(float(line.split(" at ")[1]) for line in answers) - float(answer.split(" at ")[1])


def measure_hand_over(table, probe):
    table.title(f"From the end of a production until the last of {WAITERS} waiting processes has it")
    for store, (_, words) in STORES.items():
        with tempfile.TemporaryDirectory(dir=FOLDER) as root:
            seconds = sorted(hand_over(probe, words(f"{root}/{number}")) for number in range(3))
            table.row(store, seconds[1] * 1000, " ms", 150, note="the middle of three")


def main(probe):
    table = Table()
    measure_reads(table, probe)
    measure_hand_over(table, probe)
    print(f"\n{table.over} over the limit" if table.over else "\nall within their limits")
    return 1 if table.over else 0


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).resolve())))
