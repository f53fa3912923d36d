import KafkaBase
import KafkaClient
import Testing

@testable import SkafkaCLI

@Suite struct GroupProgressTests {
    private let zero = TopicPartition(topic: "t", partition: 0)
    private let one = TopicPartition(topic: "t", partition: 1)

    private func range(_ start: Int64, _ end: Int64? = nil) -> PartitionRange {
        PartitionRange(start: start, from: 0, end: end)
    }

    @Test func `Only what was written is committed, and once`() {
        var progress = GroupProgress()
        progress.begin(zero, range(5))
        let isAtEnd = progress.printed(zero, to: OffsetAndMetadata(offset: 8, leaderEpoch: 2))
        #expect(!isAtEnd)
        #expect(progress.uncommitted.isEmpty)
        progress.flushed()
        _ = progress.printed(zero, to: OffsetAndMetadata(offset: 9))
        let first = progress.uncommitted
        #expect(first == [zero: OffsetAndMetadata(offset: 8, leaderEpoch: 2)])
        progress.committed(first)
        #expect(progress.uncommitted.isEmpty)
        progress.flushed()
        #expect(progress.uncommitted == [zero: OffsetAndMetadata(offset: 9)])
    }

    @Test func `It ends when every partition is at its end`() {
        var progress = GroupProgress()
        #expect(!progress.isFinished && progress.isEmpty)
        progress.begin(zero, range(5, 5))
        #expect(progress.isFinished)
        progress.begin(one, range(0, 3))
        #expect(!progress.isFinished)
        let isOver = progress.printed(one, to: OffsetAndMetadata(offset: 3))
        #expect(isOver)
        #expect(progress.isFinished)
        progress.begin(one, range(0, 3))
        progress.move(one, to: 4)
        #expect(progress.isFinished)
    }

    @Test func `What is not this member's any more is forgotten`() {
        var progress = GroupProgress()
        progress.begin(zero, range(0))
        _ = progress.printed(zero, to: OffsetAndMetadata(offset: 3))
        progress.flushed()
        progress.end([zero])
        #expect(progress.uncommitted.isEmpty && progress.range(of: zero) == nil)
        let isKnown = progress.printed(zero, to: OffsetAndMetadata(offset: 4))
        #expect(!isKnown)
    }
}
