"""Settings come from flags, -X, files and the environment, in that order."""

from harness import free_port, text


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


def test_both_spellings(skafka, broker, topic):
    for settings in (["-X", "linger.ms=1"], ["-X", "queue.buffering.max.ms=1"],
                     ["-X", "compression.type=lz4"], ["-X", "compression.codec=lz4"]):
        skafka("produce", topic, "-b", broker.bootstrap, "-q", *settings, input=b"x\n")


def test_several_addresses_one_of_them_dead(skafka, broker, topic):
    addresses = f"127.0.0.1:{free_port()},{broker.bootstrap}"
    skafka("produce", topic, "-b", addresses, "-q", input=b"x\n")
    assert skafka("consume", topic, "-b", addresses, "-e", "-q") == b"x\n"
