"""Settings, the cluster, transactions and quotas at the command line."""

import json
import socket
import struct

import confluent_kafka
import pytest
from confluent_kafka.admin import AdminClient, ConfigResource
from kafka.record.default_records import DefaultRecordBatchBuilder

from harness import Broker, Skafka, eventually, text


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    # A transaction that hangs is one that its partition never asked the coordinator about.
    with Broker(Skafka(tmp_path_factory.mktemp("cli-admin")), extra=[
            "-X", "transaction.partition.verification.enable=false"]) as broker:
        yield broker
        assert broker.stop() == 0, broker.log()


@pytest.fixture
def cli(skafka, server):
    """A command against the server: its exit status, standard output and standard error."""
    def run(*args):
        result = skafka.run(*args, "-b", server.bootstrap)
        return result.returncode, text(result.stdout), text(result.stderr)

    return run


@pytest.fixture
def rows(cli):
    """What a command that must succeed gives as JSON."""
    def run(*args):
        status, out, err = cli(*args, "--json")
        assert status == 0, err
        return json.loads(out)

    return run


# Settings


def settings(rows, *args):
    (described,) = rows("configs", "describe", *args)
    return {entry["name"]: entry for entry in described["configs"]}


def test_settings_of_topics_are_changed_and_seen_by_others(server, cli, rows):
    topic = server.create("set")
    before = settings(rows, "topic", topic)["retention.ms"]
    assert before["source"] == "DEFAULT_CONFIG" and before["default"] and not before["dynamic"]
    assert cli("configs", "alter", "topic", topic, "-c", "retention.ms=3600000", "-c",
               "segment.bytes=2097152") == (0, f"changed topic {topic}\n", "")
    after = settings(rows, topic)["retention.ms"]
    assert (after["value"], after["source"]) == ("3600000", "DYNAMIC_TOPIC_CONFIG")
    assert after["dynamic"] and after["type"] == "long" and after["documentation"]
    assert [synonym["source"] for synonym in after["synonyms"]] == [
        "DYNAMIC_TOPIC_CONFIG", "DEFAULT_CONFIG"]
    admin = AdminClient({"bootstrap.servers": server.bootstrap})
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
    found = admin.describe_configs([resource])[resource].result(10)
    assert found["retention.ms"].value == "3600000"
    assert cli("configs", "describe", "topic", topic, "--dynamic", "--plain") == (
        0, f"topic\t{topic}\tretention.ms\t3600000\tDYNAMIC_TOPIC_CONFIG\n"
           f"topic\t{topic}\tsegment.bytes\t2097152\tDYNAMIC_TOPIC_CONFIG\n", "")
    shown = cli("configs", "describe", topic, "--name", "retention.ms", "--synonyms")[1]
    assert "Settings of topic set:" in shown
    assert "DYNAMIC_TOPIC_CONFIG:retention.ms=3600000,DEFAULT_CONFIG:" in shown
    assert cli("configs", "alter", topic, "--delete-config", "retention.ms,segment.bytes")[0] == 0
    assert settings(rows, topic)["retention.ms"] == before


def test_lists_grow_and_shrink(server, cli, rows):
    topic = server.create("lists")
    cli("configs", "alter", topic, "--append", "cleanup.policy=compact")
    assert settings(rows, topic)["cleanup.policy"]["value"] == "delete,compact"
    cli("configs", "alter", topic, "--subtract", "cleanup.policy=delete")
    assert settings(rows, topic)["cleanup.policy"]["value"] == "compact"
    # As kafka-configs has it.
    status, _, err = cli("configs", "--alter", "--entity-type", "topics", "--entity-name", topic,
                         "--add-config", "cleanup.policy=[compact,delete],retention.ms=5000")
    assert status == 0, err
    assert settings(rows, topic)["cleanup.policy"]["value"] == "compact,delete"


