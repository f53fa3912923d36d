"""ACLs: as admin clients make them, as they bound clients, and at the command line."""

import json

import confluent_kafka
import confluent_kafka.admin as confluent
import kafka
import kafka.admin
import kafka.errors
import pytest

from harness import Broker, end, eventually, read_line, read_lines, text

STANDARD = ("-X", "authorizer.class.name=standard")
CLIENT = "User:ANONYMOUS"


@pytest.fixture
def guarded(skafka):
    """A broker with an authorizer. Who comes by its directory may do everything, others nothing."""
    with Broker(skafka, data=skafka.data, extra=STANDARD) as broker:
        yield broker
        assert broker.stop() == 0, broker.log()


@pytest.fixture
def owner(skafka, guarded):
    """A command by the broker's directory: its exit status, standard output and error."""
    def run(*args):
        result = skafka.run(*args, "-d", skafka.data)
        return result.returncode, text(result.stdout), text(result.stderr)

    return run


@pytest.fixture
def client(skafka, guarded):
    """A command like any client's: its exit status, standard output and error."""
    def run(*args, input=b""):
        result = skafka.run(*args, "-b", guarded.bootstrap, input=input)
        return result.returncode, text(result.stdout), text(result.stderr)

    return run


# Admin clients


def resource(kind, name, pattern="LITERAL"):
    return kafka.admin.ResourcePattern(
        kafka.admin.ResourceType[kind], name, kafka.admin.ACLResourcePatternType[pattern])


def acl(principal, operation, pattern, permission="ALLOW", host="*"):
    return kafka.admin.ACL(
        principal=principal, host=host, operation=kafka.admin.ACLOperation[operation],
        permission_type=kafka.admin.ACLPermissionType[permission], resource_pattern=pattern)


def everything(bootstrap):
    """All ACLs, as confluent-kafka sees them."""
    admin = confluent.AdminClient({"bootstrap.servers": bootstrap})
    found = admin.describe_acls(confluent.AclBindingFilter(
        confluent.ResourceType.ANY, None, confluent.ResourcePatternType.ANY, None, None,
        confluent.AclOperation.ANY, confluent.AclPermissionType.ANY)).result(10)
    return {(a.restype.name, a.name, a.resource_pattern_type.name, a.principal, a.host,
             a.operation.name, a.permission_type.name) for a in found}


def test_admin_clients_and_a_restart(skafka):
    extra = ("-X", "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
             "-X", f"super.users=User:admin;{CLIENT}")
    with Broker(skafka, data=skafka.data, extra=extra) as broker:
        admin = kafka.KafkaAdminClient(bootstrap_servers=broker.bootstrap)
        made = admin.create_acls([
            acl("User:alice", "READ", resource("TOPIC", "orders")),
            acl("User:bob", "ALL", resource("GROUP", "g-", "PREFIXED"), "DENY", "10.0.0.1")])
        assert len(made["succeeded"]) == 2 and not made["failed"]
        admin.close()
        other = confluent.AdminClient({"bootstrap.servers": broker.bootstrap})
        bindings = [confluent.AclBinding(
            confluent.ResourceType.TRANSACTIONAL_ID, name, confluent.ResourcePatternType.LITERAL,
            "User:alice", "*", confluent.AclOperation.WRITE, confluent.AclPermissionType.ALLOW)
            for name in ("x", "y")]
        for result in other.create_acls(bindings).values():
            result.result(10)
        broker.kill()
    expected = {
        ("TOPIC", "orders", "LITERAL", "User:alice", "*", "READ", "ALLOW"),
        ("GROUP", "g-", "PREFIXED", "User:bob", "10.0.0.1", "ALL", "DENY"),
        ("TRANSACTIONAL_ID", "x", "LITERAL", "User:alice", "*", "WRITE", "ALLOW"),
        ("TRANSACTIONAL_ID", "y", "LITERAL", "User:alice", "*", "WRITE", "ALLOW")}
    with Broker(skafka, data=skafka.data, extra=extra) as broker:
        assert everything(broker.bootstrap) == expected
        listed = skafka.json("acls", "list", "-b", broker.bootstrap)
        assert {tuple(row[key] for key in (
            "resourceType", "resourceName", "patternType", "principal", "host", "operation",
            "permissionType")) for row in listed} == expected
        other = confluent.AdminClient({"bootstrap.servers": broker.bootstrap})
        (gone,) = other.delete_acls([confluent.AclBindingFilter(
            confluent.ResourceType.TRANSACTIONAL_ID, None, confluent.ResourcePatternType.ANY, None,
            None, confluent.AclOperation.ANY, confluent.AclPermissionType.ANY)]).values()
        assert {binding.name for binding in gone.result(10)} == {"x", "y"}
        admin = kafka.KafkaAdminClient(bootstrap_servers=broker.bootstrap)
        match = kafka.admin.ACLFilter(
            principal=None, host=None, operation=kafka.admin.ACLOperation.ANY,
            permission_type=kafka.admin.ACLPermissionType.ANY,
            resource_pattern=kafka.admin.ResourcePatternFilter(
                kafka.admin.ResourceType.GROUP, "g-1", kafka.admin.ACLResourcePatternType.MATCH))
        found, error = admin.describe_acls(match)
        assert error is kafka.errors.NoError and [a.principal for a in found] == ["User:bob"]
        ((_, gone, error),) = admin.delete_acls([match])
        assert error is kafka.errors.NoError and len(gone) == 1
        admin.close()
        assert everything(broker.bootstrap) == {
            ("TOPIC", "orders", "LITERAL", "User:alice", "*", "READ", "ALLOW")}
        assert broker.stop() == 0, broker.log()


