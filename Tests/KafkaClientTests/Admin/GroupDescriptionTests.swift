import KafkaBase
import KafkaWire
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct GroupDescriptionTests {
    private func assignment(_ version: Int16) throws -> ByteBuffer {
        var topic = ConsumerProtocolAssignment.TopicPartition()
        topic.topic = "t"
        topic.partitions = [2, 0]
        var message = ConsumerProtocolAssignment()
        message.assignedPartitions = [topic]
        var writer = WireWriter(ByteBuffer())
        writer.writeInteger(version)
        try message.encode(to: &writer, version: min(version, 3))
        return writer.buffer
    }

    @Test(arguments: [0, 3, 9] as [Int16])
    func assignmentsOfEveryVersionAreRead(version: Int16) throws {
        #expect(
            GroupDescription.classicAssignment(try assignment(version)).map(\.partition) == [0, 2])
    }

    @Test func whatIsNoAssignmentIsNothing() throws {
        let whole = try assignment(0)
        for length in 0..<whole.readableBytes {
            let cut = whole.getSlice(at: whole.readerIndex, length: length) ?? ByteBuffer()
            // User data may be missing; partitions may not.
            _ = GroupDescription.classicAssignment(cut)
        }
        #expect(GroupDescription.classicAssignment(ByteBuffer()) == [])
        #expect(GroupDescription.classicAssignment(ByteBuffer(bytes: [0xFF, 0xFF, 0, 0])) == [])
        #expect(
            GroupDescription.classicAssignment(ByteBuffer(bytes: [0, 0, 0x7F, 0xFF, 0xFF, 0xFF]))
                == [])
    }

    @Test func otherProtocolsAssignmentsAreNotRead() throws {
        var member = DescribeGroupsResponse.DescribedGroupMember()
        member.memberId = "m"
        member.memberAssignment = try assignment(0)
        var group = DescribeGroupsResponse.DescribedGroup()
        group.groupId = "connect"
        group.protocolType = "connect"
        group.members = [member]
        #expect(GroupDescription(group, coordinator: 1).members.map(\.assignment) == [[]])
        group.protocolType = "consumer"
        #expect(GroupDescription(group, coordinator: 1).members.map(\.assignment.count) == [2])
    }

    @Test func typesAreFoundInAnyCase() {
        #expect(GroupType(rawValue: "Consumer") == .consumer)
        #expect(GroupType(rawValue: "classic") == .classic)
    }
}
