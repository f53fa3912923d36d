"""`skafka shell`: scripts, and a person at a terminal."""

import signal
import stat

import pytest

from harness import text
from terminal import Terminal

PROMPT = "skafka> "


# Scripts.

def test_commands_of_an_option(skafka, data):
    result = skafka.run(
        "shell", *data, "-c", "topics create a; topics create b  # two", "-c", "topics list --plain")
    assert result.returncode == 0, text(result.stderr)
    assert result.stdout.splitlines()[-2:] == [b"a\t1\t1", b"b\t1\t1"]
    # Without a prompt.
    assert b"skafka>" not in result.stdout + result.stderr


def test_commands_of_standard_input(skafka, data):
    script = """
        # Comments and blank lines are nothing.
        topics create 'a'
        produce a lines.txt -l -q
        consume a -e | tr a-z A-Z
        consume a -e -f '%o;%v\\n' > out.txt ; consume a -e -c 1 >> out.txt
        use a
        offsets get --plain
    """
    (skafka.home / "lines.txt").write_text("one\ntwo\n")
    result = skafka.run("shell", *data, input=script.encode())
    assert result.returncode == 0, text(result.stderr)
    assert result.stdout.split(b"\n", 1)[1] == b"ONE\nTWO\na\t0\t2\n"
    assert (skafka.home / "out.txt").read_text() == "0;one\n1;two\none\n"


def test_it_stops_at_the_first_error(skafka, data):
    for script, status in (("topics describe nope; topics list", 1), ("topics nope\ntopics list", 2),
                           ("a || b\ntopics list", 2), ("topics list 'x", 2),
                           ("topics list | grep -q nothing\ntopics list", 1),
                           ("topics describe nope | cat\ntopics list", 1),
                           ("topics list > /no/such/dir\ntopics list", 1)):
        for result in (skafka.run("shell", *data, "-c", script),
                       skafka.run("shell", *data, input=script.encode())):
            assert result.returncode == status, (script, text(result.stderr))
            assert result.stdout.count(b"TOPIC") == 0, script


def test_with_keep_going_the_last_status_counts(skafka, data):
    script = "topics describe nope; topics nope; topics list --plain"
    result = skafka.run("shell", "--keep-going", *data, "-c", script)
    assert result.returncode == 0
    assert text(result.stderr).count("skafka:") == 2
    assert skafka.run("shell", "--keep-going", *data, "-c", "topics list; topics nope").returncode == 2


def test_exit_and_its_status(skafka, data):
    for script, status in (("exit", 0), ("exit 7; topics nope", 7), ("topics nope; exit", 2)):
        result = skafka.run("shell", "--keep-going", *data, "-c", script)
        assert result.returncode == status, script


def test_exit_at_the_prompt_and_its_status(skafka, broker):
    with Terminal(skafka, "shell", "-b", broker.bootstrap) as shell:
        shell.read(PROMPT)
        shell.run("exit 4", "exit 4")
        shell.end()
    assert shell.code == 4


def test_a_line_that_goes_on_in_the_next(skafka, data):
    skafka("produce", "t", *data, "-q", input=b"x\n")
    result = skafka.run("shell", *data, "-q", input=b"topics list \\\n --plain\n")
    assert (result.returncode, result.stdout) == (0, b"t\t1\t1\n")


def test_what_a_command_reads(skafka, data):
    # With -c, standard input is free for a command.
    result = skafka.run("shell", *data, "-q", "-c", "produce t; consume t -e", input=b"x\ny\n")
    assert (result.returncode, result.stdout) == (0, b"x\ny\n")
    # In a script on standard input it is not.
    result = skafka.run("shell", *data, input=b"produce t\nlost\n")
    assert result.returncode == 2 and b"name a file, or write < FILE" in result.stderr
    (skafka.home / "f").write_text("z\n")
    result = skafka.run("shell", *data, "-q", input=b"produce t < f\nconsume t -o -1 -e\n")
    assert (result.returncode, result.stdout) == (0, b"z\n")


def test_a_reader_that_goes_away(skafka, data):
    skafka("produce", "t", *data, "-q", input=b"x\n" * 100_000)
    result = skafka.run("shell", *data, "-q", "-c", "consume t -o beginning | head -n 1; exit 9")
    assert (result.returncode, result.stdout, result.stderr) == (9, b"x\n", b"")


