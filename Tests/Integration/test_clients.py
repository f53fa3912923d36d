"""Other people's clients, unmodified: what each writes with every codec, all others read."""

import time

import pytest

from clients import AioKafka, KafkaPython, Kcat, Librdkafka, Record, SkafkaClient

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
BASE = 1_700_000_000_000

# What kcat can write from its command line, and what the libraries can.
SIMPLE = [
    Record(b"key", b"value", [("a", b"1"), ("a", b"2"), ("empty", b"")]),
    Record(None, b"no key"),
    Record(b"k", b"the same words over and over " * 300),
]
FULL = SIMPLE + [
    Record(b"", b""),
    Record(b"tombstone", None),
    Record(b"null header", b"", [("h", None)]),
    Record(b"\xff\x00", bytes(range(256)), [("b", b"\xff\xfe"), ("\u00fc", "\u9375".encode())]),
    Record(b"large", b"0123456789abcdef" * 20_000),
] + [Record(b"%d" % n, b"record %d of many" % n) for n in range(500)]
FULL = [record._replace(timestamp=BASE + n * 1000) for n, record in enumerate(FULL)]
# What the Python clients refuse to send, neither key nor value, and kafka-python: a null header.
NOTHING = [Record(None, None, timestamp=BASE)]
NO_NULL_HEADER = [record for record in FULL if not any(text is None for _, text in record.headers)]
RECORDS = {"librdkafka": FULL + NOTHING, "kafka-python": NO_NULL_HEADER, "aiokafka": FULL,
           "kcat": SIMPLE, "skafka": FULL + NOTHING}


def of(skafka):
    return {"librdkafka": Librdkafka(), "kafka-python": KafkaPython(), "aiokafka": AioKafka(),
            "kcat": Kcat(), "skafka": SkafkaClient(skafka)}


@pytest.fixture(scope="module")
def written(broker):
    """Topics by producer and codec, filled once when first asked for."""
    topics = {}

    def get(producer, codec):
        if (producer, codec) not in topics:
            topic = broker.create(f"from-{producer}-{codec}")
            client = of(broker.skafka)[producer]
            client.produce(broker.bootstrap, topic, RECORDS[producer], codec)
            topics[producer, codec] = topic
        return topics[producer, codec]

    return get


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("producer", RECORDS)
def test_what_one_writes_all_read(broker, written, producer, codec):
    topic = written(producer, codec)
    records = RECORDS[producer]
    for consumer, client in of(broker.skafka).items():
        found = client.consume(broker.bootstrap, topic)
        assert len(found) == len(records), consumer
        for number, (expected, record) in enumerate(zip(records, found)):
            if producer == "kcat":
                # The time is the producer's clock.
                assert abs(record.timestamp - time.time() * 1000) < 120_000
                record = record._replace(timestamp=0)
            assert record == expected, f"{consumer}, record {number}"


@pytest.mark.parametrize("settings", [
    {"enable.idempotence": True}, {"acks": 0}, {"acks": 1},
    {"enable.idempotence": True, "compression.type": "zstd", "max.in.flight": 5},
], ids=str)
def test_librdkafkas_ways_of_producing(broker, topic, settings):
    records = [Record(None, b"%d" % n, timestamp=BASE) for n in range(2000)]
    client = Librdkafka()
    client.produce(broker.bootstrap, topic, records, "none", **settings)
    deadline = time.monotonic() + 10
    while len(found := client.consume(broker.bootstrap, topic)) < len(records):
        assert settings == {"acks": 0} and time.monotonic() < deadline
    assert found == records


def test_idempotent_producers_of_others(broker, topic):
    first = [Record(None, b"a%d" % n, timestamp=BASE) for n in range(300)]
    second = [Record(None, b"b%d" % n, timestamp=BASE) for n in range(300)]
    KafkaPython().produce(broker.bootstrap, topic, first, "none", enable_idempotence=True)
    AioKafka().produce(broker.bootstrap, topic, second, "gzip", enable_idempotence=True)
    assert SkafkaClient(broker.skafka).consume(broker.bootstrap, topic) == first + second


def test_librdkafka_finds_offsets_by_time(broker, topic):
    import confluent_kafka
    client = Librdkafka()
    client.produce(broker.bootstrap, topic, [
        Record(None, b"%d" % n, timestamp=BASE + n * 1000) for n in range(100)], "lz4")
    consumer = confluent_kafka.Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "g"})
    try:
        for at, offset in [(BASE, 0), (BASE + 1, 1), (BASE + 50_000, 50), (BASE + 98_500, 99)]:
            (found,) = consumer.offsets_for_times(
                [confluent_kafka.TopicPartition(topic, 0, at)], timeout=10)
            assert found.offset == offset
        assert consumer.get_watermark_offsets(
            confluent_kafka.TopicPartition(topic, 0), timeout=10) == (0, 100)
    finally:
        consumer.close()


def test_admin_calls_of_others(broker, skafka):
    from confluent_kafka.admin import AdminClient, NewTopic
    from kafka.admin import KafkaAdminClient
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    names = [f"admin-{time.monotonic_ns()}-{n}" for n in range(2)]
    for future in admin.create_topics([NewTopic(name, 3, 1) for name in names]).values():
        future.result(10)
    metadata = admin.list_topics(timeout=10)
    assert all(len(metadata.topics[name].partitions) == 3 for name in names)
    assert len(metadata.brokers) == 1
    python = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        assert set(names) <= set(python.list_topics())
    finally:
        python.close()
    for future in admin.delete_topics(names).values():
        future.result(10)
    rows = skafka("topics", "list", "-b", broker.bootstrap, "--plain").decode()
    assert not any(name in rows for name in names)


def test_a_client_that_is_told_of_more_than_it_asked(broker, topic):
    """A response is never larger than asked for but by its first batch."""
    records = [Record(None, b"x" * 10_000, timestamp=BASE) for _ in range(500)]
    Librdkafka().produce(broker.bootstrap, topic, records, "none", **{"batch.size": 30_000})
    found = Librdkafka().consume(
        broker.bootstrap, topic, **{"fetch.message.max.bytes": 1000, "fetch.max.bytes": 1000,
                                    "message.max.bytes": 1000})
    assert len(found) == 500


@pytest.mark.parametrize("version", ["0.10.0", "0.11.0", "1.0.0", "2.0.0", "2.4.0"])
def test_kcat_with_the_protocol_of_an_old_broker(broker, version):
    """It asks for no versions and takes those of that time."""
    import subprocess
    topic = broker.create(f"old-{version}")
    old = ["-b", broker.bootstrap, "-t", topic, "-X", "api.version.request=false",
           "-X", f"broker.version.fallback={version}"]
    subprocess.run(["kcat", "-P", *old, "-X", "message.timeout.ms=10000"], input=b"1\n2\n3\n",
                   check=True, timeout=30)
    output = subprocess.run(["kcat", "-C", *old, "-o", "beginning", "-e", "-q"], check=True,
                            capture_output=True, timeout=30).stdout
    assert output == b"1\n2\n3\n"


@pytest.mark.parametrize("version", [(0, 11), (1, 0), (2, 0), (2, 4), (2, 8)], ids=str)
def test_kafka_python_with_an_old_protocol(broker, topic, version):
    import kafka
    producer = kafka.KafkaProducer(
        bootstrap_servers=broker.bootstrap, api_version=version, enable_idempotence=False)
    producer.send(topic, b"value", b"key", partition=0).get(10)
    producer.close()
    (record,) = KafkaPython().consume(broker.bootstrap, topic)
    assert (record.key, record.value) == (b"key", b"value")
