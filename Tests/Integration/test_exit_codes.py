"""The contract with scripts: exit statuses, what stands on which stream, pipes, signals, time.

0 all done; 1 failed, in whole or for any item; 2 usage; 3 no connection or no answer in time; 4
corrupt data; 128 and the number for a signal. Data on standard output, everything else on standard
error.
"""

import json
import os
import signal
import socket
import subprocess
import threading
import time

import pytest

from harness import (BINARY, Broker, Skafka, end, free_port, numbered_lines, read_line, segment,
                     text)
from screen import Screen


def lines(output):
    return text(output).splitlines()


@pytest.fixture
def two(skafka, data):
    """Topics a and b with three records each, on the embedded broker."""
    for topic in "ab":
        skafka("produce", topic, *data, "-q", input=b"1\n2\n3\n")
    return data


# Partial failures


@pytest.mark.parametrize("args, done", [
    (["topics", "describe", "a", "nope", "b", "--plain"], ["a\t0", "b\t0"]),
    (["topics", "describe", "nope", "a", "--plain"], ["a\t0"]),
    (["offsets", "get", "a", "nope", "b", "--plain"], ["a\t0\t3", "b\t0\t3"]),
], ids=str)
def test_what_is_there_comes_out_though_something_is_missing(skafka, two, args, done):
    result = skafka.run(*args, *two)
    assert result.returncode == 1
    found = lines(result.stdout)
    assert len(found) == len(done)
    assert all(row.startswith(start) for row, start in zip(found, done))
    assert len(lines(result.stderr)) == 1 and b"nope" in result.stderr


def test_one_topic_of_three_that_cannot_be_made_or_deleted(skafka, two):
    result = skafka.run("topics", "create", "c", "a", "d", *two)
    assert result.returncode == 1
    assert len(lines(result.stderr)) == 1 and " a" in text(result.stderr)
    result = skafka.run("topics", "delete", "c", "nope", "a", "--yes", *two)
    assert result.returncode == 1
    assert len(lines(result.stderr)) == 1 and b"nope" in result.stderr
    left = [line.split("\t")[0] for line in lines(skafka("topics", "list", "--plain", *two))]
    assert left == ["b", "d"]


def test_one_of_several_topics_that_is_not_there(skafka, two):
    there = skafka("consume", "a", "b", "-e", *two)
    result = skafka.run("consume", "a", "nope", "b", "-e", *two)
    assert result.returncode == 1 and there
    assert sorted(result.stdout.splitlines()) == sorted(there.splitlines())
    assert len(lines(result.stderr)) == 1 and b"nope" in result.stderr


def test_one_of_several_logs_that_cannot_be_read(skafka, two):
    result = skafka.run("dump-segment", segment(skafka.data / "a-0"), skafka.home / "missing.log",
                        segment(skafka.data / "b-0"))
    assert result.returncode == 1
    assert b"a-0" in result.stdout and b"b-0" in result.stdout
    assert b"missing.log" in result.stderr and b"missing.log" not in result.stdout


def test_a_partition_that_is_not_there(skafka, two):
    for args in (["consume", "a", "-e", "-p", "0,7"], ["offsets", "get", "a", "-p", "7"],
                 ["topics", "trim", "a", "-p", "7", "--to", "end", "--yes"],
                 ["produce", "a", "-p", "7"]):
        result = skafka.run(*args, *two, "-q", input=b"x\n")
        assert (result.returncode, result.stdout) == (1, b""), args
        assert len(lines(result.stderr)) == 1 and "partition 7" in text(result.stderr), args


# Counts that are not reached


@pytest.mark.parametrize("more, status", [
    (["-c", "3", "-e"], 0), (["-c", "4", "-e"], 1), (["-e"], 0),
    (["-c", "4", "--idle-timeout", "200ms", "-o", "beginning"], 1),
    (["--idle-timeout", "200ms", "-o", "beginning"], 0),
    (["-c", "0", "-e"], 0)], ids=str)
def test_records_that_do_not_come(skafka, two, more, status):
    result = skafka.run("consume", "a", *two, *more)
    assert result.returncode == status
    assert result.stdout == (b"" if more[:2] == ["-c", "0"] else b"1\n2\n3\n")
    assert (b"1 record of 4 did not come" in result.stderr) == (status == 1)


# Pipes and files that take nothing


def reader_goes_away(skafka, *args, after=1, stdin=subprocess.DEVNULL):
    """Reads so many lines, closes the pipe, and gives exit status and standard error."""
    process = skafka.start(*args, stdin=stdin)
    for _ in range(after):
        assert read_line(process, 15)
    process.stdout.close()
    error = process.stderr.read()
    return process.wait(15), error


