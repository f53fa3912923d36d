import KafkaBase
import KafkaRecords
import KafkaWire
import TestSupport
import Testing

@testable import KafkaBroker

/// What a real Kafka wrote of classic groups and their offsets, read, written again, and taken
/// over.
struct GroupRecordConformanceTests {
    private static let partitions = Result {
        try RecordedRecords.partitions(of: .consumerOffsets)
    }

    @Test func `Records are written as Kafka writes them`() throws {
        let records = try Self.partitions.get().flatMap { $0 }
        #expect(try !records.isEmpty || Fixtures.directories().isEmpty)
        for record in records {
            switch record.keyType {
            case let type? where CoordinatorRecord.offsetKeyTypes.contains(type):
                let key = try record.readKey(as: OffsetCommitKey.self)
                let value = try record.readValue(as: OffsetCommitValue.self)
                let written = try CoordinatorRecord.offset(
                    value.map(CommittedOffset.init), group: key.group, topic: key.topic,
                    partition: key.partition)
                #expect(written == record)
            case CoordinatorRecord.groupKeyType:
                let id = try record.readKey(as: GroupMetadataKey.self).group
                let value = try record.readValue(as: GroupMetadataValue.self)
                let group = value.map { ClassicGroup(id: id, $0, limits: GroupLimits()) }
                let written = try group?.record() ?? .group(id, nil)
                #expect(written == record)
            default: break
            }
        }
    }

    @Test func `Groups that Kafka has left go on`() throws {
        for records in try Self.partitions.get() {
            let world = GroupWorld()
            var last: [String: CoordinatorRecord] = [:]
            for record in records {
                try world.log.append([record], producer: .none, nowMs: 0) { _ in }
                guard record.keyType == CoordinatorRecord.groupKeyType else { continue }
                last[try record.readKey(as: GroupMetadataKey.self).group] = record
            }
            world.log.flush()
            world.restart()
            for (id, record) in last {
                guard record.value != nil else {
                    // It may be of another kind since, or have offsets and nothing else.
                    #expect(world.group(id)?.protocolType == nil)
                    continue
                }
                let group = try #require(world.group(id))
                #expect(try group.record() == record)
                for member in group.members.values {
                    let code = world.heartbeat(
                        member.id, generation: group.generation, group: id,
                        instance: member.instanceID)
                    #expect(code == .none)
                }
            }
        }
    }
}