def test_the_shells_options_hold_for_its_commands(skafka, broker, topic):
    result = skafka.run("shell", "-b", broker.bootstrap, "--json", "-c", f"offsets get {topic}")
    assert result.returncode == 0 and result.stdout.startswith(b"[{")
    # But for a command that names a broker itself.
    result = skafka.run("shell", "-b", broker.bootstrap, "-c", f"offsets get {topic} -d other")
    assert result.returncode == 1


def test_one_connection_serves_all_commands(skafka, broker):
    count = 20
    script = "; ".join(["topics list -v"] * count)
    result = skafka.run("shell", "-b", broker.bootstrap, "-c", script)
    assert result.returncode == 0
    connections = text(result.stderr).count("connected")
    assert connections == 1, text(result.stderr)


def test_a_signal_ends_the_script(skafka, broker, topic):
    process = skafka.start(
        "shell", "--keep-going", "-b", broker.bootstrap, "-c",
        f"offsets get {topic} --plain; consume {topic} -J; topics list")
    try:
        assert process.stdout.readline().startswith(topic.encode())
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stdout.read() == b""
    finally:
        process.kill()


# At a terminal.

@pytest.fixture
def shell(skafka, broker):
    with Terminal(skafka, "shell", "-b", broker.bootstrap) as terminal:
        terminal.read(PROMPT)
        yield terminal


def test_commands_and_what_goes_wrong(shell, topic):
    assert topic in shell.run("topics list", PROMPT)
    assert "did you mean 'topics list'?" in shell.run("topics lst", PROMPT)
    assert "unknown topic nope" in shell.run("topics describe nope", PROMPT)
    assert "is not known here" in shell.run("topics list && topics list", PROMPT)
    assert "     1\tTOPIC" in shell.run("topics list | cat -n", PROMPT)
    assert "\n  produce  " in shell.run("help", "--keep-going")
    assert "--if-not-exists" in shell.run("help topics create", "--dry-run")
    shell.read(PROMPT)
    shell.press("D")
    shell.end()
    assert shell.code == 0


def test_lines_are_edited(shell):
    # Back to the begin of the line, and a letter put in front.
    shell.type("opics lisX")
    shell.type("\x7ft\x01t\r")
    assert "TOPIC" in shell.read(PROMPT)
    # What was typed goes on behind an open quote.
    shell.run("topics list | grep 'TOPIC", "\n> ")
    assert "PARTITIONS" in shell.run("no other'", PROMPT)


def clear(shell):
    """Gives up a line that is half typed; the prompt before it may have been drawn anew."""
    shell.press("C")
    shell.read("^C\n")
    shell.read(PROMPT)


def test_tab(shell, skafka, broker):
    broker.create("tab-orders")
    broker.create("tab-payments")
    shell.type("topi\t")
    shell.read("topics ")
    shell.type("descr\t")
    shell.read("describe ")
    shell.type("--under\t")
    shell.read("--under-replicated ")
    shell.type("tab-o\t")
    shell.read("tab-orders ")
    shell.type("tab-\t\t")
    listing = shell.read("tab-payments")
    assert "tab-orders" in listing
    clear(shell)
    shell.type("topics alter tab-orders -c retention.m\t")
    shell.read("retention.ms=")
    clear(shell)
    shell.type("consume tab-orders -X fetch.min\t")
    shell.read("fetch.min.bytes=")
    clear(shell)
    (skafka.home / "a file").write_text("")
    shell.type("topics list > a\t")
    shell.read("a\\ file ")
    clear(shell)


def test_tab_lists_what_fits_on_the_screen(shell, skafka, broker):
    skafka("topics", "create", "-b", broker.bootstrap,
           *[f"many-{number:03}.name" for number in range(300)])
    shell.type("consume many-\t\t")
    # Five columns on twenty lines.
    listing = shell.read("and 200 more\n")
    assert "many-000.name" in listing and "many-099.name" in listing
    assert "many-100.name" not in listing and "More" not in listing
    shell.read("consume many-")
    shell.type("299\t")
    shell.read("299.name ")
    clear(shell)


def test_ctrl_c_ends_the_command_and_clears_the_line(shell, broker, topic):
    shell.type("half a li")
    shell.read("half a li")
    clear(shell)
    broker.skafka("produce", topic, "-b", broker.bootstrap, "-q", input=b"a record\n")
    shell.type(f"consume {topic} -o beginning\r")
    # It has begun to print.
    shell.read("\na record\n")
    shell.press("C")
    shell.read(PROMPT)
    # The shell and its connection are as before.
    assert topic in shell.run("topics list", PROMPT)