def test_without_an_authorizer_there_is_no_security(skafka, broker):
    admin = kafka.KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    with pytest.raises(kafka.errors.SecurityDisabledError):
        admin.describe_acls(kafka.admin.ACLFilter(
            principal=None, host=None, operation=kafka.admin.ACLOperation.ANY,
            permission_type=kafka.admin.ACLPermissionType.ANY,
            resource_pattern=kafka.admin.ResourcePatternFilter(
                kafka.admin.ResourceType.ANY, None, kafka.admin.ACLResourcePatternType.ANY)))
    admin.close()
    other = confluent.AdminClient({"bootstrap.servers": broker.bootstrap})
    with pytest.raises(confluent_kafka.KafkaException) as refused:
        for result in other.create_acls([confluent.AclBinding(
                confluent.ResourceType.TOPIC, "t", confluent.ResourcePatternType.LITERAL, "User:a",
                "*", confluent.AclOperation.READ, confluent.AclPermissionType.ALLOW)]).values():
            result.result(10)
    assert refused.value.args[0].code() == confluent_kafka.KafkaError.SECURITY_DISABLED
    result = skafka.run("acls", "list", "-b", broker.bootstrap)
    assert (result.returncode, result.stdout) == (1, b"")
    assert b"SECURITY_DISABLED" in result.stderr and b"authorizer.class.name" in result.stderr
    result = skafka.run("acls", "create", "--allow-principal", "User:a", "--topic", "t", "-b",
                        broker.bootstrap)
    assert result.returncode == 1 and b"SECURITY_DISABLED" in result.stderr


# Clients


