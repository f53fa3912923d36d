"""What `produce` does about records that are too large, and what it says of deliveries."""

import os
import re
import subprocess
import threading
import time

import pytest

from harness import end, read_line, text
from test_produce_habits import peak

# What a record without key and headers takes in a batch of its own, beside its value.
OVERHEAD = 72
HUGE = 80 << 20


def values(skafka, broker, topic):
    return [record["value"] for record in skafka.json_lines(
        "consume", topic, "-b", broker.bootstrap, "-e", "-J", "-q")]


def limited(broker, topic, max_bytes):
    broker.skafka("topics", "alter", topic, "-b", broker.bootstrap, "-c",
                  f"max.message.bytes={max_bytes}")
    return topic


def feed(producer, before, filler, after):
    """Writes a huge record between others, on a thread, and leaves the input open."""
    def write():
        producer.stdin.write(before)
        block = filler * (1 << 20)
        for _ in range(HUGE >> 20):
            producer.stdin.write(block)
        producer.stdin.write(after)
        producer.stdin.flush()
    thread = threading.Thread(target=write)
    thread.start()
    return thread


@pytest.mark.parametrize("flags, before, after", [
    ([], b"first\n", b"\nlast\n"),
    (["-K", ":"], b"k:first\nk:", b"\nk:last\n"),
    (["-D", "<>"], b"first<>", b"<><>last<>"),
    (["-J"], b'{"value":"first"}\n{"value":"', b'"}\n{"value":"last"}\n'),
], ids=["lines", "keys", "delimiter", "json"])
def test_a_huge_line_is_passed_over_without_being_held(skafka, broker, topic, flags, before, after):
    producer = skafka.start(
        "produce", topic, "-b", broker.bootstrap, "--on-error", "continue", "--report", "%v",
        *flags, stdin=subprocess.PIPE)
    try:
        thread = feed(producer, before, b"x", after)
        assert read_line(producer, 20) == b"first\n"
        line = read_line(producer, 60)
        # An empty record stands behind the delimiter that follows at once.
        assert line == b"last\n" or (line == b"\n" and read_line(producer, 20) == b"last\n")
        assert peak(producer) < 60_000
        thread.join()
        producer.stdin.close()
        assert producer.wait(20) == 1
        told = text(producer.stderr.read())
        assert "line 2: a record larger than 1048588 bytes (max.message.bytes" in told
        assert ", 1 failure\n" in told and told.count("\n") == 2
    finally:
        end(producer)


def test_a_huge_file_is_not_read(skafka, broker, topic):
    huge, small = skafka.home / "huge", skafka.home / "small"
    with open(huge, "wb") as file:
        file.truncate(HUGE)
    small.write_bytes(b"small")
    result = skafka.run("produce", topic, "-b", broker.bootstrap, "-q", "--on-error", "continue",
                        huge, small)
    assert result.returncode == 1
    assert text(result.stderr).count("\n") == 1 and "huge: a record larger" in text(result.stderr)
    assert values(skafka, broker, topic) == ["small"]


@pytest.mark.parametrize("policy", ["stop", "continue"])
def test_the_limit_is_the_topics_to_the_byte(skafka, broker, topic, policy):
    limited(broker, topic, 200_000)
    lines = [b"a", b"x" * (200_000 - OVERHEAD), b"y" * (200_001 - OVERHEAD), b"b"]
    result = skafka.run("produce", topic, "-b", broker.bootstrap, "--on-error", policy,
                        input=b"\n".join(lines))
    assert result.returncode == 1
    delivered = lines[:2] if policy == "stop" else lines[:2] + lines[3:]
    assert values(skafka, broker, topic) == [text(line) for line in delivered]
    size = sum(map(len, delivered))
    assert text(result.stderr).splitlines() == [
        f"skafka: standard input, line 3: a record larger than 200000 bytes (max.message.bytes of "
        f"topic {topic})",
        f"{len(delivered)} records, {size} bytes, 1 failure"]


