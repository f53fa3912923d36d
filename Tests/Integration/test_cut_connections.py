"""Connections that break in the middle of an answer: nothing is lost, nothing is there twice."""

import random
import socket
import threading

import pytest

from harness import Broker, free_port, text

COUNT = 20_000


class CuttingProxy:
    """Stands before a broker; each connection ends after some bytes of answers, in the middle of
    one, until `cuts` have been made."""

    def __init__(self, port, target, cuts, seed):
        self.target, self.cuts, self.random = target, cuts, random.Random(seed)
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            broker = socket.create_connection(self.target)
            with self.lock:
                limit = self.random.randint(500, 4000)
            for source, sink, most in [(client, broker, None), (broker, client, limit)]:
                threading.Thread(
                    target=self.carry, args=(source, sink, most), daemon=True).start()

    def carry(self, source, sink, limit):
        """With a limit: of bytes to the client."""
        try:
            while data := source.recv(1 << 16):
                if limit is not None and len(data) > limit and self.may_cut():
                    sink.sendall(data[:limit])
                    break
                sink.sendall(data)
                limit = None if limit is None else max(1, limit - len(data))
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def may_cut(self):
        with self.lock:
            self.cuts -= 1
            return self.cuts >= 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


@pytest.fixture
def cut(skafka):
    """Addresses of a broker: its own, and the one that it advertises, where connections break."""
    port, own = free_port(), free_port()
    with Broker(skafka, port=own, extra=["--advertise", f"127.0.0.1:{port}"]) as broker:
        with CuttingProxy(port, ("127.0.0.1", own), 30, seed=7) as proxy:
            broker.proxy = proxy
            yield broker, f"127.0.0.1:{port}"


LINES = b"".join(b"%d\n" % number for number in range(COUNT))
QUICK = ["-X", "retry.backoff.ms=10", "-X", "retry.backoff.max.ms=50", "--timeout", "20s"]


def test_answers_that_break_off(skafka, cut):
    broker, address = cut
    result = skafka.run("produce", "t", "-b", address, *QUICK, "--batch-size", "500", "-z", "lz4",
                        input=LINES, timeout=60)
    assert result.returncode == 0, text(result.stderr)
    assert broker.proxy.cuts < 25, "connections were cut"
    broker.proxy.cuts = 20
    assert skafka("consume", "t", "-b", address, "-e", "-q", *QUICK, timeout=60) == LINES
    assert broker.proxy.cuts < 15
    broker.proxy.cuts = 20
    assert skafka("consume", "t", "-b", address, "-g", "g", "-o", "beginning", "-e", "-q",
                  *QUICK, timeout=60) == LINES
    assert broker.proxy.cuts < 15
    broker.proxy.cuts = 0
    assert skafka("consume", "t", "-b", address, "-g", "g", "-e", "-q") == b"", "all is committed"
