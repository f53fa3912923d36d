"""Transactions of real clients: all of their records are seen or none, whatever happens."""

import asyncio
import threading
import time

import aiokafka
import confluent_kafka
import kafka
import pytest

from harness import Broker, eventually, free_port

#: Timeouts are looked for often, so that the tests need not wait for the interval.
SETTINGS = ["-X", "transaction.abort.timed.out.transaction.cleanup.interval.ms=200"]
PARTITIONS = 2


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    from harness import Skafka
    with Broker(Skafka(tmp_path_factory.mktemp("transactions")), extra=SETTINGS) as broker:
        yield broker
        assert broker.stop() == 0, broker.log()


def read(bootstrap, topic, isolation="read_committed", until=None, within=15):
    """Values by partition, up to the last stable offset (committed) or to the end."""
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": bootstrap, "group.id": "reader", "enable.auto.commit": False,
        "auto.offset.reset": "earliest", "isolation.level": isolation,
        "enable.partition.eof": True})
    try:
        consumer.assign([confluent_kafka.TopicPartition(topic, number, 0)
                         for number in range(PARTITIONS)])
        values, ends = [], set()
        end = time.monotonic() + within
        while len(ends) < PARTITIONS and time.monotonic() < end:
            message = consumer.poll(0.2)
            if message is None:
                continue
            if message.error():
                ends.add(message.partition())
            else:
                values.append(message.value().decode())
        assert len(ends) == PARTITIONS
        return sorted(values)
    finally:
        consumer.close()


def producer(bootstrap, transactional_id, **more):
    made = confluent_kafka.Producer({
        "bootstrap.servers": bootstrap, "transactional.id": transactional_id,
        "retry.backoff.ms": 20, "log_level": 0} | {
            name.replace("_", "."): value for name, value in more.items()})
    made.init_transactions(20)
    return made


class Librdkafka:
    name = "librdkafka"

    def __init__(self, bootstrap, transactional_id):
        self.producer = producer(bootstrap, transactional_id)

    def transaction(self, topic, values, commit):
        self.producer.begin_transaction()
        for number, value in enumerate(values):
            self.producer.produce(topic, value, partition=number % PARTITIONS)
        assert self.producer.flush(20) == 0
        (self.producer.commit_transaction if commit else self.producer.abort_transaction)(20)

    def close(self):
        pass


class KafkaPython:
    name = "kafka-python"

    def __init__(self, bootstrap, transactional_id):
        self.producer = kafka.KafkaProducer(
            bootstrap_servers=bootstrap, transactional_id=transactional_id)
        self.producer.init_transactions()

    def transaction(self, topic, values, commit):
        self.producer.begin_transaction()
        for number, value in enumerate(values):
            self.producer.send(topic, value.encode(), partition=number % PARTITIONS)
        self.producer.flush(20)
        (self.producer.commit_transaction if commit else self.producer.abort_transaction)()

    def close(self):
        self.producer.close(5)


class Aiokafka:
    name = "aiokafka"

    def __init__(self, bootstrap, transactional_id):
        self.loop = asyncio.new_event_loop()
        self.producer = self.loop.run_until_complete(
            self.start(bootstrap, transactional_id))

    async def start(self, bootstrap, transactional_id):
        made = aiokafka.AIOKafkaProducer(
            bootstrap_servers=bootstrap, transactional_id=transactional_id)
        await made.start()
        return made

    def transaction(self, topic, values, commit):
        self.loop.run_until_complete(self.run(topic, values, commit))

    async def run(self, topic, values, commit):
        await self.producer.begin_transaction()
        for number, value in enumerate(values):
            await self.producer.send_and_wait(
                topic, value.encode(), partition=number % PARTITIONS)
        if commit:
            await self.producer.commit_transaction()
        else:
            await self.producer.abort_transaction()

    def close(self):
        self.loop.run_until_complete(self.producer.stop())
        self.loop.close()


@pytest.mark.parametrize("client", [Librdkafka, KafkaPython, Aiokafka], ids=lambda it: it.name)
def test_commits_are_seen_and_aborts_are_not(broker, client):
    topic = broker.create(f"ends-{client.name}", PARTITIONS)
    made = client(broker.bootstrap, f"ends-{client.name}")
    try:
        for number in range(6):
            made.transaction(topic, [f"{number}-{part}" for part in range(4)], number % 2 == 0)
    finally:
        made.close()
    everything = [f"{number}-{part}" for number in range(6) for part in range(4)]
    assert eventually(lambda: read(broker.bootstrap, topic) == everything[0:4] + everything[8:12]
                      + everything[16:20] or None)
    assert read(broker.bootstrap, topic, "read_uncommitted") == everything


def test_records_of_an_open_transaction_are_held_back(broker):
    topic = broker.create("open", PARTITIONS)
    one, other = producer(broker.bootstrap, "open-1"), producer(broker.bootstrap, "open-2")
    one.begin_transaction()
    one.produce(topic, "first", partition=0)
    assert one.flush(20) == 0
    other.begin_transaction()
    for partition in range(PARTITIONS):
        other.produce(topic, f"behind-{partition}", partition=partition)
    other.commit_transaction(20)
    # What lies behind the open transaction waits; the other partition does not.
    eventually(lambda: read(broker.bootstrap, topic) == ["behind-1"])
    assert read(broker.bootstrap, topic, "read_uncommitted") == ["behind-0", "behind-1", "first"]
    one.commit_transaction(20)
    eventually(lambda: read(broker.bootstrap, topic) == ["behind-0", "behind-1", "first"])


