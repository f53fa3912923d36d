"""Every line of skafka's column in the README's table, with the real binary."""

import json
import re
import subprocess
import time

import confluent_kafka
import pytest
from kafka.partitioner.default import murmur2

from harness import ROOT, Broker, Skafka, end, eventually, text
from screen import Screen

HELD = {}


def line(title):
    """Says which line of the table a test holds."""
    def register(test):
        HELD[title] = test
        return test
    return register


def held_by(title, *tests):
    """A line that tests elsewhere hold, as FILE::TEST."""
    HELD[title] = tests


def table():
    """The table's lines: what is compared, and skafka's cell."""
    section = (ROOT / "README.md").read_text().partition("## Beside other tools")[2]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|.*\|$", section, re.M)
    return {title.strip(): cell.strip() for title, cell in rows if title.strip()}


def test_every_line_is_held():
    assert set(table()) == set(HELD)
    for tests in HELD.values():
        for test in tests if isinstance(tests, tuple) else ():
            file, _, name = test.partition("::")
            source = (ROOT / "Tests/Integration" / file).read_text()
            assert re.search(rf"def {name}\(", source), test


def test_all_lines_have_a_cell_for_each_tool():
    section = (ROOT / "README.md").read_text().partition("## Beside other tools")[2]
    lines = [row for row in section.splitlines() if row.startswith("|")]
    assert len({row.count("|") for row in lines}) == 1


def test_what_is_not_there_is_not_claimed():
    assert {title for title, cell in table().items() if cell == "–"} == {
        "Avro, Protobuf, schema registry"}
    assert all(set(cell) <= set("Y /–") for cell in table().values())


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    skafka = Skafka(tmp_path_factory.mktemp("table"))
    with Broker(skafka, extra=["-X", "group.initial.rebalance.delay.ms=0", "-X",
                               "log.retention.ms=-1"]) as broker:
        yield broker
        assert broker.stop() == 0


@pytest.fixture
def run(skafka, server):
    """Commands on the shared broker; each test has topics of its own."""
    def run(*args, **options):
        return skafka(*args, "-b", server.bootstrap, **options)
    run.json = lambda *args: json.loads(run(*args, "--json"))
    run.lines = lambda *args: text(run(*args)).splitlines()
    run.raw = lambda *args, **options: skafka.run(*args, "-b", server.bootstrap, **options)
    return run


# Writing


@line("Records and keys between any delimiters")
def test_delimiters(run):
    run("produce", "delimited", "-D", ";;", "-K", "=>", input=b"a=>1;;b=>2\n;;=>x")
    assert run("consume", "delimited", "-e", "-f", "%k:%v|") == b"a:1|b:2\n|:x|"


@line("Length-prefixed binary, in and out")
def test_framed(run):
    values = [bytes(range(256)), b"", b"\n" * 3]
    framed = b"".join(len(value).to_bytes(4, "big") + value for value in values)
    run("produce", "framed", "-f", "%V{big32}%v", input=framed)
    assert run("consume", "framed", "-e", "-f", "%V{big32}%v") == framed


@line("Headers, the same for all / from each input record")
def test_headers(run):
    run("produce", "headers", "-J", "-H", "all=1", input=json.dumps(
        {"value": "v", "headers": [{"key": "a", "value": "x"}, {"key": "a", "value": "y"}]}
    ).encode())
    run("produce", "headers", "-H", "all=1", "-H", "all=2", "-H", "null", input=b"v\n")
    first, second = map(json.loads, run.lines("consume", "headers", "-e", "-J"))
    assert [(h["key"], h["value"]) for h in second["headers"]] == [
        ("all", "1"), ("all", "2"), ("null", None)]
    assert [(h["key"], h["value"]) for h in first["headers"] if h["key"] == "a"] == [
        ("a", "x"), ("a", "y")]


held_by("JSON out and in again: keys, headers, timestamps, nulls, binary",
        "test_produce_consume.py::test_json_goes_out_and_in_without_a_difference")


@line("Tombstones from the input")
def test_tombstones(run):
    run("produce", "tombstones", "-K", ":", "-Z", input=b"gone:\nhere:1\n")
    records = [json.loads(row) for row in run.lines("consume", "tombstones", "-e", "-J")]
    assert [(r["key"], r["value"]) for r in records] == [("gone", None), ("here", "1")]


