"""Consume, transform, produce: each input has exactly one committed output, whoever is killed."""

import collections
import pathlib
import subprocess
import sys
import time

import confluent_kafka
import pytest

from harness import Broker, free_port

COUNT = 100_000
BATCH = 750
PARTITIONS = 4
PROCESSORS = 2
KILLS = 5
PROCESSOR = pathlib.Path(__file__).with_name("exactly_once_processor.py")


class Processors:
    """Some processes that are started again when they end."""

    def __init__(self, bootstrap, home):
        self.bootstrap = bootstrap
        self.home = home
        self.processes = [self.start(number) for number in range(PROCESSORS)]
        self.restarts = 0

    def start(self, number):
        log = open(self.home / f"processor-{number}.log", "ab")
        with log:
            return subprocess.Popen(
                [sys.executable, str(PROCESSOR), self.bootstrap, f"processor-{number}",
                 str(BATCH)], stdout=log, stderr=log)

    def keep(self):
        for number, process in enumerate(self.processes):
            if process.poll() is not None:
                self.restarts += 1
                self.processes[number] = self.start(number)

    def kill(self):
        for process in self.processes:
            process.kill()
            process.wait(10)


def fill(bootstrap):
    producer = confluent_kafka.Producer({
        "bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 20})
    for number in range(COUNT):
        while True:
            try:
                producer.produce("input", b"%d" % number, b"%d" % (number % 1000))
                break
            except BufferError:
                producer.poll(0.1)
    assert producer.flush(60) == 0


class Outputs:
    """Counts what read_committed consumers see."""

    def __init__(self, bootstrap):
        self.seen = collections.Counter()
        self.consumer = confluent_kafka.Consumer({
            "bootstrap.servers": bootstrap, "group.id": "reader", "enable.auto.commit": False,
            "isolation.level": "read_committed", "reconnect.backoff.max.ms": 200,
            "log_level": 0})
        self.consumer.assign([confluent_kafka.TopicPartition("output", partition, 0)
                              for partition in range(PARTITIONS)])

    def read(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for message in self.consumer.consume(5000, 0.2):
                if not message.error():
                    self.seen[message.value()] += 1


@pytest.mark.timeout(420)
def test_each_input_has_one_output(skafka):
    port = free_port()
    settings = ["-X", "group.initial.rebalance.delay.ms=0"]
    broker = Broker(skafka, data=skafka.data, port=port, extra=settings)
    processors = None
    try:
        broker.create("input", PARTITIONS)
        broker.create("output", PARTITIONS)
        fill(broker.bootstrap)
        processors = Processors(broker.bootstrap, skafka.home)
        outputs = Outputs(broker.bootstrap)
        kills = 0
        until = time.monotonic() + 300
        while sum(outputs.seen.values()) < COUNT and time.monotonic() < until:
            outputs.read(0.5)
            processors.keep()
            if kills < KILLS and len(outputs.seen) > COUNT * (kills + 1) / (KILLS + 2):
                broker.kill()
                # One of them goes along, and comes back as somebody who fences itself.
                processors.processes[kills % PROCESSORS].kill()
                kills += 1
                broker = Broker(skafka, data=skafka.data, port=port, extra=settings)
        # What was there twice would come behind.
        outputs.read(3)
    finally:
        if processors:
            processors.kill()
        broker.kill()
    assert kills == KILLS
    logs = "\n".join((skafka.home / f"processor-{number}.log").read_text()[-1500:]
                     for number in range(PROCESSORS))
    expected = {b"done %d" % number for number in range(COUNT)}
    missing = expected - set(outputs.seen)
    assert not missing, f"{len(missing)} without output, first {min(missing)}\n{logs}"
    assert set(outputs.seen) == expected
    twice = [value for value, count in outputs.seen.items() if count > 1]
    assert not twice, f"{len(twice)} outputs are there more than once, first {min(twice)}"
