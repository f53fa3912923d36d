import KafkaBase
import NIOCore
import Testing

@testable import KafkaClient

/// What stands between a fetcher and `poll`.
@Suite struct PollQueueTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    private func records(_ count: Int) -> FetchedRecords {
        FetchedRecords(
            topic: "t", partition: 0, buffer: ByteBuffer(repeating: 0, count: count),
            fetchOffset: 0, highWatermark: 1, lastStableOffset: 1, logStartOffset: 0,
            nextOffset: 1, abortedTransactions: [], checksCrcs: false)
    }

    /// Who does not poll for hours must not find thousands of them.
    @Test func ofErrorsThatConcernNoPartitionTheLastOneStays() throws {
        let queue = PollQueue()
        let generation = queue.restart(partition)
        queue.add(records(10), generation: generation)
        for number in 0..<1000 { queue.fail(KafkaError(.connectionFailed, "\(number)")) }
        #expect(try queue.take()?.records.count == 1)
        let error = #expect(throws: KafkaError.self) { try queue.take() }
        #expect(error?.message == "999")
        #expect(try queue.take()?.records.count == nil)
    }

    @Test func everyPartitionsErrorIsKept() throws {
        let queue = PollQueue()
        let other = TopicPartition(topic: "t", partition: 1)
        for partition in [partition, other] {
            queue.fail(
                .unknownPartition(partition), partition: partition,
                generation: queue.restart(partition))
        }
        for partition in [partition, other] {
            let error = #expect(throws: KafkaError.self) { try queue.take() }
            #expect(error?.kind == .unknownPartition(partition))
        }
        #expect(try queue.take()?.records.count == nil)
    }

    @Test func whatWasFetchedForAnEarlierSeekIsDropped() throws {
        let queue = PollQueue()
        let before = queue.restart(partition)
        queue.add(records(10), generation: before)
        let after = queue.restart(partition)
        queue.add(records(20), generation: before)
        #expect(queue.bytes == 0)
        queue.add(records(30), generation: after)
        #expect(queue.bytes == 30)
    }
}
