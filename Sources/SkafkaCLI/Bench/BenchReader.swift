internal import KafkaBase
internal import KafkaClient
internal import NIOCore

/// What `bench consume` reads with: partitions of its own, or those of a group's member.
protocol BenchReader: Sendable {
    func poll(timeoutMs: Int?) async throws(KafkaError) -> [FetchedRecords]
    func close() async
    /// A partition has been read to where it was to be.
    func isDone(with partition: TopicPartition)
}

extension Consumer: BenchReader {
    func isDone(with partition: TopicPartition) { unassign([partition]) }
}

extension GroupConsumer: BenchReader {
    func isDone(with partition: TopicPartition) {}
}
