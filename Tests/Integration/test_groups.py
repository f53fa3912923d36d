"""Consumer groups with other people's clients: members, rebalances, committed offsets."""

import queue
import threading

import confluent_kafka
import kafka
import pytest

from harness import Broker, Skafka, eventually

# What users wait for in their tests otherwise, too.
SETTINGS = ["-X", "group.initial.rebalance.delay.ms=0"]


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


MEMBERS = [Confluent, KafkaPython]


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
    assert reader.committed(topic, 0) == (50, "up to here")
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