@pytest.fixture(scope="module")
def plenty(tmp_path_factory):
    """A directory with more than a pipe holds: records, and topics."""
    skafka = Skafka(tmp_path_factory.mktemp("plenty"))
    skafka("produce", "t", "-d", skafka.data, "-q", input=numbered_lines(60_000), timeout=60)
    names = [f"a-topic-with-a-long-name-{number:04}" + "x" * 200 for number in range(600)]
    for start in range(0, 600, 100):
        skafka("topics", "create", *names[start:start + 100], "-d", skafka.data, timeout=60)
    return skafka


@pytest.mark.parametrize("args", [
    ["consume", "t", "-e"], ["consume", "t", "-o", "beginning"], ["consume", "t", "-e", "-J"],
    ["topics", "list"], ["topics", "describe", "--plain"], ["topics", "list", "--plain"],
], ids=" ".join)
def test_a_reader_that_goes_away_is_no_failure(plenty, args):
    assert reader_goes_away(plenty, *args, "-d", plenty.data, "-q") == (0, b"")


def test_a_reader_of_a_dump_that_goes_away_is_no_failure(plenty):
    log = segment(plenty.data / "t-0")
    for form in ([], ["--json"], ["--plain"], ["--kafka", "--deep-iteration"]):
        assert reader_goes_away(plenty, "dump-segment", "--records", *form, log) == (0, b""), form


def test_a_reader_of_reports_that_goes_away_is_no_failure(skafka, broker, topic):
    source = skafka.home / "source"
    source.write_bytes(numbered_lines(60_000))
    with open(source, "rb") as stdin:
        status, error = reader_goes_away(
            skafka, "produce", topic, "-b", broker.bootstrap, "-q", "--report",
            "%o " + "x" * 100, stdin=stdin)
    assert (status, error) == (0, b"")


@pytest.mark.parametrize("args", [
    ["consume", "a", "-e"], ["topics", "list"], ["topics", "describe", "a", "--json"],
    ["offsets", "get", "a", "--plain"], ["--help"], ["consume", "--help"], ["--version"],
], ids=" ".join)
def test_a_disk_that_is_full_is_a_failure(skafka, two, args):
    """Also where what was to be written waits in a buffer until the end."""
    where = [] if args[-1].startswith("--help") or args == ["--version"] else two
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [BINARY, *args, *where], stdout=full, stderr=subprocess.PIPE, timeout=20,
            cwd=skafka.home, env=skafka.environment())
    assert result.returncode == 1
    assert len(lines(result.stderr)) == 1 and b"No space left" in result.stderr


def test_a_file_that_may_not_grow_is_a_failure(skafka, broker, topic):
    skafka("produce", topic, "-b", broker.bootstrap, input=b"x" * 1000)
    with open(skafka.home / "out", "wb") as out:
        result = subprocess.run(
            ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", BINARY, "consume", topic, "-e", "-b",
             broker.bootstrap],
            stdout=out, stderr=subprocess.PIPE, timeout=20, env=skafka.environment())
    assert result.returncode == 1 and b"File too large" in result.stderr


def test_reports_that_cannot_be_written_are_a_failure(skafka, broker, topic):
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [BINARY, "produce", topic, "-b", broker.bootstrap, "-q", "--report", "%o"],
            input=b"x\n" * 5, stdout=full, stderr=subprocess.PIPE, timeout=20,
            env=skafka.environment())
    assert result.returncode == 1 and b"No space left" in result.stderr
    # The records are in all the same.
    assert skafka("consume", topic, "-e", "-b", broker.bootstrap) == b"x\n" * 5


# Nobody there, nobody answers, nobody answers any more


COMMANDS = [
    ["topics", "list"], ["topics", "describe"], ["topics", "create", "t"],
    ["topics", "delete", "t", "--yes"], ["topics", "alter", "t", "--partitions", "9"],
    ["topics", "trim", "t", "--to", "end", "--yes"], ["offsets", "get", "t"], ["produce", "t"],
    ["consume", "t", "-e"], ["consume", "t", "-g", "g"], ["groups", "list"],
    ["offsets", "committed", "--all"], ["offsets", "reset", "g", "--all-topics", "--to-earliest"],
    ["configs", "describe", "--topic", "t"], ["cluster", "describe"], ["txn", "list"],
    ["copy", "t", "u"], ["compare", "t", "u"], ["shell", "-c", "topics list"], ["top", "--once"],
    ["bench", "produce"]]


