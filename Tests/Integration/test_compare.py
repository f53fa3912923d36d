"""`compare` finds what differs between two topics, and says so with its exit code."""

import itertools
import json
import os
import random
import signal

import pytest

from harness import end, eventually, text

counter = itertools.count()


@pytest.fixture
def pair(broker):
    """Two topics with different numbers of partitions."""
    number = next(counter)
    return broker.create(f"old-{number}", 3), broker.create(f"new-{number}", 2)


@pytest.fixture
def here(broker):
    return ["-b", broker.bootstrap]


def fill(skafka, here, topic, lines, *flags):
    skafka("produce", topic, *here, "-q", "-K", ":", *flags, input=lines)


def found(report):
    return {(entry["difference"], entry.get("key", entry.get("value")))
            for entry in report["differences"]}


def compare(skafka, status, *args):
    result = skafka.run("compare", *args, "--json", timeout=60)
    assert result.returncode == status, text(result.stderr)
    report = json.loads(result.stdout)
    assert report["same"] == (status == 0)
    return report


def test_the_same_in_other_partitions(skafka, here, pair):
    lines = b"".join(b"k%d:%d\n" % (number % 50, number) for number in range(5000))
    for topic in pair:
        fill(skafka, here, topic, lines)
    report = compare(skafka, 0, *pair, *here)
    assert report["first"] == {"topic": pair[0], "records": 5000, "keys": 50}
    assert report["second"] == {"topic": pair[1], "records": 5000, "keys": 50}
    result = skafka.run("compare", *pair, *here)
    assert result.returncode == 0 and "no difference" in text(result.stdout)
    assert skafka.run("compare", *pair, *here, "-q").stdout == b""


def test_every_kind_of_difference(skafka, here, pair):
    old, new = pair
    fill(skafka, here, old, b"same:1\nlost:1\nchanged:1\nturned:1\nturned:2\nfewer:1\n")
    fill(skafka, here, new, b"same:1\nchanged:2\nturned:2\nturned:1\nfewer:1\nfewer:1\nmore:1\n")
    report = compare(skafka, 1, old, new, *here)
    assert found(report) == {("missing", "lost"), ("extra", "more"), ("differing", "changed"),
                             ("differing", "fewer"), ("order", "turned")}
    assert (report["missing"], report["extra"], report["differing"], report["order"]) == (
        1, 1, 2, 1)
    by_key = {entry["key"]: entry for entry in report["differences"]}
    assert (by_key["fewer"]["records"], by_key["fewer"]["otherRecords"]) == (1, 2)
    assert by_key["lost"]["otherPartition"] is None
    place = by_key["lost"]
    at = skafka("consume", old, *here, "-q", "-p", place["partition"], "-f", "%k",
                "-o", f"{place['offset']}:{place['offset'] + 1}")
    assert at == b"lost"
    rows = [row.split("\t") for row in
            text(skafka.run("compare", old, new, *here, "--plain").stdout).splitlines()]
    assert sorted(row[:2] for row in rows) == sorted(map(list, found(report)))
    assert all(len(row) == 6 for row in rows)
    assert found(compare(skafka, 1, old, new, *here, "--ignore-order")) == (
        found(report) - {("order", "turned")})


def test_only_what_stands_there_now(skafka, here, pair):
    old, new = pair
    fill(skafka, here, old, b"a:1\na:2\ngone:1\ngone:\nstill:1\n", "-Z")
    fill(skafka, here, new, b"a:2\nstill:1\nstill:\n", "-Z")
    report = compare(skafka, 1, old, new, *here, "--last")
    assert found(report) == {("missing", "still")}
    fill(skafka, here, new, b"still:1\n")
    compare(skafka, 0, old, new, *here, "--last")
    compare(skafka, 1, old, new, *here)


def test_null_and_empty_differ(skafka, here, pair):
    fill(skafka, here, pair[0], b"k:\n:empty key\n")
    fill(skafka, here, pair[1], b"k:\n:empty key\n", "-Z")
    report = compare(skafka, 1, *pair, *here)
    assert ("differing", "k") in found(report) and len(report["differences"]) == 3


def test_keys_that_look_alike_are_told_apart(skafka, here, pair):
    keys = [None, "", "null", "-", "0x00", '"q"']
    skafka("produce", pair[0], *here, "-q", "-J", input="\n".join(
        json.dumps({"key": key, "value": "v"}) for key in keys).encode())
    rows = text(skafka.run("compare", *pair, *here, "--plain").stdout).splitlines()
    assert {row.split("\t")[1] for row in rows} == {
        "(no key) v", '""', "null", '"-"', '"0x00"', '""q""'}
    skafka("produce", pair[0], *here, "-q", "-J", input=b'{"key":null,"value":null}')
    rows = text(skafka.run("compare", *pair, *here, "--plain").stdout).splitlines()
    assert "(no key) -" in {row.split("\t")[1] for row in rows}