@line("Timestamps set by the user")
def test_timestamps(run):
    run("produce", "timestamps", "--timestamp", "2024-02-29T12:00:00Z", input=b"x\n")
    run("produce", "timestamps", "-f", "%T %v\n", input=b"1700000000123 y\n")
    assert run.lines("consume", "timestamps", "-e", "-f", "%T\n") == [
        "1709208000000", "1700000000123"]


@line("Java's partitioner unless told otherwise")
def test_partitioner(run, server):
    keys = [f"key-{number}" for number in range(50)]
    run("topics", "create", "hashed", "--partitions", "7")
    run("produce", "hashed", "-K", ":", input="".join(f"{key}:v\n" for key in keys).encode())
    found = dict(row.split() for row in run.lines("consume", "hashed", "-e", "-f", "%k %p\n"))
    # kafka-python's is the Java client's.
    assert found == {key: str((murmur2(key.encode()) & 0x7FFFFFFF) % 7) for key in keys}


@line("The whole input as one transaction")
def test_transaction(run, skafka, server):
    run("topics", "create", "transaction")
    writer = skafka.start("produce", "transaction", "-b", server.bootstrap, "--transactional-id",
                          "table", stdin=subprocess.PIPE)
    writer.stdin.write(b"a\nb\n")
    writer.stdin.flush()
    committed = ["consume", "transaction", "-e"]
    eventually(lambda: run(*committed, "--isolation-level", "read_uncommitted") == b"a\nb\n")
    assert run(*committed) == b""
    writer.stdin.close()
    assert writer.wait(15) == 0
    assert run(*committed) == b"a\nb\n"
    end(writer)


@line("So many records a second")
def test_rate(run):
    started = time.monotonic()
    run("produce", "rate", "--rate", "40", input=b"x\n" * 40)
    assert 0.7 < time.monotonic() - started < 10


@line("A line of your format for each delivery")
def test_reports(run):
    reports = run("produce", "reports", "--report", "%t %p %o", input=b"x\ny\n")
    assert reports == b"reports 0 0\nreports 0 1\n"


# Reading


@pytest.fixture(scope="module")
def ten(server):
    """Ten records, a second apart."""
    server.skafka("produce", "ten", "-b", server.bootstrap, "-f", "%T %k %v\n", input="".join(
        f"{1700000000000 + 1000 * n} k{n % 2} v{n}\n" for n in range(10)).encode())
    return "ten"


@line("Start at an offset / the last N / a time")
def test_starts(run, ten):
    for spec, first in [("7", "v7"), ("-2", "v8"), ("@1700000004500", "v5")]:
        assert run.lines("consume", ten, "-e", "-o", spec)[0] == first, spec


@line("Stop at an offset / a time / the end there was")
def test_stops(run, skafka, server, ten):
    assert run.lines("consume", ten, "-o", "2:4") == ["v2", "v3"]
    assert run.lines("consume", ten, "-o", "@1700000001000:@1700000003000") == ["v1", "v2"]
    assert len(run.lines("consume", ten, "-o", "beginning:end")) == 10


@line("Filters by key, value and header")
def test_filters(run, ten):
    run("produce", "filtered", "-H", "kind=a", input=b"x\n")
    run("produce", "filtered", "-H", "kind=b", input=b"y\n")
    assert run.lines("consume", ten, "-e", "--filter", "key=k1") == [
        "v1", "v3", "v5", "v7", "v9"]
    assert run.lines("consume", ten, "-e", "--filter", "value~[89]") == ["v8", "v9"]
    assert run.lines("consume", "filtered", "-e", "--filter", "header.kind=b") == ["y"]


@line("Only committed records unless told otherwise")
def test_isolation(run, server):
    producer = confluent_kafka.Producer(
        {"bootstrap.servers": server.bootstrap, "transactional.id": "isolation"})
    producer.init_transactions(10)
    producer.begin_transaction()
    producer.produce("isolation", b"never")
    producer.flush(10)
    producer.abort_transaction(10)
    assert run("consume", "isolation", "-e") == b""
    assert run("consume", "isolation", "-e", "--isolation-level", "read_uncommitted") == b"never\n"