def test_who_may_only_read(skafka, guarded, owner, client):
    for topic in ("orders", "secret"):
        assert owner("topics", "create", topic)[0] == 0
    skafka("produce", "orders", "-d", skafka.data, input=b"one\ntwo\n")
    assert client("topics", "list", "--plain") == (0, "", "")
    status, out, err = client("consume", "orders", "-e", "-o", "beginning")
    assert (status, out) == (1, "") and "TOPIC_AUTHORIZATION_FAILED" in err
    status, out, err = owner("acls", "create", "--allow-principal", CLIENT, "--consumer",
                             "--topic", "orders", "--group", "readers")
    assert status == 0, err

    assert client("topics", "list", "--plain")[1].split("\t")[0] == "orders"
    assert client("consume", "orders", "-e", "-o", "beginning") == (0, "one\ntwo\n", "")
    status, _, err = client("produce", "orders", input=b"three\n")
    assert status == 1 and "AUTHORIZATION_FAILED" in err
    status, _, err = client("topics", "create", "more")
    assert status == 1 and "TOPIC_AUTHORIZATION_FAILED" in err

    reader = confluent_kafka.Consumer({
        "bootstrap.servers": guarded.bootstrap, "group.id": "readers",
        "auto.offset.reset": "earliest", "enable.auto.commit": False})
    reader.subscribe(["orders"])
    values = []

    def both():
        message = reader.poll(0.5)
        if message and not message.error():
            values.append(message.value())
        return len(values) == 2
    eventually(both, within=20)
    reader.commit(asynchronous=False)
    reader.close()
    stranger = confluent_kafka.Consumer({
        "bootstrap.servers": guarded.bootstrap, "group.id": "strangers"})
    stranger.subscribe(["orders"])
    eventually(lambda: (message := stranger.poll(0.5)) and message.error() and (
        message.error().code() == confluent_kafka.KafkaError.GROUP_AUTHORIZATION_FAILED))
    stranger.close()

    # Without idempotence, which it may not use either.
    writer = kafka.KafkaProducer(bootstrap_servers=guarded.bootstrap, enable_idempotence=False,
                                 retries=0)
    with pytest.raises(kafka.errors.TopicAuthorizationFailedError):
        writer.send("orders", b"three").get(10)
    assert owner("acls", "create", "--allow-principal", CLIENT, "--producer", "--topic",
                 "orders")[0] == 0
    assert writer.send("orders", b"three").get(10).offset == 2
    writer.close()
    assert client("produce", "orders", input=b"four\n")[0] == 0

    # What is denied wins.
    assert owner("acls", "create", "--deny-principal", "User:*", "--deny-host", "127.0.0.1",
                 "--operation", "read", "--topic", "ord", "--resource-pattern-type",
                 "prefixed")[0] == 0
    status, out, err = client("consume", "orders", "-e", "-o", "beginning")
    assert (status, out) == (1, "") and "TOPIC_AUTHORIZATION_FAILED" in err
    assert "denied" in guarded.log()


def test_an_expression_stands_for_what_may_be_seen(skafka):
    """Under KIP-848 the broker looks topics up, and not those that the member may not describe."""
    soon = ("-X", "group.consumer.min.heartbeat.interval.ms=200",
            "-X", "group.consumer.heartbeat.interval.ms=200")
    allow = ("acls", "create", "-d", skafka.data, "--allow-principal", CLIENT, "--consumer")
    with Broker(skafka, data=skafka.data, extra=STANDARD + soon) as broker:
        for topic in ("log-seen", "log-hidden", "log-later"):
            skafka("topics", "create", topic, "-d", skafka.data)
            skafka("produce", topic, "-d", skafka.data, "-q", input=topic.encode() + b"\n")
        skafka(*allow, "--topic", "log-seen", "--group", "*")
        theirs = confluent_kafka.Consumer({
            "bootstrap.servers": broker.bootstrap, "group.id": "theirs",
            "group.protocol": "consumer", "auto.offset.reset": "earliest"})
        theirs.subscribe(["^log-.*"])
        ours = skafka.start("consume", "log-.*", "-r", "-g", "ours", "-o", "beginning", "-b",
                            broker.bootstrap, "-X", "group.protocol=consumer", "-X",
                            "metadata.max.age.ms=60000")
        try:
            def has(*topics):
                theirs.poll(0.1)
                return {p.topic for p in theirs.assignment()} == set(topics)
            eventually(lambda: has("log-seen"), 20)
            assert read_line(ours, 20) == b"log-seen\n"
            skafka(*allow, "--topic", "log-later", "--group", "*")
            eventually(lambda: has("log-seen", "log-later"), 20)
            # The coordinator matches: this client has not looked for topics again.
            assert read_lines(ours, 1) == [b"log-later\n"]
        finally:
            end(ours)
            theirs.close()
        assert broker.stop() == 0, broker.log()


