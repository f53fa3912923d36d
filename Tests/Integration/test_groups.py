"""Consumer groups with other people's clients: members, rebalances, committed offsets."""

import asyncio
import queue
import threading
import time

import aiokafka
import confluent_kafka
import kafka
import pytest

from harness import Broker, Skafka, eventually, free_port

# Shorter than the default, as users have it in their tests, too. Without any delay kafka-python 3.0
# may stall: it joins before it knows its topic's partitions, and again when it does.
SETTINGS = ["-X", "group.initial.rebalance.delay.ms=300"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Broker(Skafka(tmp_path_factory.mktemp("groups")), extra=SETTINGS) as broker:
        yield broker
        assert broker.stop() == 0, broker.log()


def fill(broker, topic, count, partitions=1):
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap})
    for number in range(count):
        producer.produce(topic, b"%d" % number, partition=number % partitions)
    assert producer.flush(20) == 0


class Confluent:
    """confluent-kafka's consumer as a member."""

    def __init__(self, bootstrap, group, topics, **settings):
        self.assigned = []
        self.consumer = confluent_kafka.Consumer({
            "bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest",
            "enable.auto.commit": False, "session.timeout.ms": 6000} | settings)
        if topics:
            self.consumer.subscribe(topics, on_assign=self.assign, on_revoke=self.revoke)

    def assign(self, consumer, partitions):
        self.assigned = partitions

    def revoke(self, consumer, partitions):
        self.assigned = []

    def poll(self, seconds=0.1):
        message = self.consumer.poll(seconds)
        if message is None:
            return []
        assert not message.error(), message.error()
        return [(message.partition(), message.offset(), message.value())]

    def partitions(self):
        return {partition.partition for partition in self.assigned}

    def commit(self, topic, partition, offset, metadata=None):
        options = {} if metadata is None else {"metadata": metadata}
        self.consumer.commit(
            offsets=[confluent_kafka.TopicPartition(topic, partition, offset, **options)],
            asynchronous=False)

    def committed(self, topic, partition):
        (found,) = self.consumer.committed(
            [confluent_kafka.TopicPartition(topic, partition)], timeout=10)
        return None if found.offset < 0 else (found.offset, found.metadata)

    def close(self):
        self.consumer.close()


class KafkaPython:
    """kafka-python's consumer as a member."""

    def __init__(self, bootstrap, group, topics, **settings):
        self.consumer = kafka.KafkaConsumer(
            *topics, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
            enable_auto_commit=False, session_timeout_ms=6000, heartbeat_interval_ms=500,
            **settings)

    def poll(self, seconds=0.1):
        return [(record.partition, record.offset, record.value)
                for records in self.consumer.poll(seconds * 1000).values() for record in records]

    def partitions(self):
        return {partition.partition for partition in self.consumer.assignment()}

    def commit(self, topic, partition, offset, metadata=None):
        self.consumer.commit({kafka.TopicPartition(topic, partition):
                              kafka.OffsetAndMetadata(offset, metadata or "", -1)})

    def committed(self, topic, partition):
        found = self.consumer.committed(kafka.TopicPartition(topic, partition), metadata=True)
        return None if found is None else (found.offset, found.metadata)

    def close(self):
        self.consumer.close()


class AioKafka:
    """aiokafka's consumer as a member, with an event loop of its own."""

    def __init__(self, bootstrap, group, topics, **settings):
        self.loop = asyncio.new_event_loop()
        self.consumer = self.run(self.make(bootstrap, group, topics, settings))

    async def make(self, bootstrap, group, topics, settings):
        consumer = aiokafka.AIOKafkaConsumer(
            *topics, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
            enable_auto_commit=False, session_timeout_ms=6000, heartbeat_interval_ms=500,
            **settings)
        await consumer.start()
        return consumer

    def run(self, work):
        return self.loop.run_until_complete(asyncio.wait_for(work, 30))

    def poll(self, seconds=0.1):
        batches = self.run(self.consumer.getmany(timeout_ms=int(seconds * 1000)))
        return [(record.partition, record.offset, record.value)
                for records in batches.values() for record in records]

    def partitions(self):
        return {partition.partition for partition in self.consumer.assignment()}

    def commit(self, topic, partition, offset, metadata=None):
        self.run(self.consumer.commit({
            aiokafka.TopicPartition(topic, partition):
                aiokafka.structs.OffsetAndMetadata(offset, metadata or "")}))

    def committed(self, topic, partition):
        """aiokafka tells the offset alone."""
        found = self.run(self.consumer.committed(aiokafka.TopicPartition(topic, partition)))
        return None if found is None else (found, None)

    def close(self):
        self.run(self.consumer.stop())
        self.loop.close()


