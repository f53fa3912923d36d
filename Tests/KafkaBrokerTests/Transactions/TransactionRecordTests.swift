import KafkaBase
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

/// The records of transactional ids: bytes that do not change.
struct TransactionRecordTests {
    private var metadata: TransactionMetadata {
        TransactionMetadata(
            producerID: 7, previousProducerID: 6, nextProducerID: 8, epoch: 3, lastEpoch: 2,
            timeoutMs: 60_000, status: .prepareCommit, partitions: [.a1, .a0, .b0],
            startMs: 0x1000, lastUpdateMs: 0x2000, clientVersion: 2)
    }

    @Test func `Version 1 has what version 0 has, and the producer ids around`() throws {
        let old = try metadata.record(of: "x", version: 0)
        #expect(Hex.encode(old.key.readableBytesView) == "0000" + "000178")
        let value =
            "0000" + "0000000000000007" + "0003" + "0000ea60" + "02" + "00000002"
            + "000161" + "00000002" + "00000000" + "00000001" + "000162" + "00000001" + "00000000"
            + "0000000000002000" + "0000000000001000"
        #expect(Hex.encode(old.value!.readableBytesView) == value)
        let new = try metadata.record(of: "x")
        #expect(new.key == old.key)
        let flexible =
            "0001" + "0000000000000007" + "0003" + "0000ea60" + "02" + "03"
            + "0261" + "03" + "00000000" + "00000001" + "00" + "0262" + "02" + "00000000" + "00"
            + "0000000000002000" + "0000000000001000"
            + "03" + "0008" + "0000000000000006" + "0108" + "0000000000000008" + "0202" + "0002"
        #expect(Hex.encode(new.value!.readableBytesView) == flexible)
    }

    @Test func `An id without a transaction has no list of partitions`() throws {
        var empty = metadata.initialized(
            .init(id: 7, epoch: 4), lastEpoch: 3, timeoutMs: 1, nowMs: 2)
        empty.clientVersion = 0
        let record = try empty.record(of: "x", version: 0)
        let value =
            "0000" + "0000000000000007" + "0004" + "00000001" + "00" + "ffffffff"
            + "0000000000000002" + "ffffffffffffffff"
        #expect(Hex.encode(record.value!.readableBytesView) == value)
    }

    @Test func `What is written is read`() throws {
        let read = try TransactionMetadata.read(metadata.record(of: "x"))
        var expected = metadata
        expected.lastEpoch = TransactionMetadata.noEpoch
        #expect(read?.transactionalID == "x")
        #expect(read?.metadata == expected)
        let tombstone = try TransactionMetadata.tombstone(of: "x")
        #expect(try TransactionMetadata.read(tombstone)?.metadata == nil)
        #expect(tombstone.value == nil)
    }

    @Test func `Records of other kinds and states are passed over`() throws {
        var record = try metadata.record(of: "x")
        record.value!.setInteger(Int8(9), at: 2 + 8 + 2 + 4)
        #expect(try TransactionMetadata.read(record) == nil)
        record.key.setInteger(Int16(4), at: 0)
        #expect(try TransactionMetadata.read(record) == nil)
    }
}
