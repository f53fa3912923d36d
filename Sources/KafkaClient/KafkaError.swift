public import KafkaBase
internal import KafkaRecords
public import KafkaTransport

/// Every error that the client throws or reports.
///
/// ```swift
/// do throws(KafkaError) {
///     print(try await producer.send(record, to: "orders").offset)
/// } catch where error.isRetriable {
///     print("later: \(error.message)")  // names the broker or the partition
/// }
/// ```
public struct KafkaError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// No broker could be reached, or a connection broke and could not be made again.
        case connectionFailed
        /// No answer in the time allowed, or a record not delivered in it.
        case timedOut
        /// A broker answered with an error.
        case broker(ErrorCode)
        /// The cluster has no such topic, or this client may not see it.
        case unknownTopic(String)
        /// The topic exists, but not this partition of it.
        case unknownPartition(TopicPartition)
        /// No broker has such a consumer group.
        case unknownGroup(String)
        /// The position lies outside what the partition holds: `start` to `end`, where `end` is
        /// one behind the last; -1 when the broker did not tell.
        case offsetOutOfRange(TopicPartition, requested: Int64, start: Int64, end: Int64)
        /// The topic was deleted while it was read, and another has its name now: nothing of that
        /// was read yet.
        case topicRecreated(TopicPartition)
        /// A broker and this client do not trust each other, or cannot speak to each other safely.
        case authentication
        /// Bytes that are no valid records, or an answer that is no valid message.
        case corrupt
        /// The broker is too old, or too new, for what was asked.
        case unsupported
        /// The client, producer or consumer was closed.
        case closed
        case invalidArgument
    }

    public var kind: Kind
    /// One line for people. Names the address or the topic concerned.
    public var message: String
    /// The partition concerned, where it is one.
    public var partition: TopicPartition?
    /// The broker that could not be reached or understood, where it is one.
    public var broker: BrokerAddress?
    /// What a broker answered again and again until the time was up.
    public var lastAnswer: ErrorCode?
    /// What it means for a transactional producer; nil where it means nothing to its transaction.
    public var transactionEffect: TransactionEffect?

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
        switch kind {
        case .unknownPartition(let partition), .offsetOutOfRange(let partition, _, _, _),
            .topicRecreated(let partition):
            self.partition = partition
        default: break
        }
    }

    /// The code that a broker gave, if it is one that made this error.
    public var errorCode: ErrorCode? {
        switch kind {
        case .broker(let code): code
        case .unknownTopic, .unknownPartition: .unknownTopicOrPartition
        case .unknownGroup: .groupIdNotFound
        case .offsetOutOfRange: .offsetOutOfRange
        default: nil
        }
    }

    /// Whether the same call may succeed later.
    public var isRetriable: Bool {
        switch kind {
        case .connectionFailed, .timedOut: true
        case .broker(let code): code.isRetriable
        case .unknownTopic, .unknownPartition: true
        case .unknownGroup, .offsetOutOfRange, .topicRecreated, .authentication, .corrupt,
            .unsupported, .closed, .invalidArgument:
            false
        }
    }
}

extension KafkaError: CustomStringConvertible {
    public var description: String { message }
}

extension KafkaError {
    /// - Parameter what: what was being done, as `create topic x`.
    init(_ code: ErrorCode, _ what: String, detail: String? = nil) {
        let text = detail.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
        self.init(.broker(code), "\(what): \(code)\(text)")
    }

    init(_ error: ConnectionError) {
        switch error {
        case .connectFailed, .closed, .closedAtStart, .tooManyRequests:
            self.init(.connectionFailed, "\(error)")
        case .authenticationFailed, .tlsFailed: self.init(.authentication, "\(error)")
        case .timedOut: self.init(.timedOut, "\(error)")
        case .invalidResponse: self.init(.corrupt, "\(error)")
        case .unsupportedVersion: self.init(.unsupported, "\(error)")
        case .invalidRequest, .invalidSecurity: self.init(.invalidArgument, "\(error)")
        case .refused(_, let code): self.init(.broker(code), "\(error)")
        }
        broker = error.address
    }

    /// Whether every attempt at a connection will fail like this one: what the client was told to
    /// connect with does not do.
    var isFinalForConnections: Bool { kind == .authentication || kind == .invalidArgument }

    init(_ error: RecordsError, _ partition: TopicPartition, offset: Int64) {
        self.init(.corrupt, "\(partition) at offset \(offset): \(error)")
        self.partition = partition
    }

    /// The same as one that concerns a partition.
    func of(_ partition: TopicPartition?) -> KafkaError {
        var error = self
        error.partition = partition
        return error
    }

    /// Any error of the layers below.
    init(any error: any Error) {
        switch error {
        case let error as KafkaError: self = error
        case let error as ConnectionError: self.init(error)
        case is CancellationError: self = .cancelled
        default: self.init(.connectionFailed, "\(error)")
        }
    }

    static func unknownTopic(_ name: String) -> KafkaError {
        KafkaError(.unknownTopic(name), "unknown topic \(name)")
    }

    static func unknownGroup(_ id: String) -> KafkaError {
        KafkaError(.unknownGroup(id), "unknown group \(id)")
    }

    static func unknownPartition(_ partition: TopicPartition) -> KafkaError {
        KafkaError(
            .unknownPartition(partition),
            "topic \(partition.topic) has no partition \(partition.partition)")
    }

    static func topicRecreated(_ partition: TopicPartition, offset: Int64) -> KafkaError {
        KafkaError(
            .topicRecreated(partition),
            "topic \(partition.topic) was deleted and made anew; offset \(offset) of "
                + "\(partition) is not there any more")
    }

    static let closed = KafkaError(.closed, "the client is closed")
    /// The task that made the call was.
    static let cancelled = KafkaError(.closed, "cancelled")
}

extension KafkaError {
    static func unknownBroker(_ id: Int32) -> KafkaError {
        KafkaError(.connectionFailed, "broker \(id) is not in the cluster")
    }

    /// A broker left out of its answer what it was asked for.
    ///
    /// - Parameter what: what it was asked, as `create topic x`.
    static func noAnswer(_ what: String) -> KafkaError {
        KafkaError(.unknownServerError, what, detail: noAnswerDetail)
    }

    static let noAnswerDetail = "the broker did not answer for it"

    /// What a call gives or throws.
    static func result<Value>(
        _ call: () async throws(KafkaError) -> Value
    ) async -> Result<Value, KafkaError> {
        do throws(KafkaError) {
            return .success(try await call())
        } catch {
            return .failure(error)
        }
    }
}

extension Result {
    /// Why it failed, nil when it did not.
    var error: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
