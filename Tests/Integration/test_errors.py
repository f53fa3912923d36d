"""What goes wrong ends with the right status and one line that says what it was."""

import fcntl
import os
import time

import pytest

from harness import text


def one_line(result, *words):
    """Nothing on standard output, one line on standard error with these words."""
    error = text(result.stderr)
    assert result.stdout == b""
    assert error.endswith("\n") and error.count("\n") == 1, error
    for word in words:
        assert word in error, error


def test_an_unknown_topic(skafka, data):
    skafka("topics", "create", "known", *data)
    for args in (["consume", "nope", "-e"], ["offsets", "get", "nope"],
                 ["topics", "describe", "nope"], ["topics", "delete", "nope", "--yes"]):
        result = skafka.run(*args, *data)
        assert result.returncode == 1, (args, text(result.stderr))
        one_line(result, "nope")


def test_consume_creates_no_topic(skafka, data):
    assert skafka.run("consume", "nope", "-e", *data).returncode == 1
    assert skafka("topics", "list", "--plain", *data) == b""


def test_an_address_that_does_not_resolve(skafka):
    result = skafka.run("topics", "list", "-b", "no-such-host.invalid:9092", "--timeout", "2s")
    assert result.returncode == 3
    one_line(result, "no-such-host.invalid")


def test_files_that_cannot_be_read(skafka, data):
    result = skafka.run("produce", "t", *data, "-q", skafka.home / "missing")
    assert result.returncode == 1
    one_line(result, "missing")
    result = skafka.run("produce", "t", *data, "-q", skafka.home)
    assert result.returncode == 1
    one_line(result, str(skafka.home))
    # One file of two: the other one is in.
    good = skafka.home / "good"
    good.write_bytes(b"good")
    result = skafka.run("produce", "t", *data, "-q", "--on-error", "continue",
                        skafka.home / "missing", good)
    assert result.returncode == 1
    assert skafka("consume", "t", *data, "-e", "-q") == b"good\n"


@pytest.mark.parametrize("args", [
    ["consume", "t", "--no-such-flag"], ["no-such-command"], ["consume"], ["produce"],
    ["consume", "t", "-o", "yesterday-ish"], ["consume", "t", "-c", "many"],
    ["produce", "t", "-z", "brotli"], ["produce", "t", "--acks", "2"],
    ["produce", "t", "-H", "=x"], ["topics"], ["topics", "nonsense"],
    ["broker", "--listen", "nonsense:port"], ["consume", "t", "--timeout", "soon"],
], ids=" ".join)
def test_usage(skafka, data, args):
    if args[0] in ("consume", "produce") and len(args) > 1:
        args = args + data
    result = skafka.run(*args)
    assert (result.returncode, result.stdout) == (2, b""), text(result.stderr)
    assert result.stderr


def test_an_unknown_setting_suggests_the_nearest(skafka, data):
    result = skafka.run("produce", "t", *data, "-X", "linger.mss=5")
    assert result.returncode == 2
    one_line(result, "linger.mss", "linger.ms")


def test_help_and_version(skafka):
    for args in (["--help"], ["-h"], ["produce", "--help"], ["topics", "create", "-h"]):
        result = skafka.run(*args)
        assert result.returncode == 0 and b"skafka" in result.stdout, args
        assert result.stderr == b""
    assert skafka("--version").strip()


def test_a_locked_directory_that_does_not_answer(skafka):
    """Something holds the lock, and no broker stands behind the socket."""
    skafka("produce", "t", "-d", skafka.data, input=b"x\n")
    lock = os.open(skafka.data / ".lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        started = time.monotonic()
        result = skafka.run("consume", "t", "-e", "-d", skafka.data, "--timeout", "2s")
        assert result.returncode == 3, text(result.stderr)
        assert time.monotonic() - started < 8
        one_line(result, str(skafka.data))
    finally:
        os.close(lock)
    assert skafka("consume", "t", "-e", "-q", "-d", skafka.data) == b"x\n"


def test_a_directory_that_cannot_be_made(skafka):
    blocker = skafka.home / "file"
    blocker.write_bytes(b"")
    result = skafka.run("topics", "list", "-d", blocker / "below", "--timeout", "2s")
    assert result.returncode in (1, 3)
    one_line(result, str(blocker))


def test_too_large_a_record_names_the_limit(skafka, broker, topic):
    result = skafka.run("produce", topic, "-b", broker.bootstrap, "-q", timeout=60,
                        input=b"small\n" + b"x" * 2_000_000 + b"\n")
    assert result.returncode == 1
    assert b"x" * 100 not in result.stderr
    assert result.stderr.count(b"\n") == 1
