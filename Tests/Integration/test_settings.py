"""Settings come from flags, -X, files and the environment, in that order."""

from harness import end, free_port, read_line, text


def test_a_file_of_settings(skafka, broker, topic):
    file = skafka.home / "client.properties"
    file.write_text(f"# a comment\nbootstrap.servers={broker.bootstrap}\ncompression.type=gzip\n")
    skafka("produce", topic, "-F", file, "-q", input=b"x\n")
    assert skafka("consume", topic, "-F", file, "-e", "-q") == b"x\n"
    assert not skafka.data.exists()


def test_what_goes_before_what(skafka, broker, topic):
    nobody = f"127.0.0.1:{free_port()}"
    file = skafka.home / "client.properties"
    file.write_text(f"bootstrap.servers={nobody}\n")
    env = {"SKAFKA_BOOTSTRAP_SERVERS": nobody}

    def works(*flags):
        result = skafka.run("offsets", "get", topic, "--timeout", "1s", *flags, env=env)
        assert result.returncode in (0, 3), text(result.stderr)
        return result.returncode == 0

    assert not works()
    assert not works("-F", file)
    assert works("-F", file, "-X", f"bootstrap.servers={broker.bootstrap}")
    assert not works("-b", nobody, "-X", f"bootstrap.servers={broker.bootstrap}")
    assert works("-b", broker.bootstrap, "-X", f"bootstrap.servers={nobody}", "-F", file)
    file.write_text(f"bootstrap.servers={broker.bootstrap}\n")
    assert works("-F", file)


def test_profiles(skafka, broker, topic):
    nobody = f"127.0.0.1:{free_port()}"
    config = skafka.home / ".config/skafka/config"
    config.parent.mkdir(parents=True)
    config.write_text(f"""# clusters
[default]
bootstrap.servers={broker.bootstrap}

[nobody]
bootstrap.servers={nobody}
""")

    def code(*flags, env=None):
        return skafka.run("offsets", "get", topic, "--timeout", "500ms", *flags, env=env).returncode

    assert code() == 0, "the default profile"
    assert not skafka.data.exists()
    assert code("--profile", "nobody") == 3
    assert code("--profile", "nobody", "-X", f"bootstrap.servers={broker.bootstrap}") == 0
    assert code("--profile", "nobody", "-b", broker.bootstrap) == 0
    assert code("--profile", "nobody", env={"SKAFKA_BOOTSTRAP_SERVERS": broker.bootstrap}) == 0
    assert code(env={"KAFKA_BOOTSTRAP_SERVERS": nobody}) == 3, "the environment goes before"
    elsewhere = skafka.home / "xdg"
    (elsewhere / "skafka").mkdir(parents=True)
    (elsewhere / "skafka/config").write_text(f"[default]\nbootstrap.servers={nobody}\n")
    assert code(env={"XDG_CONFIG_HOME": str(elsewhere)}) == 3
    # A global option may stand before the command.
    assert skafka.run("--profile", "default", "topics", "list").returncode == 0

    unknown = skafka.run("topics", "list", "--profile", "nobdy")
    assert unknown.returncode == 2
    assert "no profile nobdy" in text(unknown.stderr), text(unknown.stderr)
    assert "did you mean nobody?" in text(unknown.stderr), text(unknown.stderr)


def test_settings_of_other_clients(skafka, broker, topic):
    file = skafka.home / "client.properties"
    file.write_text("key.deserializer=org.example.D\nssl.protocol=TLSv1.3\nlog_level=6\n")
    quiet = skafka.run("topics", "list", "-b", broker.bootstrap, "-F", file)
    assert (quiet.returncode, quiet.stderr) == (0, b"")
    verbose = skafka.run("topics", "list", "-b", broker.bootstrap, "-F", file, "-v")
    assert "client.properties:2: setting ssl.protocol has no effect" in text(verbose.stderr)
    typed = skafka.run("topics", "list", "-b", broker.bootstrap, "-X", "debug=all")
    assert typed.returncode == 0
    assert "setting debug has no effect" in text(typed.stderr)
    file.write_text("key.deserialiser=x\n")
    assert skafka.run("topics", "list", "-b", broker.bootstrap, "-F", file).returncode == 2


def test_a_file_with_a_password_is_for_its_owner(skafka, broker):
    file = skafka.home / "client.properties"
    file.write_text("sasl.password=hunter2\n")
    file.chmod(0o644)
    result = skafka.run("topics", "list", "-b", broker.bootstrap, "-F", file)
    said = text(result.stderr)
    assert result.returncode == 0 and said.count("chmod 600") == 1, said
    file.chmod(0o600)
    assert skafka.run("topics", "list", "-b", broker.bootstrap, "-F", file).stderr == b""
    # What is mistyped is not repeated.
    for flags in (["-X", "sasl.passwrd=hunter2"], ["-X", "sasl.password hunter2"],
                  ["-X", "sasl.jaas.config=hunter2"], ["-X", "ssl.key.pem=hunter2"]):
        result = skafka.run("topics", "list", "-b", broker.bootstrap, *flags)
        assert result.returncode == 2 and b"hunter2" not in result.stderr, text(result.stderr)


def test_both_spellings(skafka, broker, topic):
    for settings in (["-X", "linger.ms=1"], ["-X", "queue.buffering.max.ms=1"],
                     ["-X", "compression.type=lz4"], ["-X", "compression.codec=lz4"]):
        skafka("produce", topic, "-b", broker.bootstrap, "-q", *settings, input=b"x\n")


def test_several_addresses_one_of_them_dead(skafka, broker, topic):
    addresses = f"127.0.0.1:{free_port()},{broker.bootstrap}"
    skafka("produce", topic, "-b", addresses, "-q", input=b"x\n")
    assert skafka("consume", topic, "-b", addresses, "-e", "-q") == b"x\n"


def test_kafkas_own_properties_start_the_broker(skafka):
    """Roles, controllers and threads of a KRaft server.properties mean nothing here."""
    port = free_port()
    file = skafka.home / "server.properties"
    file.write_text(f"""
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:9093
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{free_port()}
inter.broker.listener.name=PLAINTEXT
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
num.network.threads=3
num.io.threads=8
socket.send.buffer.bytes=102400
log.dirs={skafka.data}
num.partitions=2
num.recovery.threads.per.data.dir=1
offsets.topic.replication.factor=1
share.coordinator.state.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
log.retention.hours=168
log.segment.bytes=1073741824
log.retention.check.interval.ms=300000
""")
    process = skafka.start("broker", "--config", file)
    try:
        line = read_line(process, 10).decode().strip()
        assert line == f"BOOTSTRAP_SERVERS=127.0.0.1:{port}"
        skafka("topics", "create", "t", "-b", f"127.0.0.1:{port}")
        (topic,) = skafka.json("topics", "describe", "t", "-b", f"127.0.0.1:{port}")
        assert len(topic["partitions"]) == 2
    finally:
        end(process)
    result = skafka.run("broker", "--config", file, "-X", "num.netwrk.threads=3")
    assert result.returncode == 2
    assert "num.netwrk.threads" in text(result.stderr)
