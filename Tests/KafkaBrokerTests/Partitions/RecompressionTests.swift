import KafkaRecords
import NIOCore
import Testing

@testable import KafkaBroker

@Suite struct RecompressionTests {
    private func batch(_ bytes: ByteBuffer) throws -> ProducedBatch {
        ProducedBatch(
            header: try bytes.withUnsafeReadableBytes { try RecordBatchHeader($0) }, bytes: bytes)
    }

    @Test func `A batch that has the codec already keeps its bytes`() throws {
        let bytes = TestBatch.bytes("v")
        #expect(try Recompression.apply(nil, to: batch(bytes)).bytes == bytes)
        #expect(try Recompression.apply(Compression.none, to: batch(bytes)).bytes == bytes)
    }

    @Test(arguments: CompressionCodec.allCases, CompressionCodec.allCases)
    func `Records stay what they are in every other codec`(
        _ from: CompressionCodec, _ to: CompressionCodec
    ) throws {
        let records: [TestBatch.Record] = [
            .init(key: "k", value: String(repeating: "abc", count: 300), timestamp: 5),
            .init(key: nil, value: nil, timestamp: 3, headers: [("h", "x"), ("h", nil)]),
            .init(key: "", value: "", timestamp: 9),
        ]
        let bytes = TestBatch.bytes(
            records, compression: Compression(codec: from) ?? .none,
            producer: .init(id: 9, epoch: 2, baseSequence: 40))
        let result = try Recompression.apply(Compression(codec: to), to: batch(bytes))
        #expect(result.header.attributes.codec == to)
        #expect(result.header.producerID == 9 && result.header.baseSequence == 40)
        #expect(result.header.maxTimestamp == 9)
        try result.bytes.withUnsafeReadableBytes { try result.header.verifyCrc(of: $0) }
        let read = try TestBatch.records(result.bytes)
        #expect(read.map(\.key) == records.map(\.key))
        #expect(read.map(\.value) == records.map(\.value))
        #expect(read.map(\.timestamp) == records.map(\.timestamp))
        #expect(read[1].headers.map(\.0) == ["h", "h"] && read[1].headers.map(\.1) == ["x", nil])
    }
}
