"""Groups and their offsets at the command line, with groups that other people's clients made."""

import fcntl
import json
import os
import pty
import struct
import termios

import confluent_kafka
import kafka
import pytest
from confluent_kafka import TopicPartition

from harness import Broker, Skafka, eventually, text
from test_groups import SETTINGS, Confluent, Reader, settle


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Broker(Skafka(tmp_path_factory.mktemp("cli-groups")), extra=SETTINGS) as broker:
        yield broker
        assert broker.stop() == 0, broker.log()


@pytest.fixture
def cli(skafka, server):
    """A command against the server: its exit status, standard output and standard error."""
    def run(*args, input=b""):
        result = skafka.run(*args, "-b", server.bootstrap, input=input)
        return result.returncode, text(result.stdout), text(result.stderr)

    return run


def fill(server, topic, *counts):
    server.create(topic, len(counts))
    for partition, count in enumerate(counts):
        server.skafka("produce", topic, "-b", server.bootstrap, "-p", partition, "-q",
                      input=b"".join(b"%d\n" % n for n in range(count)))
    return topic


def commit(server, group, *offsets):
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": server.bootstrap, "group.id": group})
    consumer.commit(offsets=[TopicPartition(*offset) for offset in offsets], asynchronous=False)
    consumer.close()


def committed(cli, group):
    status, out, _ = cli("offsets", "committed", group, "--json")
    assert status == 0
    return {(row["topic"], row["partition"]): row["currentOffset"] for row in json.loads(out)}


class Member848(Confluent):
    """A member under the broker's protocol, which has the timeouts to itself."""

    def __init__(self, bootstrap, group, topics):
        self.assigned = []
        self.consumer = confluent_kafka.Consumer({
            "bootstrap.servers": bootstrap, "group.id": group, "group.protocol": "consumer",
            "auto.offset.reset": "earliest", "enable.auto.commit": False})
        self.consumer.subscribe(topics, on_assign=self.assign, on_revoke=self.revoke)


@pytest.fixture(scope="module")
def live(server):
    """A group of the classic protocol and one of KIP-848, each with a member."""
    topic = fill(server, "watched", 3, 2)
    readers = [
        Reader(Confluent, server.bootstrap, "live-classic", [topic], **{"client.id": "me"}),
        Reader(Member848, server.bootstrap, "live-848", [topic]),
    ]
    for reader in readers:
        settle([reader], 2)
    yield topic
    for reader in readers:
        reader.close()


def test_groups_list(server, cli, live):
    commit(server, "list-empty", (live, 0, 1))

    def listed(*args):
        status, out, err = cli("groups", "list", "--plain", *args)
        assert (status, err) == (0, "")
        return {tuple(line.split("\t")) for line in out.splitlines()
                if line.startswith(("list-", "live-"))}

    everything = {("list-empty", "classic", "-", "Empty", "0"),
                  ("live-classic", "classic", "consumer", "Stable", "0"),
                  ("live-848", "consumer", "consumer", "Stable", "0")}
    assert listed() == everything
    assert {row[0] for row in listed("--state", "stable")} == {"live-classic", "live-848"}
    assert {row[0] for row in listed("--type", "consumer")} == {"live-848"}
    assert listed("--state", "Empty,Stable", "--type", "classic,consumer") == everything
    assert cli("groups", "--list", "--state", "--timeout", "5000", "--plain") == cli(
        "groups", "list", "--plain")
    status, out, err = cli("groups", "list", "--state", "sleepy")
    assert status == 2 and out == "" and "Stable" in err
    (row,) = [row for row in json.loads(cli("groups", "list", "--json")[1])
              if row["group"] == "live-848"]
    assert row == {"group": "live-848", "type": "consumer", "protocol": "consumer",
                   "state": "Stable", "coordinator": 0}