def test_a_question_is_asked_and_can_be_left(shell, broker, topic):
    shell.type(f"topics delete {topic}\r")
    shell.read("[y/N]\n")
    shell.press("C")
    shell.read(PROMPT)
    # What comes next is a command again, and no answer.
    assert "unknown command 'y'" in shell.run("y", PROMPT)
    assert topic in shell.run("topics list", PROMPT)
    shell.run(f"topics delete {topic}", "[y/N]\n")
    assert "deleted" in shell.run("y", PROMPT)


def test_a_topic_in_use(shell, topic):
    shell.run(f"use {topic}", f"skafka {topic}> ")
    shell.type("produce\r")
    shell.read(f"\n{topic}> ")
    shell.run("first", f"{topic}> ")
    # Up brings back what was typed.
    shell.run("\x1b[A and more", f"{topic}> ")
    shell.press("D")
    assert "2 records" in shell.read(f"skafka {topic}> ")
    seen = shell.run("consume -e", f"skafka {topic}> ")
    assert "first\nfirst and more\n" in seen
    shell.run("use", PROMPT)


def test_history_is_kept_but_no_secrets(skafka, broker):
    path = skafka.home / ".local/state/skafka/history"
    with Terminal(skafka, "shell", "-b", broker.bootstrap) as shell:
        shell.read(PROMPT)
        shell.run("topics list --plain", PROMPT)
        shell.run("topics list -X sasl.password=hush", PROMPT)
        shell.run("exit", "exit")
        shell.end()
    assert path.read_text() == "topics list --plain\nexit\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with Terminal(skafka, "shell", "-b", broker.bootstrap) as shell:
        shell.read(PROMPT)
        shell.type("\x1b[A\x1b[A")
        shell.read("topics list --plain")
        clear(shell)


def test_colours(skafka, broker):
    for env, is_coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        with Terminal(skafka, "shell", "-b", broker.bootstrap, env=env) as shell:
            shell.read("> ")
            shell.type("topics nope\r")
            shell.read("--help'")
            raw = shell.everything
            assert (b"\x1b[1m" in raw or b"\x1b[1;31m" in raw) == is_coloured, raw
            if env.get("TERM") == "dumb":
                assert b"\x1b" not in raw


def test_the_embedded_broker_lives_as_long_as_the_shell(skafka):
    with Terminal(skafka, "shell", "-d", "data") as shell:
        shell.read(PROMPT)
        shell.run("topics create kept", PROMPT)
        # Another process finds the shell's broker.
        assert skafka("topics", "list", "--plain", "-d", "data") == b"kept\t1\t1\n"
        shell.press("D")
        shell.end()
        assert shell.code == 0
    assert (skafka.data / ".kafka_cleanshutdown").exists()


def test_sigterm_gives_the_terminal_back(skafka, broker):
    with Terminal(skafka, "shell", "-b", broker.bootstrap) as shell:
        shell.read(PROMPT)
        shell.send(signal.SIGTERM)
        shell.end()
        assert shell.code == 143


# `produce` at a prompt.

def test_produce_reads_lines_with_editing(skafka, broker, topic):
    with Terminal(skafka, "produce", topic, "-b", broker.bootstrap) as terminal:
        terminal.read(f"{topic}> ")
        terminal.type("wrld\x1b[D\x1b[D\x1b[Do\r")
        terminal.read(f"{topic}> ")
        # It is there while the next line is still typed.
        consumed = skafka("consume", topic, "-b", broker.bootstrap, "-o", "beginning", "-c", "1")
        assert consumed == b"world\n"
        terminal.type("\t tab\r")
        terminal.read(f"{topic}> ")
        terminal.press("D")
        assert "2 records" in terminal.end()
        assert terminal.code == 0
    assert skafka("consume", topic, "-b", broker.bootstrap, "-e") == b"world\n\t tab\n"


def test_ctrl_c_ends_produce(skafka, broker, topic):
    with Terminal(skafka, "produce", topic, "-b", broker.bootstrap) as terminal:
        terminal.read(f"{topic}> ")
        terminal.run("sent", f"{topic}> ")
        terminal.type("not sent")
        terminal.read("not sent")
        terminal.press("C")
        assert "1 record" in terminal.end()
        assert terminal.code == 130
    assert skafka("consume", topic, "-b", broker.bootstrap, "-e") == b"sent\n"
