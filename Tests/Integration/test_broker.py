"""The broker as a server, and what strangers send it."""

import os
import pathlib
import random
import socket
import struct
import time

import pytest

from harness import Broker, end, eventually, read_line, text


def test_around_a_command(skafka):
    result = skafka.run("broker", "--ephemeral", "--listen", "127.0.0.1:0", "--", "sh", "-c",
                        "echo $SKAFKA_BOOTSTRAP_SERVERS $KAFKA_BOOTSTRAP_SERVERS; exit 7")
    first, second = result.stdout.split()
    assert first == second and first.startswith(b"127.0.0.1:")
    assert result.returncode == 7


def test_an_ephemeral_broker_leaves_nothing(skafka, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    result = skafka.run("broker", "--ephemeral", "--listen", "127.0.0.1:0", "--topic", "t:3", "--",
                        "true", env={"TMPDIR": str(scratch)})
    assert result.returncode == 0
    assert list(scratch.iterdir()) == []


def test_topics_from_the_command_line(skafka):
    with Broker(skafka, extra=["--topic", "a", "--topic", "b:3"]) as broker:
        rows = skafka("topics", "list", "-b", broker.bootstrap, "--plain").decode()
        assert [row.split("\t")[0] for row in rows.splitlines()] == ["a", "b"]
        offsets = skafka("offsets", "get", "b", "-b", broker.bootstrap, "--plain").decode()
        assert offsets == "b\t0\t0\nb\t1\t0\nb\t2\t0\n"


def test_sigterm_ends_it_with_clients_waiting(skafka):
    with Broker(skafka, data=skafka.data) as broker:
        broker.create("t")
        consumer = skafka.start("consume", "t", "-b", broker.bootstrap, "-q", "-o", "beginning")
        skafka("produce", "t", "-b", broker.bootstrap, "-q", input=b"x\n")
        assert read_line(consumer, 15) == b"x\n"
        idle = socket.create_connection(address(broker))
        started = time.monotonic()
        assert broker.stop() == 0
        assert time.monotonic() - started < 5
        idle.close()
        end(consumer)
    assert (skafka.data / ".kafka_cleanshutdown").exists()


def test_the_first_line_is_the_address(skafka):
    with Broker(skafka) as broker:
        host, port = address(broker)
        assert host == "127.0.0.1" and 0 < port < 65536
        process = broker.process
        assert broker.stop() == 0
        assert process.stdout.read() == b""


def test_a_port_in_use(skafka, broker):
    result = skafka.run("broker", "--ephemeral", "--listen", broker.bootstrap)
    assert result.returncode in (1, 3)
    assert broker.bootstrap.rpartition(":")[2] in text(result.stderr)


def test_settings(skafka):
    with Broker(skafka, extra=["-X", "num.partitions=4", "-X", "message.max.bytes=1000"]) as broker:
        skafka("produce", "t", "-b", broker.bootstrap, input=b"small\n")
        offsets = skafka("offsets", "get", "t", "-b", broker.bootstrap, "--plain")
        assert offsets.count(b"\n") == 4
        large = skafka.run("produce", "t", "-b", broker.bootstrap, "-q",
                           input=os.urandom(4000).hex().encode())
        assert large.returncode == 1
    wrong = skafka.run("broker", "--ephemeral", "--listen", "127.0.0.1:0",
                       "-X", "log.retention.mss=5")
    assert wrong.returncode == 2 and "log.retention.ms" in text(wrong.stderr)


def test_topics_are_not_created_when_that_is_off(skafka):
    with Broker(skafka, extra=["--auto-create-topics", "false"]) as broker:
        result = skafka.run("produce", "t", "-b", broker.bootstrap, "--timeout", "3s", input=b"x\n")
        assert result.returncode == 1 and "t" in text(result.stderr)
        assert skafka("topics", "list", "-b", broker.bootstrap, "--plain") == b""


# Strangers


def address(broker):
    host, port = broker.bootstrap.rsplit(":", 1)
    return host, int(port)


def frame(body):
    return struct.pack(">i", len(body)) + body


GARBAGE = {
    "text": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "length too large": struct.pack(">i", 2**31 - 1) + b"x" * 1000,
    "negative length": struct.pack(">i", -1) + b"x" * 100,
    "empty frame": struct.pack(">i", 0),
    "short header": frame(b"\0\3\0\1\0\0\0\1"),
    "unknown key": frame(struct.pack(">hhih", 4711, 0, 1, -1)),
    "unknown version": frame(struct.pack(">hhih", 3, 99, 1, -1)),
    "body cut": frame(struct.pack(">hhih", 3, 1, 1, -1) + b"\0\0\0\5\0\1"),
    "array larger than the frame": frame(struct.pack(">hhih", 3, 1, 1, -1) + b"\x7f\xff\xff\xff"),
    "client id too long": frame(struct.pack(">hhih", 3, 1, 1, 30000) + b"x"),
    "produce without a batch": frame(
        struct.pack(">hhih", 0, 3, 1, -1) + struct.pack(">hhii", -1, 1, 1000, 1)),
    "random": frame(random.Random(1).randbytes(5000)),
}


@pytest.mark.parametrize("bytes_sent", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_closes_its_connection_and_no_other(skafka, broker, bytes_sent):
    with socket.create_connection(address(broker), timeout=10) as good, \
            socket.create_connection(address(broker), timeout=10) as bad:
        bad.sendall(bytes_sent)
        try:
            while bad.recv(65536):
                pass
        except ConnectionResetError:
            pass
        # The other connection and new ones are answered as before.
        good.sendall(frame(struct.pack(">hhih", 18, 0, 77, -1)))
        size, correlation, error = struct.unpack(">iih", receive(good, 10))
        assert (correlation, error) == (77, 0) and size >= 50
    skafka("topics", "list", "-b", broker.bootstrap)


def receive(connection, count):
    received = b""
    while len(received) < count:
        more = connection.recv(count - len(received))
        assert more, "the connection was closed"
        received += more
    return received


def test_garbage_leaves_one_log_line(skafka):
    with Broker(skafka) as broker:
        before = broker.log().count("\n")
        with socket.create_connection(address(broker), timeout=10) as bad:
            bad.sendall(GARBAGE["text"])
            assert bad.recv(100) == b""
        eventually(lambda: broker.log().count("\n") > before, 5, "a log line")
        assert broker.log().count("\n") == before + 1


def test_an_unknown_version_of_api_versions_is_answered(broker):
    with socket.create_connection(address(broker), timeout=10) as connection:
        connection.sendall(frame(struct.pack(">hhih", 18, 99, 5, -1) + b"\0\2a\2b\0"))
        (size,) = struct.unpack(">i", receive(connection, 4))
        correlation, error, count, key, low, high = struct.unpack(
            ">ihihhh", receive(connection, size)[:16])
        assert (correlation, error, count, key, low) == (5, 35, 1, 18, 0)
        assert high >= 3


def test_answers_come_in_the_order_of_the_requests(broker, topic):
    """Even when an early one waits."""
    with socket.create_connection(address(broker), timeout=10) as connection:
        name = topic.encode()
        fetch = struct.pack(">hhih", 1, 4, 1, -1) + struct.pack(">iiiibi", -1, 700, 1, 10**6, 0, 1)
        fetch += struct.pack(">h", len(name)) + name + struct.pack(">iiqi", 1, 0, 0, 10**6)
        requests = [fetch] + [struct.pack(">hhih", 18, 0, n, -1) for n in range(2, 12)]
        connection.sendall(b"".join(map(frame, requests)))
        seen = []
        for _ in requests:
            size, correlation = struct.unpack(">ii", receive(connection, 8))
            receive(connection, size - 4)
            seen.append(correlation)
        assert seen == list(range(1, 12))


def test_a_frame_that_comes_byte_by_byte(broker):
    with socket.create_connection(address(broker), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in frame(struct.pack(">hhih", 18, 0, 9, -1)):
            connection.sendall(bytes([byte]))
            time.sleep(0.002)
        assert struct.unpack(">iih", receive(connection, 10))[1:] == (9, 0)


def test_many_connections(skafka, broker):
    connections = [socket.create_connection(address(broker), timeout=20) for _ in range(300)]
    try:
        for number, connection in enumerate(connections):
            connection.sendall(frame(struct.pack(">hhih", 18, 0, number, -1)))
        for number, connection in enumerate(connections):
            assert struct.unpack(">iih", receive(connection, 10))[1:] == (number, 0)
    finally:
        for connection in connections:
            connection.close()
    skafka("topics", "list", "-b", broker.bootstrap)


def test_a_client_that_reads_nothing_does_not_fill_the_memory(skafka, broker, topic):
    skafka("produce", topic, "-b", broker.bootstrap, input=b"".join(
        b"%09d" % n * 100 + b"\n" for n in range(20_000)), timeout=60)
    before = memory(broker)
    name = topic.encode()
    request = struct.pack(">hhih", 1, 4, 1, -1) + struct.pack(">iiiibi", -1, 0, 1, 10**7, 0, 1)
    request += struct.pack(">h", len(name)) + name + struct.pack(">iiqi", 1, 0, 0, 10**7)
    with socket.create_connection(address(broker), timeout=2) as connection:
        try:
            connection.sendall(frame(request) * 400)
        except TimeoutError:
            pass
        time.sleep(1)
        grown = memory(broker) - before
    assert grown < 300_000, f"{grown} KiB more"
    skafka("topics", "list", "-b", broker.bootstrap)


def memory(broker):
    """Resident memory in KiB."""
    status = pathlib.Path(f"/proc/{broker.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])
