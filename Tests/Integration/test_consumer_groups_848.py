"""Consumer groups of KIP-848 with librdkafka: the broker assigns, and members reconcile."""

import queue
import subprocess
import sys
import threading
import time

import confluent_kafka
import pytest
from confluent_kafka import ConsumerGroupState, ConsumerGroupType, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions

from harness import Broker, Skafka, end, eventually, free_port
from test_groups import fill

SESSION_SECONDS = 4
SETTINGS = [
    word for setting in (
        "group.consumer.min.heartbeat.interval.ms=100", "group.consumer.heartbeat.interval.ms=300",
        "group.consumer.min.session.timeout.ms=1000",
        f"group.consumer.session.timeout.ms={SESSION_SECONDS * 1000}",
        "group.initial.rebalance.delay.ms=0")
    for word in ("-X", setting)]

# A member that can be killed: it says which partitions it has.
KILLED = """
import sys, confluent_kafka
bootstrap, group, topic = sys.argv[1:]
consumer = confluent_kafka.Consumer({
    "bootstrap.servers": bootstrap, "group.id": group, "group.protocol": "consumer"})
consumer.subscribe([topic])
while True:
    consumer.poll(0.1)
    print(len(consumer.assignment()), flush=True)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Broker(Skafka(tmp_path_factory.mktemp("groups848")), extra=SETTINGS) as broker:
        yield broker
        assert broker.stop() == 0, broker.log()


@pytest.fixture
def admin(server):
    return AdminClient({"bootstrap.servers": server.bootstrap})


class Member(threading.Thread):
    """A consumer that polls all the time, and knows what it was given, took on and gave up."""

    def __init__(self, bootstrap, group, topics, **settings):
        super().__init__(daemon=True)
        self.records = []
        self.owned = set()
        self.given_up = set()
        self.failures = []
        self.calls = queue.Queue()
        self.is_closed = False
        self.consumer = confluent_kafka.Consumer({
            "bootstrap.servers": bootstrap, "group.id": group, "group.protocol": "consumer",
            "auto.offset.reset": "earliest", "enable.auto.commit": False} | settings)
        self.consumer.subscribe(topics, on_revoke=self.revoke, on_lost=self.revoke)
        self.start()

    def revoke(self, consumer, partitions):
        self.given_up |= {(partition.topic, partition.partition) for partition in partitions}

    def run(self):
        while not self.is_closed:
            message = self.consumer.poll(0.05)
            self.owned = {(partition.topic, partition.partition)
                          for partition in self.consumer.assignment()}
            while not self.calls.empty():
                what, answer = self.calls.get()
                answer.put(what())
            if message is None:
                continue
            if message.error():
                self.failures.append(message.error())
            else:
                self.records.append((message.topic(), message.partition(), message.offset()))
        self.consumer.close()

    def call(self, what):
        """What a function gives on the consumer's own thread."""
        answer = queue.Queue()
        self.calls.put((what, answer))
        return answer.get(timeout=20)

    def commit(self, topic, partition, offset, metadata=""):
        return self.call(lambda: self.consumer.commit(
            offsets=[TopicPartition(topic, partition, offset, metadata)], asynchronous=False))

    def committed(self, topic, partition):
        (found,) = self.call(lambda: self.consumer.committed(
            [TopicPartition(topic, partition)], timeout=10))
        return found.offset, found.metadata

    def close(self):
        self.is_closed = True
        self.join(20)
        assert not self.is_alive()


def settle(members, wanted, within=30):
    """Waits until the members have exactly these partitions, each of them some."""
    def is_settled():
        owned = [member.owned for member in members]
        return all(owned) and sum(map(len, owned)) == len(wanted) and set().union(*owned) == wanted
    eventually(is_settled, within, "the assignment")


def partitions(topic, count):
    return {(topic, number) for number in range(count)}


def describe(admin, group):
    return admin.describe_consumer_groups([group])[group].result(10)


def test_three_members_share_while_they_consume(server):
    topic = server.create("share848", 6)
    fill(server, topic, 600, 6)
    first = Member(server.bootstrap, "share848", [topic])
    settle([first], partitions(topic, 6))
    eventually(lambda: len(first.records) == 600)
    second = Member(server.bootstrap, "share848", [topic])
    settle([first, second], partitions(topic, 6))
    # Only what moves is given up: half of six stays where it was.
    assert len(first.given_up) == 3 and first.given_up == second.owned
    third = Member(server.bootstrap, "share848", [topic])
    members = [first, second, third]
    settle(members, partitions(topic, 6))
    assert sorted(len(member.owned) for member in members) == [2, 2, 2]
    before = [len(member.records) for member in members]
    fill(server, topic, 600, 6)
    eventually(lambda: sum(len(member.records) for member in members) >= sum(before) + 600)
    second.close()
    settle([first, third], partitions(topic, 6))
    for member in first, third:
        member.close()
        assert not member.failures


