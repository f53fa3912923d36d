"""`copy` takes topics from here to there: nothing lost, nothing changed, nothing twice."""

import base64
import json
import signal
import subprocess
import time

import pytest

from harness import Broker, end, eventually, free_port, text

RECORDS = [
    {"key": None, "value": None},
    {"key": "", "value": ""},
    {"key": "k", "value": "v", "headers": [{"key": "h", "value": "x"}, {"key": "h", "value": None}]},
    {"key": "ключ", "value": "two\nlines \U0001f511"},
    {"key": base64.b64encode(b"\xff\x00").decode(), "keyEncoding": "base64",
     "value": base64.b64encode(bytes(range(256))).decode(), "valueEncoding": "base64"},
]


def records(skafka, flags, topic):
    """All there is, by partition, without what a copy may change."""
    found = {}
    for record in skafka.json_lines("consume", topic, *flags, "-e", "-J", "-q", timeout=60):
        for name in ("topic", "offset"):
            del record[name]
        found.setdefault(record["partition"], []).append(record)
    return found


@pytest.fixture
def here(broker):
    return ["-b", broker.bootstrap]


@pytest.fixture
def source(skafka, broker, topic, here):
    """A topic of three partitions with all kinds of records."""
    name = topic + "-in"
    broker.create(name, 3, "-c", "cleanup.policy=delete", "-c", "retention.ms=-1",
                  "-c", "max.message.bytes=5000000")
    lines = [json.dumps({"partition": number % 3, "timestamp": 1700000000000 + number,
                         **RECORDS[number % len(RECORDS)]}) for number in range(300)]
    skafka("produce", name, *here, "-J", "-q", input="\n".join(lines).encode())
    return name


def test_within_a_cluster(skafka, here, source):
    result = skafka.run("copy", source, source + "-out", *here)
    assert (result.returncode, result.stdout) == (0, b"")
    assert f"created topic {source}-out with 3 partitions" in text(result.stderr)
    assert f"{source} to {source}-out: copied 300 records" in text(result.stderr)
    assert records(skafka, here, source + "-out") == records(skafka, here, source)
    described, = skafka.json("topics", "describe", source + "-out", *here)
    assert described["configs"] == {
        "cleanup.policy": "delete", "retention.ms": "-1", "max.message.bytes": "5000000"}


def test_between_clusters_and_back(skafka, data, here, source):
    there = ["--to-data-dir", str(skafka.data)]
    skafka("copy", source, *here, *there, "-q", "-z", "zstd")
    assert records(skafka, data, source) == records(skafka, here, source)
    skafka("compare", source, *here, *there, "-q")
    back = ["--to-bootstrap-server", here[1]]
    skafka("copy", source, source + "-back", *data, *back, "-q")
    assert records(skafka, here, source + "-back") == records(skafka, here, source)


def test_a_second_cluster_by_its_settings(skafka, data, here, source):
    config = skafka.home / "there.properties"
    config.write_text(f"bootstrap.servers={here[1]}\n")
    skafka("produce", "mine", *data, "-q", input=b"a\n")
    name = source + "-mine"
    skafka("copy", "mine", name, *data, "--to-command-config", config, "-q")
    assert skafka("consume", name, *here, "-e", "-q") == b"a\n"


def test_a_second_cluster_by_its_profile(skafka, data, here, source):
    """The first one's profile, which may hold a password, is not for the second one."""
    profiles = skafka.home / ".config/skafka/config"
    profiles.parent.mkdir(parents=True)
    profiles.write_text(f"[mine]\nlinger.ms=1\n[there]\nbootstrap.servers={here[1]}\n"
                        "[broken]\nsecurity.protocol=SASL_SSL\n")
    skafka("produce", "mine", *data, "-q", input=b"a\n")
    name = source + "-profile"
    skafka("copy", "mine", name, *data, "--profile", "mine", "--to-profile", "there", "-q")
    assert skafka("consume", name, *here, "-e", "-q") == b"a\n"
    skafka("copy", "mine", name, *data, "--to-bootstrap-server", here[1], "-q")
    refused = skafka.run("copy", "mine", name, *data, "--to-profile", "broken", "-q")
    assert refused.returncode == 2, refused.stderr
    none = skafka.run("copy", "mine", name, *data, "--to-profile", "mine", "-q")
    assert none.returncode == 2 and b"no address" in none.stderr, none.stderr


def test_several_topics(skafka, broker, here, topic):
    names = [f"{topic}-many-{letter}" for letter in "ab"]
    for name in names:
        broker.create(name)
        skafka("produce", name, *here, "-q", input=name.encode() + b"\n")
    skafka("copy", *here, "-q", "-r", f"{topic}-many-.", "--rename", "%t.old")
    skafka("copy", *here, "-q", "-t", names[0], "-t", names[1], "--rename", "new.%t")
    for name in names:
        for copied in (f"{name}.old", f"new.{name}"):
            assert skafka("consume", copied, *here, "-e", "-q") == name.encode() + b"\n"


