public import KafkaBase

/// Reads records from partitions that it is given, without a group.
///
/// Owns its connections; `close` it when done. Any thread may call it; `poll` has one caller at a
/// time. Fetches ahead of `poll`, one request at a time for each broker, bounded by
/// `ConsumerConfiguration.prefetchBytes` and one response.
public final class Consumer: Sendable {
    public init(client: KafkaClient, configuration: ConsumerConfiguration = ConsumerConfiguration()) {}

    /// Adds partitions, each with the offset to begin at. Those assigned already are moved there.
    public func assign(_ positions: [TopicPartition: Int64]) {}

    /// Moves an assigned partition to an offset. Records fetched before from it are dropped, and an
    /// error that stopped it is forgotten.
    public func seek(_ partition: TopicPartition, to offset: Int64) {}

    /// Stops reading partitions.
    public func unassign(_ partitions: some Sequence<TopicPartition>) {}

    /// What has been fetched, in the order of offsets for each partition; waits for it.
    ///
    /// - Parameter timeoutMs: nil waits for ever.
    /// - Returns: empty when the time is up.
    /// - Throws: an error that stopped a partition (`offsetOutOfRange`, `unknownTopic`, a broker's);
    ///   it is read again after `seek`. `connectionFailed` when no broker can be reached for
    ///   `ClientConfiguration.timeoutMs`. `closed`.
    public func poll(timeoutMs: Int?) async throws(KafkaError) -> [FetchedRecords] { [] }

    /// Ends the consumer; a `poll` under way fails with `closed`.
    public func close() async {}
}
