"""Reads a log directory from the outside: kafka-python's record classes for the batches, and the
arithmetic of the other files written down once more."""

import pathlib
import struct

from kafka.record import MemoryRecords
from kafka.record._crc32c import crc as crc32c


class Segment:
    """A `.log` file with what lies beside it."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.base = int(self.path.stem)
        self.bytes = self.path.read_bytes()
        self.batches = list(self.walk())

    def walk(self):
        """Position, header fields and records of each batch."""
        memory = MemoryRecords(self.bytes)
        position = 0
        while (batch := memory.next_batch()) is not None:
            assert batch.validate_crc(), f"{self.path}: bad CRC at {position}"
            offset, length, epoch = struct.unpack_from(">qii", self.bytes, position)
            attributes, delta = struct.unpack_from(">hi", self.bytes, position + 21)
            timestamp, = struct.unpack_from(">q", self.bytes, position + 35)
            producer, producer_epoch, sequence = struct.unpack_from(
                ">qhi", self.bytes, position + 43)
            yield dict(
                position=position, base=offset, last=offset + delta, epoch=epoch,
                control=bool(attributes & 0x20), max_timestamp=timestamp, producer=producer,
                producer_epoch=producer_epoch, sequence=sequence, records=list(batch))
            position += 12 + length
        assert position == len(self.bytes), f"{self.path}: bytes left at {position}"

    def sibling(self, suffix):
        path = self.path.with_suffix(suffix)
        return path.read_bytes() if path.exists() else None

    def check(self):
        """Offsets rise without a hole; the indexes point where they should."""
        following = self.base
        for batch in self.batches:
            assert batch["base"] == following, f"{self.path}: {batch['base']}, not {following}"
            following = batch["last"] + 1
        self.check_offset_index()
        self.check_time_index()
        return following

    def check_offset_index(self):
        entries = list(struct.iter_unpack(">ii", self.sibling(".index")))
        starts = {batch["position"]: batch for batch in self.batches}
        assert entries == sorted(entries) and len(set(entries)) == len(entries)
        for relative, position in entries:
            assert position in starts, f"{self.path}: index points to {position}, no batch's start"
            assert starts[position]["base"] <= self.base + relative <= self.batches[-1]["last"]

    def check_time_index(self):
        entries = list(struct.iter_unpack(">qi", self.sibling(".timeindex")))
        assert entries == sorted(entries) and len(set(entries)) == len(entries)
        for timestamp, relative in entries:
            upto = [b for b in self.batches if b["last"] <= self.base + relative]
            assert upto[-1]["last"] == self.base + relative
            assert timestamp == max(b["max_timestamp"] for b in upto) == upto[-1]["max_timestamp"]
        if self.batches:
            assert entries[-1][0] == max(b["max_timestamp"] for b in self.batches)


def segments(directory):
    return [Segment(path) for path in sorted(pathlib.Path(directory).glob("*.log"))]


def snapshot(path):
    """Producers of a `.snapshot` file by id."""
    content = pathlib.Path(path).read_bytes()
    version, crc, count = struct.unpack_from(">hIi", content)
    assert version == 1
    assert crc == crc32c(content[6:]), f"{path}: bad CRC"
    assert len(content) == 10 + 46 * count
    names = ("epoch", "last_sequence", "last_offset", "offset_delta", "timestamp",
             "coordinator_epoch", "transaction")
    return {row[0]: dict(zip(names, row[1:]))
            for row in struct.iter_unpack(">qhiqiqiq", content[10:])}


def producers(batches):
    """What a snapshot behind these batches must say of sequences."""
    found = {}
    for batch in batches:
        if batch["producer"] >= 0 and not batch["control"]:
            found[batch["producer"]] = dict(
                epoch=batch["producer_epoch"], last_offset=batch["last"],
                last_sequence=(batch["sequence"] + batch["last"] - batch["base"]) & 0x7FFFFFFF,
                offset_delta=batch["last"] - batch["base"], timestamp=batch["max_timestamp"])
    return found


def checkpoint(path):
    """Rows of a checkpoint file, split at blanks."""
    version, count, *rows = pathlib.Path(path).read_text().splitlines()
    assert version == "0" and int(count) == len(rows)
    return [row.split() for row in rows]


def properties(path):
    rows = pathlib.Path(path).read_text().splitlines()
    return dict(row.split("=", 1) for row in rows if "=" in row)
