"""Fetch sessions (KIP-227), by clients that have them and clients that have none."""

import collections

import kafka

from clients import AioKafka, KafkaPython, Kcat, Librdkafka, Record
from harness import eventually

PARTITIONS = 40


def fill(broker, topic, rounds):
    producer = kafka.KafkaProducer(bootstrap_servers=broker.bootstrap)
    for number in rounds:
        for partition in range(PARTITIONS):
            producer.send(topic, b"%d" % number, partition=partition)
    producer.flush(20)
    producer.close()


def sessions(consumer):
    """Ids of a kafka-python consumer's sessions, 0 for none."""
    handlers = consumer._fetcher._session_handlers.values()
    return [handler.next_metadata.session_id for handler in handlers]


def test_every_record_of_many_partitions_comes_once_and_in_order(broker):
    topic = broker.create("many", PARTITIONS)
    fill(broker, topic, range(5))
    consumer = kafka.KafkaConsumer(
        bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest",
        fetch_max_bytes=2000, max_partition_fetch_bytes=200, max_poll_records=50)
    partitions = [kafka.TopicPartition(topic, number) for number in range(PARTITIONS)]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    found = collections.defaultdict(list)

    def has_read(count):
        for partition, records in consumer.poll(timeout_ms=200).items():
            found[partition.partition] += [int(record.value) for record in records]
        return all(len(found[number]) >= count for number in range(PARTITIONS))

    eventually(lambda: has_read(5), 20)
    (session,) = sessions(consumer)
    assert session > 0
    # The session goes on while partitions come and go.
    consumer.pause(*partitions[:10])
    fill(broker, topic, range(5, 8))
    consumer.resume(*partitions[:10])
    eventually(lambda: has_read(8), 20)
    assert sessions(consumer) == [session]
    assert all(found[number] == list(range(8)) for number in range(PARTITIONS))
    consumer.close()


def test_where_there_is_no_room_clients_go_on_without(skafka):
    from harness import Broker
    setting = ("-X", "max.incremental.fetch.session.cache.slots=1")
    with Broker(skafka, data=skafka.data, extra=setting) as broker:
        topic = broker.create("t")
        KafkaPython().produce(broker.bootstrap, topic, [Record(None, b"x")], "none")
        consumers = []
        for _ in range(3):
            consumer = kafka.KafkaConsumer(
                bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
            consumer.assign([kafka.TopicPartition(topic, 0)])
            consumers.append(consumer)
            records = consumer.poll(timeout_ms=10000)
            assert [len(batch) for batch in records.values()] == [1]
            assert consumer.poll(timeout_ms=600) == {}
        assert [sum(id > 0 for id in sessions(consumer)) for consumer in consumers] == [1, 0, 0]
        for client in (Librdkafka(), AioKafka(), Kcat()):
            assert [record.value for record in client.consume(broker.bootstrap, topic)] == [b"x"]
        for consumer in consumers:
            consumer.close()