def test_records_without_keys(skafka, here, pair):
    skafka("produce", pair[0], *here, "-q", input=b"a\nb\nb\n")
    skafka("produce", pair[1], *here, "-q", input=b"b\nb\nc\n")
    report = compare(skafka, 1, *pair, *here)
    assert found(report) == {("missing", None), ("extra", None)}
    assert {entry["value"] for entry in report["differences"]} == {"a", "c"}


def test_headers_and_timestamps_on_request(skafka, here, pair):
    fill(skafka, here, pair[0], b"k:v\n", "-H", "h=1", "--timestamp", "1700000000000")
    fill(skafka, here, pair[1], b"k:v\n", "-H", "h=2", "--timestamp", "1700000000001")
    compare(skafka, 0, *pair, *here)
    compare(skafka, 1, *pair, *here, "--headers")
    compare(skafka, 1, *pair, *here, "--timestamps")


def test_keys_that_are_no_text(skafka, here, pair):
    line = b'{"key":"/wA=","keyEncoding":"base64","value":"x"}\n'
    skafka("produce", pair[0], *here, "-q", "-J", input=line)
    entry, = compare(skafka, 1, *pair, *here)["differences"]
    assert (entry["key"], entry["keyEncoding"]) == ("/wA=", "base64")
    assert b"0xff00" in skafka.run("compare", *pair, *here).stdout


def test_more_differences_than_are_named(skafka, here, pair):
    fill(skafka, here, pair[0], b"".join(b"k%d:v\n" % number for number in range(500)))
    report = compare(skafka, 1, *pair, *here)
    assert report["missing"] == 500 and len(report["differences"]) == 100
    assert len(compare(skafka, 1, *pair, *here, "--max-differences", "500")["differences"]) == 500
    assert compare(skafka, 1, *pair, *here, "--max-differences", "0")["differences"] == []
    assert "and 400 differences more" in text(skafka.run("compare", *pair, *here).stdout)


def test_ranges(skafka, here, pair):
    fill(skafka, here, pair[0], b"a:1\n", "-p", "0")
    fill(skafka, here, pair[1], b"a:1\nb:1\n", "-p", "0")
    compare(skafka, 0, *pair, *here, "-o", "0:1")
    compare(skafka, 1, *pair, *here)


def test_between_clusters(skafka, data, here, pair):
    lines = b"k:1\nl:2\n"
    fill(skafka, here, pair[0], lines)
    fill(skafka, data, pair[0], lines)
    other = ["--to-data-dir", str(skafka.data)]
    compare(skafka, 0, pair[0], *here, *other)
    fill(skafka, data, pair[0], b"m:3\n")
    assert found(compare(skafka, 1, pair[0], *here, *other)) == {("extra", "m")}


def test_uncommitted_records_do_not_count(skafka, here, pair):
    for topic in pair:
        fill(skafka, here, topic, b"k:1\n")
    lines = b'{"key":"x","value":"y"}\nno json\n'
    assert skafka.run("produce", pair[0], *here, "--transactional-id", pair[0], "-J",
                      input=lines).returncode == 1
    compare(skafka, 0, *pair, *here)


def test_many_keys(skafka, here, pair):
    """More than the table holds: what does not fit goes to disk, and nothing is forgotten."""
    keys = [b"key-%d:%d\n" % (number, number) for number in range(120_000)]
    fill(skafka, here, pair[0], b"".join(keys))
    random.Random(7).shuffle(keys)
    fill(skafka, here, pair[1], b"".join(keys[1:]) + b"another:1\n")
    report = compare(skafka, 1, *pair, *here)
    assert found(report) == {("missing", text(keys[0]).split(":")[0]), ("extra", "another")}
    assert report["first"]["keys"] == report["second"]["keys"] == 120_000


@pytest.mark.parametrize("args, status, word", [
    (["old", "absent"], 1, "absent"), (["old"], 2, "two topics"), ([], 2, "no topic"),
    (["old", "old"], 2, "same"), (["a", "b", "c"], 2, "two topics"),
    (["old", "b", "--max-differences", "-1"], 2, "--max-differences"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else str(value))
def test_what_cannot_be_compared(skafka, data, args, status, word):
    skafka("produce", "old", *data, "-q", input=b"a\n")
    result = skafka.run("compare", *data, *args)
    assert result.returncode == status
    assert result.stdout == b"" and text(result.stderr).count("\n") == 1
    assert word in text(result.stderr)


def test_an_interrupt(skafka, here, pair):
    for topic in pair:
        fill(skafka, here, topic, b"".join(b"k%d:v\n" % number for number in range(200_000)))
    process = skafka.start("compare", *pair, *here)
    # The main thread has blocked signals before it starts others.
    eventually(lambda: len(os.listdir(f"/proc/{process.pid}/task")) > 2)
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 130
    assert process.stdout.read() == b""
    end(process)
