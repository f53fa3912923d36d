"""The live view under a pseudo-terminal, and one sample of it for scripts."""

import signal

import confluent_kafka
import pytest

from harness import Broker, Skafka, end, free_port, text
from screen import SEQUENCE, Screen


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A broker with two topics, and a group that lags by 70 records."""
    skafka = Skafka(tmp_path_factory.mktemp("top"))
    with Broker(skafka) as broker:
        broker.create("orders", 2)
        broker.create("quiet")
        skafka("produce", "orders", "-p", "0", "-b", broker.bootstrap,
               input=b"".join(b"%d\n" % number for number in range(100)))
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": broker.bootstrap, "group.id": "billing"})
        consumer.commit(offsets=[confluent_kafka.TopicPartition("orders", 0, 30)],
                        asynchronous=False)
        consumer.close()
        yield broker
        assert broker.stop() == 0


def flow(skafka, broker):
    """Fifty records a second into topic orders, until it is ended."""
    return skafka.start("bench", "produce", "orders", "-b", broker.bootstrap, "--rate", "50",
                        "--records", "100000", "-q")


def test_once_tells_rates_and_lags(skafka, cluster):
    flowing = flow(skafka, cluster)
    try:
        sample = skafka.json("top", "--once", "--interval", "1s", "-b", cluster.bootstrap)
    finally:
        end(flowing, signal.SIGTERM)
    orders, quiet = sample["topics"]
    assert (orders["topic"], orders["partitions"]) == ("orders", 2)
    assert 20 < orders["recordsPerSecond"] < 100 and orders["bytesPerSecond"] > 2000
    assert orders["endOffset"] >= 100 and orders["size"] > 1000
    assert (quiet["topic"], quiet["recordsPerSecond"], quiet["size"]) == ("quiet", 0, 0)
    (group,) = sample["groups"]
    assert (group["group"], group["state"], group["members"]) == ("billing", "Empty", 0)
    assert group["lag"] >= 70 and group["topics"] == 1
    (broker,) = sample["brokers"]
    assert broker["controller"] and broker["address"] == cluster.bootstrap


def test_once_in_rows(skafka, cluster):
    plain = skafka("top", "--once", "--interval", "200ms", "--plain", "--sort", "name", "-b",
                   cluster.bootstrap)
    rows = [line.split("\t") for line in text(plain).splitlines()]
    assert [row[0] for row in rows] == ["orders", "quiet"]
    assert all(len(row) == 7 and row[1].isdigit() for row in rows)
    table = text(skafka("top", "--once", "--interval", "200ms", "--view", "groups", "-b",
                        cluster.bootstrap))
    header, row = table.splitlines()
    assert header.split()[:2] == ["GROUP", "STATE"] and row.split()[0] == "billing"


def test_a_cluster_that_tells_less(skafka):
    """librdkafka's mock cluster knows neither log sizes nor a list of groups."""
    producer = confluent_kafka.Producer({"bootstrap.servers": "", "test.mock.num.brokers": 3})
    brokers = producer.list_topics(timeout=10).brokers.values()
    address = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    skafka("produce", "t", "-b", address, "-p", "0", input=b"x\n")
    sample = skafka.json("top", "t", "--once", "--interval", "200ms", "-b", address)
    assert len(sample["brokers"]) == 3 and sample["groups"] is None
    (topic,) = sample["topics"]
    assert topic["endOffset"] == 1 and topic["recordsPerSecond"] == 0
    assert topic["size"] is None and topic["bytesPerSecond"] is None
    report = skafka.json("bench", "latency", "t", "-b", address, "--rate", "50", "--duration",
                         "200ms", "--warm-up", "0")
    assert report["records"] == 10
    del producer


def test_what_it_refuses(skafka, cluster):
    where = ["-b", cluster.bootstrap]
    for args, word in [
            ([], "terminal"), (["--once", "--sort", "colour"], "records"),
            (["--once", "--interval", "1ms"], "100ms"), (["--view", "moon"], "moon")]:
        result = skafka.run("top", *args, *where)
        assert (result.returncode, result.stdout) == (2, b"") and word in text(result.stderr), args
    result = skafka.run("top", "nope", "orders", "--once", "--interval", "100ms", *where)
    assert result.returncode == 1 and b"nope" in result.stderr and b"orders" in result.stdout
    result = skafka.run("top", "--once", "--timeout", "1s", "-b", f"127.0.0.1:{free_port()}")
    assert (result.returncode, result.stdout) == (3, b"")


