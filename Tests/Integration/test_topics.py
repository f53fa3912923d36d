"""Topics: made, shown, changed, deleted."""

import json

from harness import text


def names(skafka, data):
    return skafka("topics", "list", *data, "--plain").decode().split("\n")[:-1]


def test_create_list_describe_delete(skafka, data):
    skafka("topics", "create", "one", "two", *data, "--partitions", "3", "-c", "retention.ms=60000")
    assert [line.split("\t")[0] for line in names(skafka, data)] == ["one", "two"]
    shown = skafka.json("topics", "describe", "one", *data)
    assert "retention.ms" in json.dumps(shown)
    described = text(skafka("topics", "describe", "one", *data))
    assert "one" in described and "retention.ms" in described
    skafka("topics", "delete", "one", *data, "--yes")
    assert [line.split("\t")[0] for line in names(skafka, data)] == ["two"]


def test_one_of_three_fails(skafka, data):
    skafka("topics", "create", "a", *data)
    result = skafka.run("topics", "create", "a", "b", *data)
    assert result.returncode == 1
    assert "a" in text(result.stderr)
    assert [line.split("\t")[0] for line in names(skafka, data)] == ["a", "b"]
    skafka("topics", "create", "a", *data, "--if-not-exists")
    result = skafka.run("topics", "delete", "a", "nope", *data, "--yes")
    assert result.returncode == 1 and "nope" in text(result.stderr)
    assert [line.split("\t")[0] for line in names(skafka, data)] == ["b"]
    skafka("topics", "delete", "nope", *data, "--yes", "--if-exists")


def test_a_setting_that_is_not_set_is_told(skafka, data):
    skafka("topics", "create", "a", "b", *data, "-c", "retention.ms=60000")
    skafka("topics", "alter", "a", *data, "--delete-config", "retention.ms")
    for command in (["topics", "alter", "a", "b"], ["configs", "alter", "topic", "a"],):
        result = skafka.run(*command, *data, "--delete-config", "retention.ms")
        assert result.returncode == 0
        assert text(result.stderr).splitlines() == ["skafka: topic a does not set retention.ms"]
        result = skafka.run(*command, *data, "--delete-config", "retention.mz", "-q")
        assert result.returncode == 1 and result.stdout == b""
        assert "topic a: there is no setting retention.mz; did you mean retention.ms?" in text(
            result.stderr)
    # What is refused leaves the topic alone.
    result = skafka.run("topics", "alter", "a", *data, "--delete-config", "x", "--partitions", "5")
    assert result.returncode == 1
    assert len(skafka.json("topics", "describe", "a", *data)[0]["partitions"]) == 1


def test_nothing_done_has_a_reason(skafka, data):
    skafka("topics", "create", "a", *data)
    created = skafka.json("topics", "create", "a", "b", "--if-not-exists", *data)
    assert created[0] == {"topic": "a", "done": False, "reason": "exists already"}
    assert created[1]["done"] and "reason" not in created[1]
    deleted = skafka.json("topics", "delete", "nope", "--if-exists", *data)
    assert deleted == [{"topic": "nope", "done": False, "reason": "is not there"}]


def test_an_embedded_broker_has_no_address(skafka, data):
    skafka("topics", "create", "a", *data)
    (broker,) = skafka.json("cluster", "describe", *data)["brokers"]
    assert (broker["host"], broker["port"]) == (None, None)
    assert skafka("cluster", "describe", *data, "--plain").startswith(b"0\t-\t-\t")


def test_names_that_may_not_be(skafka, data):
    for name in ("a b", "..", "x" * 250, "a/b", "ü"):
        result = skafka.run("topics", "create", name, *data)
        assert result.returncode in (1, 2) and result.stderr, name
    assert names(skafka, data) == []


def test_json_is_one_document_and_numbers_are_exact(skafka, data):
    skafka("topics", "create", "t", *data, "-c", "retention.bytes=9007199254740993")
    document = skafka("topics", "describe", "t", *data, "--json")
    assert b"9007199254740993" in document
    json.loads(document)
    json.loads(skafka("topics", "list", *data, "--json"))


def test_topics_survive_a_restart_of_the_host(skafka, data):
    skafka("topics", "create", "t", *data, "--partitions", "2")
    skafka("produce", *data, "t", "-p", "1", input=b"kept\n")
    assert skafka("consume", *data, "t", "-e", "-q") == b"kept\n"
    assert (skafka.data / "t-1").is_dir()