@line("Topics matched by an expression / members of groups")
def test_expressions_and_groups(run, ten):
    run("produce", "matched-1", input=b"one\n")
    run("produce", "matched-2", input=b"two\n")
    assert sorted(run.lines("consume", "-r", "matched-[0-9]", "-e")) == ["one", "two"]
    read = ["consume", ten, "-g", "table-readers", "-X", "auto.offset.reset=earliest", "-c"]
    assert run.lines(*read, "6") == [f"v{n}" for n in range(6)]
    assert run.lines(*read, "4") == [f"v{n}" for n in range(6, 10)]


# Administration


@line("Topics: make, describe, change, delete")
def test_topics(run):
    run("topics", "create", "managed", "-c", "retention.ms=1000")
    run("topics", "alter", "managed", "--partitions", "3", "-c", "retention.ms=2000")
    (topic,) = run.json("topics", "describe", "managed")
    assert len(topic["partitions"]) == 3 and topic["configs"] == {"retention.ms": "2000"}
    run("topics", "delete", "managed", "--yes")
    assert "managed" not in text(run("topics", "list", "--plain"))


@line("Records deleted up to an offset / a time")
def test_trim(run):
    run("produce", "trimmed", "-f", "%T %v\n", input=b"1700000000000 a\n1700000001000 b\n"
        b"1700000002000 c\n")
    run("topics", "trim", "trimmed", "--to", "1", "--yes")
    assert run("consume", "trimmed", "-e") == b"b\nc\n"
    run("topics", "trim", "trimmed", "--to", "@1700000002000", "--yes")
    assert run("consume", "trimmed", "-e") == b"c\n"


def commit(server, group, topic, offset):
    consumer = confluent_kafka.Consumer({"bootstrap.servers": server.bootstrap, "group.id": group})
    consumer.commit(offsets=[confluent_kafka.TopicPartition(topic, 0, offset)],
                    asynchronous=False)
    consumer.close()


def committed(run, group):
    (row,) = run.lines("offsets", "committed", group, "--plain")
    return dict(zip(["group", "topic", "partition", "offset", "end", "lag"], row.split("\t")))


@line("Lag of groups")
def test_lag(run, server, ten):
    commit(server, "lagging", ten, 3)
    row = committed(run, "lagging")
    assert (row["topic"], row["offset"], row["end"], row["lag"]) == ("ten", "3", "10", "7")


@line("Offsets of groups moved: plan first / to a time / by a shift")
def test_reset(run, server, ten):
    commit(server, "moved", ten, 3)
    reset = ["offsets", "reset", "moved", "--topic", ten]
    assert run(*reset, "--to-latest") != b""
    assert committed(run, "moved")["offset"] == "3"
    run(*reset, "--to-datetime", "2023-11-14T22:13:25Z", "--execute")
    assert committed(run, "moved")["offset"] == "5"
    run(*reset, "--shift-by", "-2", "--execute")
    assert committed(run, "moved")["offset"] == "3"


@line("Open transactions listed / aborted")
def test_transactions(run, server):
    producer = confluent_kafka.Producer(
        {"bootstrap.servers": server.bootstrap, "transactional.id": "forgotten"})
    producer.init_transactions(10)
    producer.begin_transaction()
    producer.produce("held", b"x")
    producer.flush(10)
    assert "forgotten" in text(run("txn", "list", "--state", "ongoing"))
    run("txn", "abort", "forgotten", "--yes")
    assert "forgotten" not in text(run("txn", "list", "--state", "ongoing"))
    assert run("consume", "held", "-e") == b""


@line("ACLs / SCRAM users")
def test_acls_and_users(skafka, data):
    with Broker(skafka, data=skafka.data, extra=["-X", "authorizer.class.name=standard"]):
        skafka("acls", "create", "--allow-principal", "User:a", "--producer", "--topic", "t", *data)
        assert len(skafka.json("acls", "list", "--principal", "User:a", *data)) == 3
        skafka("users", "create", "a", *data, input=b"secret")
        assert b"a\t" in skafka("users", "list", "--plain", *data)


@line("Avro, Protobuf, schema registry")
def test_no_schemas(run, ten):
    assert run.raw("consume", ten, "-e", "--value-encoding", "avro").returncode == 2


