#!/usr/bin/env python3
"""skafka against kcat on the same skafka broker, and its dump, beside the machine's limits.

Runs alternate and medians are compared, since absolute times move with the machine. Prints tables,
writes everything to .build/bench.json. Nothing here passes or fails.

    bench.py [--lines N] [--runs N] [--codecs none,lz4,zstd] [--dump-lines N] [--crowd-seconds N]
"""

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from command import LIMITS, ROOT, SKAFKA, Run, write_lines
from crowd import crowd
from dump import dump


def medians(runs):
    return {
        name: statistics.median(getattr(run, name) for run in runs)
        for name in ("seconds", "cpu", "memory")
    }


def compare(count, ours, theirs):
    """Alternates two ways to do the same, so that what disturbs one disturbs both."""
    pairs = [(ours(), theirs()) for _ in range(count)]
    return medians([pair[0] for pair in pairs]), medians([pair[1] for pair in pairs])


class Broker:
    """An ephemeral broker on a free port, ended by its pid."""

    def __init__(self):
        start = time.monotonic()
        self.process = subprocess.Popen(
            [SKAFKA, "broker", "--ephemeral", "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        match = re.fullmatch(r"BOOTSTRAP_SERVERS=(\S+)\n", line)
        if not match:
            sys.exit(f"the broker did not start: {line!r}")
        self.address = match.group(1)
        subprocess.run(["kcat", "-b", self.address, "-L"], check=True, stdout=subprocess.DEVNULL)
        self.first_answer_ms = (time.monotonic() - start) * 1000
        self.rest_mb = self.memory()

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


def traffic(broker, scratch, arguments, count, size):
    rows = []
    source = os.path.join(scratch, "lines")
    write_lines(source, count, size)
    for codec in arguments.codecs.split(","):
        topic = f"bench-{size}-{codec}"
        serial = [0]

        def produce(tool):
            serial[0] += 1
            name = f"{topic}-{serial[0]}"
            if tool == "skafka":
                return Run([SKAFKA, "produce", "-q", "-b", broker.address, "-z", codec, name], source)
            return Run(["kcat", "-P", "-b", broker.address, "-z", codec, "-t", name], source)

        def consume(tool):
            name = f"{topic}-1"
            if tool == "skafka":
                return Run([SKAFKA, "consume", "-q", "-b", broker.address, "-e", name])
            return Run(
                ["kcat", "-C", "-q", "-b", broker.address, "-e", "-o", "beginning", "-t", name])

        for work, run in (("produce", produce), ("consume", consume)):
            before = broker.cpu()
            ours, theirs = compare(arguments.runs, lambda: run("skafka"), lambda: run("kcat"))
            rows.append({
                "work": work, "lines": count, "size": size, "codec": codec,
                "skafka": ours, "kcat": theirs,
                "lines_per_cpu_second_ratio": theirs["cpu"] / ours["cpu"],
                "lines_per_second_ratio": theirs["seconds"] / ours["seconds"],
                "broker_cpu": (broker.cpu() - before) / (2 * arguments.runs),
            })
            show(rows[-1])
    return rows


def show(row):
    ours, theirs = row["skafka"], row["kcat"]
    print(
        f"{row['work']:8} {row['size']:5} B {row['codec']:7}"
        f" skafka {row['lines'] / ours['seconds'] / 1e3:7.0f} k/s {ours['cpu']:6.2f} s CPU"
        f" {ours['memory']:5.0f} MB | kcat {row['lines'] / theirs['seconds'] / 1e3:7.0f} k/s"
        f" {theirs['cpu']:6.2f} s CPU {theirs['memory']:5.0f} MB"
        f" | lines per CPU second {row['lines_per_cpu_second_ratio']:5.2f} x,"
        f" lines/s {row['lines_per_second_ratio']:5.2f} x"
        f" | broker {row['broker_cpu']:5.2f} s CPU", flush=True)


def wall_ms(command):
    """From the spawn of a command that prints little to its end."""
    silent = [
        (os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1, 2)]
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=silent)
    _, status = os.waitpid(pid, 0)
    elapsed = (time.perf_counter() - start) * 1000
    if status != 0:
        sys.exit(f"{' '.join(command)}: status {status}")
    return elapsed


def start_up(runs=151):
    """What it takes to start, ask what topics there are and end, on a broker of its own."""
    rows = []
    broker = Broker()
    listings = (
        [SKAFKA, "-b", broker.address, "topics", "list"], ["kcat", "-b", broker.address, "-L"])
    try:
        for topics in (0, 1, 100):
            if topics > 0:
                names = [f"topic-{number}" for number in range(topics)]
                Run([SKAFKA, "topics", "create", "-b", broker.address, "--if-not-exists", *names])
            pairs = [[wall_ms(listing) for listing in listings] for _ in range(runs)]
            ours, theirs = (statistics.median(column) for column in zip(*pairs))
            rows.append({
                "topics": topics, "skafka_ms": ours, "kcat_ms": theirs, "ratio": ours / theirs})
            print(f"start-up  {topics:3} topics: skafka topics list {ours:.2f} ms"
                  f" | kcat -L {theirs:.2f} ms | ratio {ours / theirs:.2f}", flush=True)
    finally:
        broker.close()
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--codecs", default="none,lz4,zstd")
    parser.add_argument("--dump-lines", type=int, default=9_700_000)
    parser.add_argument("--crowd-seconds", type=int, default=15)
    arguments = parser.parse_args()
    scratch = tempfile.mkdtemp(prefix="skafka-bench-")
    broker = Broker()
    try:
        result = {"limits": json.loads(subprocess.check_output([LIMITS, scratch]))}
        for name, value in result["limits"].items():
            print(f"limit     {name:28} {value}")
        result["broker"] = {"first_answer_ms": broker.first_answer_ms, "rest_mb": broker.rest_mb}
        print(f"broker    first answer after {broker.first_answer_ms:.0f} ms (kcat's own start"
              f" included), {broker.rest_mb:.0f} MB at rest", flush=True)
        result["start_up"] = start_up()
        result["traffic"] = traffic(broker, scratch, arguments, arguments.lines, 100)
        result["traffic"] += traffic(broker, scratch, arguments, arguments.lines // 5, 1024)
        result["broker"]["loaded_mb"] = broker.memory()
        print(f"broker    {broker.memory():.0f} MB after the load")
        rates(result)
        result["crowd"] = crowded(arguments)
        result["dump"] = dump(scratch, arguments.dump_lines, arguments.runs, result["limits"])
        with open(os.path.join(ROOT, ".build/bench.json"), "w") as file:
            json.dump(result, file, indent=1)
    finally:
        broker.close()
        shutil.rmtree(scratch)


def crowded(arguments):
    """On a broker of its own, whose memory no other load has widened."""
    broker = Broker()
    try:
        return crowd(broker, 1000, 2000, arguments.crowd_seconds)
    finally:
        broker.close()


def rates(result):
    """What the broker moved, as a share of what binds it."""
    for row in result["traffic"]:
        if row["codec"] != "none" or row["size"] != 1024:
            continue
        bound = "page_cache_write_gb_s" if row["work"] == "produce" else "sendfile_gb_s"
        rate = row["lines"] * row["size"] / 1e9 / row["skafka"]["seconds"]
        row["share_of_limit"] = rate / result["limits"][bound]
        print(f"{row['work']:8} {rate:.2f} GB/s is {row['share_of_limit']:.0%} of {bound}")


if __name__ == "__main__":
    main()
