"""Copies of log directories that real Kafka brokers wrote: every record is served, under both
isolation levels, and they can be gone on with."""

import base64
import collections
import json
import os
import pathlib
import shutil

import confluent_kafka
import pytest

from harness import ROOT, Broker

FIXTURES = pathlib.Path(os.environ.get("KAFKA_FIXTURES", ROOT / "../shared/fixtures"))
LEVELS = ["read_committed", "read_uncommitted"]


def rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class KafkaDirectory:
    """A log directory of a fixture set: one with `meta.properties`. Its partitions lie in it, or
    in sibling directories that have expectations of what consumers read."""

    def __init__(self, root):
        self.root = root
        self.expected_path = root.parent / "expected"
        own = [path for path in root.iterdir() if (path / "partition.metadata").exists()
               and not path.name.startswith("__cluster_metadata")]
        self.groups = [root.name] if own else sorted(
            path.name for path in root.parent.iterdir()
            if path.is_dir() and not (path / "meta.properties").exists()
            and list(self.expected_path.glob(f"{path.name}.*jsonl")))
        offsets = self.expected_path / (f"{root.name}.offsets.jsonl" if own else "offsets.jsonl")
        after = self.expected_path / f"{root.name}-recovered.offsets.jsonl"
        self.offsets = rows(after if after.exists() else offsets)

    def copy(self, target):
        shutil.copytree(self.root, target)
        for group in self.groups:
            if group != self.root.name:
                shutil.copytree(self.root.parent / group, target, dirs_exist_ok=True)
        for path in [target, *target.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)

    def expected(self, level):
        """Records by partition, of the groups that have expectations for a level or for both."""
        found = collections.defaultdict(list)
        for group in self.groups:
            for row in (rows(self.expected_path / f"{group}.{level}.jsonl")
                        or rows(self.expected_path / f"{group}.jsonl")):
                found[row["topic"], row["partition"]].append((
                    row["offset"], row["timestamp"], row["timestampType"], row["key"],
                    row["value"], [(h["key"], h["value"]) for h in row["headers"]]))
        return found

    def __repr__(self):
        return f"{self.root.parent.name}-{self.root.name}"


def directories():
    found = [KafkaDirectory(path.parent) for path in sorted(FIXTURES.rglob("meta.properties"))]
    found = [directory for directory in found if directory.groups and directory.offsets]
    if not found and os.environ.get("REQUIRE_FIXTURES") == "1":
        pytest.fail(f"REQUIRE_FIXTURES=1, but no directories below {FIXTURES}")
    return found


def encoded(data):
    return None if data is None else base64.b64encode(data).decode()


def consume(bootstrap, level, topic, partition, start):
    """All that a consumer gets of a partition, as the expectations have it."""
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False,
        "enable.partition.eof": True, "auto.offset.reset": "error", "check.crcs": True,
        "isolation.level": level, "fetch.wait.max.ms": 10})
    consumer.assign([confluent_kafka.TopicPartition(topic, partition, start)])
    types = {confluent_kafka.TIMESTAMP_CREATE_TIME: "CreateTime",
             confluent_kafka.TIMESTAMP_LOG_APPEND_TIME: "LogAppendTime"}
    found = []
    try:
        while True:
            message = consumer.poll(20)
            assert message is not None, f"{topic}-{partition}: nothing came for 20 s"
            if message.error():
                assert message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF
                return found
            kind, timestamp = message.timestamp()
            found.append((
                message.offset(), timestamp, types[kind], encoded(message.key()),
                encoded(message.value()),
                [(name, encoded(value)) for name, value in message.headers() or []]))
    finally:
        consumer.close()


def skafka_consume(skafka, bootstrap, level, topic, partition):
    found = []
    for row in skafka.json_lines(
            "consume", topic, "-b", bootstrap, "-p", partition, "-o", "beginning", "-e", "-q",
            "--json", "--isolation-level", level, "--key-encoding", "base64",
            "--value-encoding", "base64", timeout=60):
        headers = [(h["key"], h["value"] if h.get("encoding") == "base64" or h["value"] is None
                    else encoded(h["value"].encode())) for h in row["headers"]]
        found.append((row["offset"], row["timestamp"], row["timestampType"], row["key"],
                      row["value"], headers))
    return found


def check_all(skafka, broker, directory, more=()):
    """Every partition, by librdkafka and by skafka; `more` values lie behind Kafka's own."""
    for level in LEVELS:
        expected = directory.expected(level)
        for row in directory.offsets:
            name = row["topic"], row["partition"]
            # Of some of Kafka's own topics there are no expectations.
            if name[0].startswith("__") and not expected[name]:
                continue
            found = consume(broker.bootstrap, level, *name, row["logStartOffset"])
            own = found[:len(expected[name])]
            assert own == expected[name], (name, level)
            rest = [base64.b64decode(record[4]) for record in found[len(own):]]
            if row["lastStableOffset"] == row["highWatermark"] or level != "read_committed":
                assert rest == list(more) or name[0].startswith("__"), (name, level)
            if not more:
                assert skafka_consume(skafka, broker.bootstrap, level, *name) == own


def append(broker, directory, value):
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap})
    failures = []
    for row in directory.offsets:
        if not row["topic"].startswith("__"):
            producer.produce(
                row["topic"], value, b"key", partition=row["partition"],
                on_delivery=lambda error, _: error and failures.append(error))
    assert producer.flush(20) == 0 and not failures, failures


@pytest.mark.parametrize("directory", directories(), ids=repr)
def test_every_record_is_served_and_more_are_taken(skafka, directory):
    directory.copy(skafka.data)
    with Broker(skafka, data=skafka.data) as broker:
        check_all(skafka, broker, directory)
        append(broker, directory, b"one")
        check_all(skafka, broker, directory, [b"one"])
        assert broker.stop() == 0, broker.log()
    with Broker(skafka, data=skafka.data) as broker:
        append(broker, directory, b"two")
        check_all(skafka, broker, directory, [b"one", b"two"])
        broker.kill()
    with Broker(skafka, data=skafka.data) as broker:
        check_all(skafka, broker, directory, [b"one", b"two"])
        assert broker.stop() == 0, broker.log()
