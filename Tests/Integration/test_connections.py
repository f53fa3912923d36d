"""Connections: many, silent, slow, gone."""

import contextlib
import resource
import socket
import struct
import time

import pytest

from harness import Broker, eventually
from test_broker import address, frame, memory, receive

IDLE = 2000
MEMORY_KIB = 256 * 1024


def question(number):
    """ApiVersions of version 0."""
    return frame(struct.pack(">hhih", 18, 0, number, -1))


def ask(connection, number):
    connection.sendall(question(number))
    answer(connection, number)


def answer(connection, number):
    size, correlation, error = struct.unpack(">iih", receive(connection, 10))
    receive(connection, size - 6)
    assert (correlation, error) == (number, 0)


def is_closed(connection):
    """Whether the broker has ended it, within the socket's timeout."""
    try:
        while connection.recv(65536):
            pass
        return True
    except TimeoutError:
        return False
    except ConnectionError:
        return True


@contextlib.contextmanager
def open_files(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == resource.RLIM_INFINITY or hard >= count, f"{hard} files may be open"
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_thousands_of_idle_connections_take_little_memory(skafka):
    with open_files(IDLE + 500), Broker(skafka, data=skafka.data) as broker, \
            contextlib.ExitStack() as connections:
        idle = [connections.enter_context(socket.create_connection(address(broker), timeout=20))
                for _ in range(IDLE)]
        for number, connection in enumerate(idle):
            ask(connection, number)
        assert memory(broker) < MEMORY_KIB
        # Among them others work as ever, and they themselves are served.
        skafka("produce", "t", "-b", broker.bootstrap, input=b"a\n" * 1000)
        assert skafka("consume", "t", "-b", broker.bootstrap, "-e").count(b"a\n") == 1000
        for number, connection in enumerate(idle[::97]):
            ask(connection, number)
        assert memory(broker) < MEMORY_KIB
        assert broker.stop() == 0, broker.log()


def test_one_address_has_no_more_connections_than_it_may(skafka):
    with Broker(skafka, extra=("-X", "max.connections.per.ip=2")) as broker, \
            contextlib.ExitStack() as connections:
        def connect():
            return connections.enter_context(
                socket.create_connection(address(broker), timeout=5))

        for number, connection in enumerate([connect(), connect()]):
            ask(connection, number)
        assert is_closed(connect())
        assert "2 of them from 127.0.0.1" in broker.log()


def test_requests_that_are_only_begun_hold_nobody_up(skafka):
    """They announce four times what all requests together may take."""
    with Broker(skafka) as broker, contextlib.ExitStack() as connections:
        for _ in range(1000):
            connection = connections.enter_context(
                socket.create_connection(address(broker), timeout=5))
            connection.sendall(struct.pack(">i", 1 << 20) + b"x" * 1000)
        skafka("produce", "t", "-b", broker.bootstrap, input=b"a\n" * 1000, timeout=5)
        assert memory(broker) < MEMORY_KIB


def test_who_sends_no_more_is_answered(skafka):
    with Broker(skafka) as broker, \
            socket.create_connection(address(broker), timeout=5) as connection:
        connection.sendall(question(1) * 500)
        connection.shutdown(socket.SHUT_WR)
        for _ in range(500):
            answer(connection, 1)
        assert is_closed(connection)


def test_too_many_connections_are_refused_and_the_others_served(skafka):
    with Broker(skafka, extra=("-X", "max.connections=3")) as broker, \
            contextlib.ExitStack() as connections:
        def connect():
            return connections.enter_context(
                socket.create_connection(address(broker), timeout=5))

        taken = [connect() for _ in range(3)]
        for number, connection in enumerate(taken):
            ask(connection, number)
        assert is_closed(connect())
        ask(taken[0], 7)
        taken[1].close()

        def is_taken():
            with socket.create_connection(address(broker), timeout=5) as connection:
                try:
                    ask(connection, 8)
                    return True
                except (AssertionError, ConnectionError):
                    return False

        eventually(is_taken, 5)


def test_silent_connections_are_closed_and_busy_ones_are_not(skafka):
    """`connections.max.idle.ms`, also for those whose client is gone without a word."""
    with Broker(skafka, extra=("-X", "connections.max.idle.ms=1500")) as broker, \
            socket.create_connection(address(broker), timeout=10) as silent, \
            socket.create_connection(address(broker), timeout=10) as never, \
            socket.create_connection(address(broker), timeout=10) as busy:
        ask(silent, 1)
        began = time.monotonic()
        ended = began + 5
        number = 0
        while time.monotonic() < ended:
            number += 1
            ask(busy, number)
            time.sleep(0.25)
        silent.settimeout(0.1)
        never.settimeout(0.1)
        assert is_closed(silent) and is_closed(never)
        ask(busy, 0)


def test_a_long_poll_is_not_idle(skafka):
    with Broker(skafka, data=skafka.data, extra=("-X", "connections.max.idle.ms=700")) as broker, \
            socket.create_connection(address(broker), timeout=10) as connection:
        broker.create("t")
        fetch = struct.pack(">hhih", 1, 4, 5, -1) + struct.pack(">iiiibi", -1, 3000, 1, 1000, 0, 1)
        fetch += b"\0\1t" + struct.pack(">iiqi", 1, 0, 0, 1000)
        connection.sendall(frame(fetch))
        assert struct.unpack(">ii", receive(connection, 8))[1] == 5


@pytest.mark.parametrize("half", [False, True], ids=["closed", "half closed"])
def test_clients_that_vanish_leave_nothing(skafka, half):
    """In the middle of a request, with a long poll under way, with answers that nobody reads."""
    with Broker(skafka, data=skafka.data, extra=("--metrics", "127.0.0.1:0")) as broker:
        broker.create("t")
        fetch = struct.pack(">hhih", 1, 4, 5, -1) + struct.pack(">iiiibi", -1, 60_000, 1, 1, 0, 1)
        fetch += b"\0\1t" + struct.pack(">iiqi", 1, 0, 0, 1000)
        before = memory(broker)
        for _ in range(100):
            vanishing = []
            for sent in (struct.pack(">i", 1 << 20) + b"x" * 1000, frame(fetch),
                         question(1) * 500):
                connection = socket.create_connection(address(broker), timeout=10)
                connection.sendall(sent)
                vanishing.append(connection)
            for connection in vanishing:
                if half:
                    connection.shutdown(socket.SHUT_WR)
                connection.close()
        with socket.create_connection(address(broker), timeout=10) as connection:
            ask(connection, 1)
        eventually(lambda: descriptors(broker) < 40, 10, "all connections are closed")
        assert memory(broker) - before < 100_000


def descriptors(broker):
    """Sockets that the broker holds."""
    import os
    folder = f"/proc/{broker.process.pid}/fd"
    names = []
    for name in os.listdir(folder):
        with contextlib.suppress(OSError):
            names.append(os.readlink(f"{folder}/{name}"))
    return sum(name.startswith("socket:") for name in names)


def test_a_slow_client_is_served_to_the_end(skafka):
    """Who takes no answers for a while holds up nobody else, and gets them all later."""
    with Broker(skafka, data=skafka.data) as broker:
        broker.create("t")
        skafka("produce", "t", "-b", broker.bootstrap, input=b"x" * 999 + b"\n" * 1, timeout=30)
        with socket.create_connection(address(broker), timeout=30) as slow:
            count = 20_000
            slow.settimeout(0.2)
            sent = 0
            whole = question(3) * count
            with contextlib.suppress(TimeoutError):
                while sent < len(whole):
                    sent += slow.send(whole[sent:sent + 65536])
            slow.settimeout(30)
            began = time.monotonic()
            with socket.create_connection(address(broker), timeout=10) as other:
                for number in range(100):
                    ask(other, number)
            assert time.monotonic() - began < 5
            for _ in range(sent // len(question(3))):
                size, correlation = struct.unpack(">ii", receive(slow, 8))
                receive(slow, size - 4)
                assert correlation == 3
