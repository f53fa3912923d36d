import KafkaBase
import KafkaRecords
import KafkaWire
import Testing

@testable import KafkaBroker

@Suite struct OffsetHandlersTests {
    /// Two batches: timestamps 100 to 300 at the offsets 0 to 2, then 200 and 250.
    private func fill(_ broker: TestBroker) async throws {
        for timestamps: [Int64] in [[100, 300, 200], [200, 250]] {
            let records = timestamps.map { TestBatch.Record(value: "v", timestamp: $0) }
            let answer = try await broker.produce(
                TestBatch.bytes(records, compression: .lz4))
            #expect(answer.errorCode == .none)
        }
    }

    @Test(arguments: ListOffsetsHandler.servedVersions)
    func `Every version of ListOffsets knows both ends`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            try await fill(broker)
            let latest = try await broker.listOffset(-1, version: version)
            #expect(latest.errorCode == .none && latest.offset == 5)
            let earliest = try await broker.listOffset(-2, version: version)
            #expect(earliest.errorCode == .none && earliest.offset == 0)
            let byTime = try await broker.listOffset(150, version: version)
            #expect(byTime.offset == 1 && byTime.timestamp == 300)
            #expect(byTime.leaderEpoch == (version >= 4 ? 0 : -1))
            let unknown = try await broker.listOffset(-1, partition: 9, version: version)
            #expect(unknown.errorCode == .unknownTopicOrPartition && unknown.offset == -1)
        }
    }

    @Test(arguments: [
        (Int64(0), Int64(0), Int64(100)), (100, 0, 100), (101, 1, 300), (300, 1, 300),
        (301, -1, -1),
    ])
    func `The first record at or behind a time`(
        _ time: Int64, _ offset: Int64, _ timestamp: Int64
    ) async throws {
        try await TestBroker.with { broker in
            try await fill(broker)
            let answer = try await broker.listOffset(time)
            #expect(answer.errorCode == .none)
            #expect(answer.offset == offset && answer.timestamp == timestamp)
        }
    }

    @Test func `The record with the largest time`() async throws {
        try await TestBroker.with { broker in
            let empty = try await broker.listOffset(-3)
            #expect(empty.errorCode == .none && empty.offset == -1)
            try await fill(broker)
            let answer = try await broker.listOffset(-3)
            #expect(answer.offset == 1 && answer.timestamp == 300)
        }
    }

    @Test(arguments: [
        (Int64(-3), Int16(7)), (-4, 8), (-5, 9), (-6, 11),
    ])
    func `Special times are refused below their version`(
        _ time: Int64, _ first: Int16
    ) async throws {
        try await TestBroker.with { broker in
            let before = try await broker.listOffset(time, version: first - 1)
            #expect(before.errorCode == .unsupportedVersion)
            #expect(try await broker.listOffset(time, version: first).errorCode == .none)
            #expect(try await broker.listOffset(-7).errorCode == .unsupportedVersion)
        }
    }

    @Test(arguments: OffsetForLeaderEpochHandler.servedVersions)
    func `A leader epoch ends where the log does`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            try await fill(broker)
            for (epoch, found, end) in [(Int32(0), Int32(0), Int64(5)), (7, 0, 5)] {
                var asked = OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
                asked.leaderEpoch = epoch
                var topic = OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
                topic.topic = "t"
                topic.partitions = [asked]
                var request = OffsetForLeaderEpochRequest()
                request.topics = [topic]
                let answer = try await broker.send(request, version: version)
                    .topics[0].partitions[0]
                #expect(answer.errorCode == .none)
                guard epoch == 0 else { continue }
                #expect(answer.leaderEpoch == found && answer.endOffset == end)
            }
        }
    }
}
