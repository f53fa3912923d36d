import KafkaRecords
import NIOCore
import TestSupport
import Testing

@Suite("Taking records out of batches")
struct RecordBatchFilterTests {
    /// A filtered batch as the tests compare it.
    private struct Filtered {
        var header: RecordBatchHeader
        var offsets: [Int64] = []
        var timestamps: [Int64] = []
        var values: [String?] = []
        var bytes: [UInt8]

        init(_ batch: UnsafeRawBufferPointer) throws {
            header = try RecordBatchHeader(batch)
            try header.verifyCrc(of: batch)
            bytes = Array(batch)
            var reader = RecordBatchReader()
            var found: (offsets: [Int64], timestamps: [Int64], values: [String?]) = ([], [], [])
            try reader.forEachRecord(in: batch) { record in
                found.offsets.append(record.offset)
                found.timestamps.append(record.timestamp)
                found.values.append(record.value.map { String(decoding: $0, as: UTF8.self) })
                return .continue
            }
            (offsets, timestamps, values) = found
        }
    }

    private func makeBatch(
        _ values: [String?], timestamps: [Int64]? = nil, codec: CompressionCodec = .none,
        baseOffset: Int64 = 100
    ) throws -> [UInt8] {
        var builder = RecordBatchBuilder(compression: try #require(Compression(codec: codec)))
        for (index, value) in values.enumerated() {
            SampleRecord(
                timestamp: timestamps?[index] ?? 1000 + Int64(index),
                key: Array("key \(index)".utf8), value: value.map { Array($0.utf8) },
                headers: [.init(name: Array("h".utf8), value: nil)]
            ).append(to: &builder)
        }
        var batch = try builder.finish(
            producer: .init(id: 7, epoch: 2, baseSequence: 40, isTransactional: true))
        batch.withUnsafeMutableReadableBytes {
            RecordBatchPatch.assign(baseOffset: baseOffset, leaderEpoch: 9, to: $0)
        }
        return Array(batch.readableBytesView)
    }

    /// - Returns: nil for an empty outcome; the batch itself for an unchanged one.
    private func filter(
        _ batch: [UInt8], horizon: Int64 = 99_999, needsHorizon: Bool = false,
        keep: (Int64) -> Bool
    ) throws -> Filtered? {
        var filter = RecordBatchFilter()
        return try batch.withUnsafeBytes { bytes in
            switch try filter.apply(
                to: bytes, deleteHorizonMs: horizon, needsHorizon: needsHorizon,
                keep: { keep($0.offset) })
            {
            case .empty: nil
            case .unchanged: try Filtered(bytes)
            case .rewritten(let new): try Filtered(new)
            }
        }
    }

    @Test(arguments: CompressionCodec.allCases)
    func whatIsLeftKeepsItsPlace(_ codec: CompressionCodec) throws {
        let values: [String?] = (0..<50).map { String(repeating: "value \($0) ", count: 5) }
        let batch = try makeBatch(
            values, timestamps: (0..<50).map { 5000 - 10 * Int64($0) }, codec: codec)
        let before = try batch.withUnsafeBytes { try RecordBatchHeader($0) }
        let after = try #require(try filter(batch) { $0 % 3 == 0 })
        let kept = (0..<50).filter { (100 + $0) % 3 == 0 }
        #expect(after.offsets == kept.map { 100 + Int64($0) })
        #expect(after.timestamps == kept.map { 5000 - 10 * Int64($0) })
        #expect(after.values == kept.map { values[$0] })
        #expect(after.header.baseOffset == 100 && after.header.lastOffset == 149)
        #expect(after.header.partitionLeaderEpoch == 9)
        #expect(after.header.producerID == 7 && after.header.producerEpoch == 2)
        #expect(after.header.baseSequence == 40)
        #expect(after.header.attributes == before.attributes)
        #expect(after.header.maxTimestamp == after.timestamps.max())
        #expect(after.header.baseTimestamp == after.timestamps.first)
        // Once more, of what was filtered already.
        let again = try #require(try filter(after.bytes) { $0 != 102 })
        #expect(again.offsets == after.offsets.filter { $0 != 102 })
        #expect(
            again.timestamps
                == zip(after.offsets, after.timestamps).compactMap {
                    $0.0 == 102 ? nil : $0.1
                })
    }