@pytest.mark.parametrize("assignor", ["range", "uniform"])
def test_the_assignor_that_members_ask_for(server, assignor, admin):
    first, second = (server.create(f"{assignor}-{name}", 3) for name in "ab")
    members = [Member(server.bootstrap, assignor, [first, second],
                      **{"group.remote.assignor": assignor}) for _ in range(2)]
    settle(members, partitions(first, 3) | partitions(second, 3))
    assert describe(admin, assignor).partition_assignor == assignor
    sizes = sorted(len(member.owned) for member in members)
    # Range gives the first member the odd partition of each topic.
    assert sizes == ([2, 4] if assignor == "range" else [3, 3])
    for member in members:
        member.close()


def test_commits_carry_the_members_epoch(server):
    topic = server.create("commits848", 1)
    fill(server, topic, 10)
    member = Member(server.bootstrap, "commits848", [topic])
    settle([member], partitions(topic, 1))
    eventually(lambda: len(member.records) == 10)
    member.commit(topic, 0, 7, "up to here")
    assert member.committed(topic, 0) == (7, "up to here")
    # One who is no member may not commit while there are members.
    stranger = confluent_kafka.Consumer(
        {"bootstrap.servers": server.bootstrap, "group.id": "commits848"})
    with pytest.raises(confluent_kafka.KafkaException) as error:
        stranger.commit(offsets=[TopicPartition(topic, 0, 1)], asynchronous=False)
    assert error.value.args[0].code() == confluent_kafka.KafkaError.UNKNOWN_MEMBER_ID
    stranger.close()
    member.close()
    again = Member(server.bootstrap, "commits848", [topic])
    eventually(lambda: len(again.records) == 3)
    assert [offset for _, _, offset in again.records] == [7, 8, 9]
    again.close()


def test_a_killed_member_is_missed(server):
    topic = server.create("killed848", 4)
    member = Member(server.bootstrap, "killed848", [topic])
    settle([member], partitions(topic, 4))
    other = subprocess.Popen(
        [sys.executable, "-c", KILLED, server.bootstrap, "killed848", topic],
        stdout=subprocess.PIPE)
    while other.stdout.readline() != b"2\n":
        pass
    settled = time.monotonic()
    end(other)
    settle([member], partitions(topic, 4))
    assert time.monotonic() - settled > SESSION_SECONDS / 2
    member.close()


def test_a_regular_expression_follows_the_topics(server, admin):
    topic = server.create("tregex-1", 2)
    server.create("other-tregex", 2)
    member = Member(server.bootstrap, "regex848", ["^tregex-.*"])
    settle([member], partitions(topic, 2))
    second = server.create("tregex-2", 1)
    settle([member], partitions(topic, 2) | partitions(second, 1))
    admin.create_partitions([NewPartitions(topic, 3)])[topic].result(10)
    settle([member], partitions(topic, 3) | partitions(second, 1))
    admin.delete_topics([second])[second].result(10)
    settle([member], partitions(topic, 3))
    member.close()


def test_an_invalid_expression_is_refused(server):
    # References back are none of RE2's syntax.
    member = Member(server.bootstrap, "invalid848", [r"^(t)\1.*"])
    eventually(lambda: member.failures)
    assert "regular expression is not valid" in member.failures[0].str()
    member.close()


def test_a_static_member_comes_back_to_its_partitions(server):
    topic = server.create("static848", 4)
    settings = [{"group.instance.id": f"instance-{number}"} for number in range(2)]
    members = [Member(server.bootstrap, "static848", [topic], **each) for each in settings]
    settle(members, partitions(topic, 4))
    first, second = members
    before = second.owned
    first.given_up.clear()
    second.close()
    again = Member(server.bootstrap, "static848", [topic], **settings[1])
    settle([first, again], partitions(topic, 4))
    assert again.owned == before and not first.given_up
    for member in first, again:
        member.close()


def test_admins_see_the_group(server, admin):
    topic = server.create("seen848", 2)
    member = Member(server.bootstrap, "seen848", [topic], **{"client.id": "somebody"})
    settle([member], partitions(topic, 2))
    eventually(lambda: describe(admin, "seen848").state == ConsumerGroupState.STABLE)
    described = describe(admin, "seen848")
    assert described.type == ConsumerGroupType.CONSUMER
    (seen,) = described.members
    assert seen.client_id == "somebody" and seen.host == "/127.0.0.1"
    assert {(each.topic, each.partition) for each in seen.assignment.topic_partitions} == \
        partitions(topic, 2) == \
        {(each.topic, each.partition) for each in seen.target_assignment.topic_partitions}
    listed = admin.list_consumer_groups(
        types={ConsumerGroupType.CONSUMER}, states={ConsumerGroupState.STABLE}).result(10).valid
    assert "seen848" in {group.group_id for group in listed}
    classic = admin.list_consumer_groups(types={ConsumerGroupType.CLASSIC}).result(10).valid
    assert "seen848" not in {group.group_id for group in classic}
    with pytest.raises(confluent_kafka.KafkaException, match="NON_EMPTY_GROUP"):
        admin.delete_consumer_groups(["seen848"])["seen848"].result(10)
    member.commit(topic, 0, 0)
    member.close()
    eventually(lambda: describe(admin, "seen848").state == ConsumerGroupState.EMPTY)
    admin.delete_consumer_groups(["seen848"])["seen848"].result(10)
    listed = admin.list_consumer_groups().result(10).valid
    assert "seen848" not in {group.group_id for group in listed}