def name_of(args):
    return " ".join(args)


@pytest.mark.parametrize("args", COMMANDS, ids=name_of)
def test_a_server_that_does_not_answer(skafka, args):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = "%s:%d" % silent.getsockname()
        started = time.monotonic()
        result = skafka.run(*args, "-b", address, "--timeout", "300ms", input=b"x\n")
        assert time.monotonic() - started < 5
    assert (result.returncode, result.stdout) == (3, b""), text(result.stderr)
    assert address in lines(result.stderr)[0]


@pytest.mark.parametrize("args", COMMANDS, ids=name_of)
def test_nobody_at_the_address(skafka, args):
    address = f"127.0.0.1:{free_port()}"
    started = time.monotonic()
    result = skafka.run(*args, "-b", address, "--timeout", "300ms", input=b"x\n")
    assert time.monotonic() - started < 5
    assert (result.returncode, result.stdout) == (3, b"")
    assert address in lines(result.stderr)[0]


@pytest.mark.parametrize("settings, words", [
    (["--timeout", "1s"], "not delivered"),
    (["-X", "delivery.timeout.ms=1000", "-X", "request.timeout.ms=500"], "not delivered")],
    ids=["timeout", "delivery.timeout.ms"])
def test_deliveries_that_are_lost(skafka, settings, words):
    """Records that were read but have nobody to take them: never exit status 0."""
    with Broker(skafka) as broker:
        broker.create("t")
        process = skafka.start("produce", "t", "-b", broker.bootstrap, *settings, "--report",
                               "%o", stdin=subprocess.PIPE)
        process.stdin.write(b"first\n")
        process.stdin.flush()
        assert read_line(process, 15) == b"0\n"
        broker.kill()
    process.stdin.write(b"second\nthird\n")
    started = time.monotonic()
    output, error = process.communicate(timeout=20)
    assert time.monotonic() - started < 10
    assert process.returncode == 1, text(error)
    assert output == b"" and words in text(error)
    # The summary counts what is lost.
    assert "1 record, " in text(error) and "2 failures" in text(error)


def test_a_delivery_that_the_broker_refuses(skafka):
    with Broker(skafka, extra=["-X", "message.max.bytes=1000"]) as broker:
        broker.create("t")
        source = b"small\n" + b"x" * 5000 + b"\nlast\n"
        result = skafka.run("produce", "t", "-b", broker.bootstrap, "--on-error", "continue",
                            "--batch-size", "100", input=source)
        assert (result.returncode, result.stdout) == (1, b"")
        assert "2 records, " in text(result.stderr) and "1 failure" in text(result.stderr)
        assert skafka("consume", "t", "-e", "-b", broker.bootstrap) == b"small\nlast\n"
        broker.stop()


def test_a_consumer_whose_broker_is_gone_does_not_end_as_if_all_were_done(skafka):
    with Broker(skafka) as broker:
        broker.create("t")
        skafka("produce", "t", "-b", broker.bootstrap, input=b"x\n")
        consumer = skafka.start("consume", "t", "-b", broker.bootstrap, "-o", "beginning",
                                "--timeout", "1s")
        assert read_line(consumer, 15) == b"x\n"
        broker.kill()
    assert consumer.wait(15) == 3
    assert broker.bootstrap in text(consumer.stderr.read())
    end(consumer)


# Corrupt data


def test_corrupt_data_has_a_status_of_its_own(skafka, data):
    skafka("produce", "t", *data, "-q", input=b"first\n")
    skafka("produce", "t", *data, "-q", input=b"second, which is damaged\n")
    log = segment(skafka.data / "t-0")
    content = bytearray(log.read_bytes())
    content[-8] ^= 1
    log.write_bytes(content)
    result = skafka.run("consume", "t", *data, "-e")
    assert (result.returncode, result.stdout) == (4, b"first\n"), text(result.stderr)
    assert "t-0 at offset 1" in text(result.stderr)
    assert skafka.run("dump-segment", "--verify", log).returncode == 4


# Signals


SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


def ends_at_once(process, number, within=2):
    started = time.monotonic()
    process.send_signal(number)
    status = process.wait(15)
    assert time.monotonic() - started < within
    return status


