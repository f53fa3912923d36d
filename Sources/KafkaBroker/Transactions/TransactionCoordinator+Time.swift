import KafkaBase
import KafkaWire
import Logging

/// What happens by itself: transactions time out, ids expire, markers are tried again.
extension TransactionCoordinator {
    /// Bytes of the ids that one batch of tombstones takes, as in Kafka.
    private static let tombstoneBatchBytes = 16 << 10

    var nextDeadlineMs: Int64? {
        [
            // A transaction may take all of its time.
            timeouts.nextMs.map {
                max($0, timeoutCheckMs.addingClamped(settings.timeoutCheckIntervalMs))
            },
            expirations.nextMs.map {
                max($0, expirationCheckMs.addingClamped(settings.expirationCheckIntervalMs))
            },
            markerRetries.nextMs, endWaits.nextMs,
        ].compactMap { $0 }.min()
    }

    func tick(nowMs: Int64) {
        while let id = markerRetries.popDue(nowMs: nowMs) {
            if let transaction = transactions[id], transaction.metadata.status.isPrepared {
                writeNextRound(of: transaction)
            }
        }
        while let id = endWaits.popDue(nowMs: nowMs) {
            if let transaction = transactions[id] { giveUpWaitingForEnd(of: transaction) }
        }
        if isTime(settings.timeoutCheckIntervalMs, since: timeoutCheckMs, nowMs),
            let next = timeouts.nextMs, next <= nowMs
        {
            timeoutCheckMs = nowMs
            abortTimedOut(nowMs: nowMs)
        }
        if isTime(settings.expirationCheckIntervalMs, since: expirationCheckMs, nowMs),
            let next = expirations.nextMs, next <= nowMs
        {
            expirationCheckMs = nowMs
            forgetExpired(nowMs: nowMs)
        }
    }

    private func isTime(_ intervalMs: Int64, since checkMs: Int64, _ nowMs: Int64) -> Bool {
        checkMs.addingClamped(intervalMs) <= nowMs
    }

    // MARK: Deadlines

    /// The first moment at which the transaction may be aborted.
    func timeoutDeadlineMs(of transaction: Transaction) -> Int64 {
        let metadata = transaction.metadata
        return metadata.startMs.addingClamped(Int64(metadata.timeoutMs)).addingClamped(1)
    }

    /// To be called with each change of a transactional id.
    func setDeadlines(of transaction: Transaction) {
        let id = transaction.id
        let metadata = transaction.metadata
        if metadata.status == .ongoing {
            timeouts.set(id, at: timeoutDeadlineMs(of: transaction))
        } else {
            timeouts.cancel(id)
        }
        if metadata.status.isIdle {
            expirations.set(id, at: metadata.lastUpdateMs.addingClamped(settings.expirationMs))
        } else {
            expirations.cancel(id)
        }
    }

    // MARK: Timeouts

    private func abortTimedOut(nowMs: Int64) {
        var due: [String] = []
        while let id = timeouts.popDue(nowMs: nowMs) { due.append(id) }
        for id in due {
            guard let transaction = transactions[id], transaction.metadata.status == .ongoing
            else { continue }
            let metadata = transaction.metadata
            logger.info(
                "\(transaction) is aborted: it has run for more than \(metadata.timeoutMs) ms")
            abort(transaction) { code in
                guard code != .none, let transaction = self.transactions[id] else { return }
                self.logger.warning("\(transaction) could not be aborted: \(code)")
                // Looked at again next time.
                self.setDeadlines(of: transaction)
            }
        }
    }

    // MARK: Expiration

    private func forgetExpired(nowMs: Int64) {
        var batch: [Transaction] = []
        var batchBytes = 0
        while let id = expirations.popDue(nowMs: nowMs) {
            // The queue may know of an earlier use only.
            guard let transaction = transactions[id], transaction.metadata.status.isIdle else {
                continue
            }
            batch.append(transaction)
            batchBytes += id.utf8.count
            if batchBytes >= Self.tombstoneBatchBytes {
                forget(batch, nowMs: nowMs)
                batch = []
                batchBytes = 0
            }
        }
        forget(batch, nowMs: nowMs)
    }

    private func forget(_ batch: [Transaction], nowMs: Int64) {
        guard !batch.isEmpty else { return }
        do {
            let tombstones = try batch.map { try TransactionMetadata.tombstone(of: $0.id) }
            try log.append(tombstones, nowMs: nowMs) { _ in }
            for transaction in batch { forget(transaction) }
            logger.info("\(batch.count) transactional ids are forgotten: nobody used them")
        } catch {
            logger.warning("transactional ids that nobody uses could not be forgotten: \(error)")
            for transaction in batch { setDeadlines(of: transaction) }
        }
    }
}
