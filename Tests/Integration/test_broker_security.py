"""A broker that asks for TLS, for SASL, or for both, as stock clients and skafka's own meet it."""

import contextlib
import json
import socket
import ssl
import struct
import subprocess
import time

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.helpers import create_ssl_context
from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import (AdminClient, ScramCredentialInfo, ScramMechanism,
                                   UserScramCredentialDeletion, UserScramCredentialUpsertion)
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError

from harness import Broker, Skafka, end, eventually, free_port, numbered_lines, text
from papers import KEY_PASSWORD, Papers
from terminal import Terminal

PASSWORD = "wonder land, ü"
PLAIN_USERS = ('org.apache.kafka.common.security.plain.PlainLoginModule required '
               'user_alice="wonder land, ü" user_bob="b";')


def settings(values):
    return [word for name, value in values.items() for word in ("-X", f"{name}={value}")]


class SecureBroker(Broker):
    """A broker with a listener of its own for each protocol that is asked for, besides one in the
    clear."""

    def __init__(self, skafka, protocols, values=None, data=None):
        self.ports = {name: free_port() for name in protocols}
        extra = [word for name, port in self.ports.items()
                 for word in ("--listen", f"{name}://127.0.0.1:{port}")]
        super().__init__(skafka, data=data or skafka.data,
                         extra=[*extra, "--topic", "t", *settings(values or {})])

    def address(self, protocol):
        return f"127.0.0.1:{self.ports[protocol]}"


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    return Papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def secure(tmp_path_factory, papers):
    """All protocols at once, with alice and bob in PLAIN, and alice in SCRAM."""
    skafka = Skafka(tmp_path_factory.mktemp("secure"))
    values = {
        "ssl.keystore.location": papers["server-store.pem"],
        "listener.name.mutual.ssl.keystore.location": papers["server.p12"],
        "listener.name.mutual.ssl.keystore.password": "open",
        "ssl.truststore.location": papers["ca.pem"],
        "listener.name.mutual.ssl.client.auth": "required",
        "listener.security.protocol.map":
            "SSL:SSL,MUTUAL:SSL,SASL_SSL:SASL_SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
        "plain.sasl.jaas.config": PLAIN_USERS,
        "connection.failed.authentication.delay.ms": 20,
        "group.initial.rebalance.delay.ms": 0,
    }
    with SecureBroker(skafka, ["SASL_PLAINTEXT", "SSL", "MUTUAL", "SASL_SSL"], values) as broker:
        skafka("users", "create", "alice", "-b", broker.bootstrap, input=PASSWORD.encode())
        yield broker
        assert broker.stop() == 0, broker.log()


def login(protocol, mechanism=None, papers=None, password=PASSWORD, user="alice"):
    """In librdkafka's names, which skafka takes too."""
    conf = {"security.protocol": protocol}
    if mechanism:
        conf |= {"sasl.mechanisms": mechanism, "sasl.username": user, "sasl.password": password}
    if protocol.endswith("SSL"):
        conf["ssl.ca.location"] = papers["ca.pem"]
    return conf


def python_names(conf, papers):
    """What kafka-python and aiokafka call it."""
    result = {"security_protocol": conf["security.protocol"]}
    if "sasl.mechanisms" in conf:
        result |= {"sasl_mechanism": conf["sasl.mechanisms"],
                   "sasl_plain_username": conf["sasl.username"],
                   "sasl_plain_password": conf["sasl.password"]}
    if conf["security.protocol"].endswith("SSL"):
        result["ssl_context"] = create_ssl_context(
            cafile=papers["ca.pem"], certfile=conf.get("ssl.certificate.location"),
            keyfile=conf.get("ssl.key.location"))
    return result


WAYS = [("SASL_PLAINTEXT", "PLAIN"), ("SASL_PLAINTEXT", "SCRAM-SHA-256"),
        ("SASL_PLAINTEXT", "SCRAM-SHA-512"), ("SSL", None), ("MUTUAL", None), ("SASL_SSL", "PLAIN"),
        ("SASL_SSL", "SCRAM-SHA-512")]


@pytest.fixture(params=WAYS, ids=lambda way: "-".join(filter(None, way)))
def way(request, secure, papers):
    """An address, and what a client needs to get through there."""
    listener, mechanism = request.param
    conf = login("SSL" if listener == "MUTUAL" else listener, mechanism, papers)
    if listener == "MUTUAL":
        conf |= {"ssl.certificate.location": papers["client.pem"],
                 "ssl.key.location": papers["client.key"]}
    return secure.address(listener), conf


