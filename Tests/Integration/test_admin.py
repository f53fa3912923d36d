"""Settings, partitions, old records and topics that change while a broker runs."""

import os
import pty
import subprocess
import time

import pytest

from harness import Broker, end, eventually, read_line, text

FAST = ("-X", "log.retention.check.interval.ms=200", "-X", "log.initial.task.delay.ms=0")


@pytest.fixture
def quick(skafka):
    """A broker that looks for old segments all the time."""
    with Broker(skafka, data=skafka.data, extra=FAST) as broker:
        yield broker
        assert broker.stop() == 0, broker.log()


def produce(broker, topic, *lines, more=()):
    broker.skafka("produce", topic, "-b", broker.bootstrap, "-q", *more,
                  input=b"".join(b"%s\n" % line for line in lines))


def offsets(broker, topic):
    """Start and end of partition 0."""
    def get(what):
        rows = broker.skafka("offsets", "get", topic, "-b", broker.bootstrap, "--time", what,
                             "--plain")
        return int(rows.split(b"\n")[0].split(b"\t")[2])
    return get("earliest"), get("latest")


def logs(skafka, topic):
    return sorted(path.name for path in (skafka.data / f"{topic}-0").glob("*.log*"))


# Settings

def test_alter_sets_and_deletes(quick, skafka):
    quick.create("t")
    where = ["-b", quick.bootstrap]
    out = text(skafka("topics", "alter", "t", *where, "-c", "retention.ms=70000", "-c",
                      "max.message.bytes=200", "--partitions", 3))
    assert "changed topic t with 3 partitions" in out
    (shown,) = skafka.json("topics", "describe", "t", *where)
    assert shown["configs"] == {"max.message.bytes": "200", "retention.ms": "70000"}
    assert len(shown["partitions"]) == 3
    refused = skafka.run("produce", "t", *where, input=b"x" * 500 + b"\n")
    assert refused.returncode == 1 and b"max.message.bytes" in refused.stderr
    skafka("topics", "alter", "t", *where, "--delete-config", "max.message.bytes")
    produce(quick, "t", b"x" * 500)
    (shown,) = skafka.json("topics", "describe", "t", *where)
    assert shown["configs"] == {"retention.ms": "70000"}
    # It outlives the broker.
    assert quick.stop() == 0
    (shown,) = skafka.json("topics", "describe", "t", "-d", skafka.data)
    assert shown["configs"] == {"retention.ms": "70000"} and len(shown["partitions"]) == 3


def test_alter_tells_what_is_wrong(quick, skafka):
    quick.create("t", 2)
    where = ["-b", quick.bootstrap]
    for args, status, message in [
            (["-c", "retention.ms=x"], 1, "Not a number of type LONG"),
            (["-c", "retention.mss=1"], 1, "did you mean retention.ms"),
            (["--partitions", "1"], 1, "would not be an increase"),
            (["--partitions", "0"], 2, "from 1"),
            (["-c", "retention.ms"], 2, "name=value"),
            (["-c", "retention.ms=1", "--delete-config", "retention.ms"], 2, "twice"),
            ([], 2, "nothing to change")]:
        result = skafka.run("topics", "alter", "t", *where, *args)
        assert result.returncode == status, (args, result)
        assert message in text(result.stderr), (args, result)
    result = skafka.run("topics", "alter", "t", "nope", *where, "-c", "retention.ms=5", "--json")
    assert result.returncode == 1 and b"nope" in result.stderr
    assert b'"topic":"t","done":true' in result.stdout
    out = text(skafka("topics", "alter", "t", *where, "--partitions", 5, "--dry-run"))
    assert out == "can change topic t with 5 partitions\n"
    (shown,) = skafka.json("topics", "describe", "t", *where)
    assert len(shown["partitions"]) == 2


# Old records