@pytest.mark.parametrize("number, status", SIGNALS, ids=["INT", "TERM", "HUP"])
class TestSignals:
    def test_a_consumer_that_waits(self, skafka, broker, topic, number, status):
        skafka("produce", topic, "-b", broker.bootstrap, input=b"x\n")
        consumer = skafka.start("consume", topic, "-b", broker.bootstrap, "-o", "beginning")
        assert read_line(consumer, 15) == b"x\n"
        assert ends_at_once(consumer, number) == status
        assert consumer.stderr.read() == b""
        end(consumer)

    def test_a_producer_that_waits_for_input(self, skafka, broker, topic, number, status):
        producer = skafka.start("produce", topic, "-b", broker.bootstrap, "--report", "%o",
                                stdin=subprocess.PIPE)
        producer.stdin.write(b"one\ntwo\n")
        producer.stdin.flush()
        assert [read_line(producer, 15) for _ in range(2)] == [b"0\n", b"1\n"]
        assert ends_at_once(producer, number) == status
        assert lines(producer.stderr.read()) == ["2 records, 6 bytes, 0 failures"]
        end(producer)
        assert skafka("consume", topic, "-e", "-b", broker.bootstrap) == b"one\ntwo\n"

    def test_a_shell_that_waits_for_input(self, skafka, broker, topic, number, status):
        shell = skafka.start("shell", "-b", broker.bootstrap, stdin=subprocess.PIPE)
        shell.stdin.write(f"offsets get {topic} --plain\n".encode())
        shell.stdin.flush()
        assert read_line(shell, 15).startswith(topic.encode())
        assert ends_at_once(shell, number) == status
        end(shell)

    @pytest.mark.parametrize("args", [["topics", "list"], ["consume", "t"], ["produce", "t"],
                                      ["offsets", "get", "t"]], ids=name_of)
    def test_a_broker_that_is_waited_for(self, skafka, number, status, args):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            process = skafka.start(*args, "-b", "%s:%d" % silent.getsockname(), "--timeout", "60s")
            silent.accept()
            assert ends_at_once(process, number) == status
            assert process.stdout.read() == b""
        end(process)

    def test_the_host_of_an_embedded_broker(self, skafka, data, number, status):
        skafka("produce", "t", *data, "-q", input=b"x\n")
        consumer = skafka.start("consume", "t", *data, "-q", "-o", "beginning")
        assert read_line(consumer, 15) == b"x\n"
        assert ends_at_once(consumer, number, within=4) == status
        end(consumer)
        assert skafka("consume", "t", *data, "-q", "-e") == b"x\n"


@pytest.fixture
def stuck(skafka):
    """A producer with a record that cannot be delivered: the broker hangs."""
    with Broker(skafka) as broker:
        broker.create("t")
        producer = skafka.start("produce", "t", "-b", broker.bootstrap, "--report", "%o",
                                stdin=subprocess.PIPE)
        producer.stdin.write(b"first\n")
        producer.stdin.flush()
        assert read_line(producer, 15) == b"0\n"
        broker.process.send_signal(signal.SIGSTOP)
        producer.stdin.write(b"second\n")
        producer.stdin.flush()
        time.sleep(0.3)
        yield producer
        end(producer)
        broker.process.send_signal(signal.SIGCONT)


def test_the_first_signal_has_bounded_clean_up(stuck):
    assert ends_at_once(stuck, signal.SIGTERM, within=6) == 143
    assert "1 record, " in text(stuck.stderr.read())


def test_the_second_signal_forces_the_end(stuck):
    stuck.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        stuck.wait(1)
    assert ends_at_once(stuck, signal.SIGINT, within=0.5) == 130


def test_a_command_around_which_the_broker_runs_ends_with_it(skafka):
    process = skafka.start("broker", "--ephemeral", "--listen", "127.0.0.1:0", "--", "sh", "-c",
                           "echo ready; exec sleep 60")
    assert read_line(process, 15) == b"ready\n"
    assert ends_at_once(process, signal.SIGTERM, within=6) == 143
    end(process)


# Streams


def test_standard_output_has_data_only(skafka, two):
    for args in (["produce", "a"], ["topics", "trim", "a", "--to", "end", "--yes"]):
        result = skafka.run(*args, *two, "-v", input=b"x\n")
        assert result.returncode == 0, args
        assert args[0] != "produce" or result.stdout == b"", args
    result = skafka.run("consume", "b", *two, "-e", "-v")
    assert result.stdout == b"1\n2\n3\n" and b"debug" in result.stderr


@pytest.mark.parametrize("args", [
    ["topics", "list"], ["topics", "describe"], ["topics", "describe", "nope", "a"],
    ["offsets", "get", "a", "nope"], ["topics", "create", "a", "n"],
    ["topics", "delete", "nope", "--yes"], ["topics", "trim", "a", "--to", "end", "--yes"],
    ["topics", "alter", "a", "-c", "retention.ms=1"], ["topics", "alter", "a", "-c", "no.such=1"]],
    ids=" ".join)