def test_ranges_and_partitions(skafka, here, source):
    skafka("copy", source, source + "-some", *here, "-q", "-p", "1-2", "-o", "10:15")
    wanted = records(skafka, here, source)
    assert records(skafka, here, source + "-some") == {
        number: wanted[number][10:15] for number in (1, 2)}


def test_other_partitions_need_a_word(skafka, broker, here, source):
    wider = broker.create(source + "-wider", 5)
    result = skafka.run("copy", source, wider, *here)
    assert result.returncode == 1
    assert "--repartition" in text(result.stderr) and text(result.stderr).count("\n") == 1
    skafka("copy", source, wider, *here, "-q", "--repartition")
    skafka("copy", source, source + "-one", *here, "-q", "--repartition", "--partitions", "1")
    for name in (wider, source + "-one"):
        assert sum(map(len, records(skafka, here, name).values())) == 300


def test_a_dry_run_changes_nothing(skafka, here, source):
    result = skafka.run("copy", source, source + "-dry", *here, "--dry-run")
    assert result.returncode == 0
    assert "would copy up to 300 records" in text(result.stderr)
    assert skafka.run("topics", "describe", source + "-dry", *here).returncode == 1


def test_output_for_programs(skafka, here, source):
    assert skafka.json("copy", source, source + "-json", *here) == [
        {"source": source, "destination": source + "-json", "partitions": 3, "records": 300,
         "bytes": sum(sizes())}]
    row = text(skafka("copy", source, source + "-plain", *here, "--plain")).split("\t")
    assert row[:4] == [source, source + "-plain", "3", "300"]


def sizes():
    for number in range(300):
        record = RECORDS[number % len(RECORDS)]
        for name in ("key", "value"):
            content = record[name]
            if content is not None:
                yield len(base64.b64decode(content) if record.get(name + "Encoding")
                          else content.encode())


@pytest.mark.parametrize("how", ["group", "transactions"])
def test_it_goes_on_where_it_came_to(skafka, data, here, source, how):
    flags = ["--to-data-dir", str(skafka.data), "-g", f"{source}-{how}"]
    if how == "transactions":
        flags += ["--transactional-id", f"{source}-{how}"]
    assert skafka.json("copy", source, *here, *flags)[0]["records"] == 300
    assert skafka.json("copy", source, *here, *flags)[0]["records"] == 0
    skafka("produce", source, *here, "-q", input=b"x\n" * 7)
    assert skafka.json("copy", source, *here, *flags)[0]["records"] == 7
    assert records(skafka, data, source) == records(skafka, here, source)
    # Whoever says where to begin gets it from there.
    assert skafka.json("copy", source, *here, *flags, "-o", "-1")[0]["records"] == 3


def test_an_interrupt_is_an_orderly_end(skafka, here, source):
    """Nothing is lost and nothing is there twice; what was copied is said, the status is 130."""
    flags = [source, source + "-followed", *here, "-g", source + "-follow", "--follow"]
    total = 300
    for round_number in range(3):
        copier = skafka.start("copy", *flags, stderr=subprocess.PIPE)
        skafka("produce", source, *here, "-q", input=b"y\n" * 50)
        total += 50
        eventually(lambda: reached(skafka, here, source + "-followed", total), 20)
        copier.send_signal(signal.SIGINT)
        assert copier.wait(8) == 130
        assert f"copied {50 if round_number else 350} records" in text(copier.stderr.read())
        end(copier)
    assert records(skafka, here, source + "-followed") == records(skafka, here, source)


def reached(skafka, here, topic, count):
    result = skafka.run("offsets", "get", topic, *here, "--plain")
    return sum(int(row.split(b"\t")[2]) for row in result.stdout.splitlines()) >= count


def test_exactly_once_whoever_is_killed(skafka, broker, here, topic):
    """The copy is killed again and again while records come; at the end each is there once."""
    source, copied = topic + "-live", topic + "-once"
    broker.create(source, 2)
    flags = [source, copied, *here, "--transactional-id", topic + "-once", "-q"]
    producer = skafka.start("produce", source, *here, "-q", "--rate", "4000",
                            stdin=subprocess.PIPE)
    producer.stdin.write(b"".join(b"%d\n" % number for number in range(10_000)))
    producer.stdin.close()
    kills = 0
    while producer.poll() is None:
        copier = skafka.start("copy", *flags, "--follow")
        time.sleep(0.7)
        end(copier)
        kills += 1
    assert producer.wait(20) == 0
    end(producer)
    skafka("copy", *flags)
    assert kills > 1
    values = skafka("consume", copied, *here, "-e", "-q").split()
    assert sorted(map(int, values)) == list(range(10_000))
    skafka("compare", source, copied, *here, "-q")


