public import KafkaBase
internal import NIOCore

/// Reads records from partitions that it is given, without a group.
///
/// ```swift
/// let consumer = Consumer(client: client)
/// consumer.assign([TopicPartition(topic: "orders", partition: 0): 0])
/// var reader = RecordBatchReader()
/// while !Task.isCancelled {
///     for records in try await consumer.poll(timeoutMs: nil) {
///         try records.forEachRecord(reader: &reader) { record in
///             print(record.offset, record.value?.count ?? 0)
///             return .continue
///         }
///     }
/// }
/// await consumer.close()
/// ```
///
/// Owns its connections; `close` it when done. Any thread may call it; `poll` has one caller at a
/// time. Fetches ahead of `poll`, one request at a time for each broker, bounded by
/// `ConsumerConfiguration.prefetchBytes` and what is on its way then.
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
    /// - Throws: an error that stopped a partition (`offsetOutOfRange`, `unknownTopic`,
    ///   `topicRecreated`, a broker's final code); it is read again after `seek`. What goes wrong
    ///   for longer than `ClientConfiguration.timeoutMs`, while it is tried on (`connectionFailed`,
    ///   a broker's code that may pass). `closed`.
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
