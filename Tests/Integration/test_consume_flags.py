"""The flags of `consume` beside kcat and Kafka's console consumer, whose users know them."""

import struct
import subprocess

import confluent_kafka
import pytest

from harness import end, read_line, text


@pytest.fixture(scope="module")
def records(broker):
    """A topic with keys, values and headers of all kinds."""
    topic = broker.create("flags", 1)
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap})
    for key, value, headers in [
            (b"a", b"one", [("h", b"x")]), (None, b"two", None), (b"c", None, [("n", None)]),
            (b"", b"", None), (b"e", b"four\nlines", [("h", b"y"), ("h", b"z")])]:
        producer.produce(topic, value, key, partition=0, timestamp=1_700_000_000_000,
                         headers=headers)
    assert producer.flush(20) == 0
    return topic


@pytest.mark.parametrize("flags", [
    [], ["-K", ":"], ["-K", "\\t", "-D", "|"], ["-Z", "-c3"], ["-Z", "-K", ":", "-c3"], ["-c", "2"],
    ["-c2", "-K:"], ["-o", "3"], ["-o", "-2"], ["-o3", "-p0"], ["-u"], ["-o", "beginning"],
    ["-f", "%t %p %o %k %K %s %S %T\\n"], ["-Z", "-c3", "-f", "%k=%s;"], ["-D", "\\x01"],
    ["-f", "%k\\n", "-K", ":", "-D", "!"], ["-o", "s@1600000000000"], ["-o", "e@1600000000000"],
    ["-o", "s@1600000000000", "-o", "e@1800000000000"], ["-X", "fetch.wait.max.ms=10"],
    ["-X", "check.crcs=true", "-K", " => "]])
def test_prints_what_kcat_prints(skafka, broker, records, flags):
    words = ["-C", "-b", broker.bootstrap, "-t", records, "-e", "-q", *flags]
    theirs = subprocess.run(["kcat", *words], capture_output=True, timeout=30)
    mine = skafka.run("consume", *words)
    assert theirs.returncode == 0, theirs.stderr
    assert mine.returncode == 0 and mine.stdout == theirs.stdout


def test_an_offset_behind_the_end_is_waited_for(skafka, broker, topic):
    consumer = skafka.start("consume", topic, "-b", broker.bootstrap, "-o", "2")
    try:
        assert b"offset 2 is behind the end" in consumer.stderr.readline()
        skafka("produce", topic, "-b", broker.bootstrap, "-q", input=b"0\n1\n2\n")
        assert read_line(consumer, 15) == b"2\n"
    finally:
        end(consumer)


def test_null_is_not_empty(skafka, broker, records):
    # kcat shows both as NULL.
    output = skafka("consume", records, "-b", broker.bootstrap, "-e", "-Z", "-K", ":", "-D", "\\0")
    assert output == b"a:one\0NULL:two\0c:NULL\0:\0e:four\nlines\0"


def test_flags_of_producers_are_named(skafka, broker, records):
    words = ["consume", records, "-b", broker.bootstrap, "-e", "-c1", "-z", "lz4", "-H", "a=b"]
    loud = skafka.run(*words)
    assert loud.returncode == 0 and loud.stdout == b"one\n" and b"-z, -H" in loud.stderr
    quiet = skafka.run(*words, "-q")
    assert quiet.stdout == b"one\n" and quiet.stderr == b""


def test_the_console_consumers_flags(skafka, broker, records, tmp_path):
    config = tmp_path / "consumer.properties"
    config.write_text("isolation.level=read_uncommitted\nfetch.max.wait.ms=10\n")
    output = skafka(
        "consume", "--bootstrap-server", broker.bootstrap, "--topic", records, "--from-beginning",
        "--max-messages", "4", "--timeout-ms", "10000", "--consumer.config", config,
        "--consumer-property", "check.crcs=true", "--property", "print.key=true",
        "--property", "print.headers=true", "--property", "print.offset=true",
        "--property", "print.partition=true", "--property", "print.timestamp=true",
        "--property", "key.separator=|")
    assert text(output).splitlines() == [
        "CreateTime:1700000000000|Partition:0|Offset:0|h:x|a|one",
        "CreateTime:1700000000000|Partition:0|Offset:1|NO_HEADERS|null|two",
        "CreateTime:1700000000000|Partition:0|Offset:2|n:null|c|null",
        "CreateTime:1700000000000|Partition:0|Offset:3|NO_HEADERS||"]
    idle = skafka.run("consume", records, "-b", broker.bootstrap, "--from-beginning",
                      "--timeout-ms", "300", "--formatter-property", "line.separator=;")
    assert idle.returncode == 0 and idle.stdout == b"one;two;null;;four\nlines;"


