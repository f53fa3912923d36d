"""What users of Kafka's scripts write to administer a cluster."""

import pytest

from harness import text


def run(skafka, broker, *words):
    return skafka(*words, "--bootstrap-server", broker.bootstrap)


def test_topics(skafka, broker):
    run(skafka, broker, "topics", "--create", "--topic", "tools-a", "--partitions", "2",
        "--if-not-exists")
    run(skafka, broker, "topics", "--create", "--topic", "tools-b", "--config", "retention.ms=99")

    def names(*words):
        return [line.split("\t")[0] for line in text(
            run(skafka, broker, "topics", *words, "--plain")).splitlines()]

    # A group makes the internal topic.
    run(skafka, broker, "consume", "--topic", "tools-a", "--group", "tools", "--timeout-ms", "300")
    assert "__consumer_offsets" in names("--list")
    assert "__consumer_offsets" not in names("--list", "--exclude-internal")
    assert names("--list", "--topic", "tools-.*") == ["tools-a", "tools-b"]
    assert names("--describe", "--topic", "tools-.*") == ["tools-a", "tools-a", "tools-b"]
    assert names("--describe", "--topic", "tools-.*", "--topics-with-overrides") == ["tools-b"]
    assert names("--describe", "--topic", "tools-none", "--if-exists") == []
    assert names("--describe", "--topic", "tools-.*", "--under-min-isr-partitions") == []
    at_minimum = names("--describe", "--topic", "tools-.*", "--at-min-isr-partitions")
    assert at_minimum == ["tools-a", "tools-a", "tools-b"]
    run(skafka, broker, "topics", "--alter", "--topic", "tools-none", "--partitions", "9",
        "--if-exists")
    run(skafka, broker, "topics", "--delete", "--topic", "tools-none", "--if-exists")
    run(skafka, broker, "topics", "elect", "--election-type", "preferred",
        "--all-topic-partitions")


def test_offsets(skafka, broker):
    for name, count in [("got-a", 3), ("got-b", 1)]:
        broker.create(name, count)
        run(skafka, broker, "produce", name, "-q", "-p", "0")

    def places(*words):
        return [tuple(line.split("\t")[:2]) for line in text(
            run(skafka, broker, "offsets", "get", *words, "--plain")).splitlines()]

    assert places("--topic", "got-a", "--partitions", "0,2") == [("got-a", "0"), ("got-a", "2")]
    # The upper bound is left out, as in Kafka's tool.
    assert places("--topic-partitions", "got-a:0-2,got-b") == [
        ("got-a", "0"), ("got-a", "1"), ("got-b", "0")]
    assert places("--topic-partitions", "got-.:0", "--time", "-2") == [
        ("got-a", "0"), ("got-b", "0")]
    assert {("got-a", "1"), ("got-b", "0")} <= set(places("--exclude-internal-topics"))
    none = skafka.run("offsets", "get", "--topic-partitions", "got-a:7", "-b", broker.bootstrap)
    assert none.returncode == 1 and b"no partition fits" in none.stderr


def test_configs(skafka, broker, topic, tmp_path):
    file = tmp_path / "topic.properties"
    file.write_text("retention.ms=77\ncleanup.policy=compact,delete\n")
    run(skafka, broker, "configs", "--alter", "--entity-type", "topics", "--entity-name", topic,
        "--add-config-file", str(file), "--force")
    shown = text(run(skafka, broker, "configs", "--describe", "--topic", topic, "--dynamic",
                     "--plain"))
    assert "\tretention.ms\t77\t" in shown and "compact,delete" in shown


@pytest.mark.parametrize("words, hint", [
    (["topics", "--create", "--topic", "t", "--zookeeper", "z"], "-b HOST:PORT"),
    (["topics", "--create", "--topic", "t", "--replica-assignment", "0"], "topics reassign"),
    (["consume", "--topic", "t", "--enable-systest-events"], "-v"),
    (["consume", "--topic", "t", "--formatter", "com.example.F"], "-f"),
    (["configs", "--alter", "--user", "u", "--add-config", "a=1"], "skafka quotas"),
    (["txn", "describe-producers", "--broker-id", "1", "--topic", "t"], "leader"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_what_there_is_not_is_refused_by_name(skafka, data, words, hint):
    result = skafka.run(*words, *data)
    assert (result.returncode, result.stdout) == (2, b"")
    assert hint in text(result.stderr) and text(result.stderr).count("\n") == 1
