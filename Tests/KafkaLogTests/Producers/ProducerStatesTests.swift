import KafkaRecords
import NIOCore
import TestSupport
import Testing

@testable import KafkaLog

@Suite("Producer state")
struct ProducerStatesTests {
    private var states = ProducerStates()

    private func batch(
        _ sequences: ClosedRange<Int32>, epoch: Int16 = 0, id: Int64 = 7, at offset: Int64,
        transactional: Bool = false, timestamp: Int64 = 1_000
    ) throws -> SequencedBatch {
        let values = sequences.map { "\($0)" }
        let test = try TestBatch(
            values, timestamps: values.map { _ in timestamp },
            producer: .init(
                id: id, epoch: epoch, baseSequence: sequences.lowerBound,
                isTransactional: transactional))
        return SequencedBatch(test.header, baseOffset: offset, bytes: nil)
    }

    private func marker(
        commit: Bool, epoch: Int16 = 0, id: Int64 = 7, coordinatorEpoch: Int32 = 0, at offset: Int64
    ) throws -> SequencedBatch {
        let test = try TestBatch(
            EndTransactionMarker(isCommit: commit, coordinatorEpoch: coordinatorEpoch),
            producerID: id, epoch: epoch)
        return test.buffer.withUnsafeReadableBytes {
            SequencedBatch(test.header, baseOffset: offset, bytes: $0)
        }
    }

    @discardableResult
    private mutating func take(
        _ batch: SequencedBatch, from origin: AppendOrigin = .client
    ) throws -> ProducerUpdate {
        let update = try states.update(with: [batch], from: origin)
        states.commit(update)
        return update
    }

    private func refusal(
        _ batch: SequencedBatch, from origin: AppendOrigin = .client
    ) -> ProducerRefusal? {
        do throws(ProducerRefusal) {
            _ = try states.update(with: [batch], from: origin)
            return nil
        } catch {
            return error
        }
    }

    // MARK: Sequences

    @Test mutating func theLastFiveBatchesAreKnownAgain() throws {
        for number in Int32(0)..<7 {
            try take(batch(number * 2...number * 2 + 1, at: Int64(number) * 2))
        }
        for number in Int32(2)..<7 {
            let again = try take(batch(number * 2...number * 2 + 1, at: 99))
            #expect(again.duplicate?.firstOffset == Int64(number) * 2)
            #expect(again.duplicate?.lastOffset == Int64(number) * 2 + 1)
        }
        // What is older, or cut in another way, cannot be told from a hole.
        #expect(try refusal(batch(2...3, at: 99)) != nil)
        #expect(try refusal(batch(4...4, at: 99)) != nil)
        #expect(states.entries[7]?.batches.count == 5)
    }

