"""The project's client against a cluster that is not its own: librdkafka's, of three brokers."""

import confluent_kafka
import pytest

from clients import Librdkafka, Record, SkafkaClient
from harness import text

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


@pytest.fixture(scope="module")
def cluster():
    """The addresses of a cluster that lives in this process for as long as its producer."""
    producer = confluent_kafka.Producer({"bootstrap.servers": "", "test.mock.num.brokers": 3})
    brokers = producer.list_topics(timeout=10).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    del producer


def test_three_brokers_are_found_through_one(skafka, cluster):
    first = cluster.split(",")[0]
    lines = b"".join(b"k%d:line %d\n" % (n % 50, n) for n in range(5000))
    skafka("produce", "spread", "-b", first, "-K", ":", "-q", input=lines)
    records = skafka.json_lines("consume", "spread", "-b", first, "-e", "-J", "-q")
    assert len(records) == 5000
    assert len({record["partition"] for record in records}) > 1
    by_key = {}
    for record in records:
        by_key.setdefault(record["key"], []).append(int(record["value"].split()[1]))
    assert all(numbers == sorted(numbers) for numbers in by_key.values())


@pytest.mark.parametrize("codec", CODECS)
def test_both_ways_with_librdkafka(skafka, cluster, codec):
    records = [Record(b"k%d" % n, b"value %d " % n * 20, [("h", b"x")], 1_700_000_000_000 + n)
               for n in range(1000)]
    mine = SkafkaClient(skafka)
    mine.produce(cluster, f"mine-{codec}", records, codec)
    assert Librdkafka().consume(cluster, f"mine-{codec}") == records
    Librdkafka().produce(cluster, f"theirs-{codec}", records, codec)
    assert mine.consume(cluster, f"theirs-{codec}") == records


def test_offsets(skafka, cluster):
    skafka("produce", "counted", "-b", cluster, "-p", "0", "-q", input=b"a\nb\nc\n")
    rows = text(skafka("offsets", "get", "counted", "-b", cluster, "--plain")).splitlines()
    assert "counted\t0\t3" in rows
    last = skafka("consume", "counted", "-b", cluster, "-o", "-2", "-e", "-p", "0", "-q")
    assert last == b"b\nc\n"


def test_an_unknown_topic(skafka, cluster):
    result = skafka.run("offsets", "get", "never-made", "-b", cluster)
    # The mock makes any topic that a client asks for; then there is nothing in it.
    assert result.returncode in (0, 1)


def test_groups_are_seen_and_moved(skafka, cluster):
    """The cluster keeps offsets but cannot describe groups."""
    skafka("produce", "moved", "-b", cluster, "-p", "0", "-q", input=b"a\nb\nc\n")
    consumer = confluent_kafka.Consumer({"bootstrap.servers": cluster, "group.id": "mover"})
    consumer.commit(offsets=[confluent_kafka.TopicPartition("moved", 0, 1)], asynchronous=False)

    def stands():
        return text(skafka("offsets", "committed", "mover", "-b", cluster, "--plain"))

    assert stands() == "mover\tmoved\t0\t1\t3\t2\t-\t-\t-\n"
    skafka("offsets", "reset", "mover", "-b", cluster, "--topic", "moved:0", "--shift-by", "1",
           "--execute")
    assert stands() == "mover\tmoved\t0\t2\t3\t1\t-\t-\t-\n"
    (found,) = consumer.committed([confluent_kafka.TopicPartition("moved", 0)], 10)
    consumer.close()
    assert found.offset == 2


def test_the_cluster_tells_what_it_can(skafka, cluster):
    described = skafka.json("cluster", "describe", "-b", cluster)
    assert [broker["id"] for broker in described["brokers"]] == [1, 2, 3]
    assert described["quorum"] is None and described["logDirs"] is None
    refused = skafka.run("groups", "list", "-b", cluster)
    assert refused.returncode == 1 and b"no usable version of ListGroups" in refused.stderr


def test_a_group_shares_and_prints_each_record_once(skafka, cluster):
    # The mock lets those who come back wait for as long as a session lasts, and that has to be
    # longer than the three seconds that it gathers a new group's members.
    base = ["consume", "grouped", "-b", cluster, "-g", "grouped", "-o", "beginning",
            "-X", "session.timeout.ms=4500", "-X", "heartbeat.interval.ms=300"]
    lines = b"".join(b"%d\n" % n for n in range(2000))
    skafka("produce", "grouped", "-b", cluster, "-q", "--partitioner", "random", input=lines)
    first = skafka(*base, "-c", "500").split()
    members = [skafka.start(*base, "--idle-timeout", "7s") for _ in range(2)]
    outputs = [member.communicate(timeout=60) for member in members]
    assert [member.returncode for member in members] == [0, 0], outputs
    numbers = first + [line for output, _ in outputs for line in output.split()]
    assert sorted(map(int, numbers)) == list(range(2000))
    assert all(output for output, _ in outputs)