def test_it_shows_what_flows(skafka, cluster):
    flowing = flow(skafka, cluster)
    try:
        with Screen(skafka, "top", "-b", cluster.bootstrap, "--interval", "200ms") as terminal:
            terminal.wait_for("orders")
            # A rate, and a curve of it.
            terminal.wait(lambda t: any(line.startswith("orders") and "█" in line
                                        for line in t.lines))
            assert terminal.alternate and not terminal.cursor_shown
            assert not terminal.is_restored
            assert all(len(line) <= 100 for line in terminal.lines)
            assert len(terminal.lines) == 24
            terminal.type("q")
            assert terminal.end() == 0
            assert terminal.is_restored and terminal.before == ""
    finally:
        end(flowing, signal.SIGTERM)


def test_keys(skafka, cluster):
    with Screen(skafka, "top", "-b", cluster.bootstrap, "--interval", "200ms") as terminal:
        terminal.wait_for("[topics]")
        terminal.type("g")
        terminal.wait(lambda t: "[groups]" in t.text and "billing" in t.text)
        terminal.type("b")
        terminal.wait(lambda t: "[brokers]" in t.text and cluster.bootstrap in t.text)
        terminal.type("t/QUI")
        terminal.wait(lambda t: "filter: QUI_" in t.text)
        assert not any(line.startswith("orders") for line in terminal.lines)
        terminal.type("\r\x1b")
        terminal.wait(lambda t: any(line.startswith("orders") for line in t.lines))
        terminal.type("\x1b[D")
        terminal.wait(lambda t: "PARTITIONSv" in t.text)
        terminal.type("r")
        terminal.wait(lambda t: "PARTITIONS^" in t.text)
        terminal.type("p")
        terminal.wait_for("paused")
        terminal.type("q")
        assert terminal.end() == 0 and terminal.is_restored


def test_it_follows_the_terminals_size(skafka, cluster):
    with Screen(skafka, "top", "-b", cluster.bootstrap, "--interval", "1h",
                  columns=100) as terminal:
        terminal.wait_for("OFFLINE")
        terminal.set_size(42, 10)
        terminal.wait(lambda t: len(t.lines) == 10 and "OFFLINE" not in t.text)
        assert all(len(line) <= 42 for line in terminal.lines)
        terminal.set_size(120, 30)
        terminal.wait(lambda t: len(t.lines) == 30 and "OFFLINE" in t.text)
        terminal.type("q")
        assert terminal.end() == 0


@pytest.mark.parametrize("how, status", [
    ("\x03", 130), (signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_the_terminal_is_given_back_on_every_end(skafka, cluster, how, status):
    with Screen(skafka, "top", "-b", cluster.bootstrap, "--interval", "200ms") as terminal:
        terminal.wait_for("orders")
        if isinstance(how, str):
            terminal.type(how)
        else:
            terminal.send(how)
        assert terminal.end(5) == status
        assert terminal.is_restored and terminal.before == ""


def test_a_broker_that_goes_away_is_told_of_and_found_again(skafka):
    with Broker(skafka, data=skafka.data) as broker:
        broker.create("t")
        with Screen(skafka, "top", "-b", broker.bootstrap, "--interval", "200ms", "--timeout",
                      "500ms") as terminal:
            terminal.wait_for("every 200ms")
            broker.stop()
            terminal.wait(lambda t: broker.bootstrap in t.lines[1])
            port = broker.bootstrap.rpartition(":")[2]
            with Broker(skafka, data=skafka.data, port=port):
                terminal.wait(lambda t: "every 200ms" in t.lines[1])
                terminal.type("q")
                assert terminal.end() == 0 and terminal.is_restored


def test_nobody_at_the_address_leaves_the_screen_alone(skafka):
    address = f"127.0.0.1:{free_port()}"
    with Screen(skafka, "top", "-b", address, "--timeout", "1s") as terminal:
        assert terminal.end() == 3
        assert address in terminal.before and "1049" not in terminal.raw


def test_no_colour_where_none_is_wanted(skafka, cluster):
    for env, args in [({"NO_COLOR": "1"}, []), ({}, ["--color", "never"])]:
        with Screen(skafka, "top", "-b", cluster.bootstrap, "--interval", "200ms", *args,
                      env=env) as terminal:
            terminal.wait_for("orders")
            terminal.type("q")
            assert terminal.end() == 0
            assert not any(letter == "m" for _, _, letter in SEQUENCE.findall(terminal.raw))
    with Screen(skafka, "top", "-b", cluster.bootstrap, "--interval", "200ms") as terminal:
        terminal.wait_for("orders")
        terminal.type("q")
        assert terminal.end() == 0 and "\x1b[7m" in terminal.raw
