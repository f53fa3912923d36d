"""Client quotas (KIP-13, 124, 546, 599, 612), as clients see them: what they are told of being held
up, and the rates that they come to."""

import socket
import time

import confluent_kafka
import confluent_kafka.admin
import kafka
import kafka.errors
import pytest
from kafka.protocol.admin import AlterClientQuotasRequest, DescribeClientQuotasRequest

from harness import Broker, eventually

RATE = 200_000


@pytest.fixture
def quick(skafka):
    """A broker with quotas over two windows, so that what was used is soon forgotten."""
    with Broker(skafka, data=skafka.data, extra=("-X", "quota.window.num=2")) as broker:
        yield broker
        assert broker.stop() == 0, broker.log()


def send(broker, request):
    admin = kafka.KafkaAdminClient(bootstrap_servers=broker.bootstrap, client_id="quota-setter")
    try:
        return admin._manager.run(admin._manager.send, request)
    finally:
        admin.close()


def set_quotas(broker, entity, **values):
    """`entity` has names by types, None for the default; a value of None removes."""
    entry = AlterClientQuotasRequest.EntryData
    response = send(broker, AlterClientQuotasRequest(entries=[entry(
        entity=[entry.EntityData(entity_type=kind, entity_name=name)
                for kind, name in entity.items()],
        ops=[entry.OpData(key=key, value=value or 0.0, remove=value is None)
             for key, value in values.items()])], validate_only=False))
    assert [answer.error_code for answer in response.entries] == [0], response
    return response


def quotas(broker):
    response = send(broker, DescribeClientQuotasRequest(components=[], strict=False))
    assert response.error_code == 0
    return {tuple((part.entity_type, part.entity_name) for part in entry.entity):
            {value.key: value.value for value in entry.values} for entry in response.entries}


def test_quotas_outlive_a_restart(skafka):
    with Broker(skafka, data=skafka.data) as broker:
        set_quotas(broker, {"user": None, "client-id": "c 1"}, consumer_byte_rate=1.0e6)
        set_quotas(broker, {"ip": "10.0.0.1"}, connection_creation_rate=5.0)
        broker.kill()
    with Broker(skafka, data=skafka.data) as broker:
        assert quotas(broker) == {
            (("client-id", "c 1"), ("user", None)): {"consumer_byte_rate": 1.0e6},
            (("ip", "10.0.0.1"),): {"connection_creation_rate": 5.0}}
        set_quotas(broker, {"ip": "10.0.0.1"}, connection_creation_rate=None)
        assert len(quotas(broker)) == 1


class Throttles:
    """What librdkafka reports of being held up, in seconds; it tells the end of it with a 0."""

    def __init__(self):
        self.events = []
        self.settings = {"throttle_cb": self.note}

    def note(self, event):
        if event.throttle_time:
            self.events.append(event.throttle_time)


def test_a_producer_comes_to_its_rate(quick):
    topic = quick.create("produced", 3)
    set_quotas(quick, {"client-id": "limited"}, producer_byte_rate=float(RATE))
    throttles = Throttles()
    producer = confluent_kafka.Producer({
        "bootstrap.servers": quick.bootstrap, "client.id": "limited", "linger.ms": 5,
        "batch.size": 20_000, **throttles.settings})
    began = time.monotonic()
    count = 6 * RATE // 1000
    for number in range(count):
        producer.produce(topic, b"x" * 1000, partition=number % 3)
        producer.poll(0)
    assert producer.flush(30) == 0
    seconds = time.monotonic() - began
    # The first second's worth is free, and so is what the last request brings.
    assert 4 <= seconds <= 15, f"{seconds} s, throttled {throttles.events}"
    assert throttles.events and all(event < 3 for event in throttles.events)
    # Others are not held up meanwhile.
    other = confluent_kafka.Producer({"bootstrap.servers": quick.bootstrap, "client.id": "other"})
    began = time.monotonic()
    for _ in range(count):
        other.produce(topic, b"x" * 1000)
    assert other.flush(10) == 0
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("client", ["librdkafka", "kafka-python"])
def test_a_consumer_comes_to_its_rate_and_misses_nothing(quick, client):
    topic = quick.create("consumed", 3)
    count = 6 * RATE // 1000
    producer = confluent_kafka.Producer(
        {"bootstrap.servers": quick.bootstrap, "batch.size": 20_000})
    for number in range(count):
        producer.produce(topic, b"%1000d" % number, partition=number % 3)
    assert producer.flush(10) == 0
    set_quotas(quick, {"user": None}, consumer_byte_rate=float(RATE))
    began = time.monotonic()
    found = []
    if client == "librdkafka":
        throttles = Throttles()
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": quick.bootstrap, "group.id": "g", "enable.auto.commit": False,
            **throttles.settings})
        consumer.assign(
            [confluent_kafka.TopicPartition(topic, number, 0) for number in range(3)])
        while len(found) < count and time.monotonic() - began < 30:
            found += [int(message.value()) for message in consumer.consume(100, 0.2)]
        assert throttles.events
    else:
        consumer = kafka.KafkaConsumer(bootstrap_servers=quick.bootstrap)
        consumer.assign([kafka.TopicPartition(topic, number) for number in range(3)])
        consumer.seek_to_beginning()
        while len(found) < count and time.monotonic() - began < 30:
            for records in consumer.poll(timeout_ms=200).values():
                found += [int(record.value) for record in records]
    seconds = time.monotonic() - began
    consumer.close()
    assert sorted(found) == list(range(count))
    assert 4 <= seconds <= 10, f"{seconds} s"


