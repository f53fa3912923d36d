import KafkaBase
import KafkaRecords
import NIOCore

/// A record as values, to compare what was written with what is read.
struct SampleRecord: Equatable {
    var offset: Int64 = 0
    var timestamp: Int64
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [Header] = []

    struct Header: Equatable {
        var name: [UInt8]
        var value: [UInt8]?
    }

    init(
        offset: Int64 = 0, timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [Header] = []
    ) {
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }

    init(_ view: RecordView) {
        offset = view.offset
        timestamp = view.timestamp
        key = view.key.map(Array.init)
        value = view.value.map(Array.init)
        view.headers.forEach { name, value in
            headers.append(Header(name: Array(name), value: value.map(Array.init)))
        }
    }

    func append(to builder: inout RecordBatchBuilder) {
        var encoded = EncodedHeaders()
        for header in headers {
            header.name.withUnsafeBytes { name in
                SampleRecord.withBytes(header.value) { encoded.append(name: name, value: $0) }
            }
        }
        SampleRecord.withBytes(key) { key in
            SampleRecord.withBytes(value) { value in
                builder.append(
                    timestamp: timestamp, key: key, value: value,
                    headers: headers.isEmpty ? nil : encoded)
            }
        }
    }

    private static func withBytes(
        _ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Void
    ) {
        guard let bytes else { return body(nil) }
        bytes.withUnsafeBytes { body($0) }
    }

    /// Records of any shape: null, empty and binary fields, headers, timestamps out of order.
    static func random(
        _ count: Int, using random: inout some RandomNumberGenerator
    ) -> [SampleRecord] {
        (0..<count).map { index in
            SampleRecord(
                offset: Int64(index),
                timestamp: 1_700_000_000_000 + Int64.random(in: -100_000...100_000, using: &random),
                key: field(40, using: &random), value: field(3000, using: &random),
                headers: (0..<Int.random(in: 0...2, using: &random)).map { _ in
                    Header(
                        name: field(10, using: &random) ?? [], value: field(10, using: &random))
                })
        }
    }

    private static func field(
        _ limit: Int, using random: inout some RandomNumberGenerator
    ) -> [UInt8]? {
        let count = Int.random(in: -1...limit, using: &random)
        guard count >= 0 else { return nil }
        // Half of the values compress well.
        let top: UInt8 = Bool.random(using: &random) ? 255 : 3
        return (0..<count).map { _ in UInt8.random(in: 0...top, using: &random) }
    }
}

/// All records of one batch.
func readAll(_ batch: ByteBuffer) throws(RecordsError) -> [SampleRecord] {
    try readAll(Array(batch.readableBytesView))
}

func readAll(_ batch: [UInt8]) throws(RecordsError) -> [SampleRecord] {
    var reader = RecordBatchReader(maxDecompressedBytes: 64 << 20)
    var records: [SampleRecord] = []
    var failure: RecordsError?
    batch.withUnsafeBytes { bytes in
        do throws(RecordsError) {
            try reader.forEachRecord(in: bytes) {
                records.append(SampleRecord($0))
                return .continue
            }
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
    return records
}
