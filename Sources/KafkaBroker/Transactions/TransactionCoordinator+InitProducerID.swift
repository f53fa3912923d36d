import KafkaBase
import Logging

/// InitProducerId with a transactional id: hands it to an instance of the producer, and shuts the
/// one before out.
extension TransactionCoordinator {
    struct InitRequest: Sendable {
        var transactionalID: String
        var timeoutMs: Int32
        /// Of a producer that goes on after an error (KIP-360); nil for one that begins.
        var expected: ProducerIdentity?
    }

    typealias ProducerReply = @Sendable (ErrorCode, ProducerIdentity) -> Void

    func initProducerID(
        _ request: InitRequest, reply: @escaping ProducerReply
    ) {
        guard !request.transactionalID.isEmpty else { return reply(.invalidRequest, .none) }
        guard request.timeoutMs > 0, request.timeoutMs <= settings.maxTimeoutMs else {
            return reply(.invalidTransactionTimeout, .none)
        }
        initProducerID(request, newID: nil, reply: reply)
    }

    /// - Parameter newID: a producer id for the case that one is needed. To get one takes a while,
    ///   in which others may come first: all is looked at again then.
    private func initProducerID(
        _ request: InitRequest, newID: Int64?, reply: @escaping ProducerReply
    ) {
        let known = transactions[request.transactionalID]
        if let known, known.metadata.status == .ongoing {
            return abortForNext(known, request, reply: reply)
        }
        let next: Step =
            known.map { step(from: $0.metadata, request) }
            ?? .newProducerID(lastEpoch: TransactionMetadata.noEpoch)
        let identity: ProducerIdentity
        let lastEpoch: Int16
        switch next {
        case .refuse(let code):
            logRefusal(code, of: known, request)
            return reply(code, .none)
        case .epoch(let epoch, let last):
            identity = ProducerIdentity(id: known?.metadata.producerID ?? -1, epoch: epoch)
            lastEpoch = last
        case .newProducerID(let last):
            guard let newID else {
                return withProducerID(orElse: { reply($0, .none) }) { id in
                    self.initProducerID(request, newID: id, reply: reply)
                }
            }
            identity = ProducerIdentity(id: newID, epoch: 0)
            lastEpoch = last
        }
        let transaction =
            known
            ?? Transaction(
                id: request.transactionalID,
                metadata: TransactionMetadata(
                    producerID: identity.id, timeoutMs: request.timeoutMs, lastUpdateMs: nowMs))
        let metadata = transaction.metadata.initialized(
            identity, lastEpoch: lastEpoch, timeoutMs: request.timeoutMs, nowMs: nowMs)
        append(metadata, of: transaction) { code in
            reply(code, code == .none ? identity : .none)
        }
    }

    private enum Step {
        case refuse(ErrorCode)
        case epoch(Int16, lastEpoch: Int16)
        case newProducerID(lastEpoch: Int16)
    }

    /// Where no transaction runs.
    private func step(from metadata: TransactionMetadata, _ request: InitRequest) -> Step {
        guard isAllowed(request.expected, metadata) else { return .refuse(.producerFenced) }
        if metadata.status.isPrepared { return .refuse(.concurrentTransactions) }
        guard let expected = request.expected else {
            if metadata.isEpochExhausted { return .newProducerID(lastEpoch: -1) }
            return .epoch(metadata.epoch + 1, lastEpoch: -1)
        }
        if expected.epoch == metadata.epoch {
            if metadata.isEpochExhausted { return .newProducerID(lastEpoch: metadata.epoch) }
            return .epoch(metadata.epoch + 1, lastEpoch: metadata.epoch)
        }
        // The answer to this one's first request was lost.
        if expected.epoch == metadata.lastEpoch {
            return .epoch(metadata.epoch, lastEpoch: metadata.lastEpoch)
        }
        return .refuse(.producerFenced)
    }

    /// Whether a producer that goes on is this id's, or was until its epochs were exhausted.
    private func isAllowed(
        _ expected: ProducerIdentity?, _ metadata: TransactionMetadata
    ) -> Bool {
        guard let expected, expected.id != metadata.producerID else { return true }
        return expected.id == metadata.previousProducerID
            && TransactionMetadata.isExhausted(expected.epoch)
    }

    /// The transaction of the instance before is aborted first; the next one comes again.
    private func abortForNext(
        _ transaction: Transaction, _ request: InitRequest,
        reply: @escaping ProducerReply
    ) {
        // One that goes on and is none any more must not end what its successor has begun.
        if let expected = request.expected, expected != transaction.metadata.producer {
            logRefusal(.producerFenced, of: transaction, request)
            return reply(.producerFenced, .none)
        }
        logger.info("\(transaction) is aborted: another instance of the producer begins")
        abort(transaction) { code in
            reply(code == .none ? .concurrentTransactions : code, .none)
        }
    }

    private func logRefusal(
        _ code: ErrorCode, of transaction: Transaction?, _ request: InitRequest
    ) {
        guard code == .producerFenced, let transaction, let expected = request.expected else {
            return
        }
        logFenced(expected, of: transaction)
    }

    /// One line for a producer that is told that another one has its transactional id.
    func logFenced(_ producer: ProducerIdentity, of transaction: Transaction) {
        logger.info(
            "producer \(producer.id) of epoch \(producer.epoch) is fenced: \(transaction) is newer")
    }
}
