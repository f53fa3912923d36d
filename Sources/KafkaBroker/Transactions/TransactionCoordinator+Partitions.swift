import KafkaBase

/// Which partitions a transaction has: AddPartitionsToTxn, AddOffsetsToTxn, and what Produce and
/// TxnOffsetCommit ask.
extension TransactionCoordinator {
    typealias PartitionsRequest = Transaction.PartitionsRequest

    /// How long the start of a transaction waits for the end of the one before, in ms: clients that
    /// are told to come again wait longer.
    static let endWaitMs: Int64 = 100

    func handle(_ request: PartitionsRequest, of transactionalID: String) {
        guard !transactionalID.isEmpty else { return request.reply(.invalidRequest, []) }
        guard let transaction = transactions[transactionalID] else {
            return request.reply(.invalidProducerIdMapping, [])
        }
        transaction.queue.append(request)
        if transaction.appendsInFlight == 0 { workOffQueue(of: transaction) }
    }

    /// Answers all that wait, as far as what is known is durable: with one record for all that is
    /// new.
    func workOffQueue(of transaction: Transaction) {
        let queue = transaction.queue
        transaction.queue = []
        var next = transaction.metadata
        var added: [PartitionsRequest] = []
        for request in queue {
            let code = check(request, transaction.metadata)
            guard code == .none else {
                refuse(request, code, of: transaction)
                continue
            }
            switch request.kind {
            case .verify:
                request.reply(
                    .none, request.partitions.subtracting(transaction.metadata.partitions))
            case .add(let version):
                added.append(request)
                let isKnown =
                    next.status == .ongoing && request.partitions.isSubset(of: next.partitions)
                if !isKnown {
                    next = next.adding(request.partitions, clientVersion: version, nowMs: nowMs)
                }
            }
        }
        guard next != transaction.metadata else { return added.forEach { $0.reply(.none, []) } }
        append(next, of: transaction) { [added] code in
            for request in added { request.reply(code, []) }
        }
    }

    private func check(
        _ request: PartitionsRequest, _ metadata: TransactionMetadata
    ) -> ErrorCode {
        // Who was told the producer id that comes next may use it before this transaction is done.
        if metadata.status.isPrepared, request.producer == metadata.nextProducer {
            return .concurrentTransactions
        }
        guard request.producer.id == metadata.producerID else { return .invalidProducerIdMapping }
        guard request.producer.epoch == metadata.epoch else { return .producerFenced }
        return metadata.status.isPrepared ? .concurrentTransactions : .none
    }

    private func refuse(
        _ request: PartitionsRequest, _ code: ErrorCode, of transaction: Transaction
    ) {
        if code == .producerFenced { logFenced(request.producer, of: transaction) }
        guard code == .concurrentTransactions, request.kind != .verify else {
            return request.reply(code, [])
        }
        transaction.waitingForEnd.append(request)
        if endWaits.deadlineMs(of: transaction.id) == nil {
            endWaits.set(transaction.id, at: nowMs + Self.endWaitMs)
        }
    }

    /// The transaction before is done: those who wait may begin the next.
    func stopWaitingForEnd(of transaction: Transaction) {
        endWaits.cancel(transaction.id)
        guard !transaction.waitingForEnd.isEmpty else { return }
        transaction.queue += transaction.waitingForEnd
        transaction.waitingForEnd = []
        if transaction.appendsInFlight == 0 { workOffQueue(of: transaction) }
    }

    /// It takes longer: they are to come again.
    func giveUpWaitingForEnd(of transaction: Transaction) {
        let waiting = transaction.waitingForEnd
        transaction.waitingForEnd = []
        for request in waiting { request.reply(.concurrentTransactions, []) }
    }
}