def test_skafka_goes_through(skafka, way):
    address, conf = way
    line = f"{time.monotonic_ns()}\n".encode()
    skafka("produce", "t", "-b", address, "-q", *settings(conf), input=line)
    assert line in skafka("consume", "t", "-b", address, "-e", "-q", *settings(conf))


def test_librdkafka_goes_through(way):
    address, conf = way
    conf = conf | {"bootstrap.servers": address}
    value = f"rd {time.monotonic_ns()}".encode()
    producer = Producer(conf)
    producer.produce("t", value)
    assert producer.flush(10) == 0
    consumer = Consumer(conf | {"group.id": f"rd-{value.decode()}",
                                "auto.offset.reset": "earliest"})
    consumer.subscribe(["t"])
    try:
        seen = []
        eventually(lambda: seen.append(consumer.poll(1)) or value in [
            message.value() for message in seen if message and not message.error()])
    finally:
        consumer.close()


def test_kcat_goes_through(way):
    address, conf = way
    flags = [word for name, value in conf.items() for word in ("-X", f"{name}={value}")]
    value = f"kcat {time.monotonic_ns()}\n".encode()
    subprocess.run(["kcat", "-b", address, "-P", "-t", "t", *flags], input=value, check=True,
                   timeout=20)
    out = subprocess.run(["kcat", "-b", address, "-C", "-t", "t", "-e", "-q", *flags],
                         capture_output=True, check=True, timeout=20).stdout
    assert value in out


def test_kafka_python_goes_through(way, papers):
    address, conf = way
    names = python_names(conf, papers)
    value = f"kp {time.monotonic_ns()}".encode()
    producer = KafkaProducer(bootstrap_servers=address, **names)
    producer.send("t", value).get(10)
    producer.close()
    consumer = KafkaConsumer("t", bootstrap_servers=address, auto_offset_reset="earliest",
                             consumer_timeout_ms=10_000, **names)
    try:
        assert any(message.value == value for message in consumer)
    finally:
        consumer.close()


def test_aiokafka_goes_through(way, papers):
    import asyncio
    address, conf = way

    async def run():
        names = python_names(conf, papers)
        value = f"aio {time.monotonic_ns()}".encode()
        async with AIOKafkaProducer(bootstrap_servers=address, **names) as producer:
            await producer.send_and_wait("t", value)
        consumer = AIOKafkaConsumer("t", bootstrap_servers=address,
                                    auto_offset_reset="earliest", **names)
        async with consumer:
            async with asyncio.timeout(10):
                async for message in consumer:
                    if message.value == value:
                        return

    asyncio.run(run())


# --- Who does not get in --------------------------------------------------------------------------

@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
@pytest.mark.parametrize("user", ["alice", "nobody"])
def test_a_wrong_password(skafka, secure, mechanism, user):
    conf = login("SASL_PLAINTEXT", mechanism, password="hunter2", user=user)
    address = secure.address("SASL_PLAINTEXT")
    result = skafka.run("topics", "list", "-b", address, *settings(conf))
    said = text(result.stderr)
    assert result.returncode == 3, said
    assert address in said and mechanism in said and "invalid" in said.lower(), said
    assert "hunter2" not in said and "hunter2" not in secure.log()
    eventually(lambda: f"with {mechanism} failed" in secure.log(), what="a line in the log")


def test_librdkafka_and_kafka_python_are_told_too(secure):
    conf = login("SASL_PLAINTEXT", "SCRAM-SHA-256", password="hunter2")
    address = secure.address("SASL_PLAINTEXT")
    errors = []
    admin = AdminClient(conf | {"bootstrap.servers": address, "error_cb": errors.append})
    with pytest.raises(KafkaException):
        admin.list_topics(timeout=2)
    admin.poll(1)
    assert any("SASL" in str(error) or "uthentication" in str(error) for error in errors), errors
    with pytest.raises(KafkaError):
        KafkaConsumer("t", bootstrap_servers=address, **python_names(conf, None))


def test_the_wrong_door(skafka, secure, papers):
    for listener, conf, word in (
            ("SASL_PLAINTEXT", {}, "SASL_PLAINTEXT"),
            ("SASL_SSL", login("SSL", None, papers), "SASL"),
            ("SASL_PLAINTEXT", login("SASL_PLAINTEXT", "OAUTHBEARER") | {
                "sasl.oauthbearer.token.command": "echo x"}, "does not offer it"),
            ("SSL", {}, "security.protocol=SSL"),
            ("SSL", login("SASL_SSL", "PLAIN", papers), "security.protocol=PLAINTEXT or SSL"),
            ("MUTUAL", login("SSL", None, papers), "client certificate")):
        result = skafka.run("topics", "list", "-b", secure.address(listener), "--timeout", "2s",
                            *settings(conf))
        assert result.returncode == 3, (listener, text(result.stderr))
        assert word in text(result.stderr), (listener, text(result.stderr))