    @Test func nothingTakenOutChangesNothing() throws {
        for codec in CompressionCodec.allCases {
            let batch = try makeBatch(["a", "b"], codec: codec)
            #expect(try filter(batch) { _ in true }?.bytes == batch)
        }
    }

    @Test func nothingLeftIsEmpty() throws {
        #expect(try filter(makeBatch(["a", "b"])) { _ in false } == nil)
    }

    @Test func aTombstoneGetsAHorizonOnce() throws {
        let batch = try makeBatch(["a", nil, "c"], codec: .lz4)
        let first = try #require(try filter(batch) { _ in true })
        #expect(first.header.attributes.hasDeleteHorizon)
        #expect(first.header.baseTimestamp == 99_999)
        #expect(first.timestamps == [1000, 1001, 1002])
        #expect(first.values == ["a", nil, "c"])
        let second = try #require(try filter(first.bytes, horizon: 111_111) { _ in true })
        #expect(second.bytes == first.bytes)
        // The horizon stays also when records go.
        let third = try #require(try filter(first.bytes, horizon: 111_111) { $0 == 101 })
        #expect(third.header.attributes.hasDeleteHorizon && third.header.baseTimestamp == 99_999)
        #expect(third.timestamps == [1001] && third.values == [nil])
    }

    @Test func noTombstoneLeftNeedsNoHorizon() throws {
        let after = try #require(try filter(makeBatch(["a", nil])) { $0 == 100 })
        #expect(!after.header.attributes.hasDeleteHorizon)
        let asked = try #require(
            try filter(makeBatch(["a"]), needsHorizon: true) { _ in true })
        #expect(asked.header.attributes.hasDeleteHorizon && asked.timestamps == [1000])
    }

    @Test func theBrokersTimeStays() throws {
        var batch = try makeBatch(["a", nil, "c"])
        batch.withUnsafeMutableBytes { RecordBatchPatch.setLogAppendTime(7777, in: $0) }
        let after = try #require(try filter(batch) { $0 < 102 })
        #expect(after.header.attributes.isLogAppendTime && after.header.maxTimestamp == 7777)
        #expect(after.timestamps == [7777, 7777])
    }

    @Test func anEmptiedBatchIsAHeader() throws {
        let batch = try makeBatch(["a", nil], codec: .zstd)
        let header = try batch.withUnsafeBytes { try RecordBatchHeader($0) }
        var filter = RecordBatchFilter()
        let emptied = try Filtered(filter.emptied(header))
        #expect(emptied.bytes.count == 61 && emptied.header.recordCount == 0)
        #expect(emptied.header.attributes.rawValue == 0x10)
        #expect(emptied.header.baseTimestamp == -1)
        #expect(emptied.header.maxTimestamp == header.maxTimestamp)
        #expect(emptied.header.lastOffset == header.lastOffset)
        #expect(emptied.header.baseSequence == 40)
        // What is emptied already comes out the same.
        #expect(try Filtered(filter.emptied(emptied.header)).bytes == emptied.bytes)
        #expect(try self.filter(emptied.bytes) { _ in true } == nil)
    }

    @Test func damageIsNotRewritten() throws {
        var generator = SeededGenerator(seed: 5)
        let batch = try makeBatch(["a", "bb", nil, "dddd"])
        for _ in 0..<2000 {
            var damaged = batch
            let byte = Int.random(in: 61..<batch.count, using: &generator)
            damaged[byte] ^= UInt8.random(in: 1...255, using: &generator)
            let outcome = Result { try filter(fixingCrc(damaged)) { $0 % 2 == 0 } }
            guard case .success(let after?) = outcome else { continue }
            #expect(after.offsets.allSatisfy { $0 % 2 == 0 })
        }
    }

    private func fixingCrc(_ batch: [UInt8]) -> [UInt8] {
        var fixed = batch
        let crc = fixed.withUnsafeBytes { RecordBatchHeader.computeCrc(of: $0) }
        withUnsafeBytes(of: crc.bigEndian) { fixed.replaceSubrange(17..<21, with: $0) }
        return fixed
    }
}
