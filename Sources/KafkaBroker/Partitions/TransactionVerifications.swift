import KafkaBase

/// Producers whose transactions a partition has asked the coordinator about and has no records of
/// yet (KIP-890; Kafka's `VerificationStateEntry`).
///
/// The answer comes from another event loop, and the transaction may have ended meanwhile: an
/// append counts as verified only while the guard that it got before still stands. A guard goes
/// when records of the producer are appended, or the end of its transaction.
///
/// A value of its partition, on that one's event loop; bounded.
struct TransactionVerifications: Sendable {
    /// Identifies a question; never used twice in a partition.
    struct Guard: Sendable, Equatable {
        fileprivate var number: UInt64
    }

    private struct Entry: Sendable {
        var guardNumber: UInt64
        /// The lowest that was seen: a batch that comes before it would make it out of order.
        var lowestSequence: Int32
        var epoch: Int16
        /// Whether each end raises the producer's epoch.
        var raisesEpoch: Bool
        /// Of the last question.
        var askedMs: Int64
    }

    static let maxProducers = 1 << 16

    private var entries: [Int64: Entry] = [:]
    private var nextNumber: UInt64 = 0

    var isEmpty: Bool { entries.isEmpty }

    /// A batch comes whose transaction is not known here.
    ///
    /// - Parameter raisesEpoch: whether each end of a transaction raises the producer's epoch
    ///   (`transaction.version` 2).
    mutating func begin(
        _ producer: ProducerIdentity, sequence: Int32, raisesEpoch: Bool, nowMs: Int64
    ) -> Guard {
        if var entry = entries[producer.id] {
            if producer.epoch > entry.epoch {
                entry.epoch = producer.epoch
                entry.lowestSequence = sequence
                entry.raisesEpoch = raisesEpoch
            } else if producer.epoch == entry.epoch {
                entry.lowestSequence = min(entry.lowestSequence, sequence)
            }
            entry.askedMs = nowMs
            entries[producer.id] = entry
            return Guard(number: entry.guardNumber)
        }
        if entries.count >= Self.maxProducers { removeOldest() }
        nextNumber += 1
        entries[producer.id] = Entry(
            guardNumber: nextNumber, lowestSequence: sequence, epoch: producer.epoch,
            raisesEpoch: raisesEpoch, askedMs: nowMs)
        return Guard(number: nextNumber)
    }

    /// Whether nothing has ended the transaction since the question.
    func stands(_ mark: Guard, of producerID: Int64) -> Bool {
        entries[producerID]?.guardNumber == mark.number
    }

    /// Whether a batch with a lower sequence is still to come, which was refused for the time
    /// being.
    func isTooEarly(_ producer: ProducerIdentity, sequence: Int32) -> Bool {
        guard let entry = entries[producer.id] else { return false }
        return sequence > entry.lowestSequence
    }

    /// Records of the producer are appended.
    mutating func didAppend(_ producerID: Int64) {
        guard !entries.isEmpty else { return }
        entries[producerID] = nil
    }

    /// A transaction's end is appended. Where that raises the epoch, who asks with the raised one
    /// asks for the next transaction: the producer is told of the end before it stands here.
    mutating func didEnd(_ producer: ProducerIdentity) {
        guard let entry = entries[producer.id] else { return }
        if entry.raisesEpoch && producer.epoch <= entry.epoch { return }
        entries[producer.id] = nil
    }

    mutating func removeExpired(nowMs: Int64, expirationMs: Int64) {
        guard !entries.isEmpty else { return }
        entries = entries.filter { nowMs - $0.value.askedMs < expirationMs }
    }

    private mutating func removeOldest() {
        let oldest = entries.sorted { $0.value.askedMs < $1.value.askedMs }
        for (id, _) in oldest.prefix(Self.maxProducers / 8) { entries[id] = nil }
    }
}
