import KafkaBase
import KafkaRecords
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct BatchSplitterTests {
    @Test(arguments: CompressionCodec.allCases)
    func theHalvesHoldTheRecords(codec: CompressionCodec) throws {
        var builder = RecordBatchBuilder(compression: try #require(Compression(codec: codec)))
        var headers = EncodedHeaders()
        Array("h".utf8).withUnsafeBytes { headers.append(name: $0, value: nil) }
        for index in 0..<7 {
            Array("value \(index)".utf8).withUnsafeBytes { value in
                builder.append(
                    timestamp: Int64(index), key: index == 3 ? value : nil,
                    value: index == 4 ? nil : value, headers: index == 5 ? headers : nil)
            }
        }
        let bytes = try builder.finish()
        let batch = ProducerBatch(
            partition: TestBatches.queue(), content: .encoded(bytes), recordCount: 7,
            uncompressedBytes: 500, reservedBytes: 501, createdAt: .now())
        let halves = try #require(BatchSplitter.split(batch))
        #expect(halves.0.recordCount == 3)
        #expect(halves.1.recordCount == 4)
        #expect(halves.0.reservedBytes + halves.1.reservedBytes == 501)
        #expect(halves.0.order < halves.1.order)
        // Keys and values: six values of seven bytes, one of them also a key.
        #expect(halves.0.payloadBytes + halves.1.payloadBytes == 7 * 7)
        #expect(try describe(bytes) == describe(halves.0) + describe(halves.1))
    }

    private func describe(_ batch: ProducerBatch) throws -> [String] {
        try describe(try batch.encoded().bytes)
    }

    private func describe(_ bytes: ByteBuffer) throws -> [String] {
        var reader = RecordBatchReader()
        var found: [String] = []
        try bytes.withUnsafeReadableBytes { bytes in
            try RecordBatchHeader(bytes).verifyCrc(of: bytes)
            try reader.forEachRecord(in: bytes) { record in
                let key = record.key.map { String(decoding: $0, as: UTF8.self) }
                let value = record.value.map { String(decoding: $0, as: UTF8.self) }
                found.append(
                    "\(record.timestamp) \(key ?? "-") \(value ?? "-") \(record.headers.count)")
                return .continue
            }
        }
        return found
    }
}
