"""Bytes go in and the same bytes come out."""

import base64
import json
import subprocess

import pytest

from harness import end, read_line, read_lines, text


def consume(skafka, data, topic, *args):
    return skafka("consume", *data, topic, "-e", "-q", *args)


@pytest.mark.parametrize("lines", [
    b"one\ntwo\nthree\n",
    b"\n",
    b"\n\nbetween\n\n\n",
    b" leading and trailing \n\ttabs\t\n\r\n",
    b"\xff\xfe\x00\x80 not UTF-8\n\xc3\n",
    bytes(set(range(256)) - {10}) + b"\n",
    b"x" * 900_000 + b"\nshort\n",
    b"".join(b"line %d\n" % number for number in range(50_000)),
], ids=["plain", "one empty line", "empty lines", "blanks", "not UTF-8", "every byte", "900 KB",
        "50,000 lines"])
def test_lines_come_back_as_they_went_in(skafka, data, lines):
    assert skafka("produce", *data, "t", input=lines) == b""
    assert consume(skafka, data, "t") == lines


def test_a_last_line_without_a_newline_is_a_record(skafka, data):
    skafka("produce", *data, "t", input=b"first\nlast")
    assert consume(skafka, data, "t") == b"first\nlast\n"
    skafka("produce", *data, "t", input=b"")
    assert consume(skafka, data, "t") == b"first\nlast\n"


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd", "zstd:9", "gzip:1"])
def test_every_codec(skafka, data, codec):
    lines = b"".join(b"%d the same words over and over\n" % number for number in range(20_000))
    skafka("produce", *data, "t", "-z", codec, input=lines)
    assert consume(skafka, data, "t") == lines
    size = sum(path.stat().st_size for path in (skafka.data / "t-0").glob("*.log"))
    assert (size < len(lines) / 2) == (codec != "none")


def test_keys_headers_and_nulls(skafka, data):
    skafka("produce", *data, "t", "-K", ":", "-Z", "-H", "a=1", "-H", "a=2", "-H", "empty=",
           "-H", "null", "--timestamp", "1700000000123",
           input=b"k1:v1\n:no key\nk2:\nk3:v:with:colons\n")
    records = skafka.json_lines("consume", *data, "t", "-e", "-J")
    assert [(r["key"], r["value"]) for r in records] == [
        ("k1", "v1"), (None, "no key"), ("k2", None), ("k3", "v:with:colons")]
    headers = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"},
               {"key": "empty", "value": ""}, {"key": "null", "value": None}]
    for offset, record in enumerate(records):
        assert record["headers"] == headers
        assert record["timestamp"] == 1700000000123
        assert record["timestampType"] == "CreateTime"
        assert (record["topic"], record["partition"], record["offset"]) == ("t", 0, offset)


def test_one_key_for_all_and_empty_is_not_null(skafka, data):
    skafka("produce", *data, "t", "-k", "fixed", input=b"a\n\n")
    skafka("produce", *data, "t", "-K", ":", input=b":empty key\n")
    records = skafka.json_lines("consume", *data, "t", "-e", "-J")
    assert [(r["key"], r["value"]) for r in records] == [
        ("fixed", "a"), ("fixed", ""), ("", "empty key")]


def test_files_are_records_and_with_l_their_lines_are(skafka, data):
    one, two = skafka.home / "one", skafka.home / "two"
    one.write_bytes(b"a\nb\n")
    two.write_bytes(b"c\nd")
    skafka("produce", *data, "whole", one, two)
    records = skafka.json_lines("consume", *data, "whole", "-e", "-J")
    assert [r["value"] for r in records] == ["a\nb\n", "c\nd"]
    skafka("produce", *data, "lines", "-l", one, two)
    assert consume(skafka, data, "lines") == b"a\nb\nc\nd\n"


def test_other_delimiters(skafka, data):
    skafka("produce", *data, "t", "-D", r"\0", input=b"a\nb\0c\0\0d")
    assert consume(skafka, data, "t", "-f", r"%s|") == b"a\nb|c||d|"
    skafka("produce", *data, "u", "-D", r"\x3b", input=b"a;b")
    assert consume(skafka, data, "u") == b"a\nb\n"


RECORDS = [
    {"key": None, "value": None},
    {"key": "", "value": ""},
    {"key": "k", "value": "v", "headers": [{"key": "h", "value": "x"}]},
    {"key": "ключ", "value": "two\nlines\t\"quoted\" \\ \u2028 \U0001f511 \u0000",
     "headers": [{"key": "h", "value": "1"}, {"key": "h", "value": "2"},
                 {"key": "ü", "value": ""}, {"key": "", "value": None}]},
    {"key": base64.b64encode(b"\xff\x00").decode(), "keyEncoding": "base64",
     "value": base64.b64encode(bytes(range(256))).decode(), "valueEncoding": "base64",
     "headers": [{"key": "b", "value": "/w==", "encoding": "base64"}]},
]


