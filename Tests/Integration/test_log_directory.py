"""A log directory that skafka wrote, read again by an independent reader."""

import json

import confluent_kafka
import pytest

import kafka_files
from harness import Broker

SMALL = ["-c", "segment.bytes=6000", "-c", "index.interval.bytes=200"]


def produce(bootstrap, partition, codec, numbers, **settings):
    producer = confluent_kafka.Producer({
        "bootstrap.servers": bootstrap, "compression.type": codec, "linger.ms": 2,
        "batch.num.messages": 7} | settings)
    failures = []
    for number in numbers:
        producer.produce(
            "t", b"value %d " % number * 5, b"key %d" % number, partition=partition,
            timestamp=1_700_000_000_000 + number * 10, headers=[("n", b"%d" % number)],
            on_delivery=lambda error, _: error and failures.append(error))
    assert producer.flush(20) == 0 and not failures


@pytest.fixture(params=["stopped", "killed and stopped"])
def directory(skafka, request):
    """Of a broker that took records of every kind, in many segments, and ended in order."""
    with Broker(skafka, data=skafka.data) as broker:
        broker.create("t", 2, *SMALL)
        number = 0
        for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
            for settings in [{}, {"enable.idempotence": True}]:
                produce(broker.bootstrap, 0, codec, range(number, number + 100), **settings)
                number += 100
        if request.param == "stopped":
            assert broker.stop() == 0, broker.log()
        else:
            broker.kill()
    if request.param != "stopped":
        with Broker(skafka, data=skafka.data) as broker:
            assert broker.stop() == 0, broker.log()
    return skafka.data


def test_an_independent_reader_finds_all_as_it_should(directory):
    segments = kafka_files.segments(directory / "t-0")
    assert len(segments) > 5
    following = 0
    epoch_starts = {}
    for segment in segments:
        assert segment.base == following
        following = segment.check()
        for batch in segment.batches:
            epoch_starts.setdefault(batch["epoch"], batch["base"])
    records = [record for segment in segments for batch in segment.batches
               for record in batch["records"]]
    assert [record.offset for record in records] == list(range(1000))
    for number, record in enumerate(records):
        assert record.value == b"value %d " % number * 5
        assert record.key == b"key %d" % number
        assert record.timestamp == 1_700_000_000_000 + number * 10
        assert [tuple(header) for header in record.headers] == [("n", b"%d" % number)]

    rows = kafka_files.checkpoint(directory / "t-0/leader-epoch-checkpoint")
    assert rows == [[str(epoch), str(start)] for epoch, start in sorted(epoch_starts.items())]


def test_snapshots_say_what_the_batches_do(directory):
    segments = kafka_files.segments(directory / "t-0")
    end = segments[-1].batches[-1]["last"] + 1
    offsets = [segment.base for segment in segments[1:]] + [end]
    for offset in offsets:
        found = kafka_files.snapshot(directory / f"t-0/{offset:020}.snapshot")
        batches = [b for s in segments for b in s.batches if b["base"] < offset]
        expected = kafka_files.producers(batches)
        assert found.keys() == expected.keys(), offset
        for producer, entry in expected.items():
            assert entry.items() <= found[producer].items(), (offset, producer)
            assert found[producer]["transaction"] == -1
    assert kafka_files.snapshot(directory / f"t-0/{end:020}.snapshot")


def test_the_directory_is_marked_as_kafka_does(directory):
    metadata = kafka_files.properties(directory / "meta.properties")
    assert metadata["version"] == "1" and metadata["node.id"] == "0"
    assert metadata["cluster.id"] and metadata["directory.id"]
    assert json.loads((directory / ".kafka_cleanshutdown").read_text())["version"] == 0
    points = kafka_files.checkpoint(directory / "recovery-point-offset-checkpoint")
    assert ["t", "0", "1000"] in points and ["t", "1", "0"] in points
    assert (directory / "t-0/partition.metadata").read_text().startswith("version: 0\ntopic_id: ")
    # Of a partition without records there are a segment and empty indexes.
    assert {path.name for path in (directory / "t-1").iterdir()} == {
        "00000000000000000000.log", "00000000000000000000.index",
        "00000000000000000000.timeindex", "partition.metadata"}
