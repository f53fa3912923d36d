"""Compacted topics: old values of a key go while they are written, read, stopped and killed."""

import json
import random
import threading
import time

import pytest

from harness import Broker, eventually, free_port

KEYS = 40
SETTINGS = ["-X", "log.cleaner.backoff.ms=50", "-X", "log.cleaner.io.buffer.size=16384"]
CONFIGS = ["-c", "cleanup.policy=compact", "-c", "segment.bytes=15000",
           "-c", "min.cleanable.dirty.ratio=0.1", "-c", "delete.retention.ms=100000",
           "-c", "file.delete.delay.ms=500"]


class Writer:
    """Writes numbers under random keys, batch by batch, and knows the last of each."""

    def __init__(self, skafka, seed):
        self.skafka = skafka
        self.random = random.Random(seed)
        self.latest = {}
        self.count = 0

    def write(self, bootstrap, count, *flags):
        lines, new = [], {}
        for _ in range(count):
            self.count += 1
            key = f"key-{self.random.randrange(KEYS)}"
            if self.random.random() < 0.05:
                lines.append({"key": key, "value": None})
                new[key] = None
            else:
                value = f"{self.count}-" + "x" * self.random.randrange(60)
                lines.append({"key": key, "value": value})
                new[key] = value
        text = "".join(json.dumps(line) + "\n" for line in lines)
        result = self.skafka.run(
            "produce", "t", "-b", bootstrap, "-q", "-J", *flags, input=text.encode())
        if result.returncode == 0:
            self.latest.update(new)
        return result.returncode == 0

    def check(self, records):
        """The last value of each key is what was written last; offsets rise."""
        offsets = [record["offset"] for record in records]
        assert offsets == sorted(set(offsets))
        found = {record["key"]: record["value"] for record in records}
        expected = {key: value for key, value in self.latest.items() if value is not None}
        assert {k: v for k, v in found.items() if v is not None} == expected


def consume(skafka, bootstrap):
    return skafka.json_lines(
        "consume", "t", "-b", bootstrap, "-e", "-q", "--json", timeout=60)


def settled(skafka, bootstrap):
    """The records once compaction has nothing more to do."""
    seen = []

    def unchanged():
        seen.append(consume(skafka, bootstrap))
        time.sleep(0.5)
        return len(seen) > 1 and seen[-1] == seen[-2]

    eventually(unchanged, 20, "an end of compaction")
    return seen[-1]


def log_bytes(skafka):
    return sum(size_bytes(path) for path in (skafka.data / "t-0").glob("*.log"))


def size_bytes(path):
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0  # Compacted away since it was listed.


def start(skafka, port=0, *settings):
    return Broker(skafka, skafka.data, port, ["-v", *SETTINGS, *settings])


def test_the_cleaner_is_set_while_it_runs(skafka):
    writer = Writer(skafka, 2)
    with start(skafka, 0, "-X", "log.cleaner.backoff.ms=3600000", "-X",
               "log.cleaner.io.max.bytes.per.second=1") as broker:
        broker.create("t", 1, *CONFIGS)
        for _ in range(10):
            assert writer.write(broker.bootstrap, 300)
        # By the bytes that it may read it would take hours; by its pause too.
        for setting in ("log.cleaner.threads=2", "log.cleaner.backoff.ms=50",
                        "log.cleaner.io.max.bytes.per.second=1e9"):
            skafka("configs", "alter", "broker", "0", "-b", broker.bootstrap, "-c", setting)
        eventually(lambda: len(consume(skafka, broker.bootstrap)) < writer.count / 2, 20,
                   "a compaction")
        writer.check(settled(skafka, broker.bootstrap))
        refused = skafka.run("configs", "alter", "broker", "0", "-b", broker.bootstrap,
                             "-c", "log.cleaner.threads=5")
        assert refused.returncode == 1
        assert b"more than double the current value 2" in refused.stderr
        assert broker.stop() == 0, broker.log()
    assert "cleaner settings changed threads=2" in broker.log()


