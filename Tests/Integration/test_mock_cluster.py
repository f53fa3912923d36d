"""Three brokers that change, refuse and vanish: nothing is lost, nothing is there twice, and the
order in each partition is kept."""

import itertools
import signal
import subprocess
import threading
import time

import pytest

import mock_cluster
from harness import Broker, end, text
from mock_cluster import cluster, shared  # fixtures

PARTITIONS = 4
counter = itertools.count()


@pytest.fixture
def topic(cluster):
    return cluster.create(f"t{next(counter)}", PARTITIONS)


def keyed(count, first=0):
    return [b"k%d:%d\n" % (number % 20, number) for number in range(first, first + count)]


def check(skafka, cluster, topic, count):
    """Each number once, and ascending in each partition."""
    records = skafka.json_lines("consume", topic, "-b", cluster.bootstrap, "-e", "-J", "-q",
                                timeout=60)
    by_partition = {}
    for record in records:
        by_partition.setdefault(record["partition"], []).append(int(record["value"]))
    assert sorted(itertools.chain(*by_partition.values())) == list(range(count))
    assert all(numbers == sorted(numbers) for numbers in by_partition.values())


def produce_while(skafka, cluster, topic, disturb, *flags, rounds=12, each=250):
    """Feeds a producer in pieces, and disturbs the cluster between them."""
    producer = skafka.start("produce", topic, "-b", cluster.bootstrap, "-K", ":", "-q",
                            "-X", "retry.backoff.ms=20", "--batch-size", "2000", *flags,
                            stdin=subprocess.PIPE)
    try:
        for number in range(rounds):
            producer.stdin.write(b"".join(keyed(each, number * each)))
            producer.stdin.flush()
            disturb(number)
            time.sleep(0.02)
        producer.stdin.close()
        status = producer.wait(60)
        assert status == 0, text(producer.stderr.read())
    finally:
        end(producer)
    check(skafka, cluster, topic, rounds * each)


@pytest.mark.parametrize("flags", [[], ["-z", "lz4"]], ids=["plain", "lz4"])
def test_leaders_that_move(skafka, cluster, topic, flags):
    def move(number):
        for partition in range(PARTITIONS):
            cluster.lead(topic, partition, 1 + (number + partition) % 3)
    produce_while(skafka, cluster, topic, move, *flags)


#: The mock checks sequences in transactions alone. Without its check, one request at a time keeps
#: the order, as it does with brokers from before idempotence.
CHECKED = [["--transactional-id", "checked"], ["-X", "max.in.flight=1"]]


@pytest.mark.parametrize("flags", CHECKED, ids=["transaction", "one in flight"])
def test_errors_that_pass(skafka, cluster, topic, flags):
    codes = [mock_cluster.NOT_LEADER, mock_cluster.REQUEST_TIMED_OUT,
             mock_cluster.NOT_ENOUGH_REPLICAS, mock_cluster.DISCONNECT]

    def disturb(number):
        cluster.fail(mock_cluster.PRODUCE, *codes[number % 4:], *codes[:number % 4])
        if number % 3 == 0:
            cluster.fail(mock_cluster.METADATA, mock_cluster.DISCONNECT)
    produce_while(skafka, cluster, topic, disturb, *flags, rounds=5, each=400)


def test_brokers_that_vanish_and_come_back(skafka, cluster, topic):
    def disturb(number):
        lost = 1 + number // 2 % 3
        (cluster.down if number % 2 == 0 else cluster.up)(lost)
    produce_while(skafka, cluster, topic, disturb, *CHECKED[0])


def test_slow_brokers(skafka, cluster, topic):
    for broker in (1, 2, 3):
        cluster.slow(broker, 100)
    started = time.monotonic()
    produce_while(skafka, cluster, topic, lambda number: None)
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("flags, status, words", [
    # There was an answer in time, and it was no.
    (["-X", "delivery.timeout.ms=700"], 1, ["700 ms", "NOT_ENOUGH_REPLICAS"]),
])
def test_the_delivery_timeout_is_named(skafka, cluster, topic, flags, status, words):
    cluster.fail(mock_cluster.PRODUCE, *[mock_cluster.NOT_ENOUGH_REPLICAS] * 2000)
    result = skafka.run("produce", topic, "-b", cluster.bootstrap, "-q", *flags, "-p", "0",
                        input=b"a\nb\n")
    assert result.returncode == status
    error = text(result.stderr)
    assert error.count("\n") == 1 and "2 records" in error
    for word in words:
        assert word in error


