import KafkaBase
import KafkaRecords

/// What a transaction coordinator needs of its broker; tests have one of their own.
///
/// Used on the coordinator's event loop, where it calls back too, now or later.
protocol TransactionEnvironment: AnyObject {
    /// Ms since the epoch.
    var nowMs: Int64 { get }

    /// The level of `transaction.version` in force: 1 has newer records, 2 raises the epoch with
    /// each end of a transaction.
    var transactionVersion: Int16 { get }

    /// A producer id that nobody has.
    func nextProducerID(then: @escaping @Sendable (Result<Int64, ApiError>) -> Void)

    /// Keeps producer ids from being handed out that another broker has given to a transactional
    /// id.
    func reserveProducerIDs(upTo id: Int64)

    /// Ends a transaction in one partition, durably.
    func write(
        _ marker: TransactionMarker, to partition: TopicPartition,
        then: @escaping @Sendable (ErrorCode) -> Void)
}

/// The end of a producer's transaction, for any of its partitions.
struct TransactionMarker: Sendable, Hashable {
    var producerID: Int64
    var producerEpoch: Int16
    var end: EndTransactionMarker
}