def frame(key, version, body=b"", correlation=7):
    header = struct.pack(">hhih", key, version, correlation, -1)
    return struct.pack(">i", len(header + body)) + header + body


@contextlib.contextmanager
def raw(secure):
    with socket.create_connection(("127.0.0.1", secure.ports["SASL_PLAINTEXT"]), 5) as stream:
        yield stream


def receive(stream):
    """A frame's body, or nothing when the broker has closed the connection."""
    data = b""
    while len(data) < 4 or len(data) < 4 + struct.unpack(">i", data[:4])[0]:
        try:
            piece = stream.recv(65536)
        except ConnectionResetError:
            return None
        if not piece:
            return None
        data += piece
    return data[4:]


def test_nothing_but_the_way_in_is_answered_before(secure):
    plain = b"\0\5PLAIN"
    with raw(secure) as stream:
        stream.sendall(frame(18, 0))
        assert receive(stream)[4:6] == b"\0\0"
        stream.sendall(frame(17, 1, plain))
        assert receive(stream)[4:6] == b"\0\0"
        token = b"\0alice\0" + PASSWORD.encode()
        stream.sendall(frame(36, 0, struct.pack(">i", len(token)) + token))
        assert receive(stream)[4:6] == b"\0\0"
        stream.sendall(frame(3, 1, struct.pack(">i", 0)))
        assert receive(stream)
    for early in (frame(3, 1, struct.pack(">i", 0)), frame(36, 0, struct.pack(">i", 0)),
                  struct.pack(">i", 524_289), b"GET / HTTP/1.1\r\n\r\n",
                  frame(18, 0) + frame(3, 1, struct.pack(">i", 0))):
        with raw(secure) as stream:
            stream.sendall(early)
            while receive(stream):
                pass
    # The tokens of a client before KIP-152, as they are.
    with raw(secure) as stream:
        stream.sendall(frame(17, 0, plain))
        assert receive(stream)[4:6] == b"\0\0"
        stream.sendall(struct.pack(">i", len(token)) + token)
        assert receive(stream) == b""
        stream.sendall(frame(3, 1, struct.pack(">i", 0)))
        assert receive(stream)


# --- Sessions -------------------------------------------------------------------------------------

def test_sessions_are_renewed_while_records_flow(skafka):
    values = {"connections.max.reauth.ms": 2000, "plain.sasl.jaas.config": PLAIN_USERS}
    with SecureBroker(skafka, ["SASL_PLAINTEXT"], values) as broker:
        address = broker.address("SASL_PLAINTEXT")
        conf = login("SASL_PLAINTEXT", "PLAIN", user="bob", password="b")
        rd = Producer(conf | {"bootstrap.servers": address, "linger.ms": 0})
        lines = numbered_lines(200).splitlines(keepends=True)
        producer = skafka.start("produce", "t", "-b", address, "-v", *settings(conf),
                                stdin=subprocess.PIPE)
        try:
            for line in lines:
                producer.stdin.write(line)
                producer.stdin.flush()
                rd.produce("t", b"rd")
                rd.poll(0)
                time.sleep(0.025)  # The pace of the input: some five seconds, two sessions.
            _, said = producer.communicate(timeout=30)
            assert producer.returncode == 0, text(said)
            assert rd.flush(10) == 0
        finally:
            end(producer)
        out = skafka("consume", "t", "-b", broker.bootstrap, "-e", "-q")
        assert sorted(out.splitlines()) == sorted(
            [line.rstrip(b"\n") for line in lines] + [b"rd"] * len(lines))
        assert "closing the connection" not in broker.log(), broker.log()
        # Who does not renew is cut off at the next request.
        with raw(broker) as stream:
            stream.sendall(frame(17, 1, b"\0\5PLAIN"))
            receive(stream)
            stream.sendall(frame(36, 1, struct.pack(">i", 6) + b"\0bob\0b"))
            assert struct.unpack(">q", receive(stream)[-8:])[0] == 2000
            time.sleep(2.1)  # The session's life.
            stream.sendall(frame(3, 1, struct.pack(">i", 0)))
            assert receive(stream) is None
        assert "session has ended" in broker.log()