def test_a_dry_run_of_settings_changes_nothing(server, cli, rows):
    topic = server.create("dry")
    assert rows("configs", "alter", topic, "-c", "retention.ms=1", "--dry-run") == [
        {"kind": "topic", "name": topic, "done": True, "dryRun": True}]
    assert settings(rows, topic)["retention.ms"]["default"]
    status, out, err = cli("configs", "alter", topic, "-c", "retention.ms=x", "--dry-run")
    assert (status, out) == (1, "") and "INVALID_CONFIG" in err


def test_one_of_two_resources_fails(server, cli, rows):
    topic = server.create("half")
    status, out, err = cli("configs", "alter", "topic", topic, "haf", "-c", "retention.ms=7000",
                           "--json")
    assert status == 1 and "unknown topic haf; did you mean half?" in err
    assert [(row["name"], row["done"]) for row in json.loads(out)] == [
        (topic, True), ("haf", False)]
    assert settings(rows, topic)["retention.ms"]["value"] == "7000"
    status, out, err = cli("configs", "describe", "topic", topic, "haf", "--json")
    assert status == 1 and len(json.loads(out)) == 1 and "did you mean half?" in err


@pytest.mark.parametrize("command", [
    ("configs", "alter", "near"), ("topics", "alter", "near"), ("topics", "create", "far"),
])
def test_a_setting_that_there_is_not(server, cli, command):
    server.create("near", 1, "--if-not-exists")
    status, out, err = cli(*command, "-c", "retention.mss=1")
    assert (status, out) == (1, "") and "did you mean retention.ms?" in err


def test_settings_of_brokers(cli, rows):
    node = settings(rows, "broker", "0")["node.id"]
    assert node["readOnly"] and not node["dynamic"]
    given = settings(rows, "broker", "0")["transaction.partition.verification.enable"]
    assert (given["value"], given["source"]) == ("false", "STATIC_BROKER_CONFIG")
    assert cli("configs", "alter", "broker", "0", "-c", "log.retention.ms=7200000")[0] == 0
    assert list(settings(rows, "broker", "0", "--dynamic")) == ["log.retention.ms"]
    assert cli("configs", "alter", "broker", "default", "-c", "log.retention.ms=7300000")[0] == 0
    assert settings(rows, "--broker", "default")["log.retention.ms"]["value"] == "7300000"
    assert settings(rows, "broker", "0")["log.retention.ms"]["value"] == "7200000"
    for broker in ("0", "default"):
        assert cli("configs", "alter", "broker", broker, "--delete-config",
                   "log.retention.ms")[0] == 0
    status, out, err = cli("configs", "describe", "broker", "9")
    assert (status, out) == (1, "") and "there is no broker 9; the cluster has 0" in err
    status, _, err = cli("configs", "alter", "broker", "0", "-c", "node.id=5")
    assert status == 1 and "broker 0" in err


def test_settings_of_groups(cli, rows):
    setting = "consumer.session.timeout.ms"
    assert settings(rows, "group", "timed")[setting]["default"]
    assert cli("configs", "alter", "group", "timed", "-c", f"{setting}=50000")[0] == 0
    assert settings(rows, "group", "timed", "--dynamic")[setting]["value"] == "50000"
    assert {"kind": "group", "name": "timed"} in rows("configs", "list", "group")


def test_what_has_settings(server, cli, rows):
    server.create("listed", 1)
    found = [(row["kind"], row["name"]) for row in rows("configs", "list")]
    assert ("topic", "listed") in found and ("broker", "0") in found
    assert cli("configs", "list", "broker", "--plain") == (0, "broker\t0\n", "")


@pytest.mark.parametrize("args", [
    ("describe",), ("alter", "t"), ("alter", "-c", "a=b"), ("alter", "t", "-c", "a"),
    ("alter", "t", "-c", "a=1", "--delete-config", "a"), ("alter", "topics", "-c", "a=1"),
    ("list", "users"), ("list", "topcs"), ("describe", "broker", "x"),
])
def test_settings_that_are_not_understood(cli, args):
    status, out, err = cli("configs", *args)
    assert (status, out) == (2, "") and err.count("\n") == 1


# The cluster


