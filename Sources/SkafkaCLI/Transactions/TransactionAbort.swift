internal import KafkaBase
internal import KafkaClient

/// Aborts transactions: through their coordinator where it knows them, past it where it does not.
struct TransactionAbort {
    /// A transaction by its place in a partition.
    struct Place {
        var partition: TopicPartition
        /// One of the two.
        var startOffset: Int64?
        var producerID: Int64?
        /// All that is to be known of it, where the caller knows.
        var transaction: HangingTransaction?
    }

    let client: KafkaClient
    let isDryRun: Bool
    /// Throws when it is not to be done.
    let confirm: (String) throws -> Void

    private var verb: String { isDryRun ? "would abort" : "aborted" }

    // MARK: By id

    /// Aborts what is open of transactional ids.
    func abort(_ ids: [String]) async throws -> [Outcomes.Item] {
        var errors: [String: KafkaError] = [:]
        let found = try await client.describeTransactions(ids)
        for id in ids {
            switch found[id] {
            case .success(let transaction)?: errors[id] = transaction.refusal
            case .failure(let error)?:
                errors[id] = await TransactionHints.explained(error, id, client)
            case nil: continue
            }
        }
        let open = ids.filter { errors[$0] == nil }
        if !isDryRun, !open.isEmpty {
            try confirm("abort \(open.joined(separator: ", ")), and fence the producer")
            for (id, result) in try await client.fenceProducers(open) {
                if case .failure(let error) = result { errors[id] = error }
            }
        }
        return ids.map { id in
            Outcomes.Item(
                key: [("TRANSACTIONAL-ID", "transactionalId", .text(id))],
                sentence: "\(verb) transaction \(id)", error: errors[id])
        }
    }

    // MARK: By place

    /// Aborts the transaction that is open at a place.
    func abort(_ place: Place) async throws -> Outcomes.Item {
        var producerID = place.producerID
        var id: String?
        var failure: KafkaError?
        do {
            let transaction = try await find(place)
            producerID = transaction.producerID
            let known = try await HangingSearch.known([transaction.producerID], client)
                .first { $0.isOpen && $0.partitions.contains(place.partition) }
            id = known?.transactionalID
            try await abort(transaction, known)
        } catch let error as KafkaError {
            failure = error
        }
        let what = id.map { "transaction \($0)" } ?? "the transaction"
        let whose = producerID.map { " of producer \($0)" } ?? ""
        return Outcomes.Item(
            key: [
                ("TOPIC", "topic", .text(place.partition.topic)),
                ("PARTITION", "partition", .int(place.partition.partition)),
                ("PRODUCER-ID", "producerId", .optional(producerID)),
            ],
            sentence: "\(verb) \(what)\(whose) in \(place.partition)"
                + (id == nil ? ", past its coordinator" : ""),
            error: failure, details: [("transactionalId", .optional(id))])
    }

    private func abort(
        _ transaction: HangingTransaction, _ known: TransactionDescription?
    ) async throws {
        if let known {
            // A marker past a coordinator that will write one too would break what it promises.
            if let refusal = known.refusal { throw refusal }
            guard !isDryRun else { return }
            try confirm("abort \(known.transactionalID), and fence the producer")
            _ = try await client.fenceProducers([known.transactionalID])[known.transactionalID]?
                .get()
        } else if !isDryRun {
            try confirm(
                "abort the transaction of producer \(transaction.producerID) in "
                    + "\(transaction.partition), past its coordinator")
            try await client.abortTransaction(transaction)
        }
    }

    /// - Throws: `KafkaError` that names the transactions that are open there instead.
    private func find(_ place: Place) async throws -> HangingTransaction {
        if let transaction = place.transaction { return transaction }
        let producers =
            try await client.describeProducers([place.partition])[place.partition]?.get() ?? []
        let open = producers.filter { $0.transactionStartOffset != nil }
        let found = open.first { producer in
            place.startOffset.map { producer.transactionStartOffset == $0 }
                ?? (producer.producerID == place.producerID)
        }
        if let found, let transaction = HangingTransaction(place.partition, found) {
            return transaction
        }
        let wanted =
            place.startOffset.map { "at offset \($0)" }
            ?? "of producer \(place.producerID ?? -1)"
        let others = open.prefix(10).map {
            "offset \($0.transactionStartOffset ?? -1) by producer \($0.producerID)"
        }
        throw KafkaError(
            .invalidArgument,
            "\(place.partition) has no open transaction \(wanted)"
                + (others.isEmpty ? "" : "; there is one at \(others.joined(separator: ", "))"))
    }
}

extension TransactionDescription {
    /// Whether it is not ended in all of its partitions.
    fileprivate var isOpen: Bool {
        [.ongoing, .prepareCommit, .prepareAbort, .prepareEpochFence].contains(state)
    }

    /// Why it cannot be aborted; nil when it can.
    fileprivate var refusal: KafkaError? {
        if state == .ongoing { return nil }
        let why =
            isOpen
            ? "is being ended already (\(state.rawValue))"
            : "has no open transaction (\(state.rawValue))"
        return KafkaError(.broker(.invalidTxnState), "\(transactionalID) \(why)")
    }
}
