"""`consume -g`: processes that share partitions and commit what they printed."""

import signal
import subprocess
import threading
import time

import confluent_kafka
import kafka
import pytest
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

from harness import BINARY, Broker, Skafka, end, eventually, free_port, text

# Short, so that a killed member is missed soon.
SETTINGS = [
    "-X", "group.initial.rebalance.delay.ms=0", "-X", "group.min.session.timeout.ms=1000",
    "-X", "group.consumer.min.session.timeout.ms=1000",
    "-X", "group.consumer.session.timeout.ms=2000",
    "-X", "group.consumer.min.heartbeat.interval.ms=200",
    "-X", "group.consumer.heartbeat.interval.ms=300"]
SHORT = ["-X", "session.timeout.ms=2000", "-X", "heartbeat.interval.ms=300"]
COOPERATIVE = ["-X", "partition.assignment.strategy=cooperative-sticky"]
KIP848 = ["-X", "group.protocol=consumer"]
MEMBERS = {
    "range": SHORT, "cooperative": SHORT + COOPERATIVE,
    "roundrobin": SHORT + ["-X", "partition.assignment.strategy=roundrobin"],
    "sticky": SHORT + [
        "-X", "partition.assignment.strategy=org.apache.kafka.clients.consumer.StickyAssignor"],
    "consumer": KIP848}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Broker(Skafka(tmp_path_factory.mktemp("consume-groups")), extra=SETTINGS) as broker:
        yield broker
        assert broker.stop() == 0, broker.log()


@pytest.fixture
def skafka(server):
    return server.skafka


def fill(skafka, bootstrap, topic, numbers):
    lines = b"".join(b"%d\n" % number for number in numbers)
    skafka("produce", topic, "-b", bootstrap, "-q", "--partitioner", "random", input=lines)


