"""What users of kcat and of Kafka's console producer type means what it means there."""

import os
import pty
import signal
import statistics
import subprocess
import time

import pytest

from harness import end, read_line, text


def values(skafka, broker, topic):
    return [(record["key"], record["value"]) for record in skafka.json_lines(
        "consume", topic, "-b", broker.bootstrap, "-e", "-J", "-q")]


@pytest.mark.parametrize("args, lines, expected", [
    (["-P", "-K:"], b"k:v\nnone\n", [("k", "v"), (None, "none")]),
    # The line's own key takes precedence.
    (["-k", "fixed", "-K", ":"], b"k:v\nnone\n", [("k", "v"), ("fixed", "none")]),
    (["-Z", "-K:"], b"k:\n:v\n", [("k", None), (None, "v")]),
    (["-D", ";"], b"a;b", [(None, "a"), (None, "b")]),
    (["-p", "-1"], b"a\n", [(None, "a")]),
    (["-c", "2"], b"a\nb\nc\n", [(None, "a"), (None, "b")]),
    (["-z", "snappy", "-X", "acks=1"], b"a\n", [(None, "a")]),
    # Kafka's console producer.
    (["--property", "parse.key=true", "--property", "key.separator=:"], b"k:v:w\n",
     [("k", "v:w")]),
    (["--reader-property", "parse.key=true", "--property", "null.marker=NULL"],
     b"k\tNULL\nNULL\tv\n", [("k", None), (None, "v")]),
    (["--property", "parse.key=true", "--property", "key.separator=:"], b"k:v\r\n\r:w",
     [("k", "v"), ("\r", "w")]),
    (["--property", "parse.key=true", "--property", "ignore.error=true"], b"whole\n",
     [(None, "whole")]),
    (["--producer-property", "linger.ms=1", "--compression-codec", "gzip",
      "--request-required-acks", "-1", "--sync"], b"a\nb\n", [(None, "a"), (None, "b")]),
    (["--timeout", "5", "--message-send-max-retries", "3", "--retry-backoff-ms", "100",
      "--request-timeout-ms", "9000", "--max-block-ms", "9000", "--max-memory-bytes", "1000000",
      "--max-partition-memory-bytes=16384", "--metadata-expiry-ms", "60000", "--compression-codec",
      "--line-reader", "org.apache.kafka.tools.LineMessageReader"], b"a\n", [(None, "a")]),
    # Values that stand in the word of kcat's flags.
    (["-EZm5", "-qK:"], b"k:\n", [("k", None)]),
], ids=lambda value: " ".join(value) if value and isinstance(value[0], str) else None)
def test_flags(skafka, broker, topic, args, lines, expected):
    skafka("produce", "-t", topic, "-b", broker.bootstrap, "-q", *args, input=lines)
    assert values(skafka, broker, topic) == expected


def test_without_a_mode_of_kcat_what_is_no_terminal_is_written(skafka, broker, topic):
    skafka("-b", broker.bootstrap, "-t", topic, "-q", "-K:", input=b"k:v\n")
    assert values(skafka, broker, topic) == [("k", "v")]


def test_headers_of_the_console_producer(skafka, broker, topic):
    skafka("produce", topic, "-b", broker.bootstrap, "-q", "--property", "parse.headers=true",
           "--property", "parse.key=true", input=b"a:1,a:2,empty:\tk\tv\n")
    record, = skafka.json_lines("consume", topic, "-b", broker.bootstrap, "-e", "-J", "-q")
    assert [(header["key"], header["value"]) for header in record["headers"]] == [
        ("a", "1"), ("a", "2"), ("empty", "")]
    assert (record["key"], record["value"]) == ("k", "v")


def test_a_line_without_its_separator(skafka, broker, topic):
    result = skafka.run("produce", topic, "-b", broker.bootstrap, "-q", "--property",
                        "parse.key=true", input=b"k\tv\nno key\n")
    assert result.returncode == 1
    assert text(result.stderr).count("\n") == 1
    assert "line 2" in text(result.stderr) and "key separator" in text(result.stderr)


def test_a_file_of_settings(skafka, broker, topic):
    config = skafka.home / "producer.properties"
    config.write_text(f"bootstrap.servers={broker.bootstrap}\ncompression.type=zstd\n")
    skafka("produce", topic, "--producer.config", config, "-q", input=b"a\n")
    assert values(skafka, broker, topic) == [(None, "a")]
    config.write_text("compresion.type=zstd\n")
    result = skafka.run("produce", topic, "--producer.config", config, input=b"a\n")
    assert result.returncode == 2
    assert "producer.properties:1" in text(result.stderr)
    assert "compression.type" in text(result.stderr)


def test_tee(skafka, broker, topic):
    args = ["produce", topic, "-b", broker.bootstrap, "-q", "-T"]
    assert skafka(*args, input=b"a\nb") == b"a\nb\n"
    # A reader that goes away ends it silently.
    producer = skafka.start(*args, stdin=subprocess.PIPE)
    producer.stdout.close()
    producer.stdin.write(b"c\n")
    producer.stdin.close()
    assert producer.wait(15) == 0
    assert producer.stderr.read() == b""
    producer.stderr.close()
    assert values(skafka, broker, topic) == [(None, value) for value in "abc"]


