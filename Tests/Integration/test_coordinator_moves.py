"""`consume -g` and transactions while their coordinators move, load, refuse and vanish: each record
once, a clear end where a limit is reached, no busy loop, and Ctrl-C ends at once."""

import itertools
import signal
import subprocess
import threading
import time

import pytest

import mock_cluster as mock
from harness import end, read_line, text
from mock_cluster import cluster, shared  # fixtures

PARTITIONS, COUNT = 4, 2000
counter = itertools.count()
SESSION = ["-X", "session.timeout.ms=1500", "-X", "heartbeat.interval.ms=200",
           "-X", "auto.commit.interval.ms=200", "-X", "retry.backoff.ms=20", "-o", "beginning"]


@pytest.fixture
def topic(skafka, cluster):
    cluster.gather_members(300)
    name = cluster.create(f"moves{next(counter)}", PARTITIONS)
    skafka("produce", name, "-b", cluster.bootstrap, "-q", "-K", ":",
           input=b"".join(b"k%d:%d\n" % (number % 20, number) for number in range(COUNT)))
    return name


def member(cluster, topic, *flags):
    return ["consume", topic, "-b", cluster.bootstrap, "-g", topic, *SESSION, *flags]


def numbers(output):
    return sorted(map(int, output.split()))


class Disturbance:
    """Does something to the cluster again and again while a block runs."""

    def __init__(self, action, pause=0.05):
        self.action, self.pause = action, pause
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        for number in itertools.count():
            self.action(number)
            if self.stop.wait(self.pause):
                return

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def test_a_group_whose_coordinator_and_leaders_move(skafka, cluster, topic):
    def move(number):
        # Not for ever: the mock lets those who join again wait for a session's time, and by then
        # the coordinator would always be elsewhere.
        if number < 8:
            cluster.coordinate_group(topic, 1 + number % 3)
        for partition in range(PARTITIONS):
            cluster.lead(topic, partition, 1 + (number + partition) % 3)
    with cluster.count() as requests, Disturbance(move, 0.2):
        output = skafka(*member(cluster, topic, "-e"), timeout=60)
    assert numbers(output) == list(range(COUNT))
    assert sum(requests.values()) < 1000, requests
    # All of it is committed.
    assert skafka(*member(cluster, topic, "-e")) == b""


COORDINATOR = [mock.NOT_COORDINATOR, mock.COORDINATOR_LOADING, mock.COORDINATOR_NOT_AVAILABLE,
               mock.DISCONNECT]


@pytest.mark.parametrize("api, codes", [
    (mock.FIND_COORDINATOR, COORDINATOR[1:]), (mock.JOIN_GROUP, COORDINATOR),
    (mock.SYNC_GROUP, COORDINATOR), (mock.HEARTBEAT, COORDINATOR),
    (mock.OFFSET_FETCH, COORDINATOR), (mock.OFFSET_COMMIT, COORDINATOR),
    (mock.LIST_OFFSETS, [mock.NOT_LEADER, mock.DISCONNECT]),
    (mock.FETCH, [mock.NOT_LEADER, mock.FENCED_LEADER_EPOCH, mock.UNKNOWN_LEADER_EPOCH,
                  mock.REQUEST_TIMED_OUT, mock.DISCONNECT]),
], ids=["find", "join", "sync", "heartbeat", "offsets", "commit", "list", "fetch"])
def test_errors_that_pass(skafka, cluster, topic, api, codes):
    cluster.fail(api, *codes)
    output = skafka(*member(cluster, topic, "-e"), timeout=60)
    assert numbers(output) == list(range(COUNT))
    cluster.heal()
    assert skafka(*member(cluster, topic, "-e")) == b""


