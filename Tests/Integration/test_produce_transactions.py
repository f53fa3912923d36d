"""`produce --transactional-id`: readers see all of the input or nothing of it."""

import itertools
import signal
import subprocess

import pytest

from harness import Broker, end, eventually, text

counter = itertools.count()


@pytest.fixture
def flags(broker):
    return ["-b", broker.bootstrap, "--transactional-id", f"tx-{next(counter)}"]


def committed(skafka, broker, topic):
    return skafka("consume", topic, "-b", broker.bootstrap, "-e", "-q")


def written(skafka, broker, topic):
    return skafka("consume", topic, "-b", broker.bootstrap, "-e", "-q",
                  "--isolation-level", "read_uncommitted")


def test_the_whole_input(skafka, broker, topic, flags):
    lines = b"".join(b"line %d\n" % number for number in range(50_000))
    result = skafka.run("produce", topic, *flags, "-z", "lz4", input=lines)
    assert (result.returncode, result.stdout) == (0, b"")
    assert text(result.stderr).endswith(", committed\n")
    assert committed(skafka, broker, topic) == lines
    # And once more with the same id: the next transaction.
    skafka("produce", topic, *flags, "-q", input=b"more\n")
    assert committed(skafka, broker, topic) == lines + b"more\n"


def test_an_empty_input_is_an_empty_transaction(skafka, broker, topic, flags):
    assert skafka("produce", topic, *flags, "-q") == b""
    assert written(skafka, broker, topic) == b""


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_aborts(skafka, broker, topic, flags, number, status):
    producer = skafka.start("produce", topic, *flags, "--report", "%o", stdin=subprocess.PIPE)
    try:
        producer.stdin.write(b"a\nb\n")
        producer.stdin.flush()
        assert producer.stdout.readline() == b"0\n"
        producer.send_signal(number)
        assert producer.wait(8) == status
        assert text(producer.stderr.read()).endswith(", aborted\n")
    finally:
        end(producer)
    assert committed(skafka, broker, topic) == b""
    assert written(skafka, broker, topic) == b"a\nb\n"


def test_input_that_cannot_be_read_aborts(skafka, broker, topic, flags):
    lines = b'{"value":"a"}\nno json\n{"value":"b"}\n'
    result = skafka.run("produce", topic, *flags, "-J", input=lines)
    assert result.returncode == 1
    assert "line 2" in text(result.stderr) and "aborted" in text(result.stderr)
    assert committed(skafka, broker, topic) == b""


def test_input_that_is_passed_over_on_purpose_does_not(skafka, broker, topic, flags):
    lines = b'{"value":"a"}\nno json\n{"value":"b"}\n'
    result = skafka.run("produce", topic, *flags, "-J", "--on-error", "continue", input=lines)
    assert result.returncode == 1
    assert "line 2" in text(result.stderr) and "committed" in text(result.stderr)
    assert committed(skafka, broker, topic) == b"a\nb\n"


def test_one_record_that_is_refused_takes_all_with_it(skafka, broker, topic, flags):
    lines = b"small\n" + b"x" * 2_000_000 + b"\nlast\n"
    result = skafka.run("produce", topic, *flags, "--on-error", "continue", input=lines)
    error = text(result.stderr)
    assert result.returncode == 1
    # One line says why, one what became of it.
    assert error.count("\n") == 2 and "record larger than" in error and "aborted" in error
    assert committed(skafka, broker, topic) == b""


def test_who_is_killed_leaves_nothing_to_be_seen(skafka, broker, topic, flags):
    producer = skafka.start("produce", topic, *flags, "--report", "%o", stdin=subprocess.PIPE)
    producer.stdin.write(b"lost\n")
    producer.stdin.flush()
    assert producer.stdout.readline() == b"0\n"
    end(producer)
    assert committed(skafka, broker, topic) == b""
    # The next one with the id aborts what was left open.
    skafka("produce", topic, *flags, "-q", input=b"kept\n")
    assert committed(skafka, broker, topic) == b"kept\n"


def test_a_second_one_fences_the_first(skafka, broker, topic, flags):
    first = skafka.start("produce", topic, *flags, "--report", "%o", stdin=subprocess.PIPE)
    try:
        first.stdin.write(b"first\n")
        first.stdin.flush()
        assert first.stdout.readline() == b"0\n"
        skafka("produce", topic, *flags, "-q", input=b"second\n")
        first.stdin.close()
        assert first.wait(15) == 1
        error = text(first.stderr.read())
        assert "another producer has taken the transactional id" in error
    finally:
        end(first)
    assert committed(skafka, broker, topic) == b"second\n"


def test_a_transaction_that_is_open_for_too_long(skafka, tmp_path):
    settings = ["-X", "transaction.abort.timed.out.transaction.cleanup.interval.ms=100"]
    with Broker(skafka, extra=settings) as broker:
        broker.create("t")
        flags = ["-b", broker.bootstrap, "--transactional-id", "slow"]
        producer = skafka.start("produce", "t", *flags, "-X", "transaction.timeout.ms=500",
                                "--report", "%o", stdin=subprocess.PIPE)
        try:
            producer.stdin.write(b"a\n")
            producer.stdin.flush()
            assert producer.stdout.readline() == b"0\n"
            skafka("produce", "t", "-b", broker.bootstrap, "-q", input=b"plain\n")
            # Committed readers see what came behind it once it is aborted.
            eventually(lambda: committed(skafka, broker, "t") == b"plain\n")
            producer.stdin.close()
            assert producer.wait(15) == 1
            assert "transaction.timeout.ms" in text(producer.stderr.read())
        finally:
            end(producer)


def test_several_files_are_one_transaction(skafka, broker, topic, flags):
    good = skafka.home / "good"
    good.write_bytes(b"one\ntwo\n")
    result = skafka.run("produce", topic, *flags, "-l", good, skafka.home / "missing")
    assert result.returncode == 1
    assert committed(skafka, broker, topic) == b""
    skafka("produce", topic, *flags, "-q", "-l", good, good)
    assert committed(skafka, broker, topic) == b"one\ntwo\none\ntwo\n"


@pytest.mark.parametrize("args", [["--acks", "1"], ["--no-idempotent"],
                                  ["-X", "enable.idempotence=false"]], ids=" ".join)
def test_what_does_not_go_together(skafka, data, args):
    result = skafka.run("produce", "t", *data, "--transactional-id", "x", *args)
    assert result.returncode == 2
    assert text(result.stderr).count("\n") == 1 and "transaction" in text(result.stderr)


def test_the_setting_means_the_same(skafka, broker, topic):
    result = skafka.run("produce", topic, "-b", broker.bootstrap, "-X", "transactional.id=by-x",
                        input=b"a\n")
    assert text(result.stderr).endswith("committed\n")


def test_with_the_embedded_broker(skafka, data):
    skafka("produce", "t", *data, "--transactional-id", "x", "-q", input=b"a\n")
    assert skafka("consume", "t", *data, "-e", "-q") == b"a\n"
