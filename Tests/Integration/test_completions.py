"""The completion scripts in the shells they are for, asked as those shells ask them."""

import os
import subprocess
import time

import pytest
from confluent_kafka import Consumer, TopicPartition

from harness import BINARY, ROOT, free_port
from terminal import Terminal

SCRIPTS = ROOT / "completions"


@pytest.fixture
def environment(skafka, tmp_path):
    """With the binary under its own name in PATH."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    (binaries / "skafka").symlink_to(BINARY)
    environment = skafka.environment()
    return environment | {"PATH": f"{binaries}:{environment['PATH']}"}


def bash(environment, home, line):
    """What bash would offer for a line whose last word is half typed."""
    words = line.split(" ")
    script = f"""
        source {SCRIPTS}/skafka.bash
        COMP_LINE="$1" COMP_POINT=${{#1}}
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _skafka "$1" "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD - 1]}}"
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    result = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", line, *words], env=environment, cwd=home,
        capture_output=True, text=True, timeout=20)
    assert result.stderr == ""
    return sorted(set(result.stdout.split("\n")) - {""})


@pytest.fixture(scope="module")
def topics(broker):
    for topic in ("complete-orders", "complete-payments"):
        broker.create(topic)


def test_bash(environment, skafka, broker, topics):
    def offered(line):
        return bash(environment, skafka.home, line)

    assert offered("skafka topi") == ["topics"]
    assert offered("skafka topics desc") == ["describe"]
    assert "--under-replicated" in offered("skafka topics describe --und")
    assert offered("skafka produce -z ls") == []
    assert offered("skafka consume --isolation-level read_c") == ["read_committed"]
    server = f"-b {broker.bootstrap}"
    for line in (f"skafka consume {server} complete-", f"skafka produce {server} complete-",
                 f"skafka topics describe {server} --topic complete-"):
        assert offered(line) == ["complete-orders", "complete-payments"], line
    assert offered(f"skafka consume {server} complete-o") == ["complete-orders"]
    assert "retention.ms=" in offered("skafka topics create t -c retention.")
    assert "num.partitions=" in offered("skafka broker -X num.p")


def test_groups(environment, skafka, broker, topic):
    client = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": f"complete-{topic}"})
    client.commit(offsets=[TopicPartition(topic, 0, 0)], asynchronous=False)
    client.close()
    for command in ("groups describe", "offsets committed", "offsets reset"):
        line = f"skafka {command} -b {broker.bootstrap} complete-"
        assert bash(environment, skafka.home, line) == [f"complete-{topic}"], line


def test_what_names_the_broker_may_come_from_the_environment(environment, skafka, broker, topics):
    environment["SKAFKA_BOOTSTRAP_SERVERS"] = broker.bootstrap
    offered = bash(environment, skafka.home, "skafka consume complete-p")
    assert offered == ["complete-payments"]


def test_nobody_there_is_no_trouble(environment, skafka):
    started = time.monotonic()
    line = f"skafka consume -b 127.0.0.1:{free_port()} x"
    assert bash(environment, skafka.home, line) == []
    assert time.monotonic() - started < 10


def test_no_embedded_broker_is_started(environment, skafka, data):
    assert bash(environment, skafka.home, "skafka consume x") == []
    assert not (skafka.home / ".local").exists()
    # Where one was before, its topics are known from the directory.
    skafka("topics", "create", "kept", *data)
    before = sorted(os.listdir(skafka.data))
    assert bash(environment, skafka.home, f"skafka consume -d {skafka.data} k") == ["kept"]
    assert sorted(os.listdir(skafka.data)) == before


@pytest.mark.parametrize("program, options, setup", [
    ("zsh", ["-f", "-i"],
     f"fpath=({SCRIPTS} $fpath); autoload -U compinit; compinit -u -D; PS1='rea''dy: '"),
    ("fish", ["--no-config", "-i"],
     f"source {SCRIPTS}/skafka.fish; function fish_prompt; echo -n 'rea''dy: '; end"),
], ids=["zsh", "fish"])
def test_other_shells(environment, skafka, broker, topics, program, options, setup):
    with Terminal(skafka, *options, columns=200, program=f"/usr/bin/{program}",
                  env=environment) as shell:
        shell.type(setup + "\r")
        shell.read("ready: ")
        shell.type("skafka topics descr\t")
        shell.read("ibe ")
        shell.type(f"-b {broker.bootstrap} complete-o\t")
        shell.read("rders ")
