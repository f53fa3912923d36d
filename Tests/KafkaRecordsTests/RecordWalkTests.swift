import KafkaRecords
import NIOCore
import TestSupport
import Testing

@Suite struct RecordWalkTests {
    private func batch(
        _ codec: CompressionCodec = .none, count: Int = 60
    ) throws -> (bytes: [UInt8], records: [SampleRecord]) {
        var random = SeededGenerator(seed: 3)
        let records = SampleRecord.random(count, using: &random)
        var builder = RecordBatchBuilder(compression: try #require(Compression(codec: codec)))
        for record in records { record.append(to: &builder) }
        return (Array(try builder.finish().readableBytesView), records)
    }

    /// Walks an uncompressed batch as one does whose window holds `pieceBytes`, or what is needed.
    private func walk(
        _ batch: [UInt8], pieceBytes: Int, stopsAfter limit: Int = .max
    ) throws -> [SampleRecord] {
        var found: [SampleRecord] = []
        try walk(batch, pieceBytes: pieceBytes, stopsAfter: limit) { found.append($0) }
        return found
    }

    private func walk(
        _ batch: [UInt8], pieceBytes: Int, stopsAfter limit: Int = .max,
        _ body: (SampleRecord) -> Void
    ) throws {
        var count = 0
        try batch.withUnsafeBytes { bytes in
            var walk = RecordWalk(try RecordBatchHeader(bytes))
            var position = RecordBatchHeader.byteCount
            var room = pieceBytes
            while true {
                let end = min(position + room, bytes.count)
                let walked = try walk.walk(
                    UnsafeRawBufferPointer(rebasing: bytes[position..<end]),
                    isLast: end == bytes.count
                ) { record in
                    body(SampleRecord(record))
                    count += 1
                    return count < limit ? .continue : .stop
                }
                if end == bytes.count || walk.isStopped { return }
                position += walked
                room = max(pieceBytes, walked > 0 ? 0 : walk.neededBytes)
            }
        }
    }

    @Test(arguments: [1, 2, 7, 100, 5000, 1 << 20])
    func `Records are the same whatever the pieces`(pieceBytes: Int) throws {
        let (bytes, records) = try batch()
        #expect(try walk(bytes, pieceBytes: pieceBytes) == records)
        #expect(
            try walk(bytes, pieceBytes: pieceBytes, stopsAfter: 7) == Array(records.prefix(7)))
    }

    @Test(arguments: [64, 5000])
    func `Damage is found in pieces, too`(pieceBytes: Int) throws {
        let (bytes, records) = try batch()
        var longer = bytes
        longer.append(0)
        #expect(throws: RecordsError.trailingBytes(1)) {
            try walk(longer, pieceBytes: pieceBytes)
        }
        var tooMany = bytes
        tooMany[60] += 1
        #expect(
            throws: RecordsError.invalidRecord(
                index: records.count, reason: "the batch ends before it")
        ) { try walk(tooMany, pieceBytes: pieceBytes) }
        var negative = bytes
        negative[RecordBatchHeader.byteCount] = 1
        #expect(throws: RecordsError.self) { try walk(negative, pieceBytes: pieceBytes) }
    }

    @Test(arguments: CompressionCodec.allCases)
    func `A reader in pieces gives the same records in less memory`(
        codec: CompressionCodec
    ) throws {
        let (bytes, records) = try batch(codec, count: 400)
        var reader = RecordBatchReader()
        reader.pieceBytes = 1000
        var found: [SampleRecord] = []
        try bytes.withUnsafeBytes { bytes in
            try reader.forEachRecord(in: bytes) { record in
                found.append(SampleRecord(record))
                return .continue
            }
        }
        #expect(found == records)
        found = []
        try bytes.withUnsafeBytes { bytes in
            try reader.forEachRecord(in: bytes) { record in
                found.append(SampleRecord(record))
                return found.count < 5 ? .continue : .stop
            }
        }
        #expect(found == Array(records.prefix(5)))
        guard codec != .none else { return }
        let plain = try batch(.none, count: 400).bytes.count
        #expect(reader.uncompressedByteCount == plain - RecordBatchHeader.byteCount)
    }

    /// Whatever is done to the records: the same ones come out, and an error or none.
    @Test func fuzz() throws {
        let original = try batch(count: 8).bytes
        try Seeds.run(300) { _, random in
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(
                    in: RecordBatchHeader.byteCount..<bytes.count, using: &random)
                bytes[index] = .random(in: 0...255, using: &random)
            }
            let whole = outcome(bytes, pieceBytes: .max >> 1)
            let pieces = outcome(bytes, pieceBytes: .random(in: 1...2000, using: &random))
            #expect(whole.records == pieces.records)
            #expect(whole.hasFailed == pieces.hasFailed)
        }
    }

    private func outcome(
        _ batch: [UInt8], pieceBytes: Int
    ) -> (records: [SampleRecord], hasFailed: Bool) {
        var found: [SampleRecord] = []
        do {
            try walk(batch, pieceBytes: pieceBytes) { found.append($0) }
            return (found, false)
        } catch {
            return (found, true)
        }
    }
}
