"""A disk that fills up: a clear error, reads go on, and so does everything once there is room."""

import subprocess
import time

import pytest

from harness import Broker, eventually, text

MIB = 1 << 20
# Errors of the disk can pass, so a producer tries again for as long as it may.
PATIENCE = ("-X", "delivery.timeout.ms=1500")
SETTINGS = ("-X", "log.segment.delete.delay.ms=200", "-X", "log.segment.bytes=4194304",
            "-X", "log.index.size.max.bytes=65536")


@pytest.fixture
def small(tmp_path):
    """A file system of 64 MiB."""
    path = tmp_path / "small"
    path.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(path)],
                             capture_output=True)
    assert mounted.returncode == 0, (
        "this test needs to mount a tmpfs, so run it as root: " + text(mounted.stderr))
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.fixture
def full(small, skafka):
    """A broker on it, with the topics `kept` and `t`, and no room any more."""
    with Broker(skafka, data=small / "data", extra=SETTINGS) as broker:
        broker.create("kept")
        broker.create("t")
        assert send(broker, "kept", b"kept\n").returncode == 0
        for lines in (4096, 64):
            broker.refusal = fill(broker, "t", lines)
        yield broker
        assert broker.stop() == 0, broker.log()


def fill(broker, topic, lines):
    """Sends lines of 1 KiB until they are refused."""
    for _ in range(100):
        result = send(broker, topic, (b"x" * 1023 + b"\n") * lines)
        if result.returncode:
            return result
    raise AssertionError("64 MiB hold more than that")


def send(broker, topic, lines):
    return broker.skafka.run("produce", topic, "-b", broker.bootstrap, *PATIENCE, input=lines)


def count(broker, topic):
    return len(broker.skafka("consume", topic, "-b", broker.bootstrap, "-e", "-q").splitlines())


def works_again(broker, topic="t"):
    eventually(lambda: send(broker, topic, b"again\n").returncode == 0, within=20,
               what="produce with room on the disk")
    output = broker.skafka("consume", topic, "-b", broker.bootstrap, "-e", "-q", "-o", "-1")
    assert output == b"again\n"


def test_it_is_said_and_reads_go_on(full, skafka):
    assert full.refusal.returncode == 1, full.refusal.stderr
    said = text(full.refusal.stderr)
    assert "no space left on the disk" in said and str(skafka.home / "small" / "data") in said
    assert "no space left on the disk" in full.log()
    assert count(full, "kept") == 1
    # Everything that was acknowledged is there, and another refusal takes nothing away.
    before = count(full, "t")
    assert send(full, "t", b"x" * 100_000 + b"\n").returncode == 1
    assert count(full, "t") == before > 30_000


def test_trimming_makes_room(full, skafka):
    before = count(full, "t")
    skafka("topics", "trim", "t", "-b", full.bootstrap, "--to", "end", "--yes")
    assert count(full, "t") == 0
    works_again(full)
    assert count(full, "kept") == 1
    (row,) = skafka("offsets", "get", "t", "-b", full.bootstrap, "--plain").splitlines()
    assert int(row.split(b"\t")[2]) > before


def test_deleting_a_topic_makes_room(full, skafka):
    skafka("topics", "delete", "t", "-b", full.bootstrap, "--yes")
    works_again(full, "kept")
    full.create("t")
    works_again(full)


def test_room_that_others_make_is_used(small, skafka):
    with Broker(skafka, data=small / "data", extra=SETTINGS) as broker:
        broker.create("t")
        assert send(broker, "t", b"first\n").returncode == 0
        filler = small / "filler"
        with open(filler, "wb") as file:
            try:
                while True:
                    file.write(bytes(MIB))
                    file.flush()
            except OSError:
                pass
        # Rolls, indexes, checkpoints and new topics meet the full disk as well.
        for size in (10_000, 100_000, 500_000):
            assert send(broker, "t", b"y" * size + b"\n").returncode == 1
        refused = skafka.run("topics", "create", "more", "-b", broker.bootstrap,
                             "--partitions", 50)
        assert refused.returncode == 1 and b"o space left" in refused.stderr, refused
        assert count(broker, "t") == 1
        filler.unlink()
        works_again(broker)
        broker.create("more")
        works_again(broker, "more")
        assert broker.stop() == 0, broker.log()
    with Broker(skafka, data=small / "data", extra=SETTINGS) as broker:
        assert count(broker, "t") >= 2
        assert "truncated" not in broker.log()
        assert broker.stop() == 0, broker.log()


def test_retention_makes_room_by_itself(full, skafka):
    skafka("topics", "alter", "t", "-b", full.bootstrap, "-c", "retention.bytes=1000000")
    full.stop()
    broker_settings = (*SETTINGS, "-X", "log.retention.check.interval.ms=200",
                       "-X", "log.initial.task.delay.ms=0")
    with Broker(skafka, data=skafka.home / "small" / "data", extra=broker_settings) as broker:
        works_again(broker)
        assert broker.stop() == 0, broker.log()