class Reader(threading.Thread):
    """A member that polls all the time, in a thread of its own: many clients join only then."""

    def __init__(self, member, *args, **settings):
        super().__init__(daemon=True)
        self.make = lambda: member(*args, **settings)
        self.calls = queue.Queue()
        self.records = []
        self.owned = set()
        self.failure = None
        self.is_closed = False
        self.start()

    def run(self):
        try:
            member = self.make()
            while not self.is_closed:
                self.records += member.poll()
                self.owned = member.partitions()
                while not self.calls.empty():
                    call, answer = self.calls.get()
                    answer.put(call(member))
            member.close()
        except Exception as failure:
            self.failure = failure

    def call(self, what):
        """What a function of the member gives, on its thread."""
        answer = queue.Queue()
        self.calls.put((what, answer))
        return answer.get(timeout=20)

    def commit(self, *args):
        self.call(lambda member: member.commit(*args))

    def committed(self, *args):
        return self.call(lambda member: member.committed(*args))

    def partitions(self):
        assert not self.failure, self.failure
        return self.owned

    def close(self):
        self.is_closed = True
        self.join(20)
        assert not self.is_alive() and not self.failure, self.failure


MEMBERS = [Confluent, KafkaPython, AioKafka]


def settle(members, partitions, within=30):
    """Waits until the members have all partitions, each one of them some."""
    def is_settled():
        owned = [member.partitions() for member in members]
        return all(owned) and sum(map(len, owned)) == partitions \
            and set().union(*owned) == set(range(partitions))
    eventually(is_settled, within, "the assignment")


@pytest.mark.parametrize("member", MEMBERS)
def test_a_group_reads_commits_and_goes_on(server, member):
    topic = server.create(f"goes-on-{member.__name__.lower()}", 2)
    fill(server, topic, 100, 2)
    group = f"{topic}-group"
    reader = Reader(member, server.bootstrap, group, [topic])
    eventually(lambda: len(reader.records) == 100, 30)
    assert sorted(int(value) for _, _, value in reader.records) == list(range(100))
    reader.commit(topic, 0, 50, "up to here")
    reader.commit(topic, 1, 40)
    offset, metadata = reader.committed(topic, 0)
    assert (offset, metadata) == (50, None if member is AioKafka else "up to here")
    reader.close()
    reader = Reader(member, server.bootstrap, group, [topic])
    eventually(lambda: len(reader.records) == 10, 30)
    assert [(partition, offset) for partition, offset, _ in reader.records] == [
        (1, offset) for offset in range(40, 50)]
    reader.close()


@pytest.mark.parametrize("member", MEMBERS)
def test_members_share_partitions(server, member):
    topic = server.create(f"share-{member.__name__.lower()}", 6)
    args = member, server.bootstrap, f"{topic}-group", [topic]
    first = Reader(*args)
    settle([first], 6)
    second = Reader(*args)
    settle([first, second], 6)
    third = Reader(*args)
    settle([first, second, third], 6)
    second.close()
    settle([first, third], 6)
    first.close()
    settle([third], 6)
    third.close()


def test_a_group_that_nobody_knows_has_no_offsets(server):
    topic = server.create("unknown-group")
    member = Confluent(server.bootstrap, "nobody-knows-it", [topic])
    assert member.committed(topic, 0) is None
    member.close()


def test_metadata_that_is_too_long_is_refused(server):
    topic = server.create("metadata")
    member = Confluent(server.bootstrap, "metadata-group", [topic])
    eventually(lambda: member.poll() == [] and member.partitions())
    # The client sends its C string's zero along.
    longest = "x" * 4095
    member.commit(topic, 0, 7, longest)
    with pytest.raises(confluent_kafka.KafkaException) as refused:
        member.commit(topic, 0, 8, longest + "x")
    assert refused.value.args[0].code() == confluent_kafka.KafkaError.OFFSET_METADATA_TOO_LARGE
    assert member.committed(topic, 0) == (7, longest)
    member.close()


