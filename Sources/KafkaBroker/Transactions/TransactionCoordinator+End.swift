import KafkaBase

/// EndTxn, and the aborts that the coordinator decides itself.
extension TransactionCoordinator {
    struct EndRequest: Sendable {
        var transactionalID: String
        var producer: ProducerIdentity
        var isCommit: Bool
        /// From 2 on the epoch rises with the end (KIP-890).
        var clientVersion: Int16
    }

    func endTransaction(
        _ request: EndRequest, reply: @escaping ProducerReply
    ) {
        guard !request.transactionalID.isEmpty else { return reply(.invalidRequest, .none) }
        end(request, newID: nil, reply: reply)
    }

    private enum Step {
        case refuse(ErrorCode)
        /// It was done already; the answer was lost.
        case repeated
        case prepare
    }

    private func end(
        _ request: EndRequest, newID: Int64?, reply: @escaping ProducerReply
    ) {
        guard let transaction = transactions[request.transactionalID] else {
            return reply(.invalidProducerIdMapping, .none)
        }
        let bumpsEpoch = request.clientVersion >= TransactionMetadata.firstVersionWithEpochBump
        let metadata = transaction.metadata
        switch bumpsEpoch ? step(request, metadata) : legacyStep(request, metadata) {
        case .refuse(let code):
            if code == .producerFenced { logFenced(request.producer, of: transaction) }
            return reply(code, .none)
        case .repeated:
            return reply(.none, bumpsEpoch ? metadata.producer : .none)
        case .prepare: break
        }
        if bumpsEpoch, metadata.isEpochExhausted, newID == nil {
            return withProducerID(orElse: { reply($0, .none) }) { id in
                self.end(request, newID: id, reply: reply)
            }
        }
        let next = metadata.prepared(
            .prepared(commit: request.isCommit), clientVersion: request.clientVersion,
            nextProducerID: newID ?? TransactionMetadata.noProducerID, nowMs: nowMs)
        prepare(next, of: transaction) { code in
            reply(code, code == .none && bumpsEpoch ? next.nextProducer : .none)
        }
    }

    /// Up to `transaction.version` 1 an answer that was lost cannot be told from a new request: the
    /// state decides.
    private func legacyStep(_ request: EndRequest, _ metadata: TransactionMetadata) -> Step {
        guard request.producer.id == metadata.producerID else {
            return .refuse(.invalidProducerIdMapping)
        }
        guard request.producer.epoch == metadata.epoch else { return .refuse(.producerFenced) }
        return switch (metadata.status, request.isCommit) {
        case (.ongoing, _): .prepare
        case (.prepareCommit, _), (.prepareAbort, _): .refuse(.concurrentTransactions)
        case (.completeCommit, true), (.completeAbort, false): .repeated
        default: .refuse(.invalidTxnState)
        }
    }

    /// From `transaction.version` 2 on the epoch tells a repeated request, which brings the one
    /// before. An abort without a transaction is allowed: the producer may not know whether its
    /// records have begun one.
    private func step(_ request: EndRequest, _ metadata: TransactionMetadata) -> Step {
        // Its end was answered, and the markers are not all written yet: it has to ask again.
        if metadata.status.isPrepared, request.producer == metadata.nextProducer {
            return .refuse(.concurrentTransactions)
        }
        let isRepeated = isRepeated(request, metadata)
        guard
            request.producer.id == metadata.producerID || isRepeated
                || request.producer == metadata.nextProducer
        else { return .refuse(.invalidProducerIdMapping) }
        // Who was told the next epoch may end a transaction that it has not begun before this one
        // is done: it is to come again (KAFKA-18464).
        if metadata.status.isPrepared { return .refuse(.concurrentTransactions) }
        if isRepeated, metadata.status == .completeCommit || metadata.status == .completeAbort {
            if request.isCommit == (metadata.status == .completeCommit) { return .repeated }
            // The coordinator has aborted what was to be committed (KAFKA-20785).
            return .refuse(request.isCommit ? .producerFenced : .invalidTxnState)
        }
        guard request.producer == metadata.producer else { return .refuse(.producerFenced) }
        if metadata.status == .ongoing { return .prepare }
        return request.isCommit ? .refuse(.invalidTxnState) : .prepare
    }

    private func isRepeated(_ request: EndRequest, _ metadata: TransactionMetadata) -> Bool {
        if request.producer.id == metadata.producerID {
            return metadata.epoch > 0 && request.producer.epoch == metadata.epoch - 1
        }
        // Another producer id has taken over.
        return request.producer.id == metadata.previousProducerID && metadata.epoch == 0
            && request.producer.epoch == TransactionMetadata.exhaustedEpoch
    }

    /// Makes durable how the transaction ends, answers, and has its markers written.
    private func prepare(
        _ next: TransactionMetadata, of transaction: Transaction,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) {
        let id = transaction.id
        transaction.unmarked = next.partitions
        append(next, of: transaction) { code in
            then(code)
            guard code == .none, let transaction = self.transactions[id],
                transaction.metadata == next
            else { return }
            self.writeMarkers(of: transaction)
        }
    }

    // MARK: Aborts of the coordinator's own

    /// Aborts a transaction that runs, and shuts its producer out.
    ///
    /// - Parameter then: called when the abort is decided durably.
    func abort(
        _ transaction: Transaction, newID: Int64? = nil,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) {
        let metadata = transaction.metadata
        guard metadata.status == .ongoing else { return then(.concurrentTransactions) }
        let version = environment.transactionVersion
        let bumpsEpoch = version >= TransactionMetadata.firstVersionWithEpochBump
        if bumpsEpoch, metadata.isEpochExhausted, newID == nil {
            let id = transaction.id
            return withProducerID(orElse: then) { newID in
                guard let transaction = self.transactions[id],
                    transaction.metadata.producer == metadata.producer
                else { return then(.concurrentTransactions) }
                self.abort(transaction, newID: newID, then: then)
            }
        }
        // The end raises the epoch by itself there, and once is enough (KAFKA-19367).
        let next = (bumpsEpoch ? metadata : metadata.fenced()).prepared(
            .prepareAbort, clientVersion: version,
            nextProducerID: newID ?? TransactionMetadata.noProducerID, nowMs: nowMs)
        prepare(next, of: transaction, then: then)
    }
}
