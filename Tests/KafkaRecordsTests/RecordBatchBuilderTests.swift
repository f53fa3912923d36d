import KafkaRecords
import NIOCore
import TestSupport
import Testing

@Suite struct RecordBatchBuilderTests {
    /// Two records with known bytes, put together by hand from the format's description.
    @Test func goldenBytes() throws {
        var builder = RecordBatchBuilder()
        let header = SampleRecord.Header(name: Array("h".utf8), value: nil)
        SampleRecord(timestamp: 1000, key: Array("k".utf8), value: Array("v1".utf8))
            .append(to: &builder)
        SampleRecord(timestamp: 999, key: nil, value: [], headers: [header]).append(to: &builder)
        let batch = try builder.finish(
            producer: .init(id: 7, epoch: 1, baseSequence: 5, isTransactional: true))
        let records = Hex.decode("12 00 00 00 02 6b 04 76 31 00" + "12 00 01 02 01 00 02 02 68 01")
        let front = Hex.decode(
            "0000000000000000 00000045 ffffffff 02" + "00000000" + "0010 00000001 00000000000003e8"
                + "00000000000003e8 0000000000000007 0001 00000005 00000002")
        var expected = try #require(front) + #require(records)
        let crc = expected.withUnsafeBytes { RecordBatchHeader.computeCrc(of: $0) }
        withUnsafeBytes(of: crc.bigEndian) { expected.replaceSubrange(17..<21, with: $0) }
        #expect(Hex.encode(batch.readableBytesView) == Hex.encode(expected))
    }

    @Test(arguments: CompressionCodec.allCases)
    func everyCodecComesBack(_ codec: CompressionCodec) throws {
        var random = SeededGenerator(seed: UInt64(codec.rawValue))
        let compression = try #require(Compression(codec: codec))
        var builder = RecordBatchBuilder(compression: compression)
        for count in [1, 2, 300, 1, 100] {
            let records = SampleRecord.random(count, using: &random)
            for record in records { record.append(to: &builder) }
            let recordCount = builder.recordCount
            #expect(recordCount == count)
            let batch = try builder.finish()
            let isEmpty = builder.isEmpty
            #expect(isEmpty)
            #expect(try readAll(batch) == records)
            let header = try batch.withUnsafeReadableBytes { bytes throws(RecordsError) in
                try RecordBatchHeader(bytes)
            }
            try batch.withUnsafeReadableBytes { try header.verifyCrc(of: $0) }
            #expect(header.attributes.codec == codec)
            #expect(header.maxTimestamp == records.map(\.timestamp).max())
            #expect(header.sizeBytes == batch.readableBytes)
        }
    }

    /// Builders that share a packer make what a builder with a codec of its own makes.
    @Test(arguments: CompressionCodec.allCases)
    func aSharedPackerMakesTheSame(_ codec: CompressionCodec) throws {
        var random = SeededGenerator(seed: UInt64(codec.rawValue))
        let compression = try #require(Compression(codec: codec))
        var packer = RecordBatchPacker(compression)
        var own = RecordBatchBuilder(compression: compression)
        for count in [300, 1, 100] {
            var shared = RecordBatchBuilder()
            for record in SampleRecord.random(count, using: &random) {
                record.append(to: &own)
                record.append(to: &shared)
            }
            let expected = try own.finish()
            let batch = try shared.finish(with: &packer)
            #expect(batch == expected)
            let isEmpty = shared.isEmpty
            #expect(isEmpty)
        }
    }

    @Test func upperBoundHolds() {
        var builder = RecordBatchBuilder()
        let value = [UInt8](repeating: 1, count: 100)
        for index in 0..<1000 {
            let before = builder.sizeBytes
            value.withUnsafeBytes {
                builder.append(timestamp: Int64(index) << 40, key: nil, value: $0)
            }
            let bound = RecordBatchBuilder.upperBound(keyBytes: 0, valueBytes: 100)
            let added = builder.sizeBytes - before
            #expect(added <= bound)
        }
    }

    @Test func levels() {
        #expect(Compression("zstd:19")?.level == 19)
        #expect(Compression("gzip")?.level == nil)
        #expect(Compression("gzip:10") == nil)
        #expect(Compression("snappy:1") == nil)
        #expect(Compression("lz5") == nil)
        #expect(Compression("zstd:") == nil)
    }

    @Test func patchesInPlace() throws {
        var builder = RecordBatchBuilder()
        SampleRecord(timestamp: 5, key: nil, value: [1]).append(to: &builder)
        SampleRecord(timestamp: 6, key: nil, value: [2]).append(to: &builder)
        var batch = Array(try builder.finish().readableBytesView)
        batch.withUnsafeMutableBytes {
            RecordBatchPatch.assign(baseOffset: 1 << 40, leaderEpoch: 9, to: $0)
        }
        try batch.withUnsafeBytes { try BatchSummary.verifyCrc(of: $0) }
        #expect(try readAll(batch).map(\.offset) == [1 << 40, 1 << 40 + 1])
        batch.withUnsafeMutableBytes { RecordBatchPatch.setLogAppendTime(77, in: $0) }
        try batch.withUnsafeBytes { try BatchSummary.verifyCrc(of: $0) }
        #expect(try readAll(batch).map(\.timestamp) == [77, 77])
    }

    @Test func aProducerPutOnLaterIsAsIfBuiltIn() throws {
        func make(_ producer: RecordBatchBuilder.ProducerState) throws -> ByteBuffer {
            var builder = RecordBatchBuilder()
            SampleRecord(timestamp: 5, key: nil, value: [1]).append(to: &builder)
            return try builder.finish(producer: producer)
        }
        let producers: [RecordBatchBuilder.ProducerState] = [
            .init(id: 7, epoch: 1, baseSequence: 5, isTransactional: true),
            .init(id: 7, epoch: 1, baseSequence: 5), .none,
        ]
        for before in producers {
            for after in producers {
                var batch = try make(before)
                RecordBatchPatch.setProducer(after, in: &batch)
                #expect(try batch == make(after))
            }
        }
    }
}
