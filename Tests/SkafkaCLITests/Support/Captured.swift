import Glibc
import KafkaRecords
import NIOCore

@testable import KafkaClient
@testable import SkafkaCLI

/// What is written to an output buffer.
enum Captured {
    static func bytes(
        capacityBytes: Int = OutputBuffer.defaultCapacityBytes, _ body: (OutputBuffer) -> Void
    ) throws -> [UInt8] {
        var template = Array("/tmp/skafka-captured.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw CommandFailure.failed("mkstemp: \(errno)") }
        defer { close(descriptor) }
        unlink(template)
        let output = OutputBuffer(descriptor: descriptor, capacityBytes: capacityBytes)
        body(output)
        try output.flush()
        let size = lseek(descriptor, 0, SEEK_END)
        var result = [UInt8](repeating: 0, count: Int(size))
        let count = pread(descriptor, &result, result.count, 0)
        return Array(result[..<count])
    }

    static func text(
        capacityBytes: Int = OutputBuffer.defaultCapacityBytes, _ body: (OutputBuffer) -> Void
    ) throws -> String {
        String(decoding: try bytes(capacityBytes: capacityBytes, body), as: UTF8.self)
    }
}

/// A record that a test makes up.
struct SampleRecord: Equatable {
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [Header] = []
    var timestamp: Int64 = 1_700_000_000_123

    struct Header: Equatable {
        var name: [UInt8]
        var value: [UInt8]?
    }

    init(
        key: String? = nil, value: String? = nil, headers: [(String, String?)] = []
    ) {
        self.key = key.map { Array($0.utf8) }
        self.value = value.map { Array($0.utf8) }
        self.headers = headers.map {
            Header(name: Array($0.0.utf8), value: $0.1.map { Array($0.utf8) })
        }
    }

    /// Hands it out as `consume` shows it: at offset 42 of partition 3 of topic `t`.
    func withFields(_ body: (RecordFields) -> Void) throws {
        try withRecord { record in
            "t".utf8CString.withUnsafeBytes { topic in
                body(
                    RecordFields(
                        topic: UnsafeRawBufferPointer(rebasing: topic.dropLast()),
                        partition: 3, offset: 42, timestamp: record.timestamp,
                        leaderEpoch: 7, key: record.key, value: record.value,
                        headers: record.headers))
            }
        }
    }

    /// Hands it out as the client does.
    func withConsumed(_ body: (ConsumedRecord) -> Void) throws {
        let fetched = FetchedRecords(
            topic: "t", partition: 3, buffer: try batch(), fetchOffset: 0, highWatermark: 0,
            lastStableOffset: 0, logStartOffset: 0, nextOffset: 0, abortedTransactions: [],
            checksCrcs: true)
        var reader = RecordBatchReader()
        try fetched.forEachRecord(reader: &reader) { record in
            body(record)
            return .stop
        }
    }

    private func withRecord(_ body: (RecordView) -> Void) throws {
        let batch = try batch()
        var reader = RecordBatchReader()
        try batch.withUnsafeReadableBytes { batch in
            try reader.forEachRecord(in: batch) { record in
                body(record)
                return .stop
            }
        }
    }

    private func batch() throws -> ByteBuffer {
        var encoded = EncodedHeaders()
        for header in headers {
            header.name.withUnsafeBytes { name in
                if let value = header.value {
                    value.withUnsafeBytes { encoded.append(name: name, value: $0) }
                } else {
                    encoded.append(name: name, value: nil)
                }
            }
        }
        var builder = RecordBatchBuilder()
        SampleRecord.withBytes(key) { key in
            SampleRecord.withBytes(value) { value in
                builder.append(timestamp: timestamp, key: key, value: value, headers: encoded)
            }
        }
        return try builder.finish()
    }

    private static func withBytes(
        _ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Void
    ) {
        if let bytes { bytes.withUnsafeBytes { body($0) } } else { body(nil) }
    }

    /// A copy of what a reader of input hands out.
    init(_ record: InputRecord) {
        key = record.key.map { Array($0) }
        value = record.value.map { Array($0) }
        timestamp = record.timestamp ?? -1
        headers = record.headers.map { SampleRecord.list($0) } ?? []
    }

    private static func list(_ headers: EncodedHeaders) -> [Header] {
        var result: [Header] = []
        var builder = RecordBatchBuilder()
        builder.append(timestamp: 0, key: nil, value: nil, headers: headers)
        guard let batch = try? builder.finish() else { return [] }
        var reader = RecordBatchReader()
        try? batch.withUnsafeReadableBytes { batch in
            try reader.forEachRecord(in: batch) { record in
                record.headers.forEach { name, value in
                    result.append(Header(name: Array(name), value: value.map { Array($0) }))
                }
                return .stop
            }
        }
        return result
    }
}
