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