@pytest.mark.parametrize("flags", [[], ["-z", "gzip"], ["--no-idempotent"]], ids=" ".join)
def test_nothing_behind_what_a_broker_refuses_is_sent(skafka, broker, topic, flags):
    limited(broker, topic, 1000)
    noise = os.urandom(1500).hex().encode()
    lines = [b"a", b"b", noise, b"c", b"d"]
    result = skafka.run("produce", topic, "-b", broker.bootstrap, *flags, input=b"\n".join(lines))
    assert result.returncode == 1
    assert values(skafka, broker, topic) == ["a", "b"]
    told = text(result.stderr).splitlines()
    assert told[0].startswith(f"skafka: a record to {topic}-0 not delivered")
    assert told[1:] == ["2 records, 2 bytes, 3 failures"]


def test_a_large_record_that_cannot_be_judged_is_sent_alone(skafka, broker, topic):
    noise = os.urandom(1_500_000).hex().encode()
    result = skafka.run("produce", topic, "-b", broker.bootstrap, "-z", "lz4",
                        input=b"a\n" + noise + b"\nb\n")
    assert result.returncode == 1
    assert values(skafka, broker, topic) == ["a"]


def test_a_reason_is_told_once_with_a_count(skafka, broker, topic):
    limited(broker, topic, 200)
    result = skafka.run("produce", topic, "-b", broker.bootstrap, "--on-error", "continue",
                        input=(b"x" * 500 + b"\n") * 300 + b"small\n")
    assert result.returncode == 1
    assert values(skafka, broker, topic) == ["small"]
    told = text(result.stderr).splitlines()
    assert len(told) <= 3 and told[-1] == "1 record, 5 bytes, 300 failures"
    counts = [int(re.search(r"skafka: (\d+) (?:more )?records", line)[1]) for line in told[:-1]]
    assert sum(counts) == 300


def test_reports_show_all_of_a_record(skafka, broker, topic):
    before = int(time.time() * 1000)
    output = skafka("produce", topic, "-b", broker.bootstrap, "-q", "-z", "zstd", "-K", ":", "-H",
                    "h=x", "--timestamp", "1700000000123", "--report",
                    "%t %p %o %k{hex} %v{json} %K %V{big16} %T %d{strftime[%Y]} %h",
                    input=b"k:one\ntwo\n")
    assert output == (f"{topic} 0 0 6b \"one\" 1 \0\3 1700000000123 2023 h=x\n"
                      f"{topic} 0 1  \"two\" -1 \0\3 1700000000123 2023 h=x\n").encode()
    skafka("topics", "alter", topic, "-b", broker.bootstrap, "-c",
           "message.timestamp.type=LogAppendTime")
    output = skafka("produce", topic, "-b", broker.bootstrap, "-q", "--timestamp", "5", "--report",
                    "%o %T", input=b"a\n")
    offset, timestamp = output.split()
    assert offset == b"2" and before <= int(timestamp) <= time.time() * 1000
    # Without acknowledgements there is no offset, but the rest is known.
    assert skafka("produce", topic, "-b", broker.bootstrap, "-q", "--acks", "0", "--report",
                  "%o %v", input=b"a\n") == b"-1 a\n"
    refused = skafka.run("produce", topic, "-b", broker.bootstrap, "--report", "%e", input=b"a\n")
    assert refused.returncode == 2 and b"%e" in refused.stderr


def test_reports_nobody_reads_hold_the_input_up(skafka, broker, topic):
    producer = skafka.start("produce", topic, "-b", broker.bootstrap, "-q", "--report", "%v",
                            stdin=subprocess.PIPE)
    line = b"x" * 999 + b"\n"
    written = 0
    try:
        os.set_blocking(producer.stdin.fileno(), False)
        quiet = time.monotonic()
        # It takes no more at some time, long before it has read everything.
        while time.monotonic() - quiet < 1.5 and written < 200_000_000:
            try:
                written += os.write(producer.stdin.fileno(), line * 60)
                quiet = time.monotonic()
            except BlockingIOError:
                time.sleep(0.01)
        assert written < 60_000_000
        assert peak(producer) < 100_000
    finally:
        end(producer)