def test_a_static_member_comes_back_to_its_partitions(server):
    topic = server.create("static", 4)
    readers = {name: Reader(Confluent, server.bootstrap, "static-group", [topic],
                            **{"group.instance.id": name, "session.timeout.ms": 20000})
               for name in ("one", "two")}
    settle(readers.values(), 4)
    owned = readers["one"].partitions()
    readers["one"].close()
    rebalances = server.log().count("group static-group: generation")
    readers["one"] = Reader(Confluent, server.bootstrap, "static-group", [topic],
                            **{"group.instance.id": "one", "session.timeout.ms": 20000})
    settle(readers.values(), 4)
    assert readers["one"].partitions() == owned
    assert server.log().count("group static-group: generation") == rebalances
    for reader in readers.values():
        reader.close()


def test_offsets_count_when_their_transaction_is_committed(server):
    topic = server.create("transactional-offsets")
    member = Confluent(server.bootstrap, "transactional-group", [topic])
    eventually(lambda: member.poll() == [] and member.partitions())
    producer = confluent_kafka.Producer({
        "bootstrap.servers": server.bootstrap, "transactional.id": "offsets"})
    producer.init_transactions(10)

    def send(offset, end):
        producer.begin_transaction()
        producer.send_offsets_to_transaction(
            [confluent_kafka.TopicPartition(topic, 0, offset)],
            member.consumer.consumer_group_metadata(), 10)
        end(10)

    send(5, producer.commit_transaction)
    assert member.committed(topic, 0) == (5, None)
    send(9, producer.abort_transaction)
    assert member.committed(topic, 0) == (5, None)
    member.close()


def test_a_deleted_topic_takes_its_offsets_along(server):
    topic = server.create("short-lived")
    member = Confluent(server.bootstrap, "short-lived-group", [])
    member.commit(topic, 0, 7)
    assert member.committed(topic, 0) == (7, None)
    server.skafka("topics", "delete", topic, "-b", server.bootstrap, "--yes")
    server.create(topic)
    assert member.committed(topic, 0) is None
    member.close()


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("is_killed", [True, False])
def test_members_and_commits_outlive_the_broker(tmp_path, member, is_killed):
    skafka = Skafka(tmp_path)
    port = free_port()
    broker = Broker(skafka, data=skafka.data, port=port, extra=SETTINGS)
    readers = []
    try:
        topic = broker.create("outlives", 4)
        fill(broker, topic, 40, 4)
        readers = [Reader(member, broker.bootstrap, "g", [topic]) for _ in range(2)]
        settle(readers, 4)
        eventually(lambda: sum(len(reader.records) for reader in readers) >= 40)
        owned = [set(reader.partitions()) for reader in readers]
        for reader in readers:
            for partition in reader.partitions():
                reader.commit(topic, partition, partition + 1)
        if is_killed:
            broker.kill()
        else:
            assert broker.stop() == 0, broker.log()
        broker = Broker(skafka, data=skafka.data, port=port, extra=SETTINGS)
        fill(broker, topic, 40, 4)
        eventually(lambda: sum(len(reader.records) for reader in readers) >= 80, 30)
        assert [reader.partitions() for reader in readers] == owned
        # They went on where they were, and nobody had to join again.
        assert "generation" not in broker.log(), broker.log()
        for reader in readers:
            for partition in reader.partitions():
                assert reader.committed(topic, partition)[0] == partition + 1
    finally:
        for reader in readers:
            reader.is_closed = True
        for reader in readers:
            reader.join(20)
        broker.kill()


def test_the_broker_ends_while_members_wait_for_others(tmp_path):
    skafka = Skafka(tmp_path)
    settings = ["-X", "group.initial.rebalance.delay.ms=60000"]
    with Broker(skafka, extra=settings) as broker:
        topic = broker.create("waiting")
        member = Confluent(broker.bootstrap, "g", [topic])
        until = time.monotonic() + 3
        while time.monotonic() < until:
            assert member.poll() == []
        started = time.monotonic()
        assert broker.stop() == 0, broker.log()
        assert time.monotonic() - started < 5
