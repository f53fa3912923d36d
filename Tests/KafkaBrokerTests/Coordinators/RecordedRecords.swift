import KafkaRecords
import KafkaWire
import NIOCore
import TestSupport

@testable import KafkaBroker

/// Records of Kafka's own topics that a real Kafka wrote.
enum RecordedRecords {
    typealias Record = KafkaBroker.CoordinatorRecord

    /// Of each partition in its order; control records are left out.
    static func partitions(of topic: InternalTopic) throws -> [[Record]] {
        try Fixtures.directories().flatMap { directory in
            try Fixtures.files(under: directory, suffix: ".log").filter { path in
                path.contains("/\(topic.rawValue)-")
            }.map { path in try records(in: Fixtures.bytes(path)) }
        }
    }

    private static func records(in bytes: [UInt8]) throws -> [Record] {
        var records: [Record] = []
        try bytes.withUnsafeBytes { bytes in
            var cursor = RecordSetCursor()
            var reader = RecordBatchReader()
            while let entry = try cursor.next(in: bytes) {
                let batch = UnsafeRawBufferPointer(
                    rebasing: bytes[entry.position..<entry.position + entry.sizeBytes])
                guard try !RecordBatchHeader(batch).attributes.isControl else { continue }
                try reader.forEachRecord(in: batch) { record in
                    if let key = record.key {
                        let value = record.value.map(ByteBuffer.init(bytes:))
                        records.append(Record(key: ByteBuffer(bytes: key), value: value))
                    }
                    return .continue
                }
            }
        }
        return records
    }
}