def test_the_cluster_is_described(server, cli, rows):
    server.create("held", 2)
    cluster = rows("cluster", "describe")
    host, port = server.bootstrap.split(":")
    (broker,) = cluster["brokers"]
    assert (broker["id"], broker["host"], broker["port"]) == (0, host, int(port))
    assert broker["rack"] is None and broker["controller"] and not broker["fenced"]
    assert cluster["controller"] == 0 and len(cluster["clusterId"]) == 22
    features = {feature["name"]: feature for feature in cluster["features"]}
    assert features["group.version"]["finalizedLevel"] == 1
    assert cluster["quorum"]["leader"] == 0
    assert [voter["id"] for voter in cluster["quorum"]["voters"]] == [0]
    (directory,) = cluster["logDirs"]
    assert directory["partitions"] >= 2 and directory["usableBytes"] > 0
    assert directory["error"] is None
    status, out, _ = cli("cluster", "describe", "--plain")
    assert status == 0 and out.split("\t")[:5] == ["0", host, port, "-", "true"]
    shown = cli("cluster", "describe")[1]
    for part in (cluster["clusterId"], "controller 0", "Features:", "Metadata quorum: leader 0"):
        assert part in shown


# Transactions


def begin(server, name, topic, partition=0):
    producer = confluent_kafka.Producer({
        "bootstrap.servers": server.bootstrap, "transactional.id": name, "log_level": 0})
    producer.init_transactions(20)
    producer.begin_transaction()
    producer.produce(topic, b"open", partition=partition)
    assert producer.flush(20) == 0
    return producer


def committed_values(server, topic):
    return server.skafka("consume", topic, "-b", server.bootstrap, "-e", "-q").split()


def test_transactions_are_listed_and_described(server, cli, rows):
    topic = server.create("paid", 2)
    producer = begin(server, "pay-1", topic, 1)
    (listed,) = [row for row in rows("txn", "list", "--state", "ongoing")
                 if row["transactionalId"] == "pay-1"]
    assert listed["state"] == "Ongoing" and listed["coordinator"] == 0
    assert rows("txn", "list", "--producer-id", listed["producerId"]) == [listed]
    assert not [row for row in rows("txn", "list", "--longer-than", "1h")]
    (described,) = rows("txn", "describe", "pay-1")
    assert described["producerId"] == listed["producerId"] and described["timeoutMs"] == 60000
    assert described["partitions"] == [f"{topic}-1"] and 0 <= described["durationMs"] < 60000
    (state,) = rows("txn", "producers", topic, "-p", "1")
    assert state["producerId"] == listed["producerId"] and state["transactionStartOffset"] == 0
    # It is open, but its coordinator knows.
    assert rows("txn", "hanging", topic, "--older-than", "0") == []
    status, out, err = cli("txn", "describe", "pay1")
    assert (status, out) == (1, "") and "unknown transactional id pay1; did you mean pay-1?" in err
    status, _, err = cli("txn", "list", "--state", "open")
    assert status == 2 and "Ongoing" in err
    producer.commit_transaction(20)
    (described,) = rows("txn", "describe", "pay-1")
    assert described["state"] in ("CompleteCommit", "Empty")


def test_a_transaction_is_aborted_by_its_id(server, cli):
    topic = server.create("aborted")
    producer = begin(server, "abort-1", topic)
    assert cli("txn", "abort", "abort-1", "--dry-run") == (
        0, "would abort transaction abort-1\n", "")
    assert cli("txn", "abort", "abort-1", "--yes") == (0, "aborted transaction abort-1\n", "")
    with pytest.raises(confluent_kafka.KafkaException):
        producer.commit_transaction(20)
    assert committed_values(server, topic) == []
    status, out, err = cli("txn", "abort", "abort-1", "abrt-1", "--json")
    assert status == 1 and "abort-1 has no open transaction" in err
    assert "did you mean abort-1?" in err
    assert [row["error"] for row in json.loads(out)] == [
        "INVALID_TXN_STATE", "TRANSACTIONAL_ID_NOT_FOUND"]


