"""What `skafka dump-segment` makes of a 1 GiB segment, beside its targets and the machine's limits.

Called by bench.py; by itself: dump.py [--lines N] [--runs N]
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

from command import LIMITS, ROOT, SKAFKA, Run, write_lines

MEMORY_MAX_MB = 64

# Work, flags, whether the path is the directory, unit, target, and the limit that binds: reading
# the file for what is bound by its bytes, the loop over records for what is bound by those.
WORKS = [
    ("batches, CRC checked", ["--verify"], False, "GB/s", 1.0, "page_cache_read_gb_s"),
    ("every record, summed up", [], True, "M records/s", 10.0, "record_visit_ns"),
    ("Kafka's text, records", ["--kafka", "--print-data-log"], False, "M records/s", 2.0,
     "record_visit_ns"),
    ("JSON, records", ["--json", "--records"], False, "M records/s", 1.0, "record_visit_ns"),
]


def segment(scratch, lines, codec="none"):
    """A partition's directory with one segment of `lines` records of 100 bytes."""
    source = os.path.join(scratch, "dump-lines")
    if not os.path.exists(source):
        write_lines(source, lines, 100)
    data = os.path.join(scratch, "dump-" + codec)
    broker = subprocess.Popen(
        [SKAFKA, "broker", "-d", data, "--listen", "127.0.0.1:0", "--sync", "never",
         "-X", "log.segment.bytes=2147483647"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        address = broker.stdout.readline().strip().partition("=")[2]
        Run([SKAFKA, "produce", "-q", "-b", address, "-z", codec, "log"], source)
    finally:
        broker.send_signal(signal.SIGTERM)
        broker.wait(timeout=60)
    return os.path.join(data, "log-0")


class Piped:
    """A run whose output somebody else reads: wall seconds."""

    def __init__(self, command):
        self.run = Run(["/bin/sh", "-c", '"$@" | cat >/dev/null', "sh", *command])
        self.seconds = self.run.seconds


def measure(directory, lines, runs, limits, name, codec):
    log = os.path.join(directory, "0" * 20 + ".log")
    size = os.path.getsize(log)
    rows = []
    for work, flags, is_whole, unit, target, bound in WORKS:
        # Of a compressed log, the records are what costs; its own bytes are few.
        if codec != "none" and unit == "GB/s":
            continue
        command = [SKAFKA, "dump-segment", *flags, directory if is_whole else log]
        amount = size / 1e9 if unit == "GB/s" else lines / 1e6
        direct = [Run(command) for _ in range(runs)]
        rate = amount / statistics.median(run.seconds for run in direct)
        piped = amount / statistics.median(Piped(command).seconds for _ in range(runs))
        limit = limits[bound] if bound.endswith("gb_s") else 1e3 / limits[bound]
        row = {
            "work": work, "codec": codec, "unit": unit, "rate": rate, "piped": piped,
            "target": target, "limit": bound, "share_of_limit": rate / limit,
            "input_gb_s": size / 1e9 * rate / amount,
            "cpu": statistics.median(run.cpu for run in direct),
            "memory": max(run.memory for run in direct),
        }
        rows.append(row)
        print(
            f"dump     {name:14} {work:24} {rate:6.2f} {unit:11} (in a pipe {piped:6.2f})"
            f" target {target:4.1f}: {rate / target:5.1f} x | {row['input_gb_s']:5.2f} GB/s of log,"
            f" {row['share_of_limit']:4.0%} of {bound} | {row['cpu']:5.2f} s CPU,"
            f" {row['memory']:3.0f} MB of {MEMORY_MAX_MB}", flush=True)
    return rows


def dump(scratch, lines, runs, limits):
    """Rows of the table: 1 GiB without a codec, less with each."""
    rows = []
    for codec in ("none", "lz4", "zstd", "snappy", "gzip"):
        count = lines if codec == "none" else lines // 5
        if codec == "lz4":
            os.remove(os.path.join(scratch, "dump-lines"))
        directory = segment(scratch, count, codec)
        size = sum(
            os.path.getsize(os.path.join(directory, file)) for file in os.listdir(directory))
        rows += measure(directory, count, runs, limits, f"{codec} {size / 1e6:.0f} MB", codec)
        shutil.rmtree(os.path.dirname(directory))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lines", type=int, default=9_700_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    scratch = tempfile.mkdtemp(prefix="skafka-bench-")
    try:
        limits = json.loads(subprocess.check_output([LIMITS, scratch]))
        rows = dump(scratch, arguments.lines, arguments.runs, limits)
        with open(os.path.join(ROOT, ".build/bench-dump.json"), "w") as file:
            json.dump({"limits": limits, "dump": rows}, file, indent=1)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    sys.exit(main())