def test_a_client_is_held_to_its_share_of_time(quick):
    topic = quick.create("timed")
    set_quotas(quick, {"client-id": "busy"}, request_percentage=0.01)
    throttles = Throttles()
    producer = confluent_kafka.Producer({
        "bootstrap.servers": quick.bootstrap, "client.id": "busy", **throttles.settings})

    def is_throttled():
        producer.produce(topic, b"x")
        producer.flush(5)
        return bool(throttles.events)

    eventually(is_throttled, 20)
    assert all(event <= 1 for event in throttles.events)


def make_with_librdkafka(broker, names):
    """Speaks a version in which a quota is no error: it is held up all the same."""
    admin = confluent_kafka.admin.AdminClient(
        {"bootstrap.servers": broker.bootstrap, "client.id": "maker"})
    for name in names:
        new = confluent_kafka.admin.NewTopic(name, 5, 1)
        admin.create_topics([new], request_timeout=20)[name].result(20)
    return 0


def make_with_kafka_python(broker, names):
    admin = kafka.KafkaAdminClient(bootstrap_servers=broker.bootstrap, client_id="maker")
    refused = 0
    for name in names:
        while True:
            try:
                answer = admin.create_topics({name: {"num_partitions": 5}}, raise_errors=False)
            except kafka.errors.NodeNotReadyError:
                # It keeps to the time by itself, and asks nothing before.
                time.sleep(0.05)
                continue
            error = answer["topics"][0]["error_code"]
            if error == 0:
                break
            assert error == kafka.errors.ThrottlingQuotaExceededError.errno
            refused += 1
    admin.close()
    return refused


@pytest.mark.parametrize("make, is_refused", [
    (make_with_librdkafka, False), (make_with_kafka_python, True)])
def test_partitions_are_made_at_a_rate(skafka, make, is_refused):
    setting = ("-X", "controller.quota.window.num=2")
    with Broker(skafka, data=skafka.data, extra=setting) as broker:
        set_quotas(broker, {"client-id": "maker"}, controller_mutation_rate=5.0)
        began = time.monotonic()
        refused = make(broker, [f"made-{number}" for number in range(6)])
        # Thirty partitions: ten and one overdraft at once, the rest by five a second.
        seconds = time.monotonic() - began
        assert 2.5 <= seconds <= 6, f"{seconds} s"
        assert (refused > 0) == is_refused
        assert len(broker.skafka.json("topics", "list", "-b", broker.bootstrap, "--json")) == 6


def test_connections_of_an_address_are_taken_at_a_rate(quick):
    set_quotas(quick, {"ip": "127.0.0.1"}, connection_creation_rate=4.0)
    host, _, port = quick.bootstrap.rpartition(":")
    question = bytes.fromhex("00000013 0012 0000 00000007 0009") + b"connector"

    def is_served():
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            try:
                connection.sendall(question)
                return len(connection.recv(4)) == 4
            except ConnectionError:
                return False

    began = time.monotonic()
    served = sum(is_served() for _ in range(8))
    assert served < 8
    # Who was refused was let wait before.
    assert time.monotonic() - began > 0.1
    eventually(is_served, 10)