@pytest.mark.parametrize("is_killed", [False, True])
def test_members_outlive_the_broker(tmp_path, is_killed):
    port = free_port()
    skafka = Skafka(tmp_path)
    with Broker(skafka, skafka.data, port, SETTINGS) as broker:
        topic = broker.create("outlived", 4)
        fill(broker, topic, 40, 4)
        members = [Member(broker.bootstrap, "outlived", [topic]) for _ in range(2)]
        settle(members, partitions(topic, 4))
        members[0].commit(*sorted(members[0].owned)[0], 3, "kept")
        owned = [member.owned for member in members]
        for member in members:
            member.given_up.clear()
        if is_killed:
            broker.kill()
        else:
            assert broker.stop() == 0, broker.log()
    with Broker(skafka, skafka.data, port, SETTINGS) as broker:
        admin = AdminClient({"bootstrap.servers": broker.bootstrap})
        described = eventually(lambda: describe(admin, "outlived"))
        assert len(described.members) == 2
        count = sum(len(member.records) for member in members)
        fill(broker, topic, 40, 4)
        eventually(lambda: sum(len(member.records) for member in members) >= count + 40, 30)
        # They went on with what they had.
        assert [member.owned for member in members] == owned
        assert not any(member.given_up for member in members)
        assert members[0].committed(*sorted(owned[0])[0]) == (3, "kept")
        for member in members:
            member.close()
        assert broker.stop() == 0, broker.log()


def classic_member(bootstrap, group, topics, strategy, **settings):
    return Member(bootstrap, group, topics, **{
        "group.protocol": "classic", "partition.assignment.strategy": strategy,
        "session.timeout.ms": 6000, "heartbeat.interval.ms": 300} | settings)


@pytest.mark.parametrize("strategy", ["range", "cooperative-sticky"])
def test_a_group_changes_its_protocol_and_back(server, admin, strategy):
    group = topic = server.create(f"migrates-{strategy}", 4)
    fill(server, topic, 40, 4)
    old = classic_member(server.bootstrap, group, [topic], strategy)
    settle([old], partitions(topic, 4))
    assert describe(admin, group).type == ConsumerGroupType.CLASSIC
    new = Member(server.bootstrap, group, [topic])
    settle([old, new], partitions(topic, 4))
    described = describe(admin, group)
    assert described.type == ConsumerGroupType.CONSUMER and len(described.members) == 2
    old.commit(*sorted(old.owned)[0], 5, "by the old one")
    new.commit(*sorted(new.owned)[0], 6, "by the new one")
    before = len(old.records), len(new.records)
    fill(server, topic, 40, 4)
    eventually(lambda: len(old.records) + len(new.records) >= sum(before) + 40)
    # Another one of each protocol.
    others = [classic_member(server.bootstrap, group, [topic], strategy),
              Member(server.bootstrap, group, [topic])]
    settle([old, new, *others], partitions(topic, 4))
    for member in new, others[1]:
        member.close()
    settle([old, others[0]], partitions(topic, 4))
    eventually(lambda: describe(admin, group).type == ConsumerGroupType.CLASSIC)
    assert describe(admin, group).state == ConsumerGroupState.STABLE
    for member in old, others[0]:
        member.close()
    # What has no members goes over as it is, with its offsets.
    last = Member(server.bootstrap, group, [topic])
    settle([last], partitions(topic, 4))
    assert describe(admin, group).type == ConsumerGroupType.CONSUMER
    committed = [last.committed(topic, number) for number in range(4)]
    assert {(5, "by the old one"), (6, "by the new one")} <= set(committed)
    last.close()
    back = classic_member(server.bootstrap, group, [topic], strategy)
    settle([back], partitions(topic, 4))
    assert describe(admin, group).type == ConsumerGroupType.CLASSIC
    back.close()


def test_a_group_between_two_protocols_outlives_the_broker(tmp_path):
    port = free_port()
    skafka = Skafka(tmp_path)
    with Broker(skafka, skafka.data, port, SETTINGS) as broker:
        topic = broker.create("between", 4)
        old = classic_member(broker.bootstrap, "between", [topic], "range")
        settle([old], partitions(topic, 4))
        new = Member(broker.bootstrap, "between", [topic])
        settle([old, new], partitions(topic, 4))
        broker.kill()
    with Broker(skafka, skafka.data, port, SETTINGS) as broker:
        admin = AdminClient({"bootstrap.servers": broker.bootstrap})
        assert len(eventually(lambda: describe(admin, "between")).members) == 2
        fill(broker, topic, 40, 4)
        eventually(lambda: len(old.records) + len(new.records) >= 40, 30)
        new.close()
        settle([old], partitions(topic, 4))
        eventually(lambda: describe(admin, "between").type == ConsumerGroupType.CLASSIC)
        old.close()
        assert broker.stop() == 0, broker.log()