def test_json_goes_out_and_in_without_a_difference(skafka, data):
    lines = [json.dumps({"topic": "a", "partition": 0, "offset": 0, "timestamp": 1700000000000 + n,
                         "timestampType": "CreateTime", "headers": [], **record})
             for n, record in enumerate(RECORDS)]
    skafka("produce", *data, "a", "-J", input="\n".join(lines).encode() + b"\n")
    first = skafka("consume", *data, "a", "-e", "-J")
    records = [json.loads(line) for line in first.splitlines()]
    for n, (expected, found) in enumerate(zip(RECORDS, records, strict=True)):
        for name, value in expected.items():
            assert found[name] == value, (name, found)
        assert found["timestamp"] == 1700000000000 + n
        assert ("keyEncoding" in found) == ("keyEncoding" in expected)
    skafka("produce", *data, "b", "-J", input=first)
    second = skafka("consume", *data, "b", "-e", "-J")
    assert second == first.replace(b'"topic":"a"', b'"topic":"b"')


def test_records_without_a_time_come_back_without_one(skafka, data):
    sent = [{"value": "none", "timestamp": -1}, {"value": "first", "timestamp": 0},
            {"value": "now", "timestamp": 1700000000000}]
    skafka("produce", *data, "a", "-J", input="\n".join(map(json.dumps, sent)).encode())
    first = skafka("consume", *data, "a", "-e", "-J")
    assert [json.loads(line)["timestamp"] for line in first.splitlines()] == [-1, 0, 1700000000000]
    skafka("produce", *data, "b", "-J", input=first)
    assert skafka("consume", *data, "b", "-e", "-J") == first.replace(b'"a"', b'"b"')


# Text that no delimiter keeps apart.
@pytest.mark.parametrize("form", [
    r"%T %k{json} %v{json} %h{json}\n", r"%d %k{hex} %e %p %V:%v\t%h{hex}\n",
    r"%T{big64}%K{little32}%V{big16}%k%v%h{base64};"])
def test_what_a_format_writes_it_reads(skafka, data, form):
    sent = [{"key": key, "value": value, "timestamp": 1700000000123,
             "headers": [{"key": "a", "value": "x"}, {"key": "a", "value": None}]}
            for key, value in [("k 1", "two\nlines \"and\" a tab\t"), ("\u00e9", ""),
                               ("\\", "\U0001f600")]]
    skafka("produce", *data, "a", "-J", input="\n".join(map(json.dumps, sent)).encode())
    skafka("produce", *data, "b", "-f", form, input=consume(skafka, data, "a", "-f", form))
    before, after = (consume(skafka, data, topic, "-J") for topic in "ab")
    assert after == before.replace(b'"topic":"a"', b'"topic":"b"')


def test_a_short_json_record_has_defaults(skafka, data):
    skafka("produce", *data, "t", "-J", input=b'{"value":"only"}\n{"key":"k","value":null}\n')
    records = skafka.json_lines("consume", *data, "t", "-e", "-J")
    assert [(r["key"], r["value"], r["headers"]) for r in records] == [
        (None, "only", []), ("k", None, [])]


def test_json_that_is_none_fails_with_its_line(skafka, data):
    result = skafka.run("produce", *data, "t", "-J", input=b'{"value":"a"}\nnot json\n')
    assert result.returncode == 1
    assert "2" in text(result.stderr)


def test_formats(skafka, data):
    skafka("produce", *data, "t", "-K", ":", "-H", "a=b", "-H", "c=d",
           "--timestamp", "1700000000000", input=b"key:value\n")
    for form, expected in [
        (r"%t %p %o\n", b"t 0 0\n"), (r"%k=%s %v\n", b"key=value value\n"),
        (r"%K %S %V", b"3 5 5"), (r"%T %h%%\n", b"1700000000000 a=b,c=d%\n"),
        (r"%v{hex} %v{base64} %v{json}\n", b'76616c7565 dmFsdWU= "value"\n'),
        (r"%V{big32}%v", b"\0\0\0\5value"), (r"a\tb\x41\0", b"a\tbA\0"),
    ]:
        assert consume(skafka, data, "t", "-f", form) == expected, form


def test_nothing_on_standard_output_and_a_summary_on_standard_error(skafka, data):
    result = skafka.run("produce", *data, "t", input=b"a\nb\n")
    assert (result.returncode, result.stdout) == (0, b"")
    assert "2" in text(result.stderr)
    quiet = skafka.run("produce", *data, "t", "-q", input=b"a\n")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, b"", b"")


def test_partitions_are_chosen_as_java_does(skafka, data):
    skafka("topics", "create", "t", *data, "--partitions", "4")
    skafka("produce", *data, "t", "-K", ":", input=b"alice:1\nbob:2\nalice:3\ncarol:4\nbob:5\n")
    placed = {}
    for record in skafka.json_lines("consume", *data, "t", "-e", "-J"):
        placed.setdefault(record["key"], set()).add(record["partition"])
    # murmur2(key) & 0x7fffffff modulo 4, by kafka-python's own implementation.
    from kafka.partitioner.default import murmur2
    assert placed == {key: {(murmur2(key.encode()) & 0x7FFFFFFF) % 4}
                      for key in ("alice", "bob", "carol")}
    skafka("produce", *data, "t", "-p", "3", input=b"here\n")
    assert b"here\n" in consume(skafka, data, "t", "-p", "3")
    assert b"here\n" not in consume(skafka, data, "t", "-p", "0-2")


