"""bench produces and consumes what it says, and measures what a load really saw."""

import json
import os
import signal
import subprocess
import time

import pytest

from harness import BINARY, Broker, end, eventually, free_port, text
from screen import Screen


def topics(skafka, broker):
    rows = skafka("topics", "list", "--plain", "-b", broker.bootstrap).splitlines()
    return [row.split(b"\t")[0] for row in rows]


def test_produce_writes_what_it_says(skafka, broker, topic):
    report = skafka.json("bench", "produce", topic, "-b", broker.bootstrap, "--records", "2000",
                         "--size", "10-200", "--producers", "3", "-z", "lz4")
    values = skafka("consume", topic, "-e", "-b", broker.bootstrap, "-f", "%V\n").split()
    sizes = [int(value) for value in values]
    assert len(sizes) == report["records"] == report["latency"]["count"] == 2000
    assert sum(sizes) == report["bytes"]
    assert min(sizes) >= 10 and max(sizes) <= 200 and len(set(sizes)) > 50
    latency = report["latency"]
    assert sum(bar["count"] for bar in latency["histogram"]) == 2000
    order = [latency[name] for name in ("p50Micros", "p90Micros", "p99Micros", "p999Micros",
                                        "maxMicros")]
    assert order == sorted(order) and order[0] > 0
    assert report["failed"] == 0 and report["topic"] == topic


def test_payloads_compress_as_much_as_was_asked(skafka, broker):
    def stored(compressible):
        name = f"compress-{compressible}"
        skafka("bench", "produce", name, "-b", broker.bootstrap, "--records", "2000", "--size",
               "500", "-z", "zstd", "--compressible", compressible, "--keep", "-q")
        described = skafka.json("topics", "describe", name, "-b", broker.bootstrap)
        return described[0]["partitions"][0]["size"] / 1_000_000
    random, half, text_only = stored(0), stored(50), stored(100)
    assert random > 0.95 and 0.4 < half < 0.7 and text_only < 0.1


def test_a_topic_that_is_made_is_deleted_and_one_that_was_there_is_kept(skafka, broker, topic):
    before = set(topics(skafka, broker))
    skafka("bench", "produce", topic, "-b", broker.bootstrap, "--records", "10")
    skafka("bench", "produce", "-b", broker.bootstrap, "--records", "10", "--partitions", "3")
    assert set(topics(skafka, broker)) == before
    skafka("bench", "produce", "kept", "-b", broker.bootstrap, "--records", "10", "--keep",
           "--partitions", "3")
    described = skafka.json("topics", "describe", "kept", "-b", broker.bootstrap)
    assert len(described[0]["partitions"]) == 3
    assert sum(partition["endOffset"] for partition in described[0]["partitions"]) == 10


def test_a_rate_is_kept(skafka, broker):
    started = time.monotonic()
    report = skafka.json("bench", "produce", "-b", broker.bootstrap, "--records", "300", "--rate",
                         "300")
    assert 0.9 < time.monotonic() - started < 10
    assert 200 < report["recordsPerSecond"] < 320


def test_a_stall_shows_in_all_records_that_it_held_up(skafka):
    """The broker is stopped for a second: at an even rate, the records that were due meanwhile
    waited half a second on average, whenever they could be sent."""
    with Broker(skafka) as broker:
        broker.create("t")
        process = skafka.start("bench", "produce", "t", "-b", broker.bootstrap, "--records", "600",
                               "--rate", "200", "--json")
        eventually(lambda: sum(
            p["endOffset"] for p in skafka.json(
                "topics", "describe", "t", "-b", broker.bootstrap)[0]["partitions"]) > 50)
        broker.process.send_signal(signal.SIGSTOP)
        time.sleep(1)
        broker.process.send_signal(signal.SIGCONT)
        output, errors = process.communicate(timeout=30)
        assert process.returncode == 0, text(errors)
    report = json.loads(output)
    held_up = sum(bar["count"] for bar in report["latency"]["histogram"]
                  if bar["upToMicros"] > 100_000)
    assert report["records"] == 600 and 120 <= held_up <= 350
    assert report["latency"]["maxMicros"] > 800_000