def test_one_lost_delivery_of_many(skafka, cluster, topic):
    """Only what was not delivered counts as failed; the others are reported."""
    cluster.fail(mock_cluster.PRODUCE, mock_cluster.INVALID_RECORD)
    result = skafka.run("produce", topic, "-b", cluster.bootstrap, "-p", "1", "--sync",
                        "--on-error", "continue", "--report", "%o", input=b"a\nb\nc\n")
    assert result.returncode == 1
    assert result.stdout == b"0\n1\n"
    assert "INVALID_RECORD" in text(result.stderr) and "1 failure" in text(result.stderr)
    assert skafka("consume", topic, "-b", cluster.bootstrap, "-e", "-q") == b"b\nc\n"


def test_all_brokers_gone(skafka, cluster, topic):
    producer = skafka.start("produce", topic, "-b", cluster.bootstrap, "-q", "--timeout", "1s",
                            "--report", "%o", stdin=subprocess.PIPE)
    try:
        producer.stdin.write(b"first\n")
        producer.stdin.flush()
        assert producer.stdout.readline() == b"0\n"
        for broker in (1, 2, 3):
            cluster.down(broker)
        producer.stdin.write(b"second\n")
        producer.stdin.close()
        # A lost delivery beside one that was made.
        assert producer.wait(20) == 1
        error = text(producer.stderr.read())
        assert error.count("\n") == 1 and "1 record" in error.replace("a record", "1 record")
    finally:
        end(producer)


def test_a_transaction_among_errors(skafka, cluster, topic):
    """The mock knows no transaction.version: partitions are added by requests."""
    cluster.fail(mock_cluster.INIT_PRODUCER_ID, mock_cluster.COORDINATOR_LOADING,
                 mock_cluster.NOT_COORDINATOR)
    cluster.fail(mock_cluster.ADD_PARTITIONS_TO_TXN, mock_cluster.CONCURRENT_TRANSACTIONS,
                 mock_cluster.DISCONNECT)
    cluster.fail(mock_cluster.END_TXN, mock_cluster.NOT_COORDINATOR, mock_cluster.DISCONNECT)
    moves = itertools.cycle((1, 2, 3))

    def disturb(number):
        cluster.coordinate("tx", next(moves))
        cluster.lead(topic, number % PARTITIONS, next(moves))
        if number % 3 == 0:
            cluster.fail(mock_cluster.PRODUCE, mock_cluster.NOT_LEADER)
    cluster.coordinate("tx", 1)
    produce_while(skafka, cluster, topic, disturb, "--transactional-id", "tx")


@pytest.mark.parametrize("api, code, word", [
    (mock_cluster.END_TXN, mock_cluster.PRODUCER_FENCED, "another producer"),
    (mock_cluster.ADD_PARTITIONS_TO_TXN, mock_cluster.PRODUCER_FENCED, "another producer"),
    (mock_cluster.PRODUCE, mock_cluster.INVALID_RECORD, "INVALID_RECORD"),
])
def test_a_transaction_that_cannot_be_committed(skafka, cluster, topic, api, code, word):
    cluster.fail(api, code)
    result = skafka.run("produce", topic, "-b", cluster.bootstrap, "--transactional-id", "tx2",
                        "-p", "0", "-q", input=b"a\n")
    error = text(result.stderr)
    assert result.returncode == 1, error
    assert word in error


def test_a_copy_into_a_restless_cluster(skafka, cluster, topic):
    """From one kind of broker to another, while leaders move."""
    with Broker(skafka) as broker:
        broker.create(topic, PARTITIONS)
        skafka("produce", topic, "-b", broker.bootstrap, "-K", ":", "-q",
               input=b"".join(keyed(20_000)))
        stop = threading.Event()

        def move():
            for number in itertools.count():
                cluster.lead(topic, number % PARTITIONS, 1 + number % 3)
                if stop.wait(0.02):
                    return
        mover = threading.Thread(target=move)
        mover.start()
        try:
            skafka("copy", topic, "-b", broker.bootstrap, "--to-bootstrap-server",
                   cluster.bootstrap, "-q", timeout=60)
        finally:
            stop.set()
            mover.join()
        check(skafka, cluster, topic, 20_000)
        skafka("compare", topic, "-b", broker.bootstrap, "--to-bootstrap-server",
               cluster.bootstrap, "-q", timeout=60)


def test_an_interrupt_while_nobody_answers(skafka, cluster, topic):
    """Ctrl-C ends a producer whose brokers do not answer, soon and with its own status."""
    producer = skafka.start("produce", topic, "-b", cluster.bootstrap, "-q", "--report", "%o",
                            stdin=subprocess.PIPE)
    try:
        producer.stdin.write(b"first\n")
        producer.stdin.flush()
        assert producer.stdout.readline() == b"0\n"
        for broker in (1, 2, 3):
            cluster.slow(broker, 60_000)
        producer.stdin.write(b"second\n")
        producer.stdin.flush()
        started = time.monotonic()
        producer.send_signal(signal.SIGINT)
        assert producer.wait(10) == 130
        assert time.monotonic() - started < 6
    finally:
        end(producer)