def test_what_was_kept_is_kept_only_when_it_is_there(skafka, broker, here, topic):
    """Killed without transactions: some may be there twice, none is lost."""
    source, copied = topic + "-live", topic + "-least"
    broker.create(source)
    skafka("produce", source, *here, "-q", input=b"".join(b"%d\n" % n for n in range(50_000)))
    flags = [source, copied, *here, "-g", topic + "-least", "-q"]
    for _ in range(3):
        copier = skafka.start("copy", *flags)
        time.sleep(0.15)
        end(copier)
    skafka("copy", *flags)
    values = skafka("consume", copied, *here, "-e", "-q").split()
    assert set(map(int, values)) == set(range(50_000))


@pytest.mark.parametrize("flags", [[], ["-g", "refused"], ["--transactional-id", "refused"]],
                         ids=["plain", "group", "transactions"])
def test_a_lost_delivery_is_a_failure(skafka, broker, here, topic, flags):
    """The destination takes no record as large: the copy fails, and does not pass over it."""
    narrow = broker.create(topic + "-narrow", 1, "-c", "max.message.bytes=1000")
    skafka("produce", topic, *here, "-q", input=b"small\n" + b"x" * 5000 + b"\nlast\n")
    for _ in range(2):
        result = skafka.run("copy", topic, narrow, *here, *flags, "-q")
        assert result.returncode == 1
        assert text(result.stderr).count("\n") == 1
        assert "MESSAGE_TOO_LARGE" in text(result.stderr)
    if flags and flags[0] == "--transactional-id":
        assert skafka("consume", narrow, *here, "-e", "-q") == b""


def test_failures(skafka, data, here, source):
    result = skafka.run("copy", "no-such-topic", "b", *here)
    assert result.returncode == 1 and "no-such-topic" in text(result.stderr)
    result = skafka.run("copy", source, "absent", *here, "--no-create")
    assert result.returncode == 1 and "absent" in text(result.stderr)
    nobody = f"127.0.0.1:{free_port()}"
    result = skafka.run("copy", source, *here, "--to-bootstrap-server", nobody, "--timeout", "1s")
    assert result.returncode == 3 and nobody in text(result.stderr)
    assert result.stdout == b"" and text(result.stderr).count("\n") == 1


@pytest.mark.parametrize("args", [
    [], ["a"], ["a", "a"], ["a", "b", "c"], ["-t", "a", "-t", "b", "c"],
    ["-t", "a", "-t", "b", "--rename", "same"], ["a", "b", "--follow", "-o", "1:2"],
    ["a", "b", "--partitions", "3"], ["a", "b", "-g", ""], ["a", "b", "-o", "soon"],
    ["a", "--to-setting", "linger.ms=1"], ["a", "b", "-c", "novalue"],
], ids=" ".join)
def test_usage(skafka, data, args):
    result = skafka.run("copy", *data, *args)
    assert (result.returncode, result.stdout) == (2, b""), text(result.stderr)
    assert text(result.stderr).count("\n") == 1


def test_the_source_goes_away(skafka, topic):
    with Broker(skafka) as broker:
        broker.create(topic)
        skafka("produce", topic, "-b", broker.bootstrap, "-q", input=b"a\n")
        copier = skafka.start("copy", topic, "-b", broker.bootstrap, "--to-data-dir",
                              skafka.data, "--follow", "-q", "--timeout", "1s", "-g", "g")
        eventually(lambda: skafka.run("consume", topic, "-d", skafka.data, "-e", "-q")
                   .stdout == b"a\n", 20)
        broker.kill()
        assert copier.wait(20) == 3
        assert broker.bootstrap in text(copier.stderr.read())
        end(copier)


def test_a_topic_is_not_copied_to_itself_by_another_address(skafka, broker, source):
    there = broker.bootstrap.replace("127.0.0.1", "localhost")
    result = skafka.run("copy", source, "-b", broker.bootstrap, "--to-bootstrap-server", there)
    assert result.returncode == 2 and "are the same" in text(result.stderr)
    assert len(skafka.json_lines("consume", source, "-b", broker.bootstrap, "-e", "-J")) == 300


def test_what_is_not_delivered_is_not_copied(skafka, broker, topic, here):
    broker.create(topic + "-small", 1, "-c", "max.message.bytes=100")
    skafka("produce", topic + "-big", *here, "-q", input=b"x" * 3000 + b"\n")
    result = skafka.run("copy", topic + "-big", topic + "-small", *here, "--json")
    assert result.returncode == 1 and "MESSAGE_TOO_LARGE" in text(result.stderr)
    line, = json.loads(result.stdout)
    assert (line["records"], line["bytes"]) == (0, None)
