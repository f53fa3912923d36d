import KafkaBase
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
        try RecordedRecords.partitions(of: .consumerOffsets).map { records in
            try records.compactMap { record in
                try ConsumerGroupRecord.decoded(record).map { id, content in
                    Written(record: record, groupID: id, content: content)
                }
            }
        }
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