def test_a_reader_that_goes_away_ends_consume_silently(skafka, data):
    skafka("produce", *data, "t", input=b"".join(b"%d\n" % n for n in range(200_000)))
    process = skafka.start("consume", *data, "t", "-e", "-q")
    assert read_line(process, 20) == b"0\n"
    process.stdout.close()
    assert process.wait(20) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_records_pass_as_they_come(skafka, data):
    consumer = skafka.start("consume", *data, "t2", "-o", "beginning", "-q")
    end(consumer)
    skafka("topics", "create", "t", *data)
    consumer = skafka.start("consume", *data, "t", "-o", "beginning", "-q")
    producer = skafka.start("produce", *data, "t", "-q", stdin=subprocess.PIPE)
    try:
        for number in range(5):
            producer.stdin.write(b"line %d\n" % number)
            producer.stdin.flush()
            # The producer's input pauses here, and yet the record arrives.
            assert read_line(consumer, 15) == b"line %d\n" % number
    finally:
        end(producer)
        end(consumer)


def test_report_has_a_line_for_each_record(skafka, data):
    reported = skafka("produce", *data, "t", "-q", "--report", r"%t %p %o\n", input=b"a\nb\nc\n")
    assert reported == b"t 0 0\nt 0 1\nt 0 2\n"


def test_several_topics_at_once(skafka, data):
    for name in ("a", "b"):
        skafka("produce", *data, name, input=name.encode() + b"\n")
    assert sorted(consume(skafka, data, "a", "b").split()) == [b"a", b"b"]


def test_it_waits_for_what_comes_and_counts(skafka, data):
    skafka("topics", "create", "t", *data)
    consumer = skafka.start("consume", *data, "t", "-o", "beginning", "-c", "3", "-q")
    try:
        for batch in (b"1\n", b"2\n", b"3\n4\n"):
            skafka("produce", *data, "t", input=batch)
        assert read_lines(consumer, 3) == [b"1\n", b"2\n", b"3\n"]
        assert consumer.wait(10) == 0
    finally:
        end(consumer)


def test_framed_binary_goes_out_and_in(skafka, data):
    lines = b'{"key":"/wA=","keyEncoding":"base64","value":"a\\nb\\u0000"}\n{"key":"","value":""}\n'
    skafka("produce", *data, "a", "-J", input=lines)
    form = "%K{big32}%k%V{big32}%v"
    framed = consume(skafka, data, "a", "-f", form)
    assert framed == b"\0\0\0\2\xff\0\0\0\0\4a\nb\0" + bytes(8)
    skafka("produce", *data, "b", "-f", form, input=framed)
    first, second = ([(r["key"], r["value"]) for r in skafka.json_lines(
        "consume", *data, name, "-e", "-J")] for name in "ab")
    assert first == second


def test_topics_by_a_regular_expression(skafka, data):
    for name in ("logs.a", "logs.b", "other"):
        skafka("produce", *data, name, input=name.encode() + b"\n")
    assert sorted(consume(skafka, data, "-r", "logs[.].*").split()) == [b"logs.a", b"logs.b"]


def test_encodings(skafka, data):
    skafka("produce", *data, "t", "-K", ":", input=b"k:\xff{}\n")
    record, = skafka.json_lines("consume", *data, "t", "-e", "-J", "--key-encoding", "hex",
                                "--value-encoding", "base64")
    assert (record["key"], record["value"]) == ("6b", "/3t9")


@pytest.mark.parametrize("size", [1, 100, 16_384])
def test_small_batches(skafka, data, size):
    lines = b"".join(b"line %d\n" % n for n in range(3000))
    skafka("produce", *data, "t", "--batch-size", size, input=lines, timeout=60)
    assert consume(skafka, data, "t") == lines


@pytest.mark.parametrize("acks", ["0", "1", "all"])
@pytest.mark.parametrize("idempotent", ["--idempotent", "--no-idempotent"])
def test_acknowledgements(skafka, data, acks, idempotent):
    lines = b"".join(b"line %d\n" % n for n in range(30_000))
    flags = ["--acks", acks] + ([idempotent] if acks == "all" else [])
    skafka("produce", *data, "t", *flags, input=lines)
    assert consume(skafka, data, "t") == lines


def test_large_inputs_stay_within_bounds(skafka, data):
    """The input is far larger than the producer's buffer; the output larger than a pipe."""
    lines = (b"x" * 999 + b"\n") * 150_000
    producer = skafka.start("produce", *data, "t", "-q", stdin=subprocess.PIPE)
    peak = 0
    for start in range(0, len(lines), 10_000_000):
        producer.stdin.write(lines[start:start + 10_000_000])
        status = open(f"/proc/{producer.pid}/status").read()
        peak = max(peak, int(status.partition("VmHWM:")[2].split()[0]))
    producer.stdin.close()
    assert producer.wait(60) == 0
    assert peak < 600_000, f"{peak} KiB at the peak"
    assert consume(skafka, data, "t") == lines