@pytest.mark.parametrize("api, code, status, words", [
    (mock.FIND_COORDINATOR, mock.COORDINATOR_NOT_AVAILABLE, 1, "COORDINATOR_NOT_AVAILABLE"),
    (mock.JOIN_GROUP, mock.NOT_COORDINATOR, 1, "NOT_COORDINATOR"),
    (mock.FETCH, mock.NOT_LEADER, 1, "NOT_LEADER_FOR_PARTITION, again and again for 1000 ms"),
    (mock.OFFSET_COMMIT, mock.NOT_COORDINATOR, 1, "what was printed last will be read again"),
])
def test_errors_that_stay_end_with_a_reason(skafka, cluster, topic, api, code, status, words):
    cluster.fail(api, *[code] * 5000)
    with cluster.count() as requests:
        result = skafka.run(*member(cluster, topic, "-e", "--timeout", "1s"))
    assert result.returncode == status, text(result.stderr)
    assert words in text(result.stderr)
    assert requests[api] < 200, "each attempt waits for longer than the one before"


def test_a_reader_of_partitions_that_are_not_served(skafka, cluster, topic):
    cluster.fail(mock.FETCH, *[mock.NOT_LEADER] * 5000)
    result = skafka.run("consume", topic, "-b", cluster.bootstrap, "-e", "--timeout", "1s")
    assert result.returncode == 1 and result.stdout == b""
    assert text(result.stderr).count("NOT_LEADER_FOR_PARTITION") == 1


def test_a_coordinator_that_vanishes(skafka, cluster, topic):
    """Its successor takes the group over; the member goes on."""
    cluster.coordinate_group(topic, 3)
    process = skafka.start(*member(cluster, topic))
    try:
        output = b"".join(read_line(process, 10) for _ in range(COUNT))
        cluster.down(3)
        cluster.coordinate_group(topic, 1)
        for partition in range(PARTITIONS):
            cluster.lead(topic, partition, 1 + partition % 2)
        skafka("produce", topic, "-b", cluster.bootstrap, "-q", "-p", "0", input=b"-1\n")
        output += read_line(process, 10)
        assert numbers(output) == list(range(-1, COUNT))
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == b""
    finally:
        end(process)
    assert skafka(*member(cluster, topic, "-e")) == b"", "the last commit went to the new one"


def test_an_interrupt_while_no_coordinator_answers(skafka, cluster, topic):
    process = skafka.start(*member(cluster, topic))
    try:
        assert read_line(process, 10)
        for broker in (1, 2, 3):
            cluster.slow(broker, 60_000)
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert time.monotonic() - started < 6
    finally:
        end(process)


def test_a_transaction_whose_answers_come_late(skafka, cluster):
    """The commit is repeated though it was carried out."""
    topic = cluster.create(f"moves{next(counter)}", 1)
    cluster.coordinate(topic, 2)
    cluster.delay(2, mock.END_TXN, 900)
    skafka("produce", topic, "-b", cluster.bootstrap, "-q", "--transactional-id", topic,
           "-X", "request.timeout.ms=400", "-X", "retry.backoff.ms=20", "--batch-size", "1000",
           input=b"".join(b"%d\n" % number for number in range(COUNT)), timeout=60)
    output = skafka("consume", topic, "-b", cluster.bootstrap, "-e", "-q")
    assert output.split() == [b"%d" % number for number in range(COUNT)]


def test_a_producer_of_transactions_follows_its_coordinator(skafka, cluster):
    topic = cluster.create(f"moves{next(counter)}", PARTITIONS)
    producer = skafka.start(
        "produce", topic, "-b", cluster.bootstrap, "-q", "--transactional-id", topic,
        "-X", "retry.backoff.ms=20", stdin=subprocess.PIPE)
    try:
        with Disturbance(lambda number: cluster.coordinate(topic, 1 + number % 3)):
            for number in range(20):
                producer.stdin.write(b"%d\n" % number)
                producer.stdin.flush()
                time.sleep(0.02)
            producer.stdin.close()
            assert producer.wait(30) == 0, text(producer.stderr.read())
    finally:
        end(producer)
    output = skafka("consume", topic, "-b", cluster.bootstrap, "-e", "-q")
    assert numbers(output) == list(range(20))