def test_trim(quick, skafka):
    quick.create("t", 2)
    where = ["-b", quick.bootstrap]
    produce(quick, "t", *[b"%d" % n for n in range(10)], more=["-p", "0"])
    produce(quick, "t", b"other", more=["-p", "1"])
    dry = skafka("topics", "trim", "t", *where, "--to", "4", "-p", "0", "--dry-run", "--plain")
    assert dry == b"t\t0\t0\t4\t10\n"
    assert offsets(quick, "t") == (0, 10)
    done = skafka.json("topics", "trim", "t", *where, "--to", "4", "-p", "0", "--yes")
    assert done == [{"topic": "t", "partition": 0, "startOffset": 0, "newStartOffset": 4,
                     "endOffset": 10}]
    assert offsets(quick, "t") == (4, 10)
    assert skafka("consume", "t", *where, "-e", "-q", "-p", "0").split() == [
        b"%d" % n for n in range(4, 10)]
    skafka("topics", "trim", "t", *where, "--to", "-2", "-p", "0")
    assert offsets(quick, "t") == (8, 10)
    # One partition can, the other cannot.
    result = skafka.run("topics", "trim", "t", *where, "--to", "9", "--plain")
    assert result.returncode == 1 and b"t-1 has no offset 9" in result.stderr
    assert result.stdout == b"t\t0\t8\t9\t10\n"
    result = skafka.run("topics", "trim", "t", *where)
    assert result.returncode == 2 and b"--yes" in result.stderr
    skafka("topics", "trim", "t", *where, "--yes")
    assert offsets(quick, "t") == (10, 10)


def test_a_crash_brings_nothing_back(skafka):
    with Broker(skafka, data=skafka.data) as broker:
        broker.create("t")
        produce(broker, "t", *[b"%d" % n for n in range(10)])
        skafka("topics", "trim", "t", "-b", broker.bootstrap, "--to", "6", "--yes")
        broker.kill()
    with Broker(skafka, data=skafka.data) as again:
        assert offsets(again, "t") == (6, 10)
        skafka("topics", "trim", "t", "-b", again.bootstrap, "--to", "end", "--yes")
        produce(again, "t", b"next")
        again.kill()
    with Broker(skafka, data=skafka.data) as last:
        assert skafka("consume", "t", "-b", last.bootstrap, "-e", "-q") == b"next\n"
        assert offsets(last, "t") == (10, 11)
        assert last.stop() == 0, last.log()


def test_trim_by_time(quick, skafka):
    quick.create("t")
    where = ["-b", quick.bootstrap]
    for at, line in [("1000", b"old"), ("2000", b"young")]:
        produce(quick, "t", line, more=["--timestamp", at])
    # The broker's retention would be quicker.
    result = skafka("topics", "trim", "t", *where, "--to", "@1500", "--plain", "--dry-run")
    assert result.split(b"\t")[3] in (b"1", b"2")


def test_retention_by_time_and_size(quick, skafka):
    quick.create("time", 1, "-c", "segment.bytes=1000", "-c", "retention.ms=3600000",
                 "-c", "file.delete.delay.ms=300")
    old = str(int(time.time() * 1000) - 2 * 3600000)
    for _ in range(5):
        produce(quick, "time", b"x" * 600, more=["--timestamp", old])
    eventually(lambda: offsets(quick, "time") == (5, 5), what="retention by time")
    eventually(lambda: logs(skafka, "time") == ["00000000000000000005.log"], what="removal")
    produce(quick, "time", b"young")
    assert skafka("consume", "time", "-b", quick.bootstrap, "-e", "-q") == b"young\n"
    quick.create("size", 1, "-c", "segment.bytes=1000", "-c", "retention.bytes=2000")
    for _ in range(6):
        produce(quick, "size", b"x" * 600)
    eventually(lambda: offsets(quick, "size") == (3, 6), what="retention by size")
    assert any(name.endswith(".deleted") for name in logs(skafka, "size"))


def test_retention_that_is_shortened_acts_without_a_restart(quick, skafka):
    quick.create("t", 1, "-c", "segment.bytes=1000")
    at = str(int(time.time() * 1000) - 60000)
    for _ in range(3):
        produce(quick, "t", b"x" * 600, more=["--timestamp", at])
    time.sleep(0.5)
    assert offsets(quick, "t") == (0, 3)
    skafka("topics", "alter", "t", "-b", quick.bootstrap, "-c", "retention.ms=1000")
    eventually(lambda: offsets(quick, "t") == (3, 3), what="the shorter retention")


