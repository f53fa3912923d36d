"""Consumer groups as administrators see and change them."""

import confluent_kafka
import kafka
import pytest
from confluent_kafka import ConsumerGroupState, ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient
from kafka.structs import OffsetAndMetadata

from harness import Broker, Skafka, eventually
from test_groups import SETTINGS, Confluent, Reader, settle


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Broker(Skafka(tmp_path_factory.mktemp("group-admin")), extra=SETTINGS) as broker:
        yield broker
        assert broker.stop() == 0, broker.log()


@pytest.fixture(scope="module")
def librdkafka(server):
    return AdminClient({"bootstrap.servers": server.bootstrap})


@pytest.fixture
def kafka_python(server):
    admin = kafka.KafkaAdminClient(bootstrap_servers=server.bootstrap)
    yield admin
    admin.close()


def commit(server, group, topic, offset, partition=0):
    member = Confluent(server.bootstrap, group, [])
    member.commit(topic, partition, offset)
    member.close()


def test_groups_are_listed_by_their_state(server, librdkafka):
    topic = server.create("listed")
    commit(server, "listed-empty", topic, 1)
    reader = Reader(Confluent, server.bootstrap, "listed-stable", [topic])
    settle([reader], 1)

    def listed(**filters):
        found = librdkafka.list_consumer_groups(**filters).result(10)
        assert not found.errors
        return {group.group_id: group.state for group in found.valid
                if group.group_id.startswith("listed-")}

    assert listed() == {"listed-empty": ConsumerGroupState.EMPTY,
                        "listed-stable": ConsumerGroupState.STABLE}
    assert set(listed(states={ConsumerGroupState.STABLE})) == {"listed-stable"}
    reader.close()
    eventually(lambda: set(listed().values()) == {ConsumerGroupState.EMPTY})


def test_groups_are_described(server, librdkafka, kafka_python):
    topic = server.create("described", 2)
    readers = [Reader(Confluent, server.bootstrap, "described-group", [topic],
                      **{"client.id": f"client-{number}"}) for number in range(2)]
    settle(readers, 2)
    group = librdkafka.describe_consumer_groups(["described-group"])["described-group"].result(10)
    assert group.state == ConsumerGroupState.STABLE
    assert group.partition_assignor == "range"
    assert sorted(member.client_id for member in group.members) == ["client-0", "client-1"]
    assert sorted(partition.partition for member in group.members
                  for partition in member.assignment.topic_partitions) == [0, 1]
    described = kafka_python.describe_groups(["described-group"])["described-group"]
    assert described["group_state"] == "Stable" and len(described["members"]) == 2
    for reader in readers:
        reader.close()


def test_a_group_with_members_stays(server, librdkafka):
    topic = server.create("deleted")
    reader = Reader(Confluent, server.bootstrap, "deleted-group", [topic])
    settle([reader], 1)

    def delete(group):
        return librdkafka.delete_consumer_groups([group])[group]

    def refusal(group):
        error = delete(group).exception(10)
        return error and error.args[0].code()

    assert refusal("deleted-group") == confluent_kafka.KafkaError.NON_EMPTY_GROUP
    assert refusal("who") == confluent_kafka.KafkaError.GROUP_ID_NOT_FOUND
    reader.close()
    eventually(lambda: refusal("deleted-group") is None)
    assert refusal("deleted-group") == confluent_kafka.KafkaError.GROUP_ID_NOT_FOUND


def test_offsets_are_listed_and_altered(server, librdkafka, kafka_python):
    topic = server.create("altered", 2)
    commit(server, "altered-group", topic, 5)

    def offsets():
        request = [ConsumerGroupTopicPartitions("altered-group")]
        found = librdkafka.list_consumer_group_offsets(request)["altered-group"].result(10)
        return {partition.partition: partition.offset for partition in found.topic_partitions}

    assert offsets() == {0: 5}
    wanted = [TopicPartition(topic, 0, 2), TopicPartition(topic, 1, 3)]
    librdkafka.alter_consumer_group_offsets(
        [ConsumerGroupTopicPartitions("altered-group", wanted)])["altered-group"].result(10)
    assert offsets() == {0: 2, 1: 3}
    kafka_python.alter_group_offsets(
        "altered-group", {kafka.TopicPartition(topic, 1): OffsetAndMetadata(9, "told", -1)})
    assert offsets() == {0: 2, 1: 9}
    found = kafka_python.list_group_offsets({"altered-group": None})["altered-group"]
    assert found[kafka.TopicPartition(topic, 1)].metadata == "told"


def test_offsets_of_a_group_with_members_are_not_altered(server, librdkafka):
    topic = server.create("in-use")
    reader = Reader(Confluent, server.bootstrap, "in-use-group", [topic])
    settle([reader], 1)
    change = librdkafka.alter_consumer_group_offsets(
        [ConsumerGroupTopicPartitions("in-use-group", [TopicPartition(topic, 0, 2)])])
    (partition,) = change["in-use-group"].result(10).topic_partitions
    assert partition.error.code() == confluent_kafka.KafkaError.UNKNOWN_MEMBER_ID
    reader.close()


def test_offsets_that_nobody_reads_are_deleted(server, kafka_python):
    read, other = server.create("read"), server.create("read-before")
    commit(server, "reading-group", read, 1)
    commit(server, "reading-group", other, 2)
    reader = Reader(Confluent, server.bootstrap, "reading-group", [read])
    settle([reader], 1)
    partitions = [kafka.TopicPartition(topic, 0) for topic in (read, other)]
    errors = kafka_python.delete_group_offsets("reading-group", partitions)
    assert [errors[partition].__name__ for partition in partitions] == [
        "GroupSubscribedToTopicError", "NoError"]
    found = kafka_python.list_group_offsets({"reading-group": None})["reading-group"]
    assert set(found) == {partitions[0]}
    reader.close()


def test_static_members_are_removed(server, kafka_python):
    topic = server.create("removed")
    reader = Reader(Confluent, server.bootstrap, "removed-group", [topic],
                    **{"group.instance.id": "one"})
    settle([reader], 1)
    reader.close()
    group = kafka_python.describe_groups(["removed-group"])["removed-group"]
    assert [member["group_instance_id"] for member in group["members"]] == ["one"]
    kafka_python.remove_group_members("removed-group", [kafka.admin.MemberToRemove(
        group_instance_id="one")])
    group = kafka_python.describe_groups(["removed-group"])["removed-group"]
    assert group["group_state"] == "Empty" and not group["members"]