@pytest.mark.parametrize("args", [
    ["--rate", "0"], ["--rate", "fast"], ["-c", "-1"], ["--property", "parse.keys=true"],
    ["--property", "key.separator=:"], ["--property", "parse.key=true", "-K:"],
    ["-T", "--report", "%o"], ["--on-error", "retry"], ["--report", "%e"], ["-p", "-2"],
    ["--timestamp", "noon"], ["--batch-size", "0"], ["--linger", "5"], ["-J", "-K:"],
    ["-f", "%k%v\\n"], ["--transactional-id", ""], ["--rate", "-5"], ["--batch-size", "-1"],
    ["--linger", "-1ms"], ["--timestamp", "-x"], ["--line-reader", "com.example.Reader"], ["-Q"],
    ["--message-send-max-retries", "x"],
], ids=" ".join)
def test_usage(skafka, data, args):
    result = skafka.run("produce", "t", *data, *args)
    assert (result.returncode, result.stdout) == (2, b""), text(result.stderr)
    assert text(result.stderr).count("\n") == 1


def test_rate(skafka, broker, topic):
    started = time.monotonic()
    skafka("produce", topic, "-b", broker.bootstrap, "-q", "--rate", "50", input=b"x\n" * 26)
    assert 0.45 < time.monotonic() - started < 3
    # A high rate is one too: it does not wait for a millisecond each.
    started = time.monotonic()
    skafka("produce", topic, "-b", broker.bootstrap, "-q", "--rate", "40000",
           input=b"x\n" * 20_000)
    assert 0.4 < time.monotonic() - started < 5


def test_an_interrupt_ends_a_slow_rate_at_once(skafka, broker, topic):
    producer = skafka.start("produce", topic, "-b", broker.bootstrap, "--rate", "0.01",
                            "--report", "%o", stdin=subprocess.PIPE)
    try:
        producer.stdin.write(b"a\nb\n")
        producer.stdin.flush()
        assert producer.stdout.readline() == b"0\n"
        started = time.monotonic()
        producer.send_signal(signal.SIGINT)
        assert producer.wait(5) == 130
        assert time.monotonic() - started < 2
        assert "1 record" in text(producer.stderr.read())
    finally:
        end(producer)


def test_timestamps_and_formats(skafka, broker, topic):
    skafka("produce", topic, "-b", broker.bootstrap, "-q", "--timestamp", "2023-11-14T22:13:20Z",
           "-f", "%k=%v;%h\\n", input=b"k=v;a=b,c\n")
    record, = skafka.json_lines("consume", topic, "-b", broker.bootstrap, "-e", "-J", "-q")
    assert (record["timestamp"], record["key"], record["value"]) == (1700000000000, "k", "v")
    assert [(header["key"], header["value"]) for header in record["headers"]] == [
        ("a", "b"), ("c", None)]


def delays(skafka, broker, topic, count, write):
    """How long each of some lines takes to a consumer that waits for it, in seconds."""
    consumer = skafka.start("consume", topic, "-b", broker.bootstrap, "-o", "beginning", "-q")
    try:
        taken = []
        for number in range(count):
            line = b"line %d\n" % number
            started = time.monotonic()
            write(line)
            assert read_line(consumer, 15) == line
            taken.append(time.monotonic() - started)
        return taken
    finally:
        end(consumer)


def test_lines_of_a_slow_pipe_show_at_once(skafka, broker, topic):
    producer = skafka.start("produce", topic, "-b", broker.bootstrap, "-q",
                            stdin=subprocess.PIPE)
    try:
        def write(line):
            producer.stdin.write(line)
            producer.stdin.flush()
        assert statistics.median(delays(skafka, broker, topic, 21, write)) < 0.05
    finally:
        end(producer)


def test_lines_of_a_followed_file_show_at_once(skafka, broker, topic):
    log = skafka.home / "log"
    log.write_bytes(b"")
    tail = subprocess.Popen(["tail", "-n", "+1", "-F", str(log)], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL)
    producer = skafka.start("produce", topic, "-b", broker.bootstrap, "-q", stdin=tail.stdout)
    try:
        def write(line):
            with open(log, "ab") as file:
                file.write(line)
        assert statistics.median(delays(skafka, broker, topic, 21, write)) < 0.05
    finally:
        end(tail)
        end(producer)


def peak(process):
    """The most memory that a process has had, in KiB."""
    status = open(f"/proc/{process.pid}/status").read()
    return int(status.partition("VmHWM:")[2].split()[0])


def test_memory_does_not_grow_with_the_stream(skafka, broker, topic):
    block = (b"x" * 199 + b"\n") * 50_000
    producer = skafka.start("produce", topic, "-b", broker.bootstrap, "-q",
                            stdin=subprocess.PIPE)
    try:
        for _ in range(25):
            producer.stdin.write(block)
        # It waits for more: nothing that it did has been forgotten.
        assert peak(producer) < 100_000
        producer.stdin.close()
        assert producer.wait(60) == 0
    finally:
        end(producer)
    consumer = skafka.start("consume", topic, "-b", broker.bootstrap, "-q", "-o", "beginning")
    try:
        left = 25 * len(block)
        while left:
            left -= len(os.read(consumer.stdout.fileno(), 1 << 20))
        assert peak(consumer) < 100_000
    finally:
        end(consumer)


def test_progress_of_a_file_shows_on_a_terminal_only(skafka, broker, topic):
    path = skafka.home / "lines"
    path.write_bytes(b"x\n" * 60)
    args = ["produce", topic, "-b", broker.bootstrap, "-l", path, "--rate", "100"]
    result = skafka.run(*args)
    assert text(result.stderr) == "60 records, 60 bytes, 0 failures\n"
    terminal, side = pty.openpty()
    producer = skafka.start(*args, stderr=side)
    os.close(side)
    shown = b""
    try:
        while True:
            shown += os.read(terminal, 4096)
    except OSError:
        pass
    finally:
        os.close(terminal)
        assert producer.wait(15) == 0
        end(producer)
    assert shown.endswith(b"60 records, 60 bytes, 0 failures\r\n")
    assert b"%, " in shown
