internal import KafkaRecords

/// What a partition's log knows of its producers: the sequences that tell a repeated batch from a
/// new one, and which transactions are open (KIP-98; Kafka's `ProducerStateManager`).
///
/// A value of its log, on that one's thread. A change is prepared as a `ProducerUpdate` while
/// nothing is written yet, and committed when the batches stand in the log. Producers go when they
/// were idle for `producer.id.expiration.ms`; above `maxProducers` the longest idle go before. One
/// that was forgotten may go on with any sequence, as in Kafka.
public struct ProducerStates: Sendable {
    /// Bounds the memory: about 200 bytes each.
    static let maxProducers = 1 << 17

    /// A transaction without a marker yet.
    struct OpenTransaction: Sendable, Equatable {
        var firstOffset: Int64
        var producerID: Int64
    }

    /// By producer id.
    public private(set) var entries: [Int64: ProducerEntry] = [:]
    /// By first offset, rising.
    private(set) var openTransactions: [OpenTransaction] = []
    /// The largest producer id that was seen, also of one that is forgotten; -1 for none.
    public private(set) var largestProducerID: Int64 = -1
    /// Producers above which the longest idle are forgotten.
    private var entryLimit = Self.maxProducers

    init() {}

    init(_ entries: [ProducerEntry]) {
        for entry in entries {
            self.entries[entry.producerID] = entry
            largestProducerID = max(largestProducerID, entry.producerID)
            if let offset = entry.transactionFirstOffset {
                openTransactions.append(
                    OpenTransaction(firstOffset: offset, producerID: entry.producerID))
            }
        }
        openTransactions.sort { $0.firstOffset < $1.firstOffset }
    }

    /// First offset of the oldest transaction that is open: what lies from there on may be aborted
    /// yet.
    public var firstUnstableOffset: Int64? { openTransactions.first?.firstOffset }

    /// Checks batches that are to be appended together, and prepares what they change.
    ///
    /// - Throws: `ProducerRefusal` for the first that may not be appended.
    func update(
        with batches: [SequencedBatch], from origin: AppendOrigin
    ) throws(ProducerRefusal) -> ProducerUpdate {
        var update = ProducerUpdate(openTransactions)
        for batch in batches where batch.producerID >= 0 {
            let known = entries[batch.producerID]
            if origin == .client, let duplicate = known?.duplicate(of: batch) {
                update.duplicate = duplicate
                return update
            }
            try update.add(batch, known, from: origin)
        }
        return update
    }

    mutating func commit(_ update: ProducerUpdate) {
        guard !update.entries.isEmpty else { return }
        for entry in update.entries {
            entries[entry.producerID] = entry
            largestProducerID = max(largestProducerID, entry.producerID)
        }
        openTransactions = update.openTransactions
        if entries.count > entryLimit { forgetIdle() }
    }

    /// Takes a batch that stands in the log.
    ///
    /// - Returns: the transaction that it aborts.
    mutating func replay(_ batch: SequencedBatch) -> TransactionIndexEntry? {
        guard batch.producerID >= 0,
            let update = try? update(with: [batch], from: .replication)
        else { return nil }
        commit(update)
        return update.aborted.first
    }

    /// Gives a producer the batches back that a snapshot left out.
    ///
    /// - Parameter batches: the last in front of the snapshot, in their order.
    mutating func restoreWindow(of producerID: Int64, _ batches: [ProducerEntry.Batch]) {
        guard let entry = entries[producerID], let last = entry.batches.last,
            let index = batches.lastIndex(where: { $0.lastOffset == last.lastOffset }),
            batches[index].lastSequence == last.lastSequence
        else { return }
        entries[producerID]?.batches = Array(batches[...index].suffix(ProducerEntry.maxBatches))
    }

    /// Forgets producers that have been idle for too long, unless they have a transaction open.
    ///
    /// Time counts by the records' timestamps.
    mutating func removeExpired(nowMs: Int64, expirationMs: Int64) {
        let isExpired = { (entry: ProducerEntry) in
            guard entry.transactionFirstOffset == nil else { return false }
            // Timestamps are the producers': far from now in either direction.
            let (age, overflow) = nowMs.subtractingReportingOverflow(entry.lastTimestamp)
            return overflow ? nowMs > 0 : age >= expirationMs
        }
        guard entries.values.contains(where: isExpired) else { return }
        entries = entries.filter { !isExpired($0.value) }
    }

    /// Makes room for an eighth of the bound: those go that have written longest ago, by offsets,
    /// for timestamps are the clients'. Where all have a transaction open, none can go before it
    /// ends; it is looked again when there are an eighth more.
    private mutating func forgetIdle() {
        let room = Self.maxProducers / 8
        let idle = entries.values.filter { $0.transactionFirstOffset == nil }
            .sorted { $0.lastDataOffset < $1.lastDataOffset }
        for entry in idle.prefix(room) { entries[entry.producerID] = nil }
        entryLimit = max(Self.maxProducers, entries.count + room)
    }
}