def test_a_consumer_reads_on_while_its_topic_is_deleted(skafka):
    with Broker(skafka, data=skafka.data,
                extra=["-X", "log.segment.delete.delay.ms=1500"]) as broker:
        broker.create("t")
        produce(broker, "t", *[b"%05d" % n + b"x" * 1000 for n in range(2000)])
        skafka("topics", "delete", "t", "-b", broker.bootstrap, "--yes")
        assert [path.name for path in skafka.data.glob("t-0.*-delete")]
        assert not (skafka.data / "t-0").exists()
        broker.create("t")
        produce(broker, "t", b"new")
        assert skafka("consume", "t", "-b", broker.bootstrap, "-e", "-q") == b"new\n"
        eventually(lambda: not list(skafka.data.glob("*-delete")), what="removal")
        assert skafka("consume", "t", "-b", broker.bootstrap, "-e", "-q") == b"new\n"
        assert broker.stop() == 0


# Several directories

def test_partitions_on_several_directories(skafka):
    more = skafka.home / "more"
    extra = ["-X", f"log.dirs={skafka.data},{more}"]
    with Broker(skafka, data=skafka.data, extra=extra) as broker:
        broker.create("t", 4)
        produce(broker, "t", *[b"%d" % n for n in range(100)], more=["--partitioner", "random"])
        assert broker.stop() == 0, broker.log()
    assert len(list(skafka.data.glob("t-*"))) == 2 and len(list(more.glob("t-*"))) == 2
    for directory in (skafka.data, more):
        assert (directory / ".kafka_cleanshutdown").exists()
        assert (directory / "recovery-point-offset-checkpoint").exists()
    with Broker(skafka, data=skafka.data, extra=extra) as broker:
        lines = skafka("consume", "t", "-b", broker.bootstrap, "-e", "-q").split()
        assert sorted(map(int, lines)) == list(range(100))
        assert broker.stop() == 0, broker.log()
    (more / "t-0").mkdir(exist_ok=True)
    (skafka.data / "t-1").mkdir(exist_ok=True)
    (skafka.data / "t-1" / "00000000000000000000.log").touch()
    (more / "t-0" / "00000000000000000000.log").touch()
    result = skafka.run("broker", "-d", skafka.data, "--listen", "127.0.0.1:0", *extra)
    assert result.returncode == 1
    assert "move its directory out of one of the two" in text(result.stderr)


# A long recovery

def start_on(skafka, error):
    process = skafka.start("broker", "-d", skafka.data, "--listen", "127.0.0.1:0", stderr=error)
    assert read_line(process, 30).startswith(b"BOOTSTRAP_SERVERS=")
    return process


def test_a_long_start_is_shown_on_a_terminal_only(skafka):
    with Broker(skafka, data=skafka.data, extra=["--sync", "never"]) as broker:
        broker.create("t", 5000)
        broker.kill()
    parent, child = pty.openpty()
    process = start_on(skafka, child)
    os.close(child)
    shown = b""
    try:
        while b"of 5000 logs" not in shown:
            shown += os.read(parent, 4096)
    finally:
        end(process)
        os.close(parent)
    assert b"\r\x1b[Kloading " in shown
    process = start_on(skafka, subprocess.PIPE)
    process.terminate()
    _, said = process.communicate(timeout=20)
    assert b"loading" not in said and b"\r" not in said


# Other people's clients

