import KafkaBase
import KafkaClient
import Testing

@testable import SkafkaCLI

@Suite struct ReadRecoveryTests {
    private static let partition = TopicPartition(topic: "t", partition: 1)

    private func recovery(
        _ kind: KafkaError.Kind, _ range: PartitionRange?
    ) -> ReadRecovery? {
        let open = range.map { [ReadRecoveryTests.partition: $0] } ?? [:]
        return ReadRecovery(from: KafkaError(kind, "so it is"), reading: open)
    }

    private func removed(to start: Int64, at requested: Int64 = 5) -> KafkaError.Kind {
        .offsetOutOfRange(
            ReadRecoveryTests.partition, requested: requested, start: start, end: 100)
    }

    @Test func goesOnBehindWhatWasRemoved() throws {
        let found = try #require(
            recovery(removed(to: 20), PartitionRange(start: 3, from: 4, end: 50)))
        #expect(found.partition == ReadRecoveryTests.partition)
        #expect(found.range == PartitionRange(start: 20, from: 4, end: 50))
        #expect(!found.isNewTopic)
        #expect(found.message == "t-1: offsets 5 to 19 are gone; going on at 20")
    }

    @Test(arguments: [(19, false), (20, true), (21, true)] as [(Int64, Bool)])
    func isDoneWhenAllThatWasWantedWasRemoved(start: Int64, isDone: Bool) throws {
        let found = try #require(
            recovery(removed(to: start), PartitionRange(start: 3, from: 3, end: 20)))
        #expect((found.range == nil) == isDone)
    }

    @Test func beginsATopicThatWasMadeAnew() throws {
        let found = try #require(
            recovery(
                .topicRecreated(ReadRecoveryTests.partition), PartitionRange(start: 7, from: 7)))
        #expect(found.range == PartitionRange(start: 0, from: 0))
        #expect(found.isNewTopic)
        #expect(found.message == "so it is; going on at the beginning")
    }

    /// The end was one of the old topic; a position behind the end, or a partition that is not read
    /// any more, is another matter too.
    @Test func leavesOtherErrorsAlone() {
        let bounded = PartitionRange(start: 7, from: 7, end: 9)
        #expect(recovery(.topicRecreated(ReadRecoveryTests.partition), bounded) == nil)
        #expect(recovery(removed(to: 0, at: 200), bounded) == nil)
        #expect(recovery(removed(to: 20), nil) == nil)
        #expect(recovery(.timedOut, bounded) == nil)
    }
}
