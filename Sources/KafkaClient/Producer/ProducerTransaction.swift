internal import KafkaBase

/// Where a transactional producer stands (KIP-98): what may be called, what may be sent, and what
/// has to be done before the next transaction. Takes events, answers questions; no clock, no socket
/// of its own. The counterpart is `TransactionManager` of Kafka's Java client.
///
/// Confined to the sender's event loop, as a part of `SenderState`; bounded by the number of the
/// transaction's partitions.
struct ProducerTransaction {
    enum Phase: Equatable {
        /// No producer id yet.
        case uninitialized
        case ready
        case open
        case ending(commits: Bool)
        /// The transaction can only be aborted.
        case failed(KafkaError)
        /// Nothing can be done any more.
        case fatal(KafkaError)
    }

    /// What ends a transaction.
    struct End: Equatable {
        var commits: Bool
        var identity: ProducerIdentity
        var isVersion2: Bool
        /// Whether the coordinator may know of it, so that EndTxn is to be sent.
        var isKnown: Bool
        /// Whether the coordinator may know nothing of it, which is no failure of an abort.
        var mayBeUnknown: Bool
        /// Whether another epoch has to be asked for, as the sequences may have holes.
        var needsNewEpoch: Bool
    }

    private(set) var phase = Phase.uninitialized
    private(set) var identity: ProducerIdentity?
    /// Whether partitions become part of the transaction by what is sent to them, and each
    /// transaction has an epoch of its own (`transaction.version` 2, KIP-890).
    private(set) var isVersion2 = false
    private var partitions: Set<TopicPartition> = []
    private var wanted: Set<TopicPartition> = []
    private(set) var isAdding = false
    /// Something was sent that may have told the coordinator of the transaction.
    private var isKnown = false
    /// The coordinator has confirmed that it knows of it.
    private var isConfirmed = false
    private var hasHoles = false

    // MARK: The life of a transaction

    mutating func initialized(_ identity: ProducerIdentity, isVersion2: Bool) {
        self.identity = identity
        self.isVersion2 = isVersion2
        phase = .ready
    }

    /// - Throws: why no transaction can be begun now.
    mutating func begin() throws(KafkaError) {
        switch phase {
        case .ready: phase = .open
        case .open: throw .order("a transaction is open already; commit or abort it first")
        default: throw refusal ?? .order("no transaction can be begun now")
        }
    }

    /// The end begins: no more records are taken.
    ///
    /// - Throws: why the transaction cannot end like this.
    mutating func beginEnd(commits: Bool) throws(KafkaError) {
        switch phase {
        case .open: phase = .ending(commits: commits)
        // The end was not confirmed, and is asked for again.
        case .ending(commits): break
        case .ending:
            throw .order(
                "whether the transaction was \(commits ? "aborted" : "committed") is not known; "
                    + (commits ? "abort" : "commit") + " it again")
        case .failed where !commits: phase = .ending(commits: false)
        default: throw refusal ?? .order("no transaction is open")
        }
    }

    /// What is to be done for the end, once nothing of the transaction is on its way any more.
    ///
    /// - Throws: what went wrong meanwhile.
    func end() throws(KafkaError) -> End {
        guard case .ending(let commits) = phase, let identity else {
            throw refusal ?? .order("no transaction is open")
        }
        return End(
            commits: commits, identity: identity, isVersion2: isVersion2, isKnown: isKnown,
            mayBeUnknown: !commits && !isConfirmed, needsNewEpoch: hasHoles && !isVersion2)
    }

    /// The coordinator has ended the transaction; the next one has this identity.
    mutating func ended(_ identity: ProducerIdentity) {
        self.identity = identity
        phase = .ready
        partitions = []
        wanted = []
        isKnown = false
        isConfirmed = false
        hasHoles = false
    }

