import itertools
import os

import pytest

from harness import BINARY, Broker, Skafka

counter = itertools.count(1)


def pytest_sessionstart(session):
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"no binary at {BINARY}: make build, or set SKAFKA", returncode=3)


@pytest.fixture
def skafka(tmp_path):
    """The command line with a home and a data directory of the test's own."""
    return Skafka(tmp_path)


@pytest.fixture
def data(skafka):
    """Flags that choose the embedded broker on a directory of the test's own."""
    return ["-d", str(skafka.data)]


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    """One ephemeral broker for all tests that do no harm to it. It keeps records of any age: some
    have timestamps of years ago, which retention would take away in the middle of a test."""
    with Broker(Skafka(tmp_path_factory.mktemp("broker")),
                extra=["-X", "log.retention.ms=-1"]) as broker:
        yield broker
        assert broker.stop() == 0, broker.log()


@pytest.fixture
def topic(broker):
    """A new topic of one partition on the shared broker."""
    return broker.create(f"topic-{next(counter)}")