    @Test mutating func holesAreRefused() throws {
        try take(batch(0...4, at: 0))
        #expect(
            try refusal(batch(6...6, at: 5))
                == .outOfOrderSequence(
                    producerID: 7, epoch: 0, sequence: 6, lastEpoch: 0, lastSequence: 4))
        try take(batch(5...5, at: 5))
    }

    /// Of one that is not known (any more) there is nothing to compare with.
    @Test mutating func anUnknownProducerGoesOnAnywhere() throws {
        try take(batch(17...18, at: 3))
        #expect(try refusal(batch(20...20, at: 5)) != nil)
        try take(batch(19...19, at: 5))
    }

    @Test mutating func sequencesGoRound() throws {
        try take(batch(Int32.max - 1...Int32.max, at: 0))
        let next = try batch(0...2, at: 2)
        try take(next)
        #expect(try take(next).duplicate?.firstOffset == 2)
        var across = try batch(5...5, id: 8, at: 5)
        across.baseSequence = .max - 1
        across.offsetDelta = 3
        #expect(across.lastSequence == 1)
        try take(across)
        #expect(states.entries[8]?.batches.last?.firstSequence == Int32.max - 1)
        #expect(try refusal(batch(2...2, id: 8, at: 9)) == nil)
    }

    @Test mutating func aNewEpochBeginsAtZeroAndFencesTheOld() throws {
        try take(batch(0...4, epoch: 1, at: 0))
        #expect(
            try refusal(batch(5...5, epoch: 0, at: 5))
                == .fencedEpoch(producerID: 7, epoch: 0, lastEpoch: 1))
        #expect(try refusal(batch(5...5, epoch: 2, at: 5)) != nil)
        try take(batch(0...0, epoch: 2, at: 5))
        #expect(try refusal(batch(5...5, epoch: 1, at: 6)) != nil)
        // The epoch before is not known again.
        #expect(states.entries[7]?.batches.count == 1)
    }

    /// Coordinators write without sequences; a leader's batches are taken as they are.
    @Test mutating func originsAreCheckedByWhatTheyKnow() throws {
        try take(batch(0...4, epoch: 1, at: 0))
        #expect(try refusal(batch(9...9, epoch: 1, at: 5), from: .coordinator) == nil)
        #expect(try refusal(batch(9...9, epoch: 0, at: 5), from: .coordinator) != nil)
        #expect(try refusal(batch(9...9, epoch: 0, at: 5), from: .replication) == nil)
    }

    @Test mutating func producersAreToldApart() throws {
        try take(batch(0...0, id: 1, at: 0))
        try take(batch(0...0, id: 2, at: 1))
        try take(batch(1...1, id: 1, at: 2))
        #expect(states.entries[1]?.lastDataOffset == 2)
        #expect(states.entries[2]?.lastDataOffset == 1)
        var plain = try batch(0...0, at: 3)
        plain.producerID = -1
        try take(plain)
        #expect(states.entries.count == 2)
    }

    // MARK: Transactions

    @Test mutating func theFirstOpenTransactionIsUnstable() throws {
        #expect(states.firstUnstableOffset == nil)
        try take(batch(0...1, id: 1, at: 0, transactional: true))
        try take(batch(0...1, id: 2, at: 2, transactional: true))
        try take(batch(2...3, id: 1, at: 4, transactional: true))
        #expect(states.firstUnstableOffset == 0)
        let abort = try take(marker(commit: false, id: 1, at: 6), from: .coordinator)
        #expect(
            abort.aborted == [
                TransactionIndexEntry(
                    producerID: 1, firstOffset: 0, lastOffset: 6, lastStableOffset: 2)
            ])
        #expect(states.firstUnstableOffset == 2)
        let commit = try take(marker(commit: true, id: 2, at: 7), from: .coordinator)
        #expect(commit.aborted.isEmpty)
        #expect(states.firstUnstableOffset == nil)
        try take(batch(4...4, id: 1, at: 8, transactional: true))
        let last = try take(marker(commit: false, id: 1, at: 9), from: .coordinator)
        #expect(last.aborted.first?.lastStableOffset == 10)
    }

    @Test mutating func aMarkerWithoutRecordsEndsNothing() throws {
        let update = try take(marker(commit: false, at: 0), from: .coordinator)
        #expect(update.aborted.isEmpty)
        #expect(states.entries[7]?.epoch == 0)
    }

    @Test mutating func markersOfOldCoordinatorsAreRefused() throws {
        try take(marker(commit: true, coordinatorEpoch: 3, at: 0), from: .coordinator)
        #expect(
            try refusal(marker(commit: true, coordinatorEpoch: 2, at: 1), from: .coordinator)
                == .fencedCoordinator(producerID: 7, epoch: 2, lastEpoch: 3))
        // One with a newer epoch of the producer fences it (KIP-98).
        try take(marker(commit: false, epoch: 1, coordinatorEpoch: 3, at: 1), from: .coordinator)
        #expect(try refusal(batch(0...0, epoch: 0, at: 2)) != nil)
    }

    @Test mutating func plainRecordsInAnOpenTransactionAreRefused() throws {
        try take(batch(0...0, at: 0, transactional: true))
        #expect(try refusal(batch(1...1, at: 1)) == .notInTransaction(producerID: 7))
    }

    // MARK: Bounds

    @Test mutating func idleProducersAreForgottenUnlessTheyHaveATransaction() throws {
        try take(batch(0...0, id: 1, at: 0, timestamp: 100))
        try take(batch(0...0, id: 2, at: 1, transactional: true, timestamp: 100))
        try take(batch(0...0, id: 3, at: 2, timestamp: 500))
        states.removeExpired(nowMs: 1_099, expirationMs: 1_000)
        #expect(states.entries.count == 3)
        states.removeExpired(nowMs: 1_100, expirationMs: 1_000)
        #expect(states.entries.keys.sorted() == [2, 3])
        #expect(states.firstUnstableOffset == 1)
    }

    @Test mutating func aTimestampFromTheBeginningOfTimeIsLongAgo() throws {
        try take(batch(0...0, id: 1, at: 0, timestamp: .min))
        try take(batch(0...0, id: 2, at: 1, timestamp: .max))
        states.removeExpired(nowMs: 1_100, expirationMs: 1_000)
        #expect(states.entries.keys.sorted() == [2])
    }

    /// Whatever timestamps they claim.
    @Test mutating func theLongestSilentMakeRoom() throws {
        var batch = try batch(0...0, at: 0)
        for id in 0...Int64(ProducerStates.maxProducers) {
            batch.producerID = id
            batch.baseOffset = id
            batch.maxTimestamp = 1_000 - id
            states.commit(try states.update(with: [batch], from: .client))
        }
        #expect(states.entries.count <= ProducerStates.maxProducers)
        #expect(states.entries[0] == nil)
        #expect(states.entries[Int64(ProducerStates.maxProducers)] != nil)
        #expect(states.largestProducerID == Int64(ProducerStates.maxProducers))
    }

    /// Their producers cannot be forgotten before they end, so the bound gives way to them.
    @Test mutating func openTransactionsStayWhateverTheirNumber() throws {
        var batch = try batch(0...0, at: 0, transactional: true)
        let count = Int64(ProducerStates.maxProducers) + 10
        for id in 0..<count {
            batch.producerID = id
            batch.baseOffset = id
            states.commit(try states.update(with: [batch], from: .client))
        }
        #expect(states.openTransactions.count == Int(count))
        #expect(states.entries.count == Int(count))
    }
}