def test_json_is_one_document_whatever_failed(skafka, two, args):
    result = skafka.run(*args, "--json", *two)
    assert result.stdout.count(b"\n") == 1
    json.loads(result.stdout)


def test_quiet_says_nothing_but_errors(skafka):
    assert skafka.run("produce", "t", input=b"x\n").stderr.count(b"\n") == 2
    assert skafka.run("produce", "t", "-q", input=b"x\n").stderr == b""
    assert skafka.run("consume", "t", "-e", "-q").stderr == b""
    result = skafka.run("consume", "nope", "-e", "-q")
    assert result.returncode == 1 and b"nope" in result.stderr


def test_nothing_is_coloured_or_animated_off_a_terminal(skafka, two):
    source = skafka.home / "source"
    source.write_bytes(numbered_lines(100_000))
    for args in (["topics", "list"], ["topics", "describe", "a"], ["consume", "a", "-e"],
                 ["offsets", "get", "a"], ["produce", "a", "-l", source], ["--help"],
                 ["topics", "describe", "nope"], ["top", "--once", "--interval", "100ms"]):
        where = [] if args == ["--help"] else two
        result = skafka.run(*args, *where, env={"TERM": "xterm-256color"})
        assert b"\x1b" not in result.stdout + result.stderr, args
        assert b"\r" not in result.stdout + result.stderr, args


@pytest.mark.parametrize("env, args", [({"NO_COLOR": "1"}, []), ({"TERM": "dumb"}, []),
                                       ({}, ["--color", "never"])],
                         ids=["NO_COLOR", "TERM=dumb", "--color never"])
def test_nothing_is_coloured_where_that_is_not_wanted(skafka, two, env, args):
    for command in (["topics", "list"], ["topics", "describe", "a"], ["offsets", "get", "a"],
                    ["topics", "describe", "nope"]):
        with Screen(skafka, *command, *args, *two, env=env) as terminal:
            terminal.end()
            assert "\x1b" not in terminal.raw, command


def test_standard_input_that_is_closed_is_an_error_that_is_told(skafka, two):
    result = subprocess.run(
        ["sh", "-c", f"exec {BINARY} produce a -q -d {skafka.data} <&-"], capture_output=True,
        env=skafka.environment(), timeout=20)
    assert result.returncode == 1
    assert result.stdout == b"" and lines(result.stderr) == [
        "skafka: cannot read standard input: Bad file descriptor"]


def test_standard_output_that_is_closed_is_an_error_that_is_told(skafka, two):
    result = subprocess.run(
        ["sh", "-c", f"exec {BINARY} consume a -e -q -d {skafka.data} >&-"], capture_output=True,
        env=skafka.environment(), timeout=20)
    assert result.returncode == 1
    assert lines(result.stderr) == [
        "skafka: cannot write to standard output: Bad file descriptor"]


def test_something_else_at_the_address(skafka):
    """Who answers HTTP is not corrupt, but no broker either."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def answer():
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    peer.recv(1000)
                    peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        address = "%s:%d" % server.getsockname()
        result = skafka.run("topics", "list", "-b", address, "--timeout", "500ms")
    assert (result.returncode, result.stdout) == (3, b"")
    assert address in text(result.stderr) and "no Kafka broker" in text(result.stderr)


@pytest.mark.parametrize("group", [[], ["-g", "readers"]], ids=["alone", "in a group"])
def test_a_reader_that_goes_away_while_nothing_comes(skafka, two, group):
    process = skafka.start("consume", "a", *two, *group, "-o", "beginning", "-q")
    assert read_line(process, 20) == b"1\n"
    process.stdout.close()
    assert process.wait(10) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize("flags", [["-o", "0"], ["-o", "2:8"], ["-g", "late"]], ids=name_of)
def test_the_end_is_reached_where_all_is_gone(skafka, two, flags):
    skafka("consume", "a", *two, "-g", "late", "-c", "1", "-o", "beginning", "-q")
    skafka("topics", "trim", "a", *two, "--to", "end", "--yes", "-q")
    result = skafka.run("consume", "a", *two, *flags, "-e", timeout=30)
    assert (result.returncode, result.stdout) == (0, b"")


def test_what_is_refused_leaves_a_topic_alone(skafka, two):
    result = skafka.run("topics", "alter", "a", *two, "--partitions", "1", "-c", "retention.ms=5")
    assert result.returncode == 1 and "INVALID_PARTITIONS" in text(result.stderr)
    described, = skafka.json("topics", "describe", "a", *two)
    assert described["configs"] == {}