def test_a_transaction_that_its_coordinator_knows_is_left_to_it(server, cli, rows):
    topic = server.create("known")
    producer = begin(server, "known-1", topic)
    (aborted,) = rows("txn", "abort", "--topic", topic, "-p", "0", "--start-offset", "0")
    assert aborted["transactionalId"] == "known-1" and aborted["done"]
    with pytest.raises(confluent_kafka.KafkaException):
        producer.commit_transaction(20)
    assert committed_values(server, topic) == []


def write_past_the_coordinator(server, topic, producer_id):
    """A record of a transaction, by a client that adds no partition to it."""
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=0, is_transactional=1, producer_id=producer_id,
        producer_epoch=0, base_sequence=0, batch_size=10000)
    builder.append(0, 1_700_000_000_000, None, b"hangs", [])
    batch = bytes(builder.build())

    def named(name):
        return struct.pack(">h", len(name)) + name.encode()

    body = (named("hung") + struct.pack(">hii", -1, 10000, 1) + named(topic)
            + struct.pack(">iii", 1, 0, len(batch)) + batch)
    frame = struct.pack(">hhi", 0, 3, 1) + named("test") + body
    host, port = server.bootstrap.split(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(struct.pack(">i", len(frame)) + frame)
        connection.settimeout(10)
        size = struct.unpack(">i", connection.recv(4, socket.MSG_WAITALL))[0]
        answer = connection.recv(size, socket.MSG_WAITALL)
    # Correlation, one topic with its name, one partition with its number, then the error.
    error = struct.unpack(">h", answer[4 + 4 + 2 + len(topic) + 4 + 4:][:2])[0]
    assert error == 0


def test_a_transaction_that_hangs_is_found_and_ended(server, cli, rows):
    topic = server.create("hung")
    write_past_the_coordinator(server, topic, 987654)
    server.skafka("produce", topic, "-b", server.bootstrap, "-q", input=b"behind\n")
    assert committed_values(server, topic) == []
    (hanging,) = rows("txn", "hanging", topic)
    assert (hanging["producerId"], hanging["transactionStartOffset"]) == (987654, 0)
    assert hanging["coordinatorEpoch"] is None
    place = ("--topic", topic, "--partition", "0")
    status, out, err = cli("txn", "abort", *place, "--start-offset", "5")
    assert (status, out) == (1, "")
    assert "has no open transaction at offset 5; there is one at offset 0 by producer 987654" in err
    status, out, _ = cli("txn", "abort", *place, "--producer-id", "987654", "--dry-run")
    assert status == 0 and out.startswith("would abort the transaction of producer 987654")
    assert len(rows("txn", "hanging", topic)) == 1
    status, out, err = cli("txn", "abort", *place, "--start-offset", "0")
    assert (status, err) == (0, "") and "past its coordinator" in out
    assert rows("txn", "hanging", topic) == []
    assert committed_values(server, topic) == [b"behind"]


@pytest.mark.parametrize("args", [
    (), ("x", "--topic", "t"), ("--topic", "t"), ("--topic", "t", "-p", "0"),
    ("--topic", "t", "-p", "0", "--start-offset", "1", "--producer-id", "2"),
    ("--topic", "t", "-p", "0", "--producer-id", "2", "--producer-epoch", "1"),
])
def test_aborts_that_are_not_understood(cli, args):
    status, out, err = cli("txn", "abort", *args)
    assert (status, out) == (2, "") and err.count("\n") == 1


# Quotas


def test_quotas(cli, rows):
    assert cli("quotas", "alter", "--client-id", "importer", "-c", "producer_byte_rate=1048576",
               "-c", "request_percentage=12.5") == (0, "changed quotas of client-id importer\n", "")
    assert cli("quotas", "alter", "--user", "default", "-c", "consumer_byte_rate=5",
               "--dry-run")[0] == 0
    assert cli("quotas", "describe", "--plain") == (
        0, "-\timporter\t-\tproducer_byte_rate\t1048576\n"
           "-\timporter\t-\trequest_percentage\t12.5\n", "")
    assert rows("quotas", "describe", "--client-id", "other") == []
    assert cli("quotas", "alter", "--client-id", "importer", "--delete-config",
               "producer_byte_rate,request_percentage")[0] == 0
    assert rows("quotas", "describe") == []
    status, _, err = cli("quotas", "alter", "--user", "u", "-c", "producer_byte_rat=1")
    assert status == 2 and "did you mean producer_byte_rate?" in err
    assert cli("quotas", "alter", "-c", "producer_byte_rate=1")[0] == 2


# Topics


@pytest.mark.parametrize("command", [
    ("topics", "describe", "ordres"), ("topics", "delete", "ordres", "--yes"),
    ("topics", "delete", "ordres", "--dry-run"), ("topics", "trim", "ordres", "--to", "1"),
    ("topics", "alter", "ordres", "-c", "retention.ms=5"), ("topics", "elect", "ordres"),
    ("topics", "alter", "ordres", "--partitions", "5"),
    ("offsets", "get", "ordres"), ("consume", "ordres", "-e"), ("txn", "producers", "ordres"),
    ("offsets", "reset", "g", "--topic", "ordres", "--to-latest"),
])
def test_a_topic_that_there_is_not(server, cli, command):
    server.create("orders", 1, "--if-not-exists")
    status, out, err = cli(*command)
    assert (status, out) == (1, "") and "unknown topic ordres; did you mean orders?" in err


def test_leaders_are_elected_where_they_have_to(server, cli, rows):
    topic = server.create("elected", 2)
    assert rows("topics", "elect", topic) == [
        {"topic": topic, "partition": number, "done": False, "reason": "has that leader already"}
        for number in (0, 1)]
    assert cli("topics", "elect", f"{topic}:1") == (
        0, f"{topic}-1 has that leader already\n", "")
    assert cli("topics", "elect", topic, "--unclean")[0] == 2


def test_partitions_are_moved_where_they_can_be(server, cli, rows):
    topic = server.create("moving", 2)
    assert rows("topics", "reassign") == []
    assert cli("topics", "reassign", f"{topic}:1", "--replicas", "0") == (
        0, f"moving {topic}-1 to 0\n", "")
    status, out, err = cli("topics", "reassign", topic, "--replicas", "7", "--json")
    assert status == 1 and {row["error"] for row in json.loads(out)} == {
        "INVALID_REPLICA_ASSIGNMENT"}
    status, _, err = cli("topics", "reassign", f"{topic}:0", "--cancel")
    assert status == 1 and "NO_REASSIGNMENT_IN_PROGRESS" in err
    assert cli("topics", "reassign", topic, "--replicas", "7", "--dry-run")[0] == 0
    for wrong in (["--replicas", "0,0"], ["--replicas", "0", "--cancel"]):
        assert cli("topics", "reassign", topic, *wrong)[0] == 2
    assert cli("topics", "reassign", "--cancel")[0] == 2


def test_no_topic_that_matches(server, cli, rows):
    status, out, err = cli("topics", "delete", "--regex", "no-such-.*", "--yes")
    assert (status, out) == (1, "") and "no topic matches" in err
    assert rows("topics", "delete", "--regex", "no-such-.*", "--yes", "--if-exists") == []


def test_a_dry_run_of_deleting_topics(server, cli, rows):
    topic = server.create("stays", 3)
    assert rows("topics", "delete", topic, "--dry-run") == [
        {"topic": topic, "done": True, "dryRun": True, "partitions": 3}]
    assert cli("topics", "delete", topic, "--dry-run") == (
        0, f"would delete topic {topic} with 3 partitions\n", "")
    eventually(lambda: rows("topics", "describe", topic))


def test_kafka_topics_users_find_their_flags(server, cli):
    assert cli("topics", "--create", "--topic", "scripted", "--partitions", "2",
               "--replication-factor", "1", "--config", "retention.ms=5000")[0] == 0
    assert "scripted" in cli("topics", "--list")[1]
    status, out, _ = cli("topics", "--describe", "--topic", "scripted")
    assert status == 0 and "retention.ms=5000" in out
    assert cli("topics", "--delete", "--topic", "scripted")[0] == 0
