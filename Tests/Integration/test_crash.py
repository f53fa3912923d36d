"""kill -9 in a loop under load: nothing that was acknowledged is lost, and order holds."""

import os
import select
import threading
import time

import confluent_kafka
import pytest

from clients import Librdkafka
from harness import Broker, eventually, free_port

ROUNDS = 5
#: Of idempotent load, where nothing may be there twice either.
IDEMPOTENT_ROUNDS = 50


class Load:
    """Sends 0, 1, 2, … with acks=all until told to stop, and notes what was acknowledged."""

    def __init__(self, bootstrap, settings):
        self.acknowledged = []
        self.failed = []
        self.stopping = False
        self.producer = confluent_kafka.Producer({
            "bootstrap.servers": bootstrap, "acks": "all", "linger.ms": 1,
            "message.timeout.ms": 60000, "reconnect.backoff.max.ms": 200,
            "retry.backoff.ms": 50, "log_level": 0} | settings)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def delivered(self, error, message):
        number = int(message.value())
        (self.failed if error else self.acknowledged).append(number)

    def run(self):
        number = 0
        while not self.stopping:
            if len(self.producer) < 2000:
                self.producer.produce("t", b"%d" % number, partition=0,
                                      on_delivery=self.delivered)
                number += 1
            self.producer.poll(0 if len(self.producer) < 2000 else 0.01)
            if number % 200 == 0:
                time.sleep(0.002)

    def stop(self):
        self.stopping = True
        self.thread.join()
        assert self.producer.flush(40) == 0


@pytest.mark.timeout(240)
@pytest.mark.parametrize("settings,rounds", [
    ({"max.in.flight": 1}, ROUNDS), ({"enable.idempotence": True}, IDEMPOTENT_ROUNDS),
], ids=["one in flight", "idempotent"])
def test_nothing_acknowledged_is_lost(skafka, settings, rounds):
    port = free_port()
    broker = Broker(skafka, data=skafka.data, port=port)
    # Small segments: a kill may meet a roll, a snapshot, a checkpoint.
    broker.create("t", 1, "-c", "segment.bytes=300000")
    load = Load(broker.bootstrap, settings)
    slowest = 0
    try:
        for round in range(rounds):
            time.sleep(0.1 + round % 5 * 0.1)
            broker.kill()
            seen = len(load.acknowledged)
            broker = Broker(skafka, data=skafka.data, port=port)
            slowest = max(slowest, broker.start_seconds)
            eventually(lambda: len(load.acknowledged) > seen, 15, "an acknowledgement")
        load.stop()
        found = [int(record.value) for record in Librdkafka().consume(broker.bootstrap, "t")]
    finally:
        load.stopping = True
        load.thread.join()
        broker.kill()
    assert not load.failed
    assert slowest < 2, f"{slowest:.1f} s until it answered again"
    lost = set(load.acknowledged) - set(found)
    assert not lost, f"{len(lost)} of {len(load.acknowledged)} lost, first {min(lost)}"
    # Without idempotence a producer may write twice what it got no answer for. The order of what
    # came first holds all the same.
    firsts = list(dict.fromkeys(found))
    assert firsts == sorted(firsts)
    if "enable.idempotence" in settings:
        assert found == firsts, f"{len(found) - len(firsts)} of {len(found)} are there twice"


def test_embedded_producers_killed_in_the_middle(skafka, data):
    """Whatever the report said was written is there afterwards."""
    skafka("topics", "create", "t", *data)
    reported = 0
    for _ in range(ROUNDS):
        source = skafka.home / "lines"
        source.write_bytes(b"".join(b"line %d\n" % n for n in range(300_000)))
        process = skafka.start("produce", "t", *data, "-q", "-l", str(source),
                               "--report", r"%o\n")
        deadline = time.monotonic() + 0.5
        output = bytearray()
        while time.monotonic() < deadline:
            if select.select([process.stdout], [], [], 0.05)[0]:
                chunk = os.read(process.stdout.fileno(), 1 << 16)
                if not chunk:
                    break
                output += chunk
        process.kill()
        output += process.stdout.read()
        process.wait(10)
        process.stdout.close()
        process.stderr.close()
        offsets = [int(line) for line in bytes(output).split(b"\n")[:-1]]
        reported = max([reported, *[offset + 1 for offset in offsets]])
    rows = skafka("offsets", "get", "t", *data, "--plain", timeout=60).decode()
    assert reported > 0
    assert int(rows.split("\t")[2]) >= reported
    lines = skafka("consume", "t", *data, "-e", "-q", timeout=60).split(b"\n")[:-1]
    assert len(lines) >= reported