/// What an append would change of the producer state (Kafka's `ProducerAppendInfo`).
struct ProducerUpdate: Sendable {
    /// The batch was appended before: nothing is to be done but to answer with where it went.
    var duplicate: ProducerEntry.Batch?
    /// As they will be; one a producer.
    private(set) var entries: [ProducerEntry] = []
    private(set) var openTransactions: [ProducerStates.OpenTransaction]
    /// Transactions that end as aborted.
    private(set) var aborted: [TransactionIndexEntry] = []

    init(_ openTransactions: [ProducerStates.OpenTransaction]) {
        self.openTransactions = openTransactions
    }

    /// - Parameter known: what is known of the producer already.
    fileprivate mutating func add(
        _ batch: SequencedBatch, _ known: ProducerEntry?, from origin: AppendOrigin
    ) throws(ProducerRefusal) {
        let index = entries.firstIndex { $0.producerID == batch.producerID }
        var entry =
            index.map { entries[$0] } ?? known ?? ProducerEntry(producerID: batch.producerID)
        if batch.isControl {
            // An emptied batch: compaction has taken the whole transaction.
            guard let marker = batch.marker else { return }
            try ProducerChecks(entry, origin).check(marker, batch)
            endTransaction(of: &entry, marker.isCommit, batch)
            entry.endTransaction(
                epoch: batch.epoch, coordinatorEpoch: marker.coordinatorEpoch,
                timestamp: batch.maxTimestamp)
        } else {
            // Of a producer that is not known any sequence is taken.
            let isNew = (known?.epoch ?? ProducerEntry.noEpoch) == ProducerEntry.noEpoch
            try ProducerChecks(entry, origin).check(batch, isNew: isNew)
            entry.add(batch)
            if batch.isTransactional, entry.transactionFirstOffset == nil {
                entry.transactionFirstOffset = batch.baseOffset
                openTransactions.append(
                    .init(firstOffset: batch.baseOffset, producerID: batch.producerID))
            }
        }
        if let index { entries[index] = entry } else { entries.append(entry) }
    }

    /// A marker without records before it ends nothing.
    private mutating func endTransaction(
        of entry: inout ProducerEntry, _ isCommit: Bool, _ batch: SequencedBatch
    ) {
        guard let firstOffset = entry.transactionFirstOffset else { return }
        openTransactions.removeAll { $0.producerID == entry.producerID }
        guard !isCommit else { return }
        aborted.append(
            TransactionIndexEntry(
                producerID: entry.producerID, firstOffset: firstOffset,
                lastOffset: batch.lastOffset,
                lastStableOffset: openTransactions.first?.firstOffset ?? batch.lastOffset + 1))
    }
}

/// The rules for the next batch of a producer, given what is known of it.
private struct ProducerChecks {
    private let entry: ProducerEntry
    private let origin: AppendOrigin

    init(_ entry: ProducerEntry, _ origin: AppendOrigin) {
        self.entry = entry
        self.origin = origin
    }

    func check(_ batch: SequencedBatch, isNew: Bool) throws(ProducerRefusal) {
        if origin == .replication { return }
        try checkEpoch(batch)
        if origin == .client && !isNew { try checkSequence(batch) }
        if entry.transactionFirstOffset != nil && !batch.isTransactional {
            throw .notInTransaction(producerID: batch.producerID)
        }
    }

    func check(_ marker: EndTransactionMarker, _ batch: SequencedBatch) throws(ProducerRefusal) {
        if origin == .replication { return }
        try checkEpoch(batch)
        guard marker.coordinatorEpoch >= entry.coordinatorEpoch else {
            throw .fencedCoordinator(
                producerID: batch.producerID, epoch: marker.coordinatorEpoch,
                lastEpoch: entry.coordinatorEpoch)
        }
    }

    private func checkEpoch(_ batch: SequencedBatch) throws(ProducerRefusal) {
        guard batch.epoch >= entry.epoch else {
            throw .fencedEpoch(
                producerID: batch.producerID, epoch: batch.epoch, lastEpoch: entry.epoch)
        }
    }

    private func checkSequence(_ batch: SequencedBatch) throws(ProducerRefusal) {
        let last = batch.epoch == entry.epoch ? entry.lastSequence : SequenceNumber.none
        guard !SequenceNumber.follows(batch.baseSequence, last) else { return }
        throw .outOfOrderSequence(
            producerID: batch.producerID, epoch: batch.epoch, sequence: batch.baseSequence,
            lastEpoch: entry.epoch, lastSequence: entry.lastSequence)
    }
}