def test_a_second_instance_fences_the_first(broker):
    topic = broker.create("fenced", PARTITIONS)
    first = producer(broker.bootstrap, "fenced")
    first.begin_transaction()
    first.produce(topic, "old", partition=0)
    assert first.flush(20) == 0
    second = producer(broker.bootstrap, "fenced")
    with pytest.raises(confluent_kafka.KafkaException) as fenced:
        first.commit_transaction(20)
    assert fenced.value.args[0].code() == confluent_kafka.KafkaError._FENCED
    second.begin_transaction()
    second.produce(topic, "new", partition=0)
    second.commit_transaction(20)
    eventually(lambda: read(broker.bootstrap, topic) == ["new"])


def test_a_transaction_that_takes_too_long_is_aborted(broker):
    topic = broker.create("slow", PARTITIONS)
    slow = producer(broker.bootstrap, "slow", transaction_timeout_ms=1000)
    slow.begin_transaction()
    slow.produce(topic, "late", partition=0)
    assert slow.flush(20) == 0
    quick = producer(broker.bootstrap, "quick")
    quick.begin_transaction()
    quick.produce(topic, "in time", partition=0)
    quick.commit_transaction(20)
    eventually(lambda: read(broker.bootstrap, topic) == ["in time"], 10)
    with pytest.raises(confluent_kafka.KafkaException):
        slow.commit_transaction(20)
    assert "'slow'" in broker.log()


def test_the_timeout_must_not_be_longer_than_the_broker_allows(broker):
    asking = confluent_kafka.Producer({
        "bootstrap.servers": broker.bootstrap, "transactional.id": "forever",
        "transaction.timeout.ms": 1_000_000, "log_level": 0})
    with pytest.raises(confluent_kafka.KafkaException) as refused:
        asking.init_transactions(20)
    code = refused.value.args[0].code()
    assert code == confluent_kafka.KafkaError.INVALID_TRANSACTION_TIMEOUT


# kill -9


def test_a_transaction_goes_on_over_a_kill(skafka):
    port = free_port()
    broker = Broker(skafka, data=skafka.data, port=port, extra=SETTINGS)
    topic = broker.create("t", PARTITIONS)
    writing = producer(broker.bootstrap, "survivor", reconnect_backoff_max_ms=200)
    writing.begin_transaction()
    writing.produce(topic, "before", partition=0)
    assert writing.flush(20) == 0
    broker.kill()
    with Broker(skafka, data=skafka.data, port=port, extra=SETTINGS) as broker:
        writing.produce(topic, "after", partition=1)
        writing.commit_transaction(30)
        eventually(lambda: read(broker.bootstrap, topic) == ["after", "before"])


def test_a_transaction_that_nobody_ends_is_aborted_after_a_kill(skafka):
    port = free_port()
    broker = Broker(skafka, data=skafka.data, port=port, extra=SETTINGS)
    topic = broker.create("t", PARTITIONS)
    gone = producer(broker.bootstrap, "gone", transaction_timeout_ms=2000)
    gone.begin_transaction()
    gone.produce(topic, "lost", partition=0)
    assert gone.flush(20) == 0
    broker.kill()
    with Broker(skafka, data=skafka.data, port=port, extra=SETTINGS) as broker:
        other = producer(broker.bootstrap, "other")
        other.begin_transaction()
        other.produce(topic, "kept", partition=0)
        other.commit_transaction(20)
        eventually(lambda: read(broker.bootstrap, topic) == ["kept"], 15)


class Writer:
    """Transactions of one value in each partition, one after the other; what was committed for
    sure, and what may have been."""

    def __init__(self, bootstrap, topic, name):
        self.bootstrap, self.topic, self.name = bootstrap, topic, name
        self.committed, self.unsure, self.stopping = [], [], False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        number, made = 0, None
        while not self.stopping:
            value = f"{self.name}-{number:06}"
            number += 1
            try:
                if made is None:
                    made = producer(self.bootstrap, self.name, reconnect_backoff_max_ms=100)
                made.begin_transaction()
                for partition in range(PARTITIONS):
                    made.produce(self.topic, value, partition=partition)
                made.commit_transaction(30)
                self.committed.append(value)
            except confluent_kafka.KafkaException as failed:
                self.unsure.append(value)
                if failed.args[0].txn_requires_abort():
                    try:
                        made.abort_transaction(30)
                    except confluent_kafka.KafkaException:
                        made = None
                else:
                    made = None


@pytest.mark.timeout(180)
def test_transactions_under_load_are_whole_after_kills(skafka):
    port = free_port()
    broker = Broker(skafka, data=skafka.data, port=port, extra=SETTINGS)
    topic = broker.create("t", PARTITIONS)
    writers = [Writer(broker.bootstrap, topic, f"writer-{number}") for number in range(3)]
    try:
        for round in range(5):
            time.sleep(0.4 + 0.2 * round)
            broker.kill()
            broker = Broker(skafka, data=skafka.data, port=port, extra=SETTINGS)
        time.sleep(1)
    finally:
        for writer in writers:
            writer.stopping = True
        for writer in writers:
            writer.thread.join()
    try:
        for writer in writers:
            producer(broker.bootstrap, writer.name)
        committed = [value for writer in writers for value in writer.committed]
        unsure = {value for writer in writers for value in writer.unsure}
        found = read(broker.bootstrap, topic)
    finally:
        broker.kill()
    assert len(committed) > 20
    # Both records of each transaction or none, once, and nothing that was promised is missing.
    assert found[::2] == found[1::2]
    assert set(committed) <= set(found) <= set(committed) | unsure