def test_a_transactional_producer_needs_its_id(skafka, guarded, owner):
    assert owner("topics", "create", "orders")[0] == 0

    def writer():
        return confluent_kafka.Producer({
            "bootstrap.servers": guarded.bootstrap, "transactional.id": "billing-1"})
    with pytest.raises(confluent_kafka.KafkaException) as refused:
        writer().init_transactions(10)
    assert refused.value.args[0].code() == (
        confluent_kafka.KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    assert owner("acls", "create", "--allow-principal", CLIENT, "--producer", "--topic", "orders",
                 "--transactional-id", "billing-", "--resource-pattern-type", "prefixed")[0] == 0
    producer = writer()
    producer.init_transactions(10)
    producer.begin_transaction()
    producer.produce("orders", b"paid")
    producer.commit_transaction(10)
    assert skafka("consume", "orders", "-e", "-d", skafka.data) == b"paid\n"


# The command line


def test_acls_at_the_command_line(owner):
    create = ("acls", "create", "--allow-principal", "User:alice", "--operation", "read",
              "--topic", "orders")
    assert owner(*create, "--dry-run") == (
        0, "would create ALLOW User:alice READ on topic orders\n", "")
    assert owner("acls", "list", "--plain") == (0, "", "")
    assert owner(*create) == (0, "created ALLOW User:alice READ on topic orders\n", "")
    assert owner(*create)[0] == 0
    assert owner("acls", "list", "--plain") == (
        0, "TOPIC\torders\tLITERAL\tUser:alice\t*\tREAD\tALLOW\n", "")
    assert owner(*create, "--dry-run", "--plain") == (
        0, "TOPIC\torders\tLITERAL\tUser:alice\t*\tREAD\tALLOW\tfalse\t-\n", "")
    status, out, _ = owner("acls", "list", "--json")
    assert status == 0 and json.loads(out) == [{
        "resourceType": "TOPIC", "resourceName": "orders", "patternType": "LITERAL",
        "principal": "User:alice", "host": "*", "operation": "READ", "permissionType": "ALLOW"}]
    # Kafka's tool's form.
    assert owner("acls", "--add", "--deny-principal", "User:bob", "--group", "g-",
                 "--resource-pattern-type", "prefixed")[0] == 0
    assert owner("acls", "--list", "--group", "g-1", "--resource-pattern-type", "match",
                 "--plain")[1] == "GROUP\tg-\tPREFIXED\tUser:bob\t*\tALL\tDENY\n"
    assert "PRINCIPAL" in owner("acls", "list", "--principal", "User:alice")[1]

    status, out, err = owner("acls", "delete", "--allow-principal", "User:alice", "--topic",
                             "orders")
    assert (status, out) == (1, "") and "but of read" in err
    status, out, err = owner("acls", "delete", "--topic", "orders")
    assert (status, out) == (2, "") and "--yes" in err
    assert owner("acls", "delete", "--topic", "orders", "--dry-run")[1] == (
        "would delete ALLOW User:alice READ on topic orders\n")
    assert owner("acls", "delete", "--topic", "orders", "--yes")[:2] == (
        0, "deleted ALLOW User:alice READ on topic orders\n")
    assert owner("acls", "--remove", "--deny-principal", "User:bob", "--group", "g-",
                 "--resource-pattern-type", "prefixed", "--force")[0] == 0
    assert owner("acls", "list", "--plain") == (0, "", "")
    assert owner("acls", "delete", "--topic", "orders", "--yes")[0] == 1
    assert owner("acls", "delete", "--topic", "orders", "--yes", "--if-exists") == (0, "", "")


@pytest.mark.parametrize("args, hint", [
    (("list", "--operation", "descrbe"), "did you mean describe?"),
    (("create", "--allow-principal", "alice", "--topic", "t"), "write User:alice"),
    (("create", "--topic", "t"), "--allow-principal"),
    (("delete",), "--topic"),
    (("lst",), "did you mean 'acls list'?"),
])
def test_what_cannot_be_meant(skafka, args, hint):
    result = skafka.run("acls", *args, "-b", "127.0.0.1:1")
    assert (result.returncode, result.stdout) == (2, b"")
    assert hint in text(result.stderr)


def test_settings_that_name_no_authorizer_or_nobody(skafka):
    for setting in ("authorizer.class.name=kafka.security.authorizer.AclAuthorizer",
                    "super.users=alice"):
        result = skafka.run("broker", "--ephemeral", "--listen", "127.0.0.1:0", "-X", setting)
        assert result.returncode == 2, result.stderr
        assert setting.partition("=")[0].encode() in result.stderr