# Whole topics


@line("Topics copied with keys, headers and timestamps")
def test_copy(run, skafka, server, tmp_path):
    run("produce", "original", "-K", ":", "-H", "h=1", "--timestamp", "1700000000000",
        input=b"k:v\nl:w\n")
    run("copy", "original", "copied")
    read = ["consume", "-e", "-f", "%k %v %h %T\n"]
    assert run(*read, "copied") == run(*read, "original") == (
        b"k v h=1 1700000000000\nl w h=1 1700000000000\n")
    run("copy", "original", "--to-data-dir", tmp_path / "elsewhere")
    assert skafka(*read, "original", "-q", "-d", tmp_path / "elsewhere") == run(*read, "original")


@line("Two topics compared")
def test_compare(run):
    run("produce", "left", "-K", ":", input=b"a:1\nb:2\nc:3\n")
    run("produce", "right", "-K", ":", input=b"a:1\nb:9\n")
    run("copy", "left", "left-copy")
    assert run.raw("compare", "left", "left-copy").returncode == 0
    result = run.raw("compare", "left", "right", "--json")
    assert result.returncode == 1
    report = json.loads(result.stdout)
    assert (report["missing"], report["extra"], report["differing"]) == (1, 0, 1)


# Looking on, measuring


@line("Live view of rates and lag")
def test_live_view(skafka, server, ten):
    commit(server, "watched", ten, 4)
    with Screen(skafka, "top", "-b", server.bootstrap, "--interval", "200ms") as terminal:
        terminal.wait(lambda t: any(row.startswith("ten ") for row in t.lines))
        terminal.type("g")
        terminal.wait(lambda t: any(re.match(r"watched .* 6 ", row) for row in t.lines))
        terminal.type("q")
        assert terminal.end() == 0


@line("Throughput and latency measured")
def test_measures(run):
    for args in (["produce", "--records", "100"], ["latency", "--rate", "100", "--duration",
                                                   "200ms", "--warm-up", "0"]):
        report = text(run("bench", *args))
        assert "P99.9" in report and "RECORDS/S" in report and "HISTOGRAM" in report


held_by("Log segments decoded and checked without a broker",
        "test_dump_segment.py::test_records_and_json", "test_dump_segment.py::test_a_flipped_byte",
        "test_dump_segment.py::test_kafkas_own_text")
held_by("A broker in the tool", "test_broker.py::test_around_a_command",
        "test_clients.py::test_what_one_writes_all_read")
held_by("Topics in a directory, without a server",
        "test_sharing.py::test_two_processes_share_a_directory")

# Security and settings

held_by("TLS, SASL PLAIN and SCRAM / OAUTHBEARER",
        "test_security.py::test_a_password", "test_security.py::test_a_token",
        "test_security.py::test_a_client_certificate")


@line("Profiles / Java's names of settings")
def test_settings(run, skafka, server, ten):
    home = skafka.home / ".config" / "skafka"
    home.mkdir(parents=True)
    (home / "config").write_text(f"[table]\nbootstrap.servers={server.bootstrap}\n")
    assert len(skafka("consume", ten, "-e", "--profile", "table").splitlines()) == 10
    java = skafka.home / "client.properties"
    java.write_text(f"bootstrap.servers={server.bootstrap}\nfetch.max.wait.ms=100\n"
                    "isolation.level=read_committed\nsecurity.protocol=PLAINTEXT\n")
    assert len(skafka("consume", ten, "-e", "-F", java).splitlines()) == 10


@line("Shell / completion / manual pages")
def test_shell_completion_manual(run, skafka, ten):
    assert run("shell", "-c", f"consume {ten} -e -c 1").startswith(b"v0\n")
    for shell in ("bash", "zsh", "fish"):
        script = skafka("--generate-completion-script", shell)
        assert b"skafka" in script and b"dump-segment" in script
    for page in ("skafka", "skafka-consume", "skafka-top"):
        assert (ROOT / "man" / f"{page}.1").read_text().startswith(".")


held_by("One of three topics not deleted: exit status not 0",
        "test_exit_codes.py::test_one_topic_of_three_that_cannot_be_made_or_deleted")