def test_the_flags_of_kafkas_own_tools(skafka, broker, topic):
    properties = skafka.home / "producer.properties"
    properties.write_text("compression.type=gzip\n")
    report = skafka.json(
        "bench", "produce", "--bootstrap-server", broker.bootstrap, "--topic", topic,
        "--num-records", "50", "--record-size", "100", "--throughput", "-1", "--producer-props",
        "acks=1", "linger.ms=1", "--producer.config", properties)
    assert (report["records"], report["bytes"]) == (50, 5000)
    report = skafka.json(
        "bench", "consume", "--bootstrap-server", broker.bootstrap, "--topic", topic, "--messages",
        "50", "--fetch-size", "1048576")
    assert (report["records"], report["bytes"]) == (50, 5000)


def test_consume_counts_what_is_there(skafka, broker, topic):
    skafka("produce", topic, "-K:", "-b", broker.bootstrap, input=b"k:12345\n" * 1000)
    report = skafka.json("bench", "consume", topic, "-b", broker.bootstrap)
    assert (report["records"], report["bytes"]) == (1000, 6000)
    rows = dict(line.split("\t") for line in text(
        skafka("bench", "consume", topic, "-b", broker.bootstrap, "--plain")).splitlines())
    assert rows["records"] == "1000" and int(rows["recordsPerSecond"]) > 0


def test_a_groups_member_goes_on_where_it_was(skafka):
    """The time that joining takes is not the load's."""
    with Broker(skafka, extra=["-X", "group.initial.rebalance.delay.ms=1000"]) as broker:
        where = ["-b", broker.bootstrap]
        skafka("produce", "t", *where, input=b"12345\n" * 1000)
        read = ["bench", "consume", "t", *where, "-g", "load", "--idle-timeout", "5s", "--json"]
        assert json.loads(skafka(*read, "--records", "1000"))["bytes"] == 5000
        skafka("produce", "t", *where, input=b"1234567890\n" * 10)
        report = json.loads(skafka(*read, "--records", "10"))
        assert report["bytes"] == 100 and report["elapsedMs"] < 900
        broker.stop()


def test_records_that_do_not_come_are_a_failure(skafka, broker, topic):
    skafka("produce", topic, "-b", broker.bootstrap, input=b"x\n" * 10)
    result = skafka.run("bench", "consume", topic, "-b", broker.bootstrap, "--records", "11",
                        "--idle-timeout", "300ms", "--json")
    assert result.returncode == 1 and b"1 record of 11 did not come" in result.stderr
    assert json.loads(result.stdout)["records"] == 10


def test_latency_from_end_to_end(skafka, broker, topic):
    # What stands in the topic, and what others write meanwhile, is not counted.
    skafka("produce", topic, "-b", broker.bootstrap, input=b"x" * 100 + b"\n")
    other = skafka.start("bench", "produce", topic, "-b", broker.bootstrap, "--rate", "50", "-q")
    try:
        report = skafka.json("bench", "latency", topic, "-b", broker.bootstrap, "--rate", "200",
                             "--duration", "1s", "--warm-up", "100ms")
    finally:
        end(other, signal.SIGTERM)
    assert report["records"] == report["endToEnd"]["count"] and report["failed"] == 0
    assert report["bytes"] % report["records"] == 0
    assert report["endToEnd"]["count"] == pytest.approx(200, abs=3)
    assert report["acknowledgement"]["count"] == pytest.approx(200, abs=3)
    assert 0 < report["endToEnd"]["p50Micros"] <= report["endToEnd"]["maxMicros"]


