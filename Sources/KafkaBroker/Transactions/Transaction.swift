import KafkaBase

/// A transactional id in its coordinator's memory: what its newest record says, and who waits for
/// what.
///
/// Confined to the coordinator's event loop.
final class Transaction {
    /// A wish to have partitions in the transaction, or to know whether they are.
    struct PartitionsRequest: Sendable {
        enum Kind: Sendable, Equatable {
            case add(clientVersion: Int16)
            case verify
        }

        var kind: Kind
        var producer: ProducerIdentity
        var partitions: Set<TopicPartition>
        /// Called once: an error for all of them, else those that are not part of the transaction.
        var reply: @Sendable (_ code: ErrorCode, _ missing: Set<TopicPartition>) -> Void
    }

    let id: String
    var metadata: TransactionMetadata
    /// Records that are appended and not durable yet.
    var appendsInFlight = 0
    /// They wait until what is known is durable, so that nothing is told that a crash takes back;
    /// together they become one record.
    var queue: [PartitionsRequest] = []
    /// They wait a little for the transaction before to be complete.
    var waitingForEnd: [PartitionsRequest] = []

    // MARK: The markers of a transaction that ends

    /// Partitions without a marker yet.
    var unmarked: Set<TopicPartition> = []
    /// Markers that are being written.
    var markersInFlight = 0
    /// Rounds of markers that some partition could not take.
    var failedRounds = 0

    init(id: String, metadata: TransactionMetadata) {
        self.id = id
        self.metadata = metadata
    }
}
