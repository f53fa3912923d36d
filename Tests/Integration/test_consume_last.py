"""The last records of partitions, where not every offset is one; and topics of which some are
missing."""

import confluent_kafka
import pytest

from harness import text


@pytest.fixture
def here(broker):
    return ["-b", broker.bootstrap]


@pytest.fixture
def gaps(broker, topic):
    """Ten records, each a transaction, so that a marker stands behind each; and aborted ones."""
    producer = confluent_kafka.Producer(
        {"bootstrap.servers": broker.bootstrap, "transactional.id": topic, "log_level": 0})
    producer.init_transactions(20)

    def transaction(values, end):
        producer.begin_transaction()
        for value in values:
            producer.produce(topic, value, partition=0)
        producer.flush(20)
        end(20)

    for number in range(10):
        transaction([b"%d" % number], producer.commit_transaction)
        if number == 6:
            transaction([b"aborted"] * 1500, producer.abort_transaction)
    return topic


@pytest.mark.parametrize("flags, expected", [
    (["-o", "-1"], "9"), (["-o", "-3"], "7 8 9"), (["-o", "-5"], "5 6 7 8 9"),
    (["-o", "-10"], "0 1 2 3 4 5 6 7 8 9"), (["-o", "-1000"], "0 1 2 3 4 5 6 7 8 9"),
    (["-o", "-0"], ""), (["-o", "-4:end"], "6 7 8 9"), (["-o", "-4:-2"], "6 7"),
    (["-o", "beginning:-7"], "0 1 2"), (["-g", "last", "-o", "-4"], "6 7 8 9"),
    (["-o", "-4", "--isolation-level", "read_uncommitted", "--filter", "value~^\\d$"], "7 8 9"),
    (["-o", "-5", "--isolation-level", "read_uncommitted", "-c", "2"], "aborted aborted")])
def test_the_last_records(skafka, here, gaps, flags, expected):
    if "--filter" in flags:
        # What is filtered are the last records; three of the last four lie behind the aborted.
        skafka("produce", gaps, *here, "-q", input=b"more\n")
    assert text(skafka("consume", gaps, *here, "-e", "-q", *flags)).split() == expected.split()


def test_markers_that_are_shown_count(skafka, here, gaps):
    output = skafka("consume", gaps, *here, "-e", "-q", "-o", "-4", "--print-control", "-f", "%o ")
    assert output.split() == [b"1517", b"1518", b"1519", b"1520"]


def test_the_last_records_stay_when_a_topic_is_trimmed(skafka, here, gaps):
    skafka("topics", "trim", gaps, *here, "--to", "-4", "--yes")
    assert skafka("consume", gaps, *here, "-e", "-q").split() == [b"6", b"7", b"8", b"9"]


@pytest.mark.parametrize("flags", [[], ["-g", "present"]])
def test_topics_that_are_there_are_read(skafka, broker, here, topic, flags):
    names = [broker.create(f"{topic}-{part}") for part in ("one", "two")]
    for name in names:
        skafka("produce", name, *here, "-q", input=name.encode())
    result = skafka.run("consume", *names, names[0] + "x", *here, "-o", "beginning", "-e", *flags)
    assert result.returncode == 1
    assert sorted(result.stdout.decode().split()) == names
    assert text(result.stderr).splitlines() == [
        f"skafka: unknown topic {names[0]}x; did you mean {names[0]}?"]
    nothing = skafka.run("consume", topic + "nope", *here, "-e", *flags)
    assert nothing.returncode == 1 and nothing.stdout == b""


def test_rows_for_programs(skafka, broker, here, topic):
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap})
    for key, value, headers in [(b"k", b"v", None), (None, b"a\tb\nc\\", [("h", b"x"), ("n", None)]),
                                (b"", None, None), (b"\x01", b"", [("", b"1\t2")])]:
        producer.produce(topic, value, key, partition=0, timestamp=1_700_000_000_000,
                         headers=headers)
    assert producer.flush(20) == 0
    start = f"{topic}\t0\t%d\t1700000000000\t"
    rows = text(skafka("consume", topic, *here, "-e", "--plain")).splitlines()
    assert rows == [
        start % 0 + "-\tk\tv", start % 1 + "h=x,n\t-\ta\\tb\\nc\\\\", start % 2 + "-\t-\t-",
        start % 3 + "=1\\t2\t\\x01\t-"]
    assert skafka("consume", topic, *here, "-e", "--plain", "-f", "%o,") == b"0,1,2,3,"
    hexed = skafka("consume", topic, *here, "-e", "--plain", "--value-encoding", "hex", "-c", "1")
    assert hexed == (start % 0 + "-\tk\t76\n").encode()


@pytest.mark.parametrize("expression, found", [
    ("(a*)*(a*)*(a|aa)+b", 0), ("(a|a)*(a|a)*c", 0), ("(?i)É+", 1), ("^a+$", 1), ("\\p{Lu}", 1)])
def test_no_expression_runs_away(skafka, broker, here, topic, expression, found):
    skafka("produce", topic, *here, "-q", input=b"a" * 50_000 + "\nxéÉy\n".encode())
    output = skafka("consume", topic, *here, "-e", "-q", "--filter", f"value~{expression}",
                    timeout=10)
    assert output.count(b"\n") == found


def test_what_an_expression_cannot_say_is_usage(skafka, here):
    for flags in (["--filter", "value~(?=a)"], ["--filter", "key~(a)\\1"]):
        result = skafka.run("consume", "t", *here, "-e", *flags)
        assert result.returncode == 2 and b"is no regular expression" in result.stderr
    result = skafka.run("consume", "-r", "a**", *here, "-e")
    assert result.returncode == 2 and b"invalid nested repetition operator" in result.stderr