def test_tables_have_a_histogram(skafka, broker):
    table = text(skafka("bench", "produce", "-b", broker.bootstrap, "--records", "100"))
    assert "P99.9" in table and "RECORDS/S" in table and "█" in table and "%" in table
    assert "\x1b" not in table
    result = subprocess.run(
        [BINARY, "bench", "produce", "-b", broker.bootstrap, "--records", "100"], check=True,
        capture_output=True, env=skafka.environment() | {"LC_ALL": "C"})
    assert b"#" in result.stdout and "█".encode() not in result.stdout


def test_the_rate_shows_on_a_terminal_while_it_runs(skafka, broker):
    with Screen(skafka, "bench", "produce", "-b", broker.bootstrap, "--rate", "500", "--records",
                  "900") as terminal:
        terminal.wait_for("records/s, ")
        terminal.wait_for("P99.9")
        assert terminal.end() == 0


@pytest.mark.parametrize("args", [
    ["produce", "--records", "0"], ["produce", "--size", "9-1"], ["produce", "--rate", "0"],
    ["produce", "--producers", "0"], ["produce", "--partitions", "0"], ["produce", "a", "-t", "b"],
    ["produce", "--compressible", "101"], ["produce", "--size", "999999999"],
    ["produce", "--producer-props", "no.such=1"], ["consume"], ["consume", "t", "--records", "0"],
    ["consume", "t", "--from-latest"],
    ["consume", "t", "-g", "group"], ["latency", "--size", "3"], ["latency", "--rate", "-1"],
    ["latency", "--duration", "0"], []], ids=" ".join)
def test_usage(skafka, broker, args):
    result = skafka.run("bench", *args, "-b", broker.bootstrap) if args else skafka.run("bench")
    assert (result.returncode, result.stdout) == (2, b""), text(result.stderr)
    assert result.stderr.count(b"\n") == 1


@pytest.mark.parametrize("args", [["produce"], ["consume", "t"], ["latency"]], ids=lambda a: a[0])
def test_nobody_at_the_address(skafka, args):
    address = f"127.0.0.1:{free_port()}"
    result = skafka.run("bench", *args, "-b", address, "--timeout", "1s")
    assert (result.returncode, result.stdout) == (3, b"") and address in text(result.stderr)


def test_a_signal_reports_what_was_done_and_takes_the_topic_away(skafka, broker):
    before = topics(skafka, broker)
    process = skafka.start("bench", "produce", "-b", broker.bootstrap, "--rate", "100", "--json")
    (name,) = eventually(lambda: set(topics(skafka, broker)) - set(before))
    eventually(lambda: skafka.json("offsets", "get", text(name), "-b",
                                   broker.bootstrap)[0]["offset"] > 10)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=10)
    assert process.returncode == 130 and json.loads(output)["records"] > 10
    assert topics(skafka, broker) == before


def test_a_broker_that_goes_away_is_a_failure(skafka):
    with Broker(skafka) as broker:
        process = skafka.start("bench", "produce", "-b", broker.bootstrap, "--rate", "100",
                               "--timeout", "1s", "-X", "delivery.timeout.ms=1000", "--json")
        (name,) = eventually(lambda: topics(skafka, broker))
        eventually(lambda: skafka.json("offsets", "get", text(name), "-b",
                                       broker.bootstrap)[0]["offset"] > 10)
        broker.kill()
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 3, text(errors)
    assert json.loads(output)["failed"] > 0
    assert "not delivered" in text(errors) and "is left" in text(errors)


@pytest.mark.parametrize("args", [["produce", "measured", "--keep"], ["consume", "measured"]],
                         ids=lambda args: args[0])
def test_memory_does_not_grow_with_the_records(skafka, broker, args):
    """100 MB of records, in and out."""
    more = ["--records", "100000", "--size", "1000"] if args[0] == "produce" else []
    process = skafka.start("bench", *args, *more, "-b", broker.bootstrap, "--json")
    report = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0 and report["bytes"] == 100_000_000
    assert usage.ru_maxrss < 120_000
    end(process)