@pytest.mark.parametrize("codec", ["none", "zstd"])
def test_the_last_value_of_each_key_stays(skafka, codec):
    writer = Writer(skafka, 1)
    with start(skafka) as broker:
        broker.create("t", 1, *CONFIGS)
        for _ in range(20):
            assert writer.write(broker.bootstrap, 300, "-z", codec)
            writer.check(consume(skafka, broker.bootstrap))
        # What is left: a value of each key, and the active segment.
        eventually(lambda: len(consume(skafka, broker.bootstrap)) < writer.count / 2, 20,
                   "a compaction")
        records = settled(skafka, broker.bootstrap)
        writer.check(records)
        # From any offset on, also where there is nothing any more.
        for offset in range(0, writer.count, writer.count // 10):
            rest = skafka.json_lines("consume", "t", "-b", broker.bootstrap, "-e", "-q", "--json",
                                     "-o", str(offset))
            assert [r["offset"] for r in rest] == [
                r["offset"] for r in records if r["offset"] >= offset]
        assert broker.stop() == 0, broker.log()
    assert "compacted up to offset" in broker.log()
    checkpoint = (skafka.data / "cleaner-offset-checkpoint").read_text().split("\n")
    assert checkpoint[:2] == ["0", "1"] and checkpoint[2].startswith("t 0 ")
    # Another start finds the same, and goes on where this one ended.
    with start(skafka) as broker:
        writer.check(consume(skafka, broker.bootstrap))
        assert writer.write(broker.bootstrap, 1000)
        writer.check(consume(skafka, broker.bootstrap))
        assert broker.stop() == 0, broker.log()


def until_compacting(skafka, within):
    """Returns when a segment is being compacted, or there was nothing to compact for a while."""
    end = time.monotonic() + within
    while not list((skafka.data / "t-0").glob("*.cleaned")) and time.monotonic() < end:
        time.sleep(0.001)


def test_killed_while_it_compacts(skafka):
    """What was acknowledged is there after every kill -9, and never an older value in its place."""
    writer = Writer(skafka, 2)
    chance = random.Random(3)
    unfinished = 0
    port = free_port()
    # So slow that most of them come in the middle of it.
    slow = ["-X", "log.cleaner.io.max.bytes.per.second=400000"]
    broker = start(skafka, port, *slow)
    try:
        broker.create("t", 1, *CONFIGS)
        for _ in range(8):
            for _ in range(3):
                assert writer.write(broker.bootstrap, 500)
            until_compacting(skafka, within=2)
            time.sleep(chance.random() * 0.05)
            broker.kill()
            unfinished += len(list((skafka.data / "t-0").glob("*.cleaned")))
            broker = start(skafka, port, *slow)
            assert broker.start_seconds < 2
            writer.check(consume(skafka, broker.bootstrap))
        eventually(lambda: log_bytes(skafka) < 80_000, 20, "a small log")
        assert broker.stop() == 0, broker.log()
    finally:
        broker.kill()
    assert unfinished > 0
    names = [path.name for path in (skafka.data / "t-0").iterdir()]
    assert not [name for name in names if name.endswith((".cleaned", ".swap"))]


def test_read_while_it_compacts(skafka):
    """A reader that follows sees every key's last value, and no offset twice or out of order."""
    writer = Writer(skafka, 4)
    with start(skafka, 0, "-X", "log.cleaner.io.max.bytes.per.second=2000000") as broker:
        broker.create("t", 1, *CONFIGS)
        problems = []
        ended = threading.Event()

        def read():
            while not ended.is_set():
                offsets = [r["offset"] for r in consume(skafka, broker.bootstrap)]
                if offsets != sorted(set(offsets)):
                    problems.append(offsets)

        reader = threading.Thread(target=read)
        reader.start()
        try:
            for _ in range(15):
                assert writer.write(broker.bootstrap, 400)
        finally:
            ended.set()
            reader.join()
        assert not problems
        writer.check(consume(skafka, broker.bootstrap))
        assert broker.stop() == 0, broker.log()


def test_an_end_in_the_middle_comes_at_once(skafka):
    writer = Writer(skafka, 5)
    with start(skafka, 0, "-X", "log.cleaner.io.max.bytes.per.second=50000") as broker:
        broker.create("t", 1, *CONFIGS)
        assert writer.write(broker.bootstrap, 2000)

        def cleaned():
            return list((skafka.data / "t-0").glob("*.cleaned"))

        eventually(cleaned, 20, "a compaction")
        began = time.monotonic()
        assert broker.stop() == 0, broker.log()
        assert time.monotonic() - began < 3
        assert not cleaned()


def test_a_topic_deleted_in_the_middle(skafka):
    """Its successor of the same name begins anew."""
    with start(skafka, 0, "-X", "log.cleaner.io.max.bytes.per.second=200000") as broker:
        for seed in range(3):
            writer = Writer(skafka, seed)
            broker.create("t", 1, *CONFIGS)
            for _ in range(4):
                assert writer.write(broker.bootstrap, 500)
            writer.check(consume(skafka, broker.bootstrap))
            skafka("topics", "delete", "t", "-b", broker.bootstrap, "--yes")
        assert broker.stop() == 0, broker.log()
    assert "error" not in broker.log().lower(), broker.log()
