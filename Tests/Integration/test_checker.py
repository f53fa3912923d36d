"""Random load on a broker that is paused, stopped and killed, and a checker that looks for what may
never be seen, in the manner of Jepsen: every value is unique, so each record that is read tells
whose it is, and whether it may be there.

CHECK_SECONDS says how long, CHECK_SEED repeats the same decisions.
"""

import collections
import os
import random
import signal
import threading
import time

import confluent_kafka
import pytest

from harness import Broker, free_port

SECONDS = int(os.environ.get("CHECK_SECONDS", 300))
SEED = int(os.environ.get("CHECK_SEED", time.time_ns() % 1_000_000))
TOPIC = "checked"
PARTITIONS = 4
KEYS = [f"key-{number}" for number in range(20)]

COMMITTED, ABORTED, UNKNOWN = "committed", "aborted", "unknown"

PATIENT = {"reconnect.backoff.max.ms": 200, "retry.backoff.ms": 50, "log_level": 0}


class History:
    """What was written and what became of it, and what was read."""

    def __init__(self):
        self.lock = threading.Lock()
        #: By value; what is neither here nor acknowledged may be there or not.
        self.fates = {}
        self.acknowledged = {}
        self.wrong = []
        #: (partition, offset) to value, whoever read it.
        self.places = {}

    def sent(self, value, fate=UNKNOWN):
        with self.lock:
            self.fates[value] = fate

    def ended(self, values, fate):
        with self.lock:
            for value in values:
                self.fates[value] = fate

    def delivered(self, value, partition, offset):
        with self.lock:
            self.acknowledged[value] = (partition, offset)

    def read(self, reader, message, isolation):
        value, place = message.value().decode(), (message.partition(), message.offset())
        with self.lock:
            known = self.places.setdefault(place, value)
            if known != value:
                self.wrong.append(f"{reader}: {place} held {known}, now {value}")
            fate = self.fates.get(value)
            if fate is None:
                self.wrong.append(f"{reader}: {value} at {place} was never written")
            if fate == ABORTED and isolation == "read_committed":
                self.wrong.append(f"{reader}: {value} at {place} was aborted")


class Worker:
    """Something that goes on in a thread until it is told to stop."""

    def __init__(self, name, seed):
        self.name = name
        self.random = random.Random(f"{seed} {name}")
        self.stopping = threading.Event()
        self.error = None
        self.thread = threading.Thread(target=self.guarded, name=name)

    def guarded(self):
        try:
            self.run()
        except Exception as error:  # noqa: BLE001 (told by the test)
            self.error = error

    def stop(self, within):
        self.stopping.set()
        self.thread.join(within)
        assert not self.thread.is_alive(), f"{self.name} does not end"
        if self.error:
            raise self.error


class Writer(Worker):
    """An idempotent producer; with a transactional id in transactions that end either way."""

    def __init__(self, name, seed, bootstrap, history, is_transactional):
        super().__init__(name, seed)
        self.bootstrap = bootstrap
        self.history = history
        self.is_transactional = is_transactional
        self.counter = 0

    def producer(self):
        settings = {"bootstrap.servers": self.bootstrap, "enable.idempotence": True,
                    "linger.ms": 2, "message.timeout.ms": 60000} | PATIENT
        if self.is_transactional:
            settings |= {"transactional.id": self.name, "transaction.timeout.ms": 60000}
        producer = confluent_kafka.Producer(settings)
        if self.is_transactional:
            self.retry(producer.init_transactions)
        return producer

    def retry(self, call):
        """Calls until it works; what only an abort or a new producer can mend is raised."""
        while True:
            try:
                return call(10)
            except confluent_kafka.KafkaException as error:
                if not error.args[0].retriable():
                    raise

    def run(self):
        producer = self.producer()
        while not self.stopping.is_set():
            try:
                if self.is_transactional:
                    self.transaction(producer)
                else:
                    self.send(producer, self.random.randrange(1, 20))
                    producer.flush(1)
            except confluent_kafka.KafkaException as error:
                if not (self.is_transactional and error.args[0].fatal()):
                    raise
                producer = self.producer()
            time.sleep(self.random.random() * 0.02)
        assert producer.flush(60) == 0, f"{self.name}: undelivered messages"

    def send(self, producer, count):
        values = []
        for _ in range(count):
            value = f"{self.name}:{self.counter}"
            self.counter += 1
            values.append(value)
            self.history.sent(value)

            def delivered(error, message):
                if not error:
                    self.history.delivered(
                        message.value().decode(), message.partition(), message.offset())
            producer.produce(TOPIC, value.encode(), self.random.choice(KEYS),
                             on_delivery=delivered)
            producer.poll(0)
        return values

    def transaction(self, producer):
        producer.begin_transaction()
        values = self.send(producer, self.random.randrange(1, 30))
        if self.random.random() < 0.3:
            if self.random.random() < 0.5:
                producer.flush(5)
            # An abort that is answered is for ever; one that is not will be by a later producer.
            self.retry(producer.abort_transaction)
            return self.history.ended(values, ABORTED)
        try:
            self.retry(producer.commit_transaction)
            self.history.ended(values, COMMITTED)
        except confluent_kafka.KafkaException as error:
            if not error.args[0].txn_requires_abort():
                raise
            self.retry(producer.abort_transaction)
            self.history.ended(values, ABORTED)


