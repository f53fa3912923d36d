"""dump-segment on what the broker wrote, sound and damaged."""

import gzip
import json
import os
import struct
import zlib

import pytest
from kafka.record.legacy_records import LegacyRecordBatchBuilder

from harness import segment, text


@pytest.fixture
def log(skafka, data):
    """A partition's directory with some batches in it."""
    for number in range(5):
        skafka("produce", "t", *data, "-q", "-K", ":", input=b"".join(
            b"key-%d:value %d of batch %d\n" % (n, n, number) for n in range(20)))
    return skafka.data / "t-0"


def verify(skafka, *args):
    return skafka.run("dump-segment", "--verify", *args)


def test_a_sound_log(skafka, log):
    result = verify(skafka, log)
    assert result.returncode == 0, text(result.stderr)
    assert skafka.run("dump-segment", skafka.data).returncode == 0


def test_records_and_json(skafka, log):
    shown = text(skafka("dump-segment", "--records", segment(log)))
    assert "value 7 of batch 3" in shown
    objects = [json.loads(line) for line in skafka("dump-segment", "--json", "--records",
                                                   segment(log)).splitlines()]
    assert len(objects) >= 100


def test_kafkas_own_text(skafka, log):
    lines = text(skafka("dump-segment", "--kafka", "--files", segment(log))).splitlines()
    assert lines[0].startswith("Dumping ")
    assert "Log starting offset: 0" in lines
    assert any(line.startswith("baseOffset: 0 lastOffset: ") for line in lines)
    deep = text(skafka("dump-segment", "--kafka", "--deep-iteration", "--print-data-log",
                       "--files", segment(log)))
    assert "payload: value 7 of batch 3" in deep


def test_a_flipped_byte(skafka, log):
    path = segment(log)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    result = verify(skafka, path)
    assert result.returncode == 4
    assert "CRC" in text(result.stderr).upper()
    assert path.read_bytes() == content


def test_a_truncated_tail(skafka, log):
    path = segment(log)
    path.write_bytes(path.read_bytes()[:-7])
    assert verify(skafka, path).returncode == 0
    assert verify(skafka, "--strict", path).returncode == 4


def test_a_zero_filled_tail_is_a_note(skafka, log):
    path = segment(log)
    path.write_bytes(path.read_bytes() + bytes(65536))
    assert verify(skafka, path).returncode == 0


def test_garbage_behind_the_last_batch(skafka, log):
    path = segment(log)
    path.write_bytes(path.read_bytes() + b"\xa5" * 200)
    assert verify(skafka, path).returncode == 4


def test_an_index_that_points_wrong(skafka, log):
    path = segment(log).with_suffix(".index")
    path.write_bytes((5).to_bytes(4, "big") + (17).to_bytes(4, "big"))
    assert verify(skafka, path).returncode == 4


def test_what_is_not_there(skafka, log):
    result = skafka.run("dump-segment", log / "nope.log")
    assert result.returncode == 1 and "nope.log" in text(result.stderr)
    assert skafka.run("dump-segment").returncode == 2


def test_it_changes_nothing(skafka, log):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in log.iterdir()}
    verify(skafka, log)
    assert before == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in log.iterdir()}


def test_the_small_files_of_a_directory(skafka, log):
    """What the broker keeps beside its logs is shown, too, and sound."""
    result = skafka.run("dump-segment", "--json", "--batches", "--verify", skafka.data)
    assert result.returncode == 0, text(result.stderr)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    by_file = {}
    for row in rows:
        by_file.setdefault(row.get("path", "").rpartition("/")[2], []).append(row)
    properties = by_file["meta.properties"][0]["properties"]
    assert properties["version"] == "1" and properties["cluster.id"]
    assert any(row["topic"] == "t" and row["offset"] == 100
               for row in by_file["recovery-point-offset-checkpoint"])
    assert by_file["partition.metadata"][0]["properties"]["topic_id"]
    assert by_file["leader-epoch-checkpoint"][0]["startOffset"] == 0


def test_a_damaged_checkpoint_is_named_with_its_place(skafka, log):
    path = skafka.data / "recovery-point-offset-checkpoint"
    path.write_text("0\n1\nt 0 x\n")
    result = verify(skafka, path)
    assert result.returncode == 4
    assert "corruption: bad-line at byte 4" in text(result.stderr)


def test_a_pipe_is_no_log(skafka):
    """Nobody writes into it: reading would wait for ever. What else is asked for is shown."""
    name = skafka.home / "00000000000000000000.log"
    os.mkfifo(name)
    result = skafka.run("dump-segment", name, timeout=10)
    assert result.returncode == 1
    assert b"not a regular file" in result.stderr and result.stderr.count(b"\n") == 1


def test_messages_inside_of_old_sets_have_checksums_of_their_own(skafka):
    builder = LegacyRecordBatchBuilder(magic=1, compression_type=0, batch_size=9999)
    for number in range(3):
        builder.append(number, 1000 + number, b"key", b"value %d" % number)
    inner = bytearray(builder.build())
    inner[inner.index(b"value 1")] ^= 1
    packed = gzip.compress(bytes(inner))
    body = struct.pack(">bbqii", 1, 1, 1002, -1, len(packed)) + packed
    message = struct.pack(">I", zlib.crc32(body)) + body
    path = skafka.home / "00000000000000000000.log"
    path.write_bytes(struct.pack(">qi", 2, len(message)) + message)
    result = skafka.run("dump-segment", "--records", path)
    assert result.returncode == 4
    assert b"crc-mismatch" in result.stderr and b"offset 1 " in result.stderr
    assert b"value 2" in result.stdout