@pytest.mark.parametrize("group, client", [("live-classic", "me"), ("live-848", "rdkafka")])
def test_groups_describe(cli, live, group, client):
    rows = json.loads(cli("groups", "describe", group, "--json")[1])
    assert [(row["topic"], row["partition"], row["logEndOffset"], row["clientId"])
            for row in rows] == [(live, 0, 3, client), (live, 1, 2, client)]
    assert all(row["host"] == "/127.0.0.1" and row["consumerId"] for row in rows)
    (member,) = json.loads(cli("groups", "describe", group, "--members", "--json")[1])
    assert member["assignment"] == [f"{live}-0", f"{live}-1"] and member["partitions"] == 2
    status, out, _ = cli("groups", "describe", group, "--members")
    assert status == 0 and f"{live}(0,1)" in out and "#PARTITIONS" in out
    (state,) = json.loads(cli("groups", "describe", group, "--state", "--json")[1])
    assert state["state"] == "Stable" and state["members"] == 1 and state["coordinator"] == 0
    assert state["assignmentStrategy"] in ("range", "uniform")
    # As kafka-consumer-groups has it.
    tool = cli("groups", "--describe", "--group", group, "--members", "--json")
    assert json.loads(tool[1]) == [member]


def test_lag_is_shown_for_a_group_without_members(server, cli):
    topic = fill(server, "lagging", 10, 5, 1)
    commit(server, "lag", (topic, 0, 4), (topic, 1, 5))
    status, out, err = cli("offsets", "committed", "lag", "--plain")
    assert (status, err) == (0, "")
    assert out == (f"lag\t{topic}\t0\t4\t10\t6\t-\t-\t-\nlag\t{topic}\t1\t5\t5\t0\t-\t-\t-\n")
    status, out, err = cli("groups", "describe", "lag")
    assert status == 0 and err == "group lag has no members\n"
    assert out.splitlines()[0].split() == [
        "GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG", "CONSUMER-ID",
        "HOST", "CLIENT-ID"]
    only = cli("offsets", "committed", "lag", "--topic", f"{topic}:1", "--plain")[1]
    assert only == f"lag\t{topic}\t1\t5\t5\t0\t-\t-\t-\n"
    everything = cli("offsets", "committed", "--all", "--plain")[1].splitlines()
    assert f"lag\t{topic}\t0\t4\t10\t6\t-\t-\t-" in everything
    # kafka-python sees the same.
    admin = kafka.KafkaAdminClient(bootstrap_servers=server.bootstrap)
    theirs = admin.list_group_offsets({"lag": None})["lag"]
    admin.close()
    assert {(at.topic, at.partition): found.offset for at, found in theirs.items()
            } == committed(cli, "lag")


def test_a_topic_that_is_gone_leaves_no_end(server, cli):
    topic, other = fill(server, "passing", 2), fill(server, "staying", 2)
    commit(server, "passed", (topic, 0, 1), (other, 0, 1))
    server.skafka("topics", "delete", topic, "-b", server.bootstrap)
    status, out, _ = cli("offsets", "committed", "passed", "--plain")
    assert status == 0
    assert f"passed\t{other}\t0\t1\t2\t1\t-\t-\t-" in out.splitlines()


@pytest.mark.parametrize("command", [
    ("groups", "describe"), ("groups", "delete"), ("offsets", "committed"),
    ("offsets", "reset", "--all-topics", "--to-earliest"),
    ("offsets", "reset", "--topic", "watched", "--shift-by", "1"),
    ("offsets", "delete", "--topic", "watched"),
])
def test_an_unknown_group(cli, live, command):
    for wrong, hint in (("live-clasic", "did you mean live-classic?"),
                        ("no-such", "see 'skafka groups list'")):
        status, out, err = cli(*command, wrong)
        assert (status, out) == (1, "") and f"unknown group {wrong}; {hint}" in err


def test_one_of_two_groups_is_unknown(cli, live):
    status, out, err = cli("groups", "describe", "live-classic", "nobody", "--plain")
    assert status == 1 and len(out.splitlines()) == 2 and "unknown group nobody" in err
    status, out, err = cli("groups", "describe", "nobody", "--json")
    assert status == 1 and json.loads(out) == [] and "unknown group nobody" in err


RESETS = [
    (["--to-earliest"], (0, 0)), (["--to-latest"], (10, 5)), (["--to-current"], (4, 2)),
    (["--to-offset", "3"], (3, 3)), (["--to-offset", "7"], (7, 5)), (["--to-offset", "-1"], (0, 0)),
    (["--shift-by", "2"], (6, 4)), (["--shift-by", "-3"], (1, 0)), (["--shift-by=-1"], (3, 1)),
    (["--to-datetime", "2020-01-01T00:00:00.000"], (0, 0)), (["--to-datetime", "-1h"], (0, 0)),
    (["--to-datetime", "2100-01-01"], (10, 5)),
    (["--by-duration", "PT1H"], (0, 0)), (["--by-duration", "90m"], (0, 0)),
    (["--by-duration", "PT0S"], (10, 5)),
]


