public import KafkaBase

/// The state of a transaction, by Kafka's name. The set is open.
public struct TransactionState: RawRepresentable, Hashable, Sendable {
    public var rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public static let empty = TransactionState(rawValue: "Empty")
    public static let ongoing = TransactionState(rawValue: "Ongoing")
    public static let prepareCommit = TransactionState(rawValue: "PrepareCommit")
    public static let prepareAbort = TransactionState(rawValue: "PrepareAbort")
    public static let completeCommit = TransactionState(rawValue: "CompleteCommit")
    public static let completeAbort = TransactionState(rawValue: "CompleteAbort")
    public static let prepareEpochFence = TransactionState(rawValue: "PrepareEpochFence")
    public static let dead = TransactionState(rawValue: "Dead")

    public static let known: [TransactionState] = [
        .empty, .ongoing, .prepareCommit, .prepareAbort, .completeCommit, .completeAbort,
        .prepareEpochFence, .dead,
    ]
}

/// A transactional id as its coordinator lists it.
public struct TransactionListing: Sendable, Equatable {
    public var transactionalID: String
    public var producerID: Int64
    public var state: TransactionState
    public var coordinator: Int32
}

/// The transactional ids of a cluster, as far as its brokers answered.
public struct TransactionListings: Sendable, Equatable {
    /// By id.
    public var transactions: [TransactionListing] = []
    /// By broker: why its transactions are not among them.
    public var failures: [Int32: KafkaError] = [:]
    /// States of the filter that no broker knows.
    public var unknownStates: [TransactionState] = []
}

/// The present or last transaction of a transactional id.
public struct TransactionDescription: Sendable, Equatable {
    public var transactionalID: String
    public var coordinator: Int32
    public var state: TransactionState
    public var producerID: Int64
    public var producerEpoch: Int16
    public var timeoutMs: Int32
    /// In ms since the epoch; nil while none is open.
    public var startTimestampMs: Int64?
    /// What it has written to, in order.
    public var partitions: [TopicPartition]
}

/// A producer that a partition's leader keeps the state of.
public struct ProducerState: Sendable, Equatable {
    public var producerID: Int64
    public var producerEpoch: Int32
    /// -1 for none.
    public var lastSequence: Int32
    /// In ms since the epoch; -1 for none.
    public var lastTimestampMs: Int64
    /// Of the last marker; nil before the first.
    public var coordinatorEpoch: Int32?
    /// Where its open transaction begins in the partition; nil for none.
    public var transactionStartOffset: Int64?
}