    /// A call failed.
    ///
    /// - Returns: the error with what it means to the transaction.
    @discardableResult
    mutating func failed(_ error: KafkaError, in call: TransactionEffect.Call) -> KafkaError {
        var error = error
        error.transactionEffect = error.transactionEffect ?? .of(error, in: call)
        switch (error.transactionEffect, phase) {
        case (_, .fatal), (nil, _): break
        case (.fatal?, _): phase = .fatal(error.fenced)
        // What fails while it is aborted has no one to tell.
        case (.mustAbort?, .open), (.mustAbort?, .ending(commits: true)): phase = .failed(error)
        case (.mustAbort?, _): break
        }
        return error.transactionEffect == .fatal ? error.fenced : error
    }

    /// A batch is given up: the transaction is not complete.
    mutating func batchFailed(_ error: KafkaError) {
        hasHoles = true
        failed(error, in: .produce)
    }

    /// A batch that has a sequence will not be sent again.
    mutating func noteHole() {
        hasHoles = true
    }

    // MARK: What it lets be done

    /// Why records are not taken now; nil when they are.
    var refusal: KafkaError? {
        switch phase {
        case .uninitialized: .order("call initTransactions first")
        case .ready: .order("no transaction is open; call beginTransaction first")
        case .open: nil
        case .ending(let commits):
            .order("the transaction is being \(commits ? "committed" : "aborted")")
        case .failed(let error), .fatal(let error): error
        }
    }

    /// Why what waits is not to be sent any more; nil when it is.
    var dropError: KafkaError? {
        switch phase {
        case .failed(let error), .fatal(let error): error
        case .ending(commits: false): KafkaError(.closed, "the transaction was aborted")
        case .uninitialized, .ready, .open, .ending: nil
        }
    }

    /// Whether there is something to abort.
    var isUnderWay: Bool {
        switch phase {
        case .open, .ending, .failed: true
        case .uninitialized, .ready, .fatal: false
        }
    }

    /// Whether a partition's records may be sent now; if not, it is asked to be added.
    mutating func admits(_ partition: TopicPartition) -> Bool {
        switch phase {
        case .open, .ending(commits: true): break
        default: return false
        }
        if partitions.contains(partition) { return true }
        guard isVersion2 else {
            wanted.insert(partition)
            return false
        }
        partitions.insert(partition)
        isKnown = true
        return true
    }

    /// Partitions to be added now: one request at a time.
    mutating func nextAddition() -> [TopicPartition] {
        guard !isAdding, !wanted.isEmpty, dropError == nil else { return [] }
        defer { wanted = [] }
        isAdding = true
        isKnown = true
        return wanted.sorted()
    }

    /// The coordinator was asked to add partitions.
    ///
    /// - Parameter error: nil when it did.
    mutating func added(_ added: [TopicPartition], _ error: KafkaError?) {
        isAdding = false
        if let error {
            failed(error, in: .addPartitions)
        } else {
            isConfirmed = true
            partitions.formUnion(added)
        }
    }

    /// Offsets are about to be sent to the transaction.
    ///
    /// - Throws: why they cannot be now.
    mutating func beginOffsets() throws(KafkaError) -> ProducerIdentity {
        if let refusal { throw refusal }
        guard let identity else { throw .order("call initTransactions first") }
        isKnown = true
        return identity
    }

    mutating func offsetsAdded() {
        isConfirmed = true
    }
}

extension KafkaError {
    /// A call that does not fit what was called before.
    fileprivate static func order(_ message: String) -> KafkaError {
        KafkaError(.invalidArgument, message)
    }

    /// With what makes brokers say so.
    fileprivate var fenced: KafkaError {
        switch errorCode {
        case .producerFenced?, .invalidProducerEpoch?:
            guard !message.contains(KafkaError.fencedHint) else { return self }
            var error = self
            error.message += KafkaError.fencedHint
            return error
        default: return self
        }
    }

    private static let fencedHint =
        "; another producer has taken the transactional id, or the transaction was open for longer"
        + " than transaction.timeout.ms"
}