def test_a_large_fetch_under_tls_comes_in_pieces(skafka, secure, papers):
    lines = numbered_lines(200_000)
    skafka("topics", "create", "big", "-b", secure.bootstrap)
    skafka("produce", "big", "-b", secure.bootstrap, "-q", input=lines, timeout=60)
    assert skafka("consume", "big", "-b", secure.address("SSL"), "-e", "-q", "-X",
                  "fetch.max.bytes=50000000", "-X", "max.partition.fetch.bytes=50000000",
                  *settings(login("SSL", None, papers)), timeout=60) == lines


def test_quotas_are_the_users(skafka, secure):
    skafka("quotas", "alter", "--user", "bob", "-c", "producer_byte_rate=50000", "-b",
           secure.bootstrap)
    address = secure.address("SASL_PLAINTEXT")

    def throttled(user, password):
        conf = login("SASL_PLAINTEXT", "PLAIN", user=user, password=password)
        events = []
        producer = Producer(conf | {"bootstrap.servers": address, "throttle_cb": events.append})
        for _ in range(40):
            producer.produce("t", b"x" * 20_000)
        assert producer.flush(20) == 0
        producer.poll(0)
        return events

    try:
        assert not throttled("alice", PASSWORD)
        assert throttled("bob", "b")
    finally:
        skafka("quotas", "alter", "--user", "bob", "--delete-config", "producer_byte_rate", "-b",
               secure.bootstrap)


# --- Users ----------------------------------------------------------------------------------------

def test_users_come_and_go(skafka, data):
    assert skafka("users", "list", *data, "--plain") == b""
    made = skafka("users", "create", "carol", *data, "-q", "--json", input=b"pw\n")
    assert json.loads(made) == [
        {"user": "carol", "mechanism": name, "done": True, "iterations": 4096}
        for name in ("SCRAM-SHA-256", "SCRAM-SHA-512")]
    (skafka.home / "password").write_text("dave's\n")
    skafka("users", "create", "dave", *data, "-q", "--mechanism", "scram-sha-512", "--iterations",
           "8192", "--password-file", "password")
    assert skafka("users", "list", *data, "--plain") == (
        b"carol\tSCRAM-SHA-256,SCRAM-SHA-512\ndave\tSCRAM-SHA-512\n")
    assert skafka.json("users", "list", *data)[1] == {
        "user": "dave", "mechanisms": ["SCRAM-SHA-512"]}
    assert skafka.json("users", "describe", "dave", *data) == [
        {"user": "dave", "mechanism": "SCRAM-SHA-512", "iterations": 8192}]
    twice = skafka.run("users", "create", "dave", *data, "-m", "SCRAM-SHA-512", input=b"x")
    assert twice.returncode == 1 and b"users alter dave" in twice.stderr
    skafka("users", "create", "dave", *data, "--if-not-exists", "--password-command", "echo more")
    would = skafka("users", "alter", "carol", *data, "--dry-run")
    assert would.count(b"would change") == 2
    skafka("users", "alter", "dave", *data, "--iterations", "5000", input=b"new")
    assert {row["iterations"] for row in skafka.json("users", "describe", "dave", *data)} == {5000}
    gone = skafka("users", "delete", "dave", *data, "--mechanism", "SCRAM-SHA-256", "--plain")
    assert gone == b"dave\tSCRAM-SHA-256\ttrue\t-\n"
    mixed = skafka.run("users", "delete", "carol", "nobody", *data, "--yes")
    assert mixed.returncode == 1 and b"user nobody has no SCRAM credential" in mixed.stderr
    assert mixed.stdout.count(b"deleted") == 2
    assert skafka("users", "list", *data, "--plain") == b"dave\tSCRAM-SHA-512\n"
    skafka("users", "delete", "nobody", *data, "--if-exists")


@pytest.mark.parametrize("flags, status, said", [
    (["create", "x", "--iterations", "100"], 2, "4096 to 16384"),
    (["create", "x", "-m", "PLAIN"], 2, "no SCRAM mechanism"),
    (["create", "x", "--password-file", "a", "--password-command", "b"], 2, "exclude"),
    (["create", "x", "--password", "secret"], 2, "unknown option"),
    (["create", "x", "--password-file", "nowhere"], 1, "No such file"),
    (["create", "x"], 1, "standard input gave nothing"),
    (["alter", "x"], 1, "users create x"),
    (["describe", "x"], 1, "user x has no SCRAM credential"),
    (["delete", "x", "--yes"], 1, "user x has no SCRAM credential"),
])
def test_what_cannot_be_is_said(skafka, data, flags, status, said):
    result = skafka.run("users", *flags, *data)
    assert result.returncode == status, text(result.stderr)
    assert said.lower() in text(result.stderr).lower(), text(result.stderr)
    assert b"secret" not in result.stderr


