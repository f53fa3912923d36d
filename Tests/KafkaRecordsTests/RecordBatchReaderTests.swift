import KafkaRecords
import NIOCore
import TestSupport
import Testing

@Suite struct RecordBatchReaderTests {
    private func batch(
        _ codec: CompressionCodec = .none, count: Int = 20, seed: UInt64 = 1
    ) throws -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var builder = RecordBatchBuilder(compression: try #require(Compression(codec: codec)))
        for record in SampleRecord.random(count, using: &random) { record.append(to: &builder) }
        return Array(try builder.finish().readableBytesView)
    }

    @Test func stopsWhenTold() throws {
        let bytes = try batch()
        var reader = RecordBatchReader()
        var seen = 0
        try bytes.withUnsafeBytes {
            try reader.forEachRecord(in: $0) { _ in
                seen += 1
                return seen == 3 ? .stop : .continue
            }
        }
        #expect(seen == 3)
    }

    @Test func countsMustFit() throws {
        var bytes = try batch()
        bytes[60] += 1
        #expect(throws: RecordsError.self) { try readAll(bytes) }
        bytes[60] -= 2
        #expect(throws: RecordsError.self) { try readAll(bytes) }
        bytes.replaceSubrange(57..<61, with: [255, 255, 255, 255])
        #expect(throws: RecordsError.invalidRecordCount(-1)) { try readAll(bytes) }
    }

    @Test func unknownFormatsAreNamed() throws {
        var bytes = try batch()
        bytes[16] = 3
        #expect(throws: RecordsError.unknownMagic(3)) { try readAll(bytes) }
        bytes[16] = 2
        bytes[22] = 6
        #expect(throws: RecordsError.unknownCodec(6)) { try readAll(bytes) }
        bytes[8] = 0x80
        #expect(throws: RecordsError.self) { try readAll(bytes) }
    }

    /// A small batch that claims to be large must not be unpacked beyond the limit.
    @Test(arguments: [CompressionCodec.gzip, .snappy, .lz4, .zstd])
    func unpackingIsBounded(_ codec: CompressionCodec) throws {
        var builder = RecordBatchBuilder(compression: try #require(Compression(codec: codec)))
        SampleRecord(timestamp: 1, key: nil, value: [UInt8](repeating: 0, count: 4 << 20))
            .append(to: &builder)
        let bytes = Array(try builder.finish().readableBytesView)
        var reader = RecordBatchReader(maxDecompressedBytes: 1 << 20)
        #expect(throws: RecordsError.decompressedTooLarge(limitBytes: 1 << 20)) {
            try bytes.withUnsafeBytes { try reader.forEachRecord(in: $0) { _ in .continue } }
        }
    }

    /// Whatever is done to the bytes: an error or records, never a crash, never beyond the bytes.
    @Test func fuzz() throws {
        let originals = try CompressionCodec.allCases.map { try batch($0, count: 5) }
        try Seeds.run(400) { _, random in
            var bytes = originals[Int.random(in: 0..<originals.count, using: &random)]
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: 12..<bytes.count, using: &random)] =
                    UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) {
                bytes.removeLast(Int.random(in: 0..<bytes.count - 30, using: &random))
                let length = UInt32(bytes.count - 12)
                withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(8..<12, with: $0) }
            }
            _ = try? readAll(bytes)
            var reader = RecordBatchReader(maxDecompressedBytes: 1 << 20)
            bytes.withUnsafeBytes { _ = try? BatchSummary($0, reader: &reader) }
        }
    }
}
