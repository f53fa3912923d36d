"""dump-segment on logs of some size: memory, ranges, pipes, signals."""

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from harness import BINARY, Broker, Skafka, end, numbered_lines, segment, text

LINES = 700_000
MEMORY_MAX_MB = 64

# Starts a command and prints its peak memory in MB: a process that this one starts itself would be
# charged with this one's memory.
PEAK = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss / 1024)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A partition's directory with one segment of some 75 MiB."""
    skafka = Skafka(tmp_path_factory.mktemp("large"))
    skafka("produce", "-q", "-d", skafka.data, "large", input=numbered_lines(LINES), timeout=120)
    return skafka.data / "large-0"


def peak_mb(*args):
    command = [sys.executable, "-c", PEAK, BINARY, "dump-segment", *map(str, args)]
    return float(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)


@pytest.mark.parametrize("flags", [
    [], ["--verify"], ["--records"], ["--kafka", "--print-data-log"], ["--json", "--records"],
    ["--plain", "--records"],
], ids=" ".join)
def test_memory_does_not_follow_the_segment(large, flags):
    assert segment(large).stat().st_size > MEMORY_MAX_MB << 20
    assert peak_mb(*flags, segment(large)) < MEMORY_MAX_MB
    assert peak_mb(*flags, large.parent) < MEMORY_MAX_MB


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_memory_does_not_follow_the_batch(skafka, codec):
    """Batches of 16 MiB, read in pieces. A file never pauses, which would end a batch early."""
    (skafka.home / "lines").write_bytes(numbered_lines(200_000))
    with Broker(skafka, skafka.data, extra=["-X", "message.max.bytes=20000000"]) as broker:
        skafka("produce", "-q", "-b", broker.bootstrap, "-z", codec, "--linger", "5s",
               "--batch-size", "16000000", "-X", "max.request.size=20000000", "t", "-l", "lines")
        assert broker.stop() == 0
    path = segment(skafka.data / "t-0")
    batches = skafka.json_lines("dump-segment", "--json", path)
    assert max(batch["count"] for batch in batches) > 100_000
    assert peak_mb("--json", "--records", path) < 32
    shown = skafka("dump-segment", "--plain", "--records", path)
    assert shown.count(b"\nrecord\t") == 200_000


def summaries(skafka, directory):
    """Of the one partition, and the total."""
    rows = skafka.json_lines("dump-segment", "--json", directory)
    summary, total = (row for row in rows if "finding" not in row)
    assert (summary["type"], total["type"]) == ("summary", "total")
    return summary, total


def test_a_summary_has_it_all(large, skafka):
    summary, total = summaries(skafka, large)
    assert summary["records"] == LINES == total["records"]
    assert (summary["firstOffset"], summary["lastOffset"]) == (0, LINES - 1)
    assert summary["topic"] == "large" and summary["partition"] == 0
    assert summary["logBytes"] == summary["batchBytes"] == segment(large).stat().st_size
    assert summary["compressionRatio"] == 1 and summary["codecs"] == {"none": summary["batches"]}
    assert abs(summary["maxTimestamp"] / 1000 - time.time()) < 3600
    assert summary["findings"]["corruption"] == summary["findings"]["warning"] == 0
    shown = text(skafka("dump-segment", large))
    assert f" 0..{LINES - 1} " in shown and len(shown.splitlines()) == 2


def test_a_compressed_topic_tells_its_ratio(skafka, data):
    skafka("produce", "-q", *data, "-z", "zstd", "t", input=numbered_lines(20_000))
    summary, _ = summaries(skafka, skafka.data / "t-0")
    assert summary["uncompressedBytes"] > 20_000 * 100
    assert summary["compressionRatio"] == pytest.approx(
        summary["uncompressedBytes"] / summary["batchBytes"], abs=0.006)
    assert list(summary["codecs"]) == ["zstd"]


def test_a_range_is_found_by_the_index(large, skafka, tmp_path):
    copy = tmp_path / "large-0"
    shutil.copytree(large, copy)
    path = segment(copy)
    with open(path, "r+b") as log:
        # The first batch's length: who reads from the start gets no further.
        log.seek(8)
        log.write(b"\xff\xff\xff\xff")
    wanted = range(LINES // 2, LINES // 2 + 3)
    flags = ["--plain", "--records", "--from", wanted[0], "--to", wanted[-1], path]
    result = skafka.run("dump-segment", *flags)
    assert result.returncode == 0 and result.stderr == b""
    rows = [line.split("\t") for line in text(result.stdout).splitlines()]
    assert [int(row[2]) for row in rows if row[0] == "record"] == list(wanted)
    assert [row[5][:9] for row in rows if row[0] == "record"] == [f"{n:09d}" for n in wanted]
    path.with_suffix(".index").unlink()
    assert skafka.run("dump-segment", *flags).returncode == 4


@pytest.mark.parametrize("flags", [[], ["--records"], ["--kafka", "--print-data-log"], ["--json"]],
                         ids=" ".join)
def test_a_reader_that_leaves_ends_it_silently(large, skafka, flags):
    process = skafka.start("dump-segment", "--records", *flags, segment(large))
    try:
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(10) == 0
        assert process.stderr.read() == b""
    finally:
        process.stdout = None
        end(process)


@pytest.mark.parametrize("how,status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_at_once(large, skafka, how, status):
    process = skafka.start("dump-segment", "--json", "--records", segment(large))
    try:
        # It is stuck in writing, since nobody reads on.
        assert process.stdout.readline()
        process.send_signal(how)
        start = time.monotonic()
        assert process.wait(10) == status
        assert time.monotonic() - start < 2
    finally:
        end(process)


def slow_reading(skafka, path, stderr):
    """Runs a dump whose reader takes its time: half a second passes before the end."""
    process = skafka.start("dump-segment", "--json", "--records", path, stderr=stderr)
    try:
        process.stdout.readline()
        time.sleep(0.5)
        while process.stdout.read(1 << 20):
            pass
        assert process.wait(30) == 0
        return process.stderr.read() if process.stderr else b""
    finally:
        end(process)


def test_progress_shows_on_a_terminal_only(large, skafka):
    assert slow_reading(skafka, segment(large), subprocess.PIPE) == b""
    master, slave = pty.openpty()
    try:
        slow_reading(skafka, segment(large), slave)
        os.set_blocking(master, False)
        shown = text(os.read(master, 1 << 16))
    finally:
        os.close(master)
        os.close(slave)
    assert re.search(r"\.log: \d+ %", shown)
    # The line is taken away in the end.
    assert shown.endswith("\r\x1b[K")