def test_the_console_consumers_deserializers(skafka, broker):
    topic = broker.create("numbers", 1)
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap})
    for key, value in [(struct.pack(">i", -7), struct.pack(">d", 1e10)), (None, None),
                       (b"four", b"odd")]:
        producer.produce(topic, value, key, partition=0)
    assert producer.flush(20) == 0
    words = ["consume", topic, "-b", broker.bootstrap, "-e", "--property", "print.key=true",
             "--key-deserializer", "org.apache.kafka.common.serialization.IntegerDeserializer",
             "--value-deserializer", "org.apache.kafka.common.serialization.DoubleDeserializer"]
    result = skafka.run(*words, "--formatter", "kafka.tools.DefaultMessageFormatter")
    assert (result.returncode, result.stdout) == (1, b"-7\t1.0E10\nnull\tnull\n")
    assert b"numbers-0, offset 2: a value of 3 bytes is no float64" in result.stderr
    skipping = skafka(*words, "--skip-message-on-error")
    assert skipping == b"-7\t1.0E10\nnull\tnull\n"
    assert skafka("consume", topic, "-b", broker.bootstrap, "-c", "1", "-o", "beginning", "-f",
                  "%k{int32}") == b"-7"
    silent = skafka("consume", topic, "-b", broker.bootstrap, "-e", "--formatter",
                    "org.apache.kafka.tools.consumer.NoOpMessageFormatter")
    assert silent == b""


def test_a_file_of_formatter_properties(skafka, broker, records, tmp_path):
    config = tmp_path / "formatter.properties"
    config.write_text("print.key=true\nkey.separator=|\n")
    output = skafka("consume", records, "-b", broker.bootstrap, "-o", "0:1", "--formatter-config",
                    config, "--property", "key.separator=:")
    assert output == b"a:one\n"


def test_kcat_by_its_own_name(skafka, broker, records):
    """A link to the binary is enough: kcat's modes stand for commands."""
    where = ["-b", broker.bootstrap, "-t", records]
    assert skafka(*where, "-Ceqc1", "-K:") == b"a:one\n"
    assert skafka(*where, "-C", "-eqO", "-c", "1", "-K:") == b"0:a:one\n"
    topic = broker.create("by-kcats-name", 1)
    skafka("-P", "-b", broker.bootstrap, "-qt", topic, "-d", "all", input=b"x\n")
    assert skafka("-b", broker.bootstrap, "-G", "kcats", topic, "-eq", "-o", "beginning") == b"x\n"
    assert topic in text(skafka("-L", "-b", broker.bootstrap, "-t", topic))
    assert skafka("-Q", "-b", broker.bootstrap, "-t", f"{topic}:0:5", "--plain") == (
        f"{topic}\t0\t0\n".encode())
    refused = skafka.run("-Q", "-b", broker.bootstrap, "-t", topic)
    assert refused.returncode == 2


def test_filters(skafka, broker, records):
    def run(*flags):
        return skafka("consume", records, "-b", broker.bootstrap, "-e", "-f", "%o ", *flags).split()

    assert run("--filter", "value~o") == [b"0", b"1", b"4"]
    assert run("--filter", "value~o", "--filter", "key=e") == [b"4"]
    assert run("--filter", "header.h~[yz]") == [b"4"]
    assert run("--filter", "header.h=x") == [b"0"]
    assert run("--filter", "key=") == [b"3"]
    assert run("--filter", "value~.*") == [b"0", b"1", b"3", b"4"]
    missing = skafka.run("consume", records, "-b", broker.bootstrap, "-e", "-c", "2", "--filter",
                         "value=one")
    assert missing.returncode == 1 and missing.stdout == b"one\n"


def test_encodings(skafka, broker, records):
    def run(*flags):
        return skafka("consume", records, "-b", broker.bootstrap, "-e", *flags)

    assert run("--value-encoding", "json") == b'"one"\n"two"\nnull\n""\n"four\\nlines"\n'
    assert run("-K", ":", "--key-encoding", "hex", "-c", "1") == b"61:one\n"
    assert run("-f", "%k{json} ", "--key-encoding", "base64").split() == [
        b'"a"', b"null", b'"c"', b'""', b'"e"']


def test_a_pattern_without_a_group(skafka, broker):
    for name in ("includes-a", "includes-b"):
        broker.create(name)
        skafka("produce", name, "-b", broker.bootstrap, "-q", input=name.encode())
    output = skafka("consume", "-b", broker.bootstrap, "--include", "includes-.", "-e")
    assert sorted(output.split()) == [b"includes-a", b"includes-b"]
