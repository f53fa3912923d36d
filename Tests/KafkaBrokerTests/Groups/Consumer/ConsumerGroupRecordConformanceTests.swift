import KafkaBase
import KafkaRecords
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

/// What a real Kafka wrote of consumer groups, read and written again.
@Suite struct ConsumerGroupRecordConformanceTests {
    private struct Written {
        var record: KafkaBroker.CoordinatorRecord
        var groupID: String
        var content: ConsumerGroupRecord
    }

    /// In each partition's order.
    private static let partitions = Result {
        try Fixtures.directories().flatMap { directory in
            try Fixtures.files(under: directory, suffix: ".log").filter { path in
                path.contains("/\(InternalTopic.consumerOffsets.rawValue)-")
            }.map { path in try records(in: Fixtures.bytes(path)) }
        }
    }

    private static func records(in bytes: [UInt8]) throws -> [Written] {
        var written: [Written] = []
        try bytes.withUnsafeBytes { bytes in
            var cursor = RecordSetCursor()
            var reader = RecordBatchReader()
            while let entry = try cursor.next(in: bytes) {
                let batch = UnsafeRawBufferPointer(
                    rebasing: bytes[entry.position..<entry.position + entry.sizeBytes])
                guard try !RecordBatchHeader(batch).attributes.isControl else { continue }
                var records: [KafkaBroker.CoordinatorRecord] = []
                try reader.forEachRecord(in: batch) { record in
                    if let key = record.key {
                        records.append(
                            .init(
                                key: ByteBuffer(bytes: key),
                                value: record.value.map(ByteBuffer.init(bytes:))))
                    }
                    return .continue
                }
                for record in records {
                    guard let (id, content) = try ConsumerGroupRecord.decoded(record) else {
                        continue
                    }
                    written.append(Written(record: record, groupID: id, content: content))
                }
            }
        }
        return written
    }

    @Test func `Records are written as Kafka writes them`() throws {
        let records = try Self.partitions.get().flatMap { $0 }
        #expect(try !records.isEmpty || Fixtures.directories().isEmpty)
        for written in records {
            let encoded = try written.content.encoded(of: written.groupID)
            #expect(encoded.key == written.record.key)
            #expect(try ConsumerGroupRecord.decoded(encoded)?.record == written.content)
            // Kafka's topics stand in the order that its hashes have.
            let (ours, theirs) = (encoded.value, written.record.value)
            #expect(ours.map(Self.sorted) == theirs.map(Self.sorted), "\(written.content)")
        }
    }

    private static func sorted(_ bytes: ByteBuffer) -> [UInt8] { bytes.readableBytesView.sorted() }

    @Test func `Groups are read from what Kafka wrote, each member with what nobody else has`()
        throws
    {
        for records in try Self.partitions.get() {
            var groups: [String: ConsumerGroup] = [:]
            for written in records {
                groups[written.groupID, default: ConsumerGroup(id: written.groupID)]
                    .apply(written.content)
            }
            for group in groups.values where !group.isDeleted {
                #expect(group.epoch >= group.targetEpoch)
                var all = PartitionSet()
                for member in group.members.values {
                    #expect(member.current.assigned.isDisjoint(with: all))
                    all.formUnion(member.current.assigned)
                    #expect(group.target[member.id] != nil)
                }
            }
        }
    }
}
