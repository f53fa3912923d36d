import KafkaBase
import NIOCore
import TestSupport
import Testing

@testable import KafkaClient

@Suite struct ConsumerProtocolTests {
    @Test func `A subscription has what Java's has`() throws {
        let owned: Set = [TopicPartition(topic: "t", partition: 2)]
        let bytes = try ConsumerProtocol.subscription(
            ["t"], owned: owned, generation: 7, rack: "r", assignor: .cooperativeSticky)
        #expect(
            bytes
                == ByteBuffer(bytes: [
                    0, 3, 0, 0, 0, 1, 0, 1, 0x74,  // version, topics
                    0, 0, 0, 4, 0, 0, 0, 7,  // user data: the generation
                    0, 0, 0, 1, 0, 1, 0x74, 0, 0, 0, 1, 0, 0, 0, 2,  // owned partitions
                    0, 0, 0, 7, 0, 1, 0x72,  // generation, rack
                ]))
        let member = try ConsumerProtocol.member(
            "m", instanceID: nil, subscription: bytes, assignor: .range)
        #expect(
            member
                == AssignorMember(
                    id: "m", rack: "r", topics: ["t"], owned: owned, generation: 7))
    }

    @Test(
        arguments: [
            // Java's user data in version 1: the generation alone.
            [0, 0, 0, 4, 0, 0, 0, 5],
            // librdkafka's: partitions in front.
            [0, 0, 0, 19, 0, 0, 0, 1, 0, 1, 0x74, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 5],
        ] as [[UInt8]])
    func `The generation of version 1 stands in the user data`(userData: [UInt8]) throws {
        let bytes = ByteBuffer(
            bytes: [0, 1, 0, 0, 0, 1, 0, 1, 0x74] + userData + [0, 0, 0, 0])
        let member = try ConsumerProtocol.member(
            "m", instanceID: "i", subscription: bytes, assignor: .range)
        #expect(member.generation == 5 && member.instanceID == "i")
    }

    /// What Java's `StickyAssignor` writes and reads.
    @Test func `A sticky member says in its user data what it was given last`() throws {
        let owned: Set = [TopicPartition(topic: "t", partition: 2)]
        let userData: [UInt8] = [
            0, 0, 0, 1, 0, 1, 0x74, 0, 0, 0, 1, 0, 0, 0, 2,  // topic, partitions
            0, 0, 0, 7,  // generation
        ]
        let last = StickyUserData(partitions: owned, generation: 7)
        #expect(try last.encoded() == ByteBuffer(bytes: userData))
        let bytes = try ConsumerProtocol.subscription(
            ["t"], owned: [], generation: 8, rack: nil, assignor: .sticky, last: last)
        let member = try ConsumerProtocol.member(
            "m", instanceID: nil, subscription: bytes, assignor: .sticky)
        #expect(member == AssignorMember(id: "m", topics: ["t"], owned: owned, generation: 7))
        let old = ByteBuffer(bytes: userData.dropLast(4))
        #expect(try StickyUserData(old) == StickyUserData(partitions: owned, generation: -1))
        let nothing = try ConsumerProtocol.subscription(
            ["t"], owned: [], generation: 8, rack: nil, assignor: .sticky)
        let newcomer = try ConsumerProtocol.member(
            "m", instanceID: nil, subscription: nothing, assignor: .sticky)
        #expect(newcomer == AssignorMember(id: "m", topics: ["t"]))
    }

    @Test func `Later versions and missing assignments are read`() throws {
        let later = ByteBuffer(bytes: [
            0, 9, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 3, 255, 255, 1, 2,
        ])
        #expect(
            try ConsumerProtocol.member("m", instanceID: nil, subscription: later, assignor: .range)
                .generation == 3)
        #expect(try ConsumerProtocol.assigned(ByteBuffer()) == [])
        let partitions = [
            TopicPartition(topic: "b", partition: 1), TopicPartition(topic: "a", partition: 0),
        ]
        let bytes = try ConsumerProtocol.assignment(partitions)
        #expect(try ConsumerProtocol.assigned(bytes) == Set(partitions))
    }

    @Test func `Bytes that are neither are errors`() throws {
        try Seeds.run(500) { _, random in
            let count = Int.random(in: 0...40, using: &random)
            let bytes = ByteBuffer(
                bytes: (0..<count).map { _ in UInt8.random(in: 0...8, using: &random) })
            _ = try? ConsumerProtocol.member(
                "m", instanceID: nil, subscription: bytes, assignor: .range)
            _ = try? ConsumerProtocol.assigned(bytes)
        }
        #expect(throws: (any Error).self) {
            try ConsumerProtocol.assigned(ByteBuffer(bytes: [0, 1, 0x7F, 0xFF, 0xFF, 0xFF]))
        }
    }
}