class Member:
    """A running `consume -g`, whose lines are gathered: partition and number."""

    def __init__(self, skafka, bootstrap, group, topic, *flags):
        self.process = skafka.start(
            "consume", topic, "-b", bootstrap, "-g", group, "-o", "beginning", "-f", "%p %v\\n",
            *flags)
        self.lines = []
        self.errors = b""
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        threading.Thread(target=self.read_errors, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            partition, number = line.split()
            self.lines.append((int(partition), int(number)))

    def read_errors(self):
        self.errors = self.process.stderr.read()

    def numbers(self):
        return [number for _, number in self.lines]

    def partitions(self, since=0):
        return {partition for partition, _ in self.lines[since:]}

    def stop(self, how=signal.SIGINT):
        self.process.send_signal(how)
        code = self.process.wait(15)
        self.thread.join(10)
        return code


def stop_all(*members):
    for member in members:
        if member.process.poll() is None:
            member.process.kill()
            member.process.wait(10)


def feed(skafka, bootstrap, topic, members, start, what, within=30):
    """Produces numbers until every condition on the members holds; the next number."""
    deadline = time.monotonic() + within
    while not what():
        assert time.monotonic() < deadline, [
            (sorted(member.partitions()), text(member.errors)) for member in members]
        fill(skafka, bootstrap, topic, range(start, start + 60))
        start += 60
        time.sleep(0.2)
    return start


@pytest.mark.parametrize("name", MEMBERS)
def test_orderly_ends_print_each_record_once(skafka, server, name):
    topic, group, flags = server.create(f"once-{name}", 4), f"once-{name}", MEMBERS[name]
    fill(skafka, server.bootstrap, topic, range(1000))

    def run(*more):
        return skafka("consume", topic, "-b", server.bootstrap, "-g", group, "-o", "beginning",
                      *flags, *more).split()

    seen = run("-c", "7") + run("-c", "100")
    assert len(seen) == 107
    member = Member(skafka, server.bootstrap, group, topic, *flags, "-c", "200")
    assert member.process.wait(15) == 0
    member.thread.join(10)
    seen += [b"%d" % number for number in member.numbers()]
    # Ends with a signal, whatever it has printed by then.
    for number, how in enumerate((signal.SIGINT, signal.SIGTERM)):
        fill(skafka, server.bootstrap, topic, range(1000 + 500 * number, 1500 + 500 * number))
        member = Member(skafka, server.bootstrap, group, topic, *flags, "--idle-timeout", "20s")
        eventually(lambda: member.lines, 15, text(member.errors))
        assert member.stop(how) == 128 + how, text(member.errors)
        seen += [b"%d" % number for number in member.numbers()]
    seen += run("-e") + run("-e") + run("--idle-timeout", "300ms")
    assert sorted(map(int, seen)) == list(range(2000))
    fill(skafka, server.bootstrap, topic, range(2000, 2100))
    assert sorted(map(int, run("-e"))) == list(range(2000, 2100))


@pytest.mark.parametrize("name", MEMBERS)
def test_three_processes_share_and_survive_a_kill(skafka, server, name):
    topic, group, flags = server.create(f"share-{name}", 6), f"share-{name}", MEMBERS[name]
    bootstrap = server.bootstrap
    members = [Member(skafka, bootstrap, group, topic, *flags) for _ in range(3)]
    try:
        def is_shared():
            current = [member.partitions(marks[index]) for index, member in enumerate(members)]
            return all(len(part) == 2 for part in current) and not (
                current[0] & current[1] or current[1] & current[2] or current[0] & current[2])

        # Rebalances may still go on at first: what counts is what each prints from some point on.
        count, marks = 0, [0, 0, 0]
        deadline = time.monotonic() + 30
        while not is_shared():
            assert time.monotonic() < deadline, [member.partitions() for member in members]
            marks = [len(member.lines) for member in members]
            fill(skafka, bootstrap, topic, range(count, count + 120))
            count += 120
            eventually(lambda: sum(map(lambda member: len(member.lines), members)) >= count, 20)
        members[0].process.kill()
        members[0].process.wait(10)
        marks = [len(member.lines) for member in members]
        count = feed(
            skafka, bootstrap, topic, members, count,
            lambda: len(members[1].partitions(marks[1]) | members[2].partitions(marks[2])) == 6)
        wanted = set(range(count))
        eventually(
            lambda: wanted <= {n for member in members for n in member.numbers()}, 20,
            "everything being printed")
        assert [member.stop() for member in members[1:]] == [130, 130]
        left = skafka("consume", topic, "-b", bootstrap, "-g", group, "-e", *flags)
        assert not left
    finally:
        stop_all(*members)


@pytest.mark.parametrize("name", ["range", "cooperative", "consumer"])
def test_members_that_come_and_go_print_each_record_once(skafka, server, name):
    topic, group, flags = server.create(f"moving-{name}", 5), f"moving-{name}", MEMBERS[name]
    bootstrap = server.bootstrap
    stop = threading.Event()
    count = [0]

    def produce():
        while not stop.is_set():
            fill(skafka, bootstrap, topic, range(count[0], count[0] + 50))
            count[0] += 50
            time.sleep(0.05)

    producer = threading.Thread(target=produce)
    producer.start()
    first = Member(skafka, bootstrap, group, topic, *flags)
    second = third = None
    try:
        eventually(lambda: first.lines, 15)
        second = Member(skafka, bootstrap, group, topic, *flags)
        eventually(lambda: second.lines, 15, text(second.errors))
        third = Member(skafka, bootstrap, group, topic, *flags)
        eventually(lambda: third.lines, 15, text(third.errors))
        assert first.stop(signal.SIGTERM) == 143
        mark = len(third.lines)
        eventually(lambda: len(third.lines) > mark + 20, 15)
        assert second.stop() == 130
        stop.set()
        producer.join(30)
        wanted = sorted(range(count[0]))
        eventually(lambda: len(first.lines + second.lines + third.lines) >= len(wanted), 20)
        assert third.stop() == 130
        assert sorted(first.numbers() + second.numbers() + third.numbers()) == wanted
        assert not first.errors + second.errors + third.errors
    finally:
        stop.set()
        producer.join(30)
        stop_all(*filter(None, (first, second, third)))


class Confluent:
    """librdkafka's member, polled in a thread of its own."""

    def __init__(self, bootstrap, group, topic, **settings):
        self.seen = []
        self.isRunning = True
        self.consumer = confluent_kafka.Consumer({
            "bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest"}
            | settings)
        self.consumer.subscribe([topic])
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while self.isRunning:
            message = self.consumer.poll(0.1)
            if message and not message.error():
                self.seen.append((message.partition(), int(message.value())))
        self.consumer.close()

    def partitions(self, since=0):
        return {partition for partition, _ in self.seen[since:]}

    def close(self):
        self.isRunning = False
        self.thread.join(15)


@pytest.mark.parametrize("name, settings", [
    ("range", {"partition.assignment.strategy": "range", "session.timeout.ms": 2000,
               "heartbeat.interval.ms": 300}),
    ("cooperative", {"partition.assignment.strategy": "cooperative-sticky",
                     "session.timeout.ms": 2000, "heartbeat.interval.ms": 300}),
    ("consumer", {"group.protocol": "consumer"})])
@pytest.mark.parametrize("leads", ["skafka", "librdkafka"])
def test_shares_with_librdkafka(skafka, server, name, settings, leads):
    topic = server.create(f"mixed-{name}-{leads}", 4)
    group, bootstrap = topic, server.bootstrap
    make = {
        "skafka": lambda: Member(skafka, bootstrap, group, topic, *MEMBERS[name]),
        "librdkafka": lambda: Confluent(bootstrap, group, topic, **settings)}
    other = "librdkafka" if leads == "skafka" else "skafka"
    pair = {leads: make[leads]()}
    try:
        fill(skafka, bootstrap, topic, range(100))
        lines = {"skafka": lambda: pair["skafka"].lines, "librdkafka": lambda: pair["librdkafka"].seen}
        eventually(lambda: len(lines[leads]()) >= 100, 20, "the first having all")
        pair[other] = make[other]()

        def is_shared():
            nonlocal marks
            parts = {who: member.partitions(marks[who]) for who, member in pair.items()}
            if all(len(part) == 2 for part in parts.values()) and not set.intersection(
                    *parts.values()):
                return True
            marks = {who: len(lines[who]()) for who in pair}
            return False

        marks = {leads: 100, other: 0}
        count = 100
        deadline = time.monotonic() + 30
        while not is_shared():
            assert time.monotonic() < deadline, {who: m.partitions() for who, m in pair.items()}
            fill(skafka, bootstrap, topic, range(count, count + 80))
            count += 80
            eventually(lambda: sum(len(lines[who]()) for who in pair) >= count, 20)
        assert pair["skafka"].stop() == 130
        marks = {who: len(lines[who]()) for who in pair}
        fill(skafka, bootstrap, topic, range(count, count + 80))
        count += 80
        eventually(lambda: pair["librdkafka"].partitions(marks["librdkafka"]) == {0, 1, 2, 3}, 20)
        eventually(lambda: len(lines["skafka"]() + lines["librdkafka"]()) >= count, 20)
        numbers = [n for who in pair for _, n in lines[who]()]
        assert sorted(numbers) == list(range(count))
    finally:
        if "librdkafka" in pair:
            pair["librdkafka"].close()
        if "skafka" in pair:
            stop_all(pair["skafka"])


@pytest.mark.parametrize("leads", ["skafka", "kafka-python"])
def test_shares_with_a_sticky_member_of_another_client(skafka, server, leads):
    topic = server.create(f"sticky-{leads}", 4)
    fill(skafka, server.bootstrap, topic, range(200))
    theirs = kafka.KafkaConsumer(
        topic, bootstrap_servers=server.bootstrap, group_id=topic, auto_offset_reset="earliest",
        partition_assignment_strategy=[StickyPartitionAssignor], heartbeat_interval_ms=300,
        session_timeout_ms=3000)
    member = None
    try:
        def join():
            return Member(skafka, server.bootstrap, topic, topic, *MEMBERS["sticky"])

        if leads == "skafka":
            member = join()
            eventually(lambda: len(member.lines) == 200, 20, "skafka having all")
        else:
            eventually(lambda: theirs.poll(100) and len(theirs.assignment()) == 4, 20)
            member = join()

        def is_shared():
            theirs.poll(100)
            return len(theirs.assignment()) == 2

        eventually(is_shared, 20, "an even share")
        since, own = len(member.lines), {part.partition for part in theirs.assignment()}

        def is_read():
            theirs.poll(100)
            return len(member.partitions(since)) == 2

        fill(skafka, server.bootstrap, topic, range(200, 400))
        eventually(is_read, 20, "the other share")
        assert member.partitions(since) == {0, 1, 2, 3} - own
    finally:
        if member:
            stop_all(member)
        theirs.close()


def test_begins_some_time_ago(skafka, server):
    now = int(time.time() * 1000)
    for name, ages in (("ago-some", (7200, 600)), ("ago-none", (7200,))):
        topic = server.create(name, 1)
        for age in ages:
            skafka("produce", topic, "-b", server.bootstrap, "-q", "--timestamp", now - age * 1000,
                   input=b"%d" % age)
        output = skafka("consume", topic, "-b", server.bootstrap, "-g", name, "-e",
                        "-X", "auto.offset.reset=by_duration:PT1H")
        assert output.split() == [b"%d" % age for age in ages if age < 3600]


@pytest.mark.parametrize("name", ["range", "consumer"])
@pytest.mark.parametrize("how", ["kill", "stop"])
def test_the_broker_starts_again(tmp_path, name, how):
    skafka, port = Skafka(tmp_path), free_port()
    data = tmp_path / "data"
    broker = Broker(skafka, data, port, SETTINGS)
    member = None
    try:
        broker.create("t", 3)
        fill(skafka, broker.bootstrap, "t", range(100))
        member = Member(skafka, broker.bootstrap, "g", "t", *MEMBERS[name])
        eventually(lambda: len(member.lines) >= 100, 15)
        getattr(broker, how)()
        broker = Broker(skafka, data, port, SETTINGS)
        fill(skafka, broker.bootstrap, "t", range(100, 200))
        eventually(lambda: set(member.numbers()) == set(range(200)), 20, text(member.errors))
        assert member.stop() == 130, text(member.errors)
        assert skafka("consume", "t", "-b", broker.bootstrap, "-g", "g", "-e", "-o", "beginning",
                      *MEMBERS[name]) == b""
    finally:
        if member:
            stop_all(member)
        broker.kill()


def test_a_pattern_takes_up_topics_that_come_later(skafka, server):
    server.create("pat-a", 1)
    fill(skafka, server.bootstrap, "pat-a", range(10))
    for flags in ([], KIP848):
        member = Member(
            skafka, server.bootstrap, f"pat{len(flags)}", "pat-.*", "-r", *flags, "-X",
            "metadata.max.age.ms=300")
        try:
            eventually(lambda: set(member.numbers()) >= set(range(10)), 15)
            late = server.create(f"pat-late{len(flags)}", 1)
            fill(skafka, server.bootstrap, late, range(100, 110))
            eventually(lambda: set(member.numbers()) >= set(range(100, 110)), 15)
            assert member.stop() == 130
        finally:
            stop_all(member)


def test_new_partitions_are_taken_up(skafka, server):
    topic = server.create("grows", 1)
    member = Member(skafka, server.bootstrap, "grows", topic, "-X", "metadata.max.age.ms=300")
    try:
        fill(skafka, server.bootstrap, topic, range(10))
        eventually(lambda: len(member.lines) == 10, 15)
        skafka("topics", "alter", topic, "-b", server.bootstrap, "--partitions", "3")
        feed(skafka, server.bootstrap, topic, [member], 10,
             lambda: member.partitions() == {0, 1, 2})
        assert member.stop() == 130
    finally:
        stop_all(member)


def test_a_reader_that_goes_away_ends_it_silently(skafka, server):
    topic = server.create("headed", 2)
    fill(skafka, server.bootstrap, topic, range(50_000))
    command = (f"{BINARY} consume {topic} -b {server.bootstrap} -g headed -o beginning | head -5;"
               " echo ${PIPESTATUS[0]}")
    result = subprocess.run(["bash", "-c", command], capture_output=True, timeout=30,
                            env=skafka.environment(), cwd=skafka.home)
    assert result.stdout.splitlines()[5:] == [b"0"] and not result.stderr
    # Nothing that may not have been read counts as read; the group is left.
    rest = skafka("consume", topic, "-b", server.bootstrap, "-g", "headed", "-o", "beginning", "-e")
    assert len(set(rest.split()) | set(result.stdout.split()[:5])) >= 50_000


def test_where_nothing_is_committed(skafka, server):
    topic = server.create("begins", 1)
    fill(skafka, server.bootstrap, topic, range(20))
    base = ["consume", topic, "-b", server.bootstrap]

    def run(group, *flags):
        return [int(line) for line in skafka(*base, "-g", group, *flags).split()]

    assert run("b1", "-o", "5", "-e") == list(range(5, 20))
    assert run("b2", "-o", "-3", "-e") == [17, 18, 19]
    assert run("b3", "-o", "3:6") == [3, 4, 5]
    # What is committed goes before.
    assert run("b3", "-o", "beginning", "-c", "2") == [6, 7]
    assert run("b3", "-o", "stored", "-c", "1") == [8]
    assert run("b4", "-o", "end", "-e") == []
    assert run("b5", "-e", "-X", "auto.offset.reset=latest") == []
    assert run("b6", "-o", "beginning", "-c", "2", "-X", "enable.auto.commit=false") == [0, 1]
    assert run("b6", "-o", "beginning", "-c", "2") == [0, 1]
    refused = skafka.run(*base, "-g", "b7", "-o", "stored", "-X", "auto.offset.reset=none")
    assert refused.returncode == 1 and b"b7" in refused.stderr and b"begins-0" in refused.stderr
    # Without -g nothing is joined, and group.id says whose offsets are meant.
    stored = skafka(*base, "-X", "group.id=b3", "-o", "stored:12")
    assert stored.split() == [b"9", b"10", b"11"]
    assert run("b3", "-c", "1") == [9]


def test_filters_count_and_commit(skafka, server):
    topic = server.create("filtered", 1)
    fill(skafka, server.bootstrap, topic, range(100))
    base = ["consume", topic, "-b", server.bootstrap, "-g", "f", "-o", "beginning"]
    assert skafka(*base, "--filter", "value~5$", "-c", "3").split() == [b"5", b"15", b"25"]
    assert skafka(*base, "-c", "1").split() == [b"26"]
    assert skafka(*base, "--filter", "value=99", "-e").split() == [b"99"]
    assert skafka(*base, "-e") == b""


def test_a_count_that_is_not_reached(skafka, server):
    topic = server.create("short", 1)
    fill(skafka, server.bootstrap, topic, range(3))
    result = skafka.run("consume", topic, "-b", server.bootstrap, "-g", "s", "-o", "beginning",
                        "-c", "5", "--idle-timeout", "300ms")
    assert result.returncode == 1 and b"2 records of 5 did not come" in result.stderr
    assert len(result.stdout.split()) == 3


@pytest.mark.parametrize("flags, message", [
    (["-g", "g", "-p", "0"], b"-p and -g"),
    (["-o", "stored"], b"-g GROUP"),
    (["-g", ""], b"a group needs a name"),
    (["-g", "g", "-X", "session.timeout.ms=100"], b"heartbeat.interval.ms"),
    (["-g", "g", "-X", "partition.assignment.strategy=stickiest"], b"cooperative-sticky"),
    (["--filter", "size=3"], b"no filter"), (["--filter", "value~("], b"no regular expression")])
def test_usage(skafka, server, flags, message):
    result = skafka.run("consume", "short", "-b", server.bootstrap, *flags)
    assert result.returncode == 2 and message in result.stderr, text(result.stderr)


def test_an_unknown_topic(skafka, server):
    result = skafka.run("consume", "nowhere", "-b", server.bootstrap, "-g", "g", "-e")
    assert result.returncode == 1 and b"nowhere" in result.stderr
    listed = skafka("topics", "list", "-b", server.bootstrap, "--plain")
    assert b"nowhere" not in listed


def test_a_static_member_keeps_its_place(skafka, server):
    topic = server.create("static", 2)
    fill(skafka, server.bootstrap, topic, range(20))
    flags = [*SHORT, "-X", "group.instance.id=one"]
    base = ["consume", topic, "-b", server.bootstrap, "-g", "static", "-o", "beginning", *flags]
    assert len(skafka(*base, "-c", "5").split()) == 5
    assert len(skafka(*base, "-e").split()) == 15
    # Another one with the same id takes its place.
    member = Member(skafka, server.bootstrap, "static", topic, *flags, "--idle-timeout", "20s")
    try:
        fill(skafka, server.bootstrap, topic, range(20, 30))
        eventually(lambda: len(member.lines) == 10, 15)
        skafka(*base, "--idle-timeout", "1s")
        assert member.process.wait(15) == 1
        eventually(lambda: b"group.instance.id one" in member.errors, 10)
    finally:
        stop_all(member)
