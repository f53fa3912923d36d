import KafkaBase
import KafkaSecurity
import KafkaWire
import Logging

/// The transactions of the transactional ids of one partition of `__transaction_state`: who may
/// write under an id, which partitions its transaction has, and how it ends (KIP-98, KIP-360,
/// KIP-890; Kafka's `TransactionCoordinator`, `TransactionStateManager` and
/// `TransactionMarkerChannelManager`).
///
/// Each transition is appended as a record and holds from then on; what comes of it, replies and
/// markers, waits until the record is durable. So the newest record of an id says all that a
/// restart needs: a transaction that was to end is ended, one that runs times out.
///
/// Confined to the partition's event loop, where its closures run too. Its memory is that of the
/// transactional ids, which go when they have not been used for `transactional.id.expiration.ms`.
final class TransactionCoordinator: CoordinatorState, @unchecked Sendable {
    static let resourceType = AclResourceType.transactionalID

    let log: any CoordinatorLog
    let environment: any TransactionEnvironment
    let settings: TransactionSettings
    /// Of the partition's leader; markers carry it.
    let epoch: Int32
    let logger: Logger

    private(set) var transactions: [String: Transaction] = [:]
    /// When running transactions have had their time.
    var timeouts = DeadlineQueue<String>()
    /// When ids that are not used may be forgotten.
    var expirations = DeadlineQueue<String>()
    /// When markers that a partition could not take are to be written again.
    var markerRetries = DeadlineQueue<String>()
    /// When those who wait for the end of a transaction have waited long enough.
    var endWaits = DeadlineQueue<String>()
    /// Of the last looks, in ms since the epoch.
    var timeoutCheckMs = Int64.min
    var expirationCheckMs = Int64.min
    private var isClosed = false

    init(
        log: any CoordinatorLog, environment: any TransactionEnvironment,
        settings: TransactionSettings, epoch: Int32, logger: Logger
    ) {
        self.log = log
        self.environment = environment
        self.settings = settings
        self.epoch = epoch
        self.logger = logger
    }

    /// Ms since the epoch.
    var nowMs: Int64 { environment.nowMs }

    // MARK: The log

    func replay(_ batch: CoordinatorBatch) {
        guard case .records(let records) = batch.content else { return }
        for record in records {
            do throws(WireError) {
                guard let (id, metadata) = try TransactionMetadata.read(record) else { continue }
                transactions[id] = metadata.map { Transaction(id: id, metadata: $0) }
            } catch {
                let offset = batch.baseOffset
                logger.error("the transactional id's record at \(offset) is unreadable: \(error)")
            }
        }
    }

    func didLoad(nowMs: Int64) {
        let largestID = transactions.values.reduce(TransactionMetadata.noProducerID) {
            max($0, $1.metadata.producerID, $1.metadata.nextProducerID)
        }
        if largestID >= 0 { environment.reserveProducerIDs(upTo: largestID) }
        timeoutCheckMs = nowMs
        expirationCheckMs = nowMs
        for transaction in transactions.values {
            setDeadlines(of: transaction)
            recover(transaction, nowMs: nowMs)
        }
    }

    private func recover(_ transaction: Transaction, nowMs: Int64) {
        switch transaction.metadata.status {
        case .prepareCommit, .prepareAbort:
            logger.info("\(transaction) is ended: a stop came before all its markers were written")
            writeMarkers(of: transaction)
        case .ongoing:
            let leftMs = max(0, timeoutDeadlineMs(of: transaction) - nowMs)
            logger.info("\(transaction) runs on, for \(leftMs) ms at most")
        case .empty, .completeCommit, .completeAbort, .dead, .prepareEpochFence: break
        }
    }

    /// Appends what a transactional id is to be from now on. Where that fails nothing changes.
    ///
    /// - Parameter then: called when the record is durable, or is not.
    func append(
        _ next: TransactionMetadata, of transaction: Transaction,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) {
        let id = transaction.id
        do {
            try log.append([record(of: id, next)], nowMs: nowMs) { code in
                self.didAppend(id, code, then)
            }
        } catch {
            let code = (error as? ApiError)?.code ?? .unknownServerError
            return then(code.asCoordinatorError)
        }
        transaction.appendsInFlight += 1
        transaction.metadata = next
        transactions[id] = transaction
        setDeadlines(of: transaction)
    }

    private func record(
        of id: String, _ metadata: TransactionMetadata
    ) throws(WireError) -> CoordinatorRecord {
        try metadata.record(
            of: id, version: min(environment.transactionVersion, TransactionMetadata.recordVersion))
    }

    private func didAppend(
        _ id: String, _ code: ErrorCode, _ then: @Sendable (ErrorCode) -> Void
    ) {
        then(isClosed ? .notCoordinator : code.asCoordinatorError)
        guard let transaction = transactions[id] else { return }
        transaction.appendsInFlight -= 1
        if transaction.appendsInFlight == 0, !transaction.queue.isEmpty {
            workOffQueue(of: transaction)
        }
    }

    /// Takes an id out whose tombstone is appended.
    func forget(_ transaction: Transaction) {
        transactions[transaction.id] = nil
        expirations.cancel(transaction.id)
    }

    // MARK: The end

    /// Those who wait for records are told by the log.
    func close() {
        isClosed = true
        for transaction in transactions.values {
            let waiting = transaction.queue + transaction.waitingForEnd
            transaction.queue = []
            transaction.waitingForEnd = []
            for request in waiting { request.reply(.notCoordinator, []) }
        }
    }

    // MARK: Producer ids

    /// Calls back with a producer id that nobody has.
    func withProducerID(
        orElse: @escaping @Sendable (ErrorCode) -> Void,
        _ body: @escaping @Sendable (Int64) -> Void
    ) {
        environment.nextProducerID { result in
            guard !self.isClosed else { return orElse(.notCoordinator) }
            switch result {
            case .success(let id): body(id)
            case .failure(let error): orElse(error.code)
            }
        }
    }
}

extension Transaction: CustomStringConvertible {
    /// For log lines.
    var description: String {
        "transaction of '\(id)' (producer \(metadata.producerID), epoch \(metadata.epoch), "
            + "\(metadata.status.name))"
    }
}
