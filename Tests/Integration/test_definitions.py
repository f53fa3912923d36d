"""The message definitions against the schemas of Apache Kafka's that kafka-python ships.

Names, order, types, versions, nulls, tags and defaults of every field, in every version that both
know: a second opinion on versions that no captured frame shows.
"""

import importlib.resources
import json
import re

import pytest

from harness import ROOT

SCHEMAS = importlib.resources.files("kafka.protocol.schemas") / "resources"
# Those of requests and responses: what records hold is not among kafka-python's schemas.
DEFINITIONS = sorted(
    path for path in (ROOT / "Sources/KafkaWire/Definitions").glob("*.wire")
    if re.search("^api ", path.read_text(), flags=re.M))


def versions(word, highest):
    """`3`, `3-7` or `3+` as a range; None for none."""
    if word in (None, "none"):
        return None
    low, _, high = word.rstrip("+").partition("-")
    return int(low), highest if word.endswith("+") else int(high or low)


def common(one, other):
    if not one or not other:
        return None
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low <= high else None


def load_schema(api, kind):
    path = SCHEMAS / f"{api}{kind}.json"
    if not path.is_file():
        return None
    lines = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.M)
    return json.loads(re.sub(r'(?<=[,\]\}"\s])//[^"\n]*$', "", lines, flags=re.M))


def load_definition(path):
    head, messages, stack = None, {}, []
    for line in path.read_text().splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        depth = (len(line) - len(line.lstrip())) // 4
        if words[0] == "api":
            head = {"name": words[1], "key": int(words[2]), "versions": versions(words[4], None),
                    "flexible": versions(words[6], 999)}
        elif depth == 0:
            message = messages[words[0]] = {"fields": [], "structs": {}}
            stack = [(0, message["fields"], head["versions"])]
        elif words[0] == "struct":
            message["structs"][words[1]] = fields = []
            stack = [stack[0], (1, fields, head["versions"])]
        else:
            while stack[-1][0] >= depth:
                stack.pop()
            field = load_field(words, stack[-1][2])
            stack[-1][1].append(field)
            stack.append((depth, field["fields"], field["versions"]))
    return head, messages


def load_field(words, enclosing):
    name, kind, *rest = words
    field = {"name": name, "versions": enclosing, "tag": None, "default": None, "fields": []}
    if rest and re.fullmatch(r"\d+(\+|-\d+)?", rest[0]):
        field["versions"] = common(versions(rest.pop(0), enclosing[1]), enclosing)
    kind, question, null = kind.partition("?")
    field["nullable"] = question and common(versions(null or "0+", enclosing[1]), field["versions"])
    field["type"] = kind.replace("error", "int16")
    if "tag" in rest:
        field["tag"] = int(rest[rest.index("tag") + 1])
    if "=" in rest:
        field["default"] = rest[rest.index("=") + 1]
    return field


def default(kind, value):
    if value in (None, ""):
        return {"bool": "false", "string": "", "bytes": ""}.get(kind, "0")
    if kind.startswith(("int", "uint")) and value != "null":
        return str(int(str(value), 0))
    return str(value).lower() if kind == "bool" else str(value)


def compare(place, mine, my_structs, theirs, their_structs, span):
    mine = [field for field in mine if common(field["versions"], span)]
    theirs = [field for field in theirs if common(versions(field["versions"], span[1]), span)]
    lower = {field["name"][0].lower() + field["name"][1:]: field for field in theirs}
    untagged = [field["name"] for field in mine if field["tag"] is None]
    assert untagged == [name for name, field in lower.items() if field.get("tag") is None], place
    assert {field["name"] for field in mine} == set(lower), place
    count = 0
    for field in mine:
        other = lower[field["name"]]
        where = f"{place}.{field['name']}"
        is_array = other["type"].startswith("[]")
        kind = other["type"].removeprefix("[]")
        my_kind = field["type"].strip("[]")
        assert field["type"].startswith("[") == is_array, where
        there = common(versions(other["versions"], span[1]), span)
        assert common(field["versions"], span) == there, where
        null = common(versions(other.get("nullableVersions"), span[1]), there)
        assert common(field["nullable"] or None, span) == null, where
        assert field["tag"] == other.get("tag"), where
        fields = other.get("fields") or their_structs.get(kind)
        if fields:
            count += compare(where, field["fields"] or my_structs[my_kind], my_structs, fields,
                             their_structs, there)
        else:
            assert my_kind == kind, where
        if is_array or fields:
            assert (field["default"] == "null") == (other.get("default") == "null"), where
        else:
            assert default(kind, field["default"]) == default(kind, other.get("default")), where
        count += 1
    return count


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_a_definition_is_kafkas(path):
    head, messages = load_definition(path)
    compared = 0
    for kind in ("Request", "Response"):
        schema = load_schema(head["name"], kind)
        if schema is None:
            # Groups of the new protocol are not among them.
            assert head["name"].startswith("ConsumerGroup")
            continue
        span = common(versions(schema["validVersions"], None), head["versions"])
        assert head["key"] == schema["apiKey"]
        flexible = versions(schema["flexibleVersions"], 999)
        assert (head["flexible"] and head["flexible"][0]) == (flexible and flexible[0])
        message = messages[kind.lower()]
        compared += compare(
            head["name"] + kind, message["fields"], message["structs"], schema["fields"],
            {struct["name"]: struct["fields"] for struct in schema.get("commonStructs", [])}, span)
    if not head["name"].startswith("ConsumerGroup"):
        assert compared > 1
