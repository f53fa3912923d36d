public import KafkaBase
internal import NIOCore

/// Reads records from partitions that it is given, without a group.
///
/// Owns its connections; `close` it when done. Any thread may call it; `poll` has one caller at a
/// time. Fetches ahead of `poll`, one request at a time for each broker, bounded by
/// `ConsumerConfiguration.prefetchBytes` and one response of each broker.
public final class Consumer: Sendable {
    private let fetcher: ConsumerFetcher

    public init(
        client: KafkaClient, configuration: ConsumerConfiguration = ConsumerConfiguration()
    ) {
        fetcher = ConsumerFetcher(client: client, configuration: configuration)
    }

    /// Adds partitions, each with the offset to begin at. Those assigned already are moved there.
    public func assign(_ positions: [TopicPartition: Int64]) {
        fetcher.assign(positions)
    }

    /// Moves an assigned partition to an offset. Records fetched before from it are dropped, and an
    /// error that stopped it is forgotten.
    public func seek(_ partition: TopicPartition, to offset: Int64) {
        fetcher.assign([partition: offset])
    }

    /// Stops reading partitions; what was fetched of them is dropped.
    public func unassign(_ partitions: some Sequence<TopicPartition>) {
        fetcher.unassign(Array(partitions))
    }

    /// What has been fetched, in the order of offsets for each partition; waits for it.
    ///
    /// - Parameter timeoutMs: nil waits for ever.
    /// - Returns: empty when the time is up or the task was cancelled.
    /// - Throws: an error that stopped a partition (`offsetOutOfRange`, `unknownTopic`, a broker's
    ///   code); it is read again after `seek`. `connectionFailed` when no broker can be reached for
    ///   `ClientConfiguration.timeoutMs`. `closed`.
    public func poll(timeoutMs: Int?) async throws(KafkaError) -> [FetchedRecords] {
        if let records = try fetcher.take() { return records }
        if timeoutMs == 0 || Task.isCancelled { return [] }
        let ticket = fetcher.queue.makeTicket()
        await fetcher.wait(
            ticket, until: timeoutMs.map { NIODeadline.now() + .milliseconds(Int64($0)) })
        return try fetcher.take() ?? []
    }

    /// Ends the consumer; a `poll` under way fails with `closed`.
    public func close() async {
        await fetcher.close()
    }
}
