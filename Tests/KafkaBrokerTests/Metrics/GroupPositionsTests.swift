import KafkaBase
import NIOCore
import Testing

@testable import KafkaBroker

@Suite struct GroupPositionsTests {
    private func source(_ maxCount: Int) -> GroupsSample {
        let positions = (0..<min(maxCount, 5)).map { number in
            GroupPosition(
                group: number % 2 == 0 ? "b\"" : "a",
                partition: TopicPartition(topic: "t", partition: Int32(number)), offset: 7)
        }
        return GroupsSample(
            positions: positions, counts: [.init(kind: .consumer, name: "Assigning"): 2])
    }

    @Test func `Offsets come from whoever keeps the groups, in order and within a limit`() {
        let offsets = GroupPositions()
        #expect(offsets.sample(upTo: 10) == GroupsSample())
        offsets.come { source($0) }
        #expect(
            offsets.sample(upTo: 10).positions.map(\.group)
                == ["a", "a", "b\"", "b\"", "b\""])
        #expect(offsets.sample(upTo: 3).positions.count == 3)
    }

    @Test func `Every state is told, also where no group is in it`() throws {
        var text = MetricsText()
        source(0).writeCounts(into: &text)
        let parsed = try Exposition(String(buffer: text.buffer))
        func count(_ kind: String, _ state: String) -> Double? {
            parsed.value("skafka_groups", ["protocol": kind, "state": state])
        }
        #expect(count("consumer", "Assigning") == 2 && count("classic", "Stable") == 0)
        #expect(count("classic", "PreparingRebalance") == 0)
        #expect(count("classic", "Assigning") == nil)
    }

    @Test func `The lag ends at the high watermark, and a deleted topic has none`() async throws {
        try await TestBroker.with { broker in
            _ = try await broker.produce(TestBatch.bytes("a", "b", "c"))
            let sample = try await broker.on { PartitionSample($0) }
            let metrics = PartitionMetrics([sample])
            var text = MetricsText()
            let gone = TopicPartition(topic: "gone", partition: 0)
            metrics.write(
                [
                    GroupPosition(group: "g", partition: sample.name, offset: 1),
                    GroupPosition(group: "ahead", partition: sample.name, offset: 99),
                    GroupPosition(group: "g", partition: gone, offset: 4),
                ], into: &text)
            let parsed = try Exposition(String(buffer: text.buffer))
            let place = ["topic": "t", "partition": "0"]
            func lag(_ group: String) -> Double? {
                parsed.value("skafka_group_lag", place.merging(["group": group]) { $1 })
            }
            #expect(lag("g") == 2 && lag("ahead") == 0)
            #expect(parsed.samples("skafka_group_lag").count == 2)
            #expect(parsed.samples("skafka_group_committed_offset").count == 3)
        }
    }
}