def test_a_password_is_asked_for_and_not_shown(skafka, data):
    with Terminal(skafka, "users", "create", "erin", *data) as terminal:
        terminal.read("New password for erin: ")
        terminal.type("topsecret\r")
        terminal.read("The same again: ")
        terminal.type("topsecret\r")
        terminal.read("created SCRAM-SHA-512")
        terminal.end()
        assert terminal.code == 0 and b"topsecret" not in terminal.everything
    with Terminal(skafka, "users", "alter", "erin", *data) as terminal:
        terminal.read("New password for erin: ")
        terminal.type("one\r")
        terminal.read("The same again: ")
        terminal.type("two\r")
        terminal.read("the passwords differ")
        terminal.end()
        assert terminal.code == 1
    with Terminal(skafka, "users", "alter", "erin", *data) as terminal:
        terminal.read("New password for erin: ")
        terminal.press("c")
        terminal.end()
        assert terminal.code == 130


def test_librdkafka_manages_users_and_a_restart_keeps_them(skafka):
    with SecureBroker(skafka, ["SASL_PLAINTEXT"]) as broker:
        log = broker.log()
        assert "nobody can authenticate on SASL_PLAINTEXT://" in log and "users create" in log
        admin = AdminClient({"bootstrap.servers": broker.bootstrap})
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096)
        for future in admin.alter_user_scram_credentials(
                [UserScramCredentialUpsertion("frank", info, b"pw")]).values():
            future.result(10)
        found = admin.describe_user_scram_credentials(["frank"])["frank"].result(10)
        assert [(c.mechanism, c.iterations) for c in found.scram_credential_infos] == [
            (ScramMechanism.SCRAM_SHA_256, 4096)]
        for bad, name in ((ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 10), "iterations"),):
            future = admin.alter_user_scram_credentials(
                [UserScramCredentialUpsertion("frank", bad, b"pw")])["frank"]
            with pytest.raises(KafkaException, match=name):
                future.result(10)
        gone = admin.alter_user_scram_credentials(
            [UserScramCredentialDeletion("gina", ScramMechanism.SCRAM_SHA_512)])["gina"]
        with pytest.raises(KafkaException, match="does not exist"):
            gone.result(10)
        broker.stop()
    stored = (skafka.data / "skafka.metadata")
    assert "scram frank SCRAM-SHA-256" in stored.read_text()
    assert stored.stat().st_mode & 0o077 == 0
    with SecureBroker(skafka, ["SASL_PLAINTEXT"]) as broker:
        conf = login("SASL_PLAINTEXT", "SCRAM-SHA-256", user="frank", password="pw")
        assert b"t" in skafka("topics", "list", "-b", broker.address("SASL_PLAINTEXT"), "--plain",
                              *settings(conf))


# --- Starting -------------------------------------------------------------------------------------

def test_a_start_says_what_is_missing(skafka, papers):
    def fails(status, said, *flags):
        result = skafka.run("broker", "--ephemeral", *flags)
        assert result.returncode == status and said in text(result.stderr), text(result.stderr)

    ssl_listener = ["--listen", "SSL://127.0.0.1:0"]
    fails(2, "set ssl.keystore.location", *ssl_listener)
    fails(1, "No such file", *ssl_listener, "-X", "ssl.keystore.location=/nowhere.pem")
    fails(1, "is encrypted; set ssl.key.password", *ssl_listener, "-X",
          "ssl.keystore.location=" + papers["both.pem"])
    fails(1, "wrong password", *ssl_listener, "-X", "ssl.keystore.location=" + papers["server.p12"],
          "-X", "ssl.keystore.password=hunter2")
    fails(2, "user_NAME=", "--listen", "SASL_PLAINTEXT://127.0.0.1:0", "-X",
          "sasl.enabled.mechanisms=PLAIN")
    fails(2, "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512", "--listen", "SASL_PLAINTEXT://127.0.0.1:0",
          "-X",
          "sasl.enabled.mechanisms=GSSAPI")
    fails(2, "listener.security.protocol.map=OUTSIDE", "--listen", "OUTSIDE://127.0.0.1:0")


def test_each_listener_says_where_it_is(skafka):
    output = skafka("broker", "--ephemeral", "--listen", "PLAINTEXT://127.0.0.1:0", "--listen",
                    "SASL_PLAINTEXT://127.0.0.1:0", "--", "sh", "-c",
                    'echo "$SKAFKA_BOOTSTRAP_SERVERS $SKAFKA_BOOTSTRAP_SERVERS_SASL_PLAINTEXT"')
    first, second = output.decode().split()
    assert first != second and first.startswith("127.0.0.1:") and "," not in first + second
