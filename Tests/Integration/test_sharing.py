"""Several processes on one data directory, and what happens when the one that hosts it dies."""

import signal
import stat

from harness import Broker, end, eventually, read_line, text


def produce(skafka, data, line, **options):
    skafka("produce", "t", *data, "-q", input=line + b"\n", **options)


def test_two_processes_share_a_directory(skafka, data):
    skafka("topics", "create", "t", *data)
    host = skafka.start("consume", "t", *data, "-o", "beginning", "-q")
    try:
        produce(skafka, data, b"one")
        assert read_line(host, 15) == b"one\n"
        # The consumer hosts the broker now, or the next one does: either way they meet.
        produce(skafka, data, b"two")
        assert read_line(host, 15) == b"two\n"
        assert skafka("consume", "t", *data, "-e", "-q") == b"one\ntwo\n"
    finally:
        end(host)


def test_the_next_one_takes_over_after_a_kill(skafka, data):
    skafka("topics", "create", "t", *data)
    host = skafka.start("consume", "t", *data, "-o", "beginning", "-q")
    produce(skafka, data, b"one")
    assert read_line(host, 15) == b"one\n"
    guest = skafka.start("consume", "t", *data, "-o", "beginning", "-q")
    try:
        assert read_line(guest, 15) == b"one\n"
        end(host, signal.SIGKILL)
        # The guest finds no host and becomes it; a third process meets it there.
        produce(skafka, data, b"two", timeout=60)
        assert read_line(guest, 20) == b"two\n"
        assert skafka("consume", "t", *data, "-e", "-q") == b"one\ntwo\n"
    finally:
        end(host)
        end(guest)
    assert skafka("consume", "t", *data, "-e", "-q") == b"one\ntwo\n"


def test_a_host_that_ends_in_order_hands_over(skafka, data):
    skafka("topics", "create", "t", *data)
    host = skafka.start("consume", "t", *data, "-o", "beginning", "-q")
    produce(skafka, data, b"one")
    assert read_line(host, 15) == b"one\n"
    guest = skafka.start("consume", "t", *data, "-o", "beginning", "-q")
    try:
        assert read_line(guest, 15) == b"one\n"
        assert end(host, signal.SIGINT) == 130
        produce(skafka, data, b"two", timeout=60)
        assert read_line(guest, 20) == b"two\n"
    finally:
        end(host)
        end(guest)


def test_many_at_once(skafka, data):
    """Whoever comes first hosts; nobody fails."""
    processes = [skafka.start("produce", "t", *data, "-q", "-k", str(n), "/dev/stdin",
                              stdin=open_lines(skafka, n)) for n in range(8)]
    for process in processes:
        _, error = process.communicate(timeout=60)
        assert process.returncode == 0, text(error)
    lines = skafka("consume", "t", *data, "-e", "-q").split(b"\n")[:-1]
    assert sorted(lines) == sorted(b"from %d" % n for n in range(8))


def open_lines(skafka, number):
    path = skafka.home / f"input-{number}"
    path.write_bytes(b"from %d" % number)
    return open(path, "rb")


def test_a_broker_on_the_directory_serves_commands_too(skafka, data):
    with Broker(skafka, data=skafka.data) as broker:
        produce(skafka, data, b"over the socket")
        skafka("produce", "t", "-b", broker.bootstrap, "-q", input=b"over TCP\n")
        expected = b"over the socket\nover TCP\n"
        assert skafka("consume", "t", *data, "-e", "-q") == expected
        assert skafka("consume", "t", "-b", broker.bootstrap, "-e", "-q") == expected
        second = skafka.run("broker", *data, "--listen", "127.0.0.1:0", "--timeout", "2s")
        assert second.returncode in (1, 3)
        assert str(skafka.data) in text(second.stderr)
        assert broker.stop() == 0
    assert skafka("consume", "t", *data, "-e", "-q") == expected


def test_the_socket_is_private(skafka, data):
    with Broker(skafka, data=skafka.data):
        sockets = [path for path in skafka.data.iterdir() if stat.S_ISSOCK(path.stat().st_mode)]
        assert len(sockets) == 1
        assert stat.S_IMODE(skafka.data.stat().st_mode) & 0o077 == 0 \
            or stat.S_IMODE(sockets[0].stat().st_mode) & 0o077 == 0


def test_the_default_directory_is_said_once(skafka):
    result = skafka.run("produce", "t", input=b"x\n")
    where = skafka.home / ".local/share/skafka"
    assert result.returncode == 0
    assert str(where) in text(result.stderr).replace("~", str(skafka.home))
    assert (where / "t-0").is_dir()
    assert skafka("consume", "t", "-e", "-q") == b"x\n"
    elsewhere = skafka.run("consume", "t", "-e", env={"SKAFKA_DATA_DIR": str(skafka.data)})
    assert elsewhere.returncode == 1


def test_a_long_path(skafka):
    """Longer than a Unix socket's address may be."""
    data = skafka.home / ("d" * 120) / ("e" * 60)
    skafka("produce", "t", "-d", data, "-q", input=b"x\n")
    assert skafka("consume", "t", "-d", data, "-e", "-q") == b"x\n"


def test_the_environment_chooses_the_broker(skafka, broker, topic):
    for name in ("SKAFKA_BOOTSTRAP_SERVERS", "KAFKA_BOOTSTRAP_SERVERS"):
        env = {name: broker.bootstrap}
        assert skafka.run("produce", topic, input=b"x\n", env=env).returncode == 0
    result = skafka.run("consume", topic, "-e", "-q", env=env)
    assert result.stdout == b"x\nx\n"
    eventually(lambda: not skafka.data.exists(), 1)