@pytest.fixture(scope="module")
def two(server):
    topic = fill(server, "two", 10, 5)
    commit(server, "two-group", (topic, 0, 4), (topic, 1, 2))
    return topic


@pytest.mark.parametrize("form, expected", RESETS)
def test_every_form_of_a_reset(cli, two, form, expected):
    status, out, err = cli("offsets", "reset", "two-group", "--topic", two, *form, "--plain")
    assert status == 0
    rows = [line.split("\t") for line in out.splitlines()]
    assert [row[:5] for row in rows] == [
        ["two-group", two, "0", "4", str(expected[0])],
        ["two-group", two, "1", "2", str(expected[1])]]
    assert "nothing was changed; --execute does it" in err
    assert committed(cli, "two-group") == {(two, 0): 4, (two, 1): 2}


def test_a_reset_is_carried_out_and_seen_by_consumers(server, cli):
    topic = fill(server, "moved", 10, 5)
    commit(server, "mover", (topic, 0, 4), (topic, 1, 2))
    status, out, err = cli("offsets", "reset", "mover", "--topic", f"{topic}:0", "--to-offset",
                           "8", "--execute", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == [{"group": "mover", "topic": topic, "partition": 0,
                                "currentOffset": 4, "newOffset": 8, "logStartOffset": 0,
                                "logEndOffset": 10}]
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": server.bootstrap, "group.id": "mover"})
    found = consumer.committed([TopicPartition(topic, n) for n in range(2)], 10)
    consumer.close()
    assert [partition.offset for partition in found] == [8, 2]


def test_offsets_outside_of_the_log_are_moved_and_told(cli, two):
    _, _, err = cli("offsets", "reset", "two-group", "--topic", two, "--to-offset", "7")
    assert f"offset 7 of {two}-1 is behind the end; 5 is taken" in err
    _, out, err = cli("offsets", "reset", "two-group", "--topic", two, "--to-offset", "7", "-q")
    assert err == "" and out


def test_a_plan_goes_out_and_in_again(cli, two, server, tmp_path):
    status, plan, err = cli("offsets", "reset", "two-group", "--all-topics", "--to-current",
                            "--export")
    assert (status, plan, err) == (0, f"{two},0,4\n{two},1,2\n", "")
    path = tmp_path / "plan.csv"
    path.write_text(plan)
    commit(server, "copied", (two, 0, 1))
    status, out, _ = cli("offsets", "reset", "copied", "--from-file", path, "--execute", "--plain")
    assert status == 0 and len(out.splitlines()) == 2
    assert committed(cli, "copied") == {(two, 0): 4, (two, 1): 2}
    # Kafka's form for several groups, on standard input.
    status, _, _ = cli("offsets", "reset", "copied", "--from-file", "-", "--execute",
                       input=f"copied,{two},0,3\nother,{two},1,3\n".encode())
    assert status == 0 and committed(cli, "copied") == {(two, 0): 3, (two, 1): 2}
    both = cli("offsets", "reset", "copied", "two-group", "--all-topics", "--to-current",
               "--export")[1]
    assert both == (f"copied,{two},0,3\ncopied,{two},1,2\n"
                    f"two-group,{two},0,4\ntwo-group,{two},1,2\n")
    path.write_text(f"{two},0,4\n{two},one,2\n")
    status, out, err = cli("offsets", "reset", "copied", "--from-file", path)
    assert (status, out) == (1, "") and "plan.csv:2: 'one' is no partition" in err
    status, _, err = cli("offsets", "reset", "copied", "--from-file", tmp_path / "none")
    assert status == 1 and "cannot read" in err


def test_a_new_group_begins_where_another_stands(cli, two):
    status, out, err = cli("offsets", "reset", "follower", "--all-topics", "--to-group",
                           "two-group", "--execute", "--plain")
    assert status == 0 and len(out.splitlines()) == 2
    assert "group follower is not there yet; its offsets make it" in err
    assert committed(cli, "follower") == {(two, 0): 4, (two, 1): 2}
    status, _, err = cli("offsets", "reset", "follower", "--all-topics", "--to-group", "two-grup")
    assert status == 1 and "did you mean two-group?" in err


@pytest.mark.parametrize("group", ["live-classic", "live-848"])
def test_a_group_in_use_is_left_alone(cli, live, group):
    for action in ([], ["--dry-run"], ["--execute"]):
        status, out, err = cli("offsets", "reset", group, "--topic", live, "--to-earliest", *action)
        assert (status, out) == (1, "")
        assert f"group {group} is in use: 1 member (" in err and "/127.0.0.1" in err
    status, out, err = cli("groups", "delete", group)
    assert (status, out) == (1, "") and f"group {group} is not empty: 1 member (" in err
    status, out, err = cli("groups", "delete", group, "--dry-run")
    assert (status, out) == (1, "") and "is not empty" in err


def test_nothing_is_changed_when_a_part_cannot_be(cli, two):
    for args in (["--topic", two, "--topic", "twoo", "--to-earliest"],
                 ["--topic", f"{two}:0,9", "--to-earliest"]):
        status, _, err = cli("offsets", "reset", "two-group", *args, "--execute")
        assert status == 1 and "nothing was changed" in err
    assert committed(cli, "two-group") == {(two, 0): 4, (two, 1): 2}


@pytest.mark.parametrize("args", [
    [], ["--to-earliest"], ["--topic", "two"], ["--topic", "two", "--to-earliest", "--to-latest"],
    ["--topic", "two", "--all-topics", "--to-earliest"], ["--topic", "two:x", "--to-earliest"],
    ["--topic", "two", "--to-earliest", "--execute", "--dry-run"],
    ["--topic", "two", "--to-datetime", "soon"], ["--topic", "two", "--by-duration", "long"],
    ["--topic", "two", "--to-earliest", "--export", "--json"],
])
def test_resets_that_are_not_understood(cli, args):
    status, out, err = cli("offsets", "reset", "two-group", *args)
    assert (status, out) == (2, "") and err.count("\n") == 1


def test_offsets_delete(server, cli, live):
    topic = fill(server, "dropped", 2, 2)
    commit(server, "dropper", (topic, 0, 1), (topic, 1, 1))
    status, out, _ = cli("offsets", "delete", "dropper", "--topic", topic, "--dry-run")
    assert status == 0 and out.count("would delete") == 2 and len(committed(cli, "dropper")) == 2
    assert cli("offsets", "delete", "dropper", "--topic", f"{topic}:0", "--plain") == (
        0, f"dropper\t{topic}\t0\ttrue\t-\n", "")
    assert committed(cli, "dropper") == {(topic, 1): 1}
    status, out, err = cli("offsets", "delete", "dropper", "--topic", "droped", "--json")
    assert (status, json.loads(out)) == (1, []) and "did you mean dropped?" in err
    assert cli("offsets", "delete", "dropper")[0] == 2
    # Kafka's flags.
    status, _, _ = cli("groups", "--delete-offsets", "--group", "dropper", "--topic", f"{topic}:1")
    assert status == 0 and committed(cli, "dropper") == {}


def test_offsets_that_members_read_stay(server, cli):
    topic = fill(server, "kept", 1)
    commit(server, "keeper", (topic, 0, 1))
    reader = Reader(Confluent, server.bootstrap, "keeper", [topic])
    settle([reader], 1)
    status, out, err = cli("offsets", "delete", "keeper", "--topic", topic, "--json")
    assert status == 1 and "GROUP_SUBSCRIBED_TO_TOPIC" in err
    assert [row["error"] for row in json.loads(out)] == ["GROUP_SUBSCRIBED_TO_TOPIC"]
    reader.close()


def test_groups_delete(server, cli, live):
    topic = fill(server, "deleting", 1)
    for group in ("delete-1", "delete-2", "delete-3"):
        commit(server, group, (topic, 0, 1))
    assert cli("groups", "delete", "delete-1", "--dry-run") == (
        0, "would delete group delete-1\n", "")
    status, out, err = cli("groups", "delete", "delete-1", "live-classic", "delet-2", "--json")
    assert status == 1
    done = {row["group"]: (row["done"], row.get("error")) for row in json.loads(out)}
    assert done == {"delete-1": (True, None), "live-classic": (False, "NON_EMPTY_GROUP"),
                    "delet-2": (False, "GROUP_ID_NOT_FOUND")}
    assert "did you mean delete-2?" in err
    assert cli("groups", "delete", "delete-2", "--group", "delete-3", "--plain") == (
        0, "delete-3\ttrue\t-\ndelete-2\ttrue\t-\n", "")
    assert cli("groups", "delete")[0] == 2
    status, _, err = cli("groups", "delete", "--all-groups")
    assert status == 2 and "--yes" in err


@pytest.mark.parametrize("member", [Confluent, Member848])
def test_a_group_that_has_just_ended(server, cli, member):
    """Empty, it is sent back and deleted, and then it is unknown."""
    group = f"ended-{member.__name__.lower()}"
    topic = fill(server, f"ending-{group}", 1)
    reader = Reader(member, server.bootstrap, group, [topic])
    settle([reader], 1)
    reader.close()
    eventually(lambda: "Empty" in cli("groups", "describe", group, "--state", "--plain")[1])
    status, _, err = cli("offsets", "reset", group, "--topic", topic, "--to-latest", "--execute")
    assert status == 0, err
    assert committed(cli, group) == {(topic, 0): 1}
    assert cli("groups", "delete", group)[0] == 0
    status, _, err = cli("groups", "describe", group)
    assert status == 1 and f"unknown group {group}" in err


@pytest.mark.parametrize("command", [
    ("groups", "list"), ("groups", "describe", "g"), ("offsets", "committed", "g"),
    ("offsets", "reset", "g", "--topic", "t", "--to-earliest"), ("groups", "delete", "g"),
    ("configs", "describe", "topic", "t"), ("cluster", "describe"), ("txn", "list"),
    ("quotas", "describe"), ("acls", "list"),
])
def test_nobody_answers(skafka, command):
    result = skafka.run(*command, "-b", "127.0.0.1:1", "--timeout", "300ms")
    assert (result.returncode, result.stdout) == (3, b"")
    assert b"127.0.0.1:1" in result.stderr


def test_the_embedded_broker_has_groups_too(skafka, data):
    skafka("topics", "create", "t", *data)
    assert skafka("groups", "list", *data, "--plain") == b""
    skafka("offsets", "reset", "g", "--topic", "t", "--to-earliest", "--execute", *data)
    assert skafka("groups", "list", *data, "--plain").split(b"\t")[0] == b"g"
    assert skafka("offsets", "committed", "g", *data, "--plain") == b"g\tt\t0\t0\t0\t0\t-\t-\t-\n"


def on_terminal(skafka, args, columns, answer=b""):
    """What a command shows on a terminal, and its exit status."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = skafka.start(*args, stdin=child, stdout=child, stderr=child)
    os.close(child)
    if answer:
        os.write(parent, answer)
    shown = b""
    try:
        while piece := os.read(parent, 4096):
            shown += piece
    except OSError:
        pass  # Linux tells so that the other side is closed.
    os.close(parent)
    return process.wait(10), text(shown).replace("\r\n", "\n")


def test_a_table_fits_the_terminal(skafka, server, cli, live):
    command = ("groups", "describe", "live-classic", "-b", server.bootstrap)
    status, shown = on_terminal(skafka, command, 110)
    assert status == 0 and max(map(len, shown.splitlines())) <= 110 and "…" in shown
    for number in ("3", "2"):
        assert number in shown.split()
    whole = on_terminal(skafka, command, 300)[1]
    assert "…" not in whole
    # Nothing is cut anywhere else.
    assert "…" not in cli("groups", "describe", "live-classic")[1]


def test_a_terminal_is_asked_before_a_group_goes(skafka, server, cli):
    topic = fill(server, "asked", 1)
    commit(server, "asked-group", (topic, 0, 1))
    command = ("groups", "delete", "asked-group", "-b", server.bootstrap)
    status, shown = on_terminal(skafka, command, 80, b"n\n")
    assert status == 1 and "delete group asked-group? [y/N]" in shown
    assert committed(cli, "asked-group")
    status, shown = on_terminal(skafka, command, 80, b"y\n")
    assert status == 0 and "deleted group asked-group" in shown
