import KafkaBase
import KafkaWire
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct GroupOffsetMessagesTests {
    private let partitions = [
        TopicPartition(topic: "b", partition: 1), TopicPartition(topic: "a", partition: 0),
        TopicPartition(topic: "b", partition: 0), TopicPartition(topic: "b", partition: 1),
    ]

    /// Sends a message through its bytes.
    private func roundTrip<Message: WireMessage>(
        _ message: Message, _ version: Int16
    ) throws -> Message {
        var writer = WireWriter(ByteBuffer())
        try message.encode(to: &writer, version: version)
        var reader = WireReader(writer.buffer)
        return try Message(from: &reader, version: version)
    }

    @Test(arguments: Int16(1)...9)
    func aRequestIsOfItsVersion(version: Int16) throws {
        let request = try roundTrip(
            OffsetFetchRequest(["g"], partitions, requireStable: version >= 7, version), version)
        if version >= 8 {
            #expect(request.groups.map(\.groupId) == ["g"])
            #expect(request.groups[0].topics?.map(\.name) == ["a", "b"])
            #expect(request.groups[0].topics?.map(\.partitionIndexes) == [[0], [0, 1]])
        } else {
            #expect(request.groupId == "g")
            #expect(request.topics?.map(\.name) == ["a", "b"])
            #expect(request.topics?.map(\.partitionIndexes) == [[0], [0, 1]])
        }
        #expect(request.requireStable == (version >= 7))
    }

    @Test(arguments: Int16(2)...9)
    func noPartitionsAskForAll(version: Int16) throws {
        let request = try roundTrip(
            OffsetFetchRequest(["g"], nil, requireStable: false, version), version)
        #expect(version >= 8 ? request.groups[0].topics == nil : request.topics == nil)
    }

    @Test func severalGroupsGoTogetherFromVersion8On() throws {
        let request = OffsetFetchRequest(["g", "h"], nil, requireStable: false, 8)
        #expect(try roundTrip(request, 8).groups.map(\.groupId) == ["g", "h"])
    }

    private func partition(
        _ number: Int32, _ offset: Int64, _ code: ErrorCode = .none
    ) -> OffsetFetchResponse.OffsetFetchResponsePartition {
        var entry = OffsetFetchResponse.OffsetFetchResponsePartition()
        entry.partitionIndex = number
        entry.committedOffset = offset
        entry.committedLeaderEpoch = 4
        entry.metadata = "m"
        entry.errorCode = code
        return entry
    }

    @Test func offsetsThatAreNotThereAreLeftOut() throws {
        var topic = OffsetFetchResponse.OffsetFetchResponseTopic()
        topic.name = "t"
        topic.partitions = [
            partition(0, 5), partition(1, -1), partition(2, -1, .unstableOffsetCommit),
        ]
        var response = OffsetFetchResponse()
        response.topics = [topic]
        let offsets = try #require(try response.results(["g"])["g"]?.get())
        #expect(offsets.count == 2)
        #expect(
            offsets[.init(topic: "t", partition: 0)]
                == .success(.init(offset: 5, leaderEpoch: 4, metadata: "m")))
        #expect(
            offsets[.init(topic: "t", partition: 2)]?.error?.errorCode == .unstableOffsetCommit)
    }

    @Test func aGroupsErrorIsItsOwn() throws {
        var refused = OffsetFetchResponse.OffsetFetchResponseGroup()
        refused.groupId = "g"
        refused.errorCode = .notCoordinator
        var fine = OffsetFetchResponse.OffsetFetchResponseGroup()
        fine.groupId = "h"
        var response = OffsetFetchResponse()
        response.groups = [refused, fine]
        let results = response.results(["g", "h"])
        #expect(results["g"]?.error?.errorCode == .notCoordinator)
        #expect(results["h"] == .success([:]))
        var old = OffsetFetchResponse()
        old.errorCode = .groupIdNotFound
        #expect(old.results(["g"])["g"]?.error?.kind == .unknownGroup("g"))
    }

    @Test func aCommitOfAnOutsiderHasNoMember() throws {
        let request = try roundTrip(
            OffsetCommitRequest(
                ConsumerGroupMetadata(groupID: "g"),
                [
                    .init(topic: "t", partition: 1): .init(offset: 7, leaderEpoch: 3),
                    .init(topic: "t", partition: 0): .init(offset: 8, metadata: "m"),
                ], 9), 9)
        #expect(request.memberId == "" && request.generationIdOrMemberEpoch == -1)
        #expect(request.groupInstanceId == nil)
        #expect(request.topics.map(\.name) == ["t"])
        #expect(request.topics[0].partitions.map(\.committedOffset) == [8, 7])
        #expect(request.topics[0].partitions.map(\.committedLeaderEpoch) == [-1, 3])
        #expect(request.topics[0].partitions.map(\.committedMetadata) == ["m", ""])
    }
}