def test_confluent_changes_settings_and_partitions(quick):
    from confluent_kafka import TopicPartition
    from confluent_kafka.admin import (
        AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ConfigSource,
        NewPartitions, ResourceType)
    admin = AdminClient({"bootstrap.servers": quick.bootstrap})
    quick.create("t", 1)
    produce(quick, "t", *[b"%d" % n for n in range(5)])

    def alter(kind, name, **entries):
        resource = ConfigResource(kind, name, incremental_configs=[
            ConfigEntry(key.replace("_", "."), value, incremental_operation=operation)
            for key, (operation, value) in entries.items()])
        (future,) = admin.incremental_alter_configs([resource]).values()
        return future.result(10)

    def describe(kind, name):
        (future,) = admin.describe_configs([ConfigResource(kind, name)]).values()
        return future.result(10)

    alter(ResourceType.TOPIC, "t", retention_ms=(AlterConfigOpType.SET, "5000"),
          cleanup_policy=(AlterConfigOpType.APPEND, "compact"))
    configs = describe(ResourceType.TOPIC, "t")
    assert configs["retention.ms"].value == "5000"
    assert configs["retention.ms"].source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value
    assert configs["cleanup.policy"].value == "delete,compact"
    alter(ResourceType.TOPIC, "t", retention_ms=(AlterConfigOpType.DELETE, None),
          cleanup_policy=(AlterConfigOpType.SUBTRACT, "compact"))
    alter(ResourceType.BROKER, "0", log_retention_ms=(AlterConfigOpType.SET, "7000"))
    configs = describe(ResourceType.TOPIC, "t")
    assert configs["retention.ms"].value == "7000"
    assert configs["retention.ms"].source == ConfigSource.DYNAMIC_BROKER_CONFIG.value
    # What holds for the whole cluster is the weaker one, and counts where there is no other.
    quick.skafka("configs", "alter", "broker", "default", "-b", quick.bootstrap, "-q",
                 "-c", "min.insync.replicas=1", "-c", "log.retention.ms=9000")
    configs = describe(ResourceType.TOPIC, "t")
    assert configs["retention.ms"].value == "7000"
    entry = configs["min.insync.replicas"]
    assert (entry.value, entry.is_default) == ("1", False)
    assert entry.source == ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG.value
    with pytest.raises(Exception, match="Cannot update these configs dynamically"):
        alter(ResourceType.BROKER, "0", num_partitions=(AlterConfigOpType.SET, "3"))
    (future,) = admin.create_partitions([NewPartitions("t", 3)]).values()
    future.result(10)
    assert len(admin.list_topics("t", timeout=10).topics["t"].partitions) == 3
    (future,) = admin.delete_records([TopicPartition("t", 0, 2)]).values()
    assert future.result(10).low_watermark == 2
    assert offsets(quick, "t")[0] >= 2


def test_kafka_python_changes_settings_and_partitions(quick):
    from kafka import TopicPartition
    from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions
    quick.create("t", 1)
    produce(quick, "t", *[b"%d" % n for n in range(5)])
    admin = KafkaAdminClient(bootstrap_servers=quick.bootstrap)
    try:
        admin.alter_configs([ConfigResource(
            ConfigResourceType.TOPIC, "t", {"max.message.bytes": "5000"})])
        admin.create_partitions({"t": NewPartitions(2)})
        admin.delete_records({TopicPartition("t", 0): 3})
    finally:
        admin.close()
    (shown,) = quick.skafka.json("topics", "describe", "t", "-b", quick.bootstrap)
    assert shown["configs"] == {"max.message.bytes": "5000"}
    assert len(shown["partitions"]) == 2
    assert offsets(quick, "t") == (3, 5)


# What else Kafka's tools ask of a controller

def test_kafka_python_asks_the_controller(quick):
    from kafka import TopicPartition
    from kafka.admin import KafkaAdminClient
    from kafka.errors import InvalidReplicationAssignmentError
    quick.create("t", 2)
    admin = KafkaAdminClient(bootstrap_servers=quick.bootstrap)
    try:
        (topic,) = admin.describe_metadata_quorum()["topics"]
        (partition,) = topic["partitions"]
        assert partition["error"] is None and partition["leader_id"] == 0
        assert [voter["replica_id"] for voter in partition["current_voters"]] == [0]
        admin.elect_leaders(0, {"t": [0, 1]})
        assert admin.list_partition_reassignments() == {}
        moved = admin.alter_partition_reassignments(
            {TopicPartition("t", 0): [0], TopicPartition("t", 1): [7]})
        assert moved[TopicPartition("t", 0)] is None
        assert moved[TopicPartition("t", 1)] is InvalidReplicationAssignmentError
        feature = admin.describe_features()["metadata.version"]
        lowest, highest = feature["supported"]
        assert feature["finalized"] == (highest, highest)
        assert admin.update_features(
            {"metadata.version": ("SAFE_DOWNGRADE", lowest)}) == {"metadata.version": "OK"}
        changed = admin.describe_features()["metadata.version"]
        assert changed["finalized"] == (lowest, lowest)
        assert changed["finalized_epoch"] > feature["finalized_epoch"]
    finally:
        admin.close()


def test_confluent_elects_leaders(quick):
    from confluent_kafka import ElectionType, TopicPartition
    from confluent_kafka.admin import AdminClient
    quick.create("t", 1)
    admin = AdminClient({"bootstrap.servers": quick.bootstrap})
    elected = admin.elect_leaders(ElectionType.PREFERRED, [TopicPartition("t", 0)]).result(10)
    (error,) = elected.values()
    assert error.name() == "ELECTION_NOT_NEEDED"
