"""Reads a topic in a group, writes what it makes of it to another, and commits both in one
transaction (KIP-447): `exactly_once_processor.py BOOTSTRAP TRANSACTIONAL_ID BATCH`."""

import sys

import confluent_kafka

# Where it may bootstrap again, librdkafka 2.16 waits for ever for a group's coordinator that it has
# let go (confluentinc/librdkafka#5511).
PATIENT = {"reconnect.backoff.max.ms": 200, "retry.backoff.ms": 50, "log_level": 0,
           "metadata.recovery.strategy": "none"}


def retry(call, *arguments):
    while True:
        try:
            return call(*arguments, 10)
        except confluent_kafka.KafkaException as error:
            if not error.args[0].retriable():
                raise


def process(consumer, producer, messages):
    producer.begin_transaction()
    try:
        for message in messages:
            producer.produce("output", b"done " + message.value(), message.key())
            producer.poll(0)
        positions = consumer.position(consumer.assignment())
        retry(producer.send_offsets_to_transaction,
              [position for position in positions if position.offset >= 0],
              consumer.consumer_group_metadata())
        retry(producer.commit_transaction)
    except confluent_kafka.KafkaException as error:
        if error.args[0].fatal() or not error.args[0].txn_requires_abort():
            raise
        retry(producer.abort_transaction)
        rewind(consumer)


def rewind(consumer):
    """What the aborted transaction has read is read again."""
    committed = consumer.committed(consumer.assignment(), 30)
    for partition in committed:
        partition.offset = max(partition.offset, 0)
        consumer.seek(partition)


def main(bootstrap, transactional_id, size):
    producer = confluent_kafka.Producer({
        "bootstrap.servers": bootstrap, "transactional.id": transactional_id,
        "transaction.timeout.ms": 30000, "linger.ms": 5} | PATIENT)
    retry(producer.init_transactions)
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": bootstrap, "group.id": "processors", "enable.auto.commit": False,
        "auto.offset.reset": "earliest", "isolation.level": "read_committed",
        "session.timeout.ms": 6000, "heartbeat.interval.ms": 500,
        "partition.assignment.strategy": "cooperative-sticky"} | PATIENT)
    consumer.subscribe(["input"])
    while True:
        messages = [message for message in consumer.consume(size, 1) if not message.error()]
        if messages:
            process(consumer, producer, messages)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
