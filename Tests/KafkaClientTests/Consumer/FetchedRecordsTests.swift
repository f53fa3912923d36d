import KafkaBase
import KafkaRecords
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct FetchedRecordsTests {
    private struct Stop: Error {}

    private func fetched(
        _ batches: [ByteBuffer], from offset: Int64 = 0,
        aborted: [FetchedRecords.AbortedTransaction] = [], checksCrcs: Bool = true
    ) -> FetchedRecords {
        var buffer = ByteBuffer()
        for batch in batches { buffer.writeImmutableBuffer(batch) }
        return FetchedRecords(
            topic: "t", partition: 0, buffer: buffer, fetchOffset: offset, highWatermark: 0,
            lastStableOffset: 0, logStartOffset: 0, nextOffset: 0, abortedTransactions: aborted,
            checksCrcs: checksCrcs)
    }

    private func offsets(_ records: FetchedRecords, control: Bool = false) throws -> [Int64] {
        var reader = RecordBatchReader()
        var offsets: [Int64] = []
        try records.forEachRecord(reader: &reader, includeControl: control) { record in
            offsets.append(record.offset)
            return .continue
        }
        return offsets
    }

    private func transactional(
        _ count: Int, base: Int64, producer: Int64
    ) throws -> ByteBuffer {
        try TestBatches.bytes(
            (0..<count).map { "\($0)" }, base: base,
            producer: RecordBatchBuilder.ProducerState(
                id: producer, epoch: 0, baseSequence: 0, isTransactional: true))
    }

    @Test(arguments: CompressionCodec.allCases)
    func recordsBelowThePositionAreSkipped(codec: CompressionCodec) throws {
        let compression = try #require(Compression(codec: codec))
        let batches = try [
            TestBatches.bytes(["a", "b", "c"], base: 0, compression: compression),
            TestBatches.bytes(["d", "e", "f"], base: 10, compression: compression),
        ]
        #expect(try offsets(fetched(batches, from: 2)) == [2, 10, 11, 12])
        #expect(try offsets(fetched(batches, from: 11)) == [11, 12])
        #expect(try offsets(fetched(batches, from: 13)) == [])
    }

    @Test func recordsCarryWhatTheirBatchSays() throws {
        let batch = try TestBatches.bytes(["a"], base: 7, epoch: 5)
        var reader = RecordBatchReader()
        try fetched([batch]).forEachRecord(reader: &reader) { record in
            #expect(record.leaderEpoch == 5)
            #expect(record.timestampType == .createTime)
            #expect(record.timestamp == 1000)
            #expect(record.key == nil)
            #expect(record.value.map(Array.init) == Array("a".utf8))
            return .continue
        }
    }

    /// Two producers in turn, one of which aborts, then does it again and commits (KIP-98).
    @Test func abortedTransactionsAreHiddenUntilTheirMarker() throws {
        let batches = try [
            transactional(2, base: 0, producer: 1),  // aborted
            transactional(2, base: 2, producer: 2),  // committed
            TestBatches.bytes(["plain"], base: 4),
            transactional(1, base: 5, producer: 1),  // aborted
            TestBatches.marker(isAbort: true, producer: 1, base: 6),
            transactional(2, base: 7, producer: 1),  // committed
            TestBatches.marker(isAbort: false, producer: 2, base: 9),
            TestBatches.marker(isAbort: false, producer: 1, base: 10),
        ]
        let aborted = [FetchedRecords.AbortedTransaction(producerID: 1, firstOffset: 0)]
        #expect(try offsets(fetched(batches, aborted: aborted)) == [2, 3, 4, 7, 8])
        #expect(try offsets(fetched(batches)) == [0, 1, 2, 3, 4, 5, 7, 8], "read_uncommitted")
        #expect(
            try offsets(fetched(batches, aborted: aborted), control: true)
                == [2, 3, 4, 6, 7, 8, 9, 10])
    }

    @Test func aTransactionAbortedTwiceIsHiddenTwice() throws {
        let batches = try [
            transactional(1, base: 0, producer: 1),
            TestBatches.marker(isAbort: true, producer: 1, base: 1),
            transactional(1, base: 2, producer: 1),
            TestBatches.marker(isAbort: true, producer: 1, base: 3),
            transactional(1, base: 4, producer: 1),
        ]
        let aborted = [0, 2].map {
            FetchedRecords.AbortedTransaction(producerID: 1, firstOffset: $0)
        }
        #expect(try offsets(fetched(batches, aborted: aborted.reversed())) == [4])
    }

    @Test func aTransactionThatBeganBeforeTheRangeIsHidden() throws {
        let batches = try [
            transactional(3, base: 10, producer: 1),
            TestBatches.marker(isAbort: true, producer: 1, base: 13),
        ]
        let aborted = [FetchedRecords.AbortedTransaction(producerID: 1, firstOffset: 2)]
        #expect(try offsets(fetched(batches, from: 11, aborted: aborted)) == [])
    }

    @Test func aWrongCrcIsNamedWithItsOffset() throws {
        var damaged = try TestBatches.bytes(["d", "e"], base: 3)
        damaged.setInteger(UInt8(0x55), at: damaged.writerIndex - 2)
        let records = fetched([try TestBatches.bytes(["a", "b", "c"]), damaged])
        var reader = RecordBatchReader()
        var seen = 0
        let error = #expect(throws: KafkaError.self) {
            try records.forEachRecord(reader: &reader) { _ in
                seen += 1
                return .continue
            }
        }
        #expect(seen == 3)
        #expect(error?.kind == .corrupt)
        #expect(error?.message.contains("offset 3") == true)
        #expect(try offsets(fetched([damaged], checksCrcs: false)) == [3, 4])
    }

    @Test func theVisitorMayStopOrThrow() throws {
        let records = fetched([
            try TestBatches.bytes(["a", "b"]), try TestBatches.bytes(["c"], base: 2),
        ])
        var reader = RecordBatchReader()
        var seen = 0
        try records.forEachRecord(reader: &reader) { _ in
            seen += 1
            return .stop
        }
        #expect(seen == 1)
        #expect(throws: Stop.self) {
            try records.forEachRecord(reader: &reader) { _ in throw Stop() }
        }
    }
}