class Reader(Worker):
    """Reads from somewhere on, then from somewhere else."""

    def __init__(self, name, seed, bootstrap, history, isolation):
        super().__init__(name, seed)
        self.bootstrap = bootstrap
        self.history = history
        self.isolation = isolation

    def run(self):
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": self.bootstrap, "group.id": self.name,
            "enable.auto.commit": False, "isolation.level": self.isolation,
            "fetch.wait.max.ms": 100} | PATIENT)
        while not self.stopping.is_set():
            consumer.assign([
                confluent_kafka.TopicPartition(TOPIC, partition, self.start(partition))
                for partition in range(PARTITIONS)])
            last = {}
            until = time.monotonic() + self.random.uniform(1, 15)
            while time.monotonic() < until and not self.stopping.is_set():
                for message in consumer.consume(500, 0.2):
                    if message.error():
                        continue
                    partition, offset = message.partition(), message.offset()
                    if offset <= last.get(partition, -1):
                        self.history.wrong.append(
                            f"{self.name}: {partition} {offset} after {last[partition]}")
                    last[partition] = offset
                    self.history.read(self.name, message, self.isolation)
        consumer.close()

    def start(self, partition):
        with self.history.lock:
            known = [offset for number, offset in self.history.places if number == partition]
        return self.random.choice([0, max(known, default=0), self.random.choice(known or [0])])


class Nemesis:
    """Pauses, stops and kills the broker, and starts it again."""

    def __init__(self, skafka, seed):
        self.skafka = skafka
        self.random = random.Random(f"{seed} nemesis")
        self.port = free_port()
        self.counts = collections.Counter()
        self.start()

    def start(self):
        self.broker = Broker(
            self.skafka, data=self.skafka.data, port=self.port,
            extra=["-X", "log.retention.ms=-1", "-X", "log.segment.bytes=2000000"])

    def run(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(self.random.uniform(0.5, 5))
            what = self.random.choice(["pause", "pause", "kill", "kill", "stop"])
            self.counts[what] += 1
            if what == "pause":
                self.broker.process.send_signal(signal.SIGSTOP)
                time.sleep(self.random.uniform(0.1, 3))
                self.broker.process.send_signal(signal.SIGCONT)
                continue
            if what == "kill":
                self.broker.kill()
            else:
                assert self.broker.stop() == 0, self.broker.log()
            time.sleep(self.random.uniform(0, 1))
            self.start()


def read_all(bootstrap, isolation):
    """Partition to its records in their order."""
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": bootstrap, "group.id": "the end", "enable.auto.commit": False,
        "isolation.level": isolation, "enable.partition.eof": True} | PATIENT)
    consumer.assign([confluent_kafka.TopicPartition(TOPIC, partition, 0)
                     for partition in range(PARTITIONS)])
    records = {partition: [] for partition in range(PARTITIONS)}
    ended = set()
    until = time.monotonic() + 60
    while len(ended) < PARTITIONS and time.monotonic() < until:
        for message in consumer.consume(1000, 0.5):
            if message.error():
                if message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF:
                    ended.add(message.partition())
                continue
            records[message.partition()].append(message)
    consumer.close()
    assert len(ended) == PARTITIONS, f"{isolation}: only {ended} were read to their end"
    return records


def check_end(history, committed):
    """What is there when all has come to rest."""
    wrong = []
    seen = {}
    for partition, messages in committed.items():
        last = {}
        for message in messages:
            value, place = message.value().decode(), (partition, message.offset())
            history.read("the end", message, "read_committed")
            if value in seen:
                wrong.append(f"{value} is at {seen[value]} and at {place}")
            seen[value] = place
            writer, _, number = value.partition(":")
            if int(number) < last.get(writer, -1):
                wrong.append(f"{place}: {value} after {last[writer]}")
            last[writer] = int(number)
    for value, fate in history.fates.items():
        acknowledged = history.acknowledged.get(value)
        must = fate == COMMITTED or (acknowledged and value.startswith("plain"))
        if must and value not in seen:
            wrong.append(f"{value} is lost, acknowledged at {acknowledged}")
        if acknowledged and value in seen and seen[value] != acknowledged:
            wrong.append(f"{value} is at {seen[value]}, acknowledged at {acknowledged}")
    return history.wrong + wrong, seen


@pytest.mark.timeout(SECONDS + 300)
def test_random_load_with_pauses_and_kills(skafka):
    print(f"CHECK_SEED={SEED}")
    nemesis = Nemesis(skafka, SEED)
    bootstrap = nemesis.broker.bootstrap
    nemesis.broker.create(TOPIC, PARTITIONS)
    history = History()
    workers = [Writer(f"txn-{number}", SEED, bootstrap, history, True) for number in range(3)]
    workers += [Writer(f"plain-{number}", SEED, bootstrap, history, False) for number in range(2)]
    workers += [Reader("committed", SEED, bootstrap, history, "read_committed"),
                Reader("uncommitted", SEED, bootstrap, history, "read_uncommitted")]
    try:
        for worker in workers:
            worker.thread.start()
        nemesis.run(SECONDS)
        for worker in workers:
            worker.stop(120)
        committed = read_all(bootstrap, "read_committed")
        read_all(bootstrap, "read_uncommitted")
    finally:
        for worker in workers:
            worker.stopping.set()
        nemesis.broker.kill()
    wrong, seen = check_end(history, committed)
    fates = collections.Counter(history.fates.values())
    print(f"{dict(nemesis.counts)}; {dict(fates)}; {len(seen)} read at the end")
    assert not wrong, f"CHECK_SEED={SEED}: {len(wrong)} wrong:\n" + "\n".join(wrong[:20])
    # Nothing would be found wrong with nothing.
    assert fates[COMMITTED] > SECONDS * 10 and fates[ABORTED] > SECONDS
