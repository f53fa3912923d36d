import KafkaRecords
import NIOCore
import Testing

@testable import KafkaLog

@Suite struct CleanedTransactionsTests {
    private let commit = EndTransactionMarker(isCommit: true, coordinatorEpoch: 1)
    private let abort = EndTransactionMarker(isCommit: false, coordinatorEpoch: 1)

    private func data(_ producer: Int64, at offset: Int64, count: Int = 1) throws
        -> RecordBatchHeader
    {
        var header = try TestBatch(
            keyed: (0..<count).map { ("\($0)", "v") },
            producer: .init(id: producer, epoch: 0, baseSequence: 0, isTransactional: true)
        ).header
        header.baseOffset = offset
        return header
    }

    private func marker(_ producer: Int64, at offset: Int64) throws -> RecordBatchHeader {
        var header = try TestBatch(commit, producerID: producer, epoch: 0).header
        header.baseOffset = offset
        return header
    }

    private func aborted(_ producer: Int64, _ first: Int64, _ last: Int64) -> TransactionIndexEntry
    {
        TransactionIndexEntry(
            producerID: producer, firstOffset: first, lastOffset: last, lastStableOffset: last + 1)
    }

    @Test func abortedDataGoesAndItsMarkerStaysUntilThen() throws {
        var transactions = CleanedTransactions()
        let entry = aborted(1, 10, 14)
        transactions.add([entry])
        #expect(try !transactions.readData(data(2, at: 9)))
        #expect(try transactions.readData(data(1, at: 10, count: 2)))
        #expect(try !transactions.readData(data(2, at: 12)))
        #expect(
            try transactions.readControl(marker(1, at: 14), abort)
                == .init(isObsolete: false, aborted: entry))
        // The producer's next transaction is another one.
        #expect(try !transactions.readData(data(1, at: 15)))
        #expect(
            try transactions.readControl(marker(1, at: 16), commit) == .init(isObsolete: false))
    }

    @Test func markersWithoutDataAreObsolete() throws {
        var transactions = CleanedTransactions()
        transactions.add([aborted(1, 10, 14)])
        #expect(
            try transactions.readControl(marker(1, at: 14), abort) == .init(isObsolete: true))
        #expect(
            try transactions.readControl(marker(2, at: 15), commit) == .init(isObsolete: true))
        // Emptied before, and none of a transaction.
        var emptied = try marker(2, at: 16)
        emptied.recordCount = 0
        let control = transactions.readControl(emptied, nil)
        #expect(control == .init(isObsolete: true))
        #expect(try transactions.readControl(marker(2, at: 17), nil) == .init(isObsolete: false))
    }

    /// A transaction that crosses segments is told again with each of them.
    @Test func toldTwiceIsTheSameOne() throws {
        var transactions = CleanedTransactions()
        transactions.add([aborted(1, 10, 34), aborted(2, 5, 25)])
        #expect(try transactions.readData(data(2, at: 5)))
        #expect(try transactions.readData(data(1, at: 10)))
        transactions.add([aborted(1, 10, 34), aborted(2, 5, 25)])
        #expect(try transactions.readData(data(1, at: 20)))
        #expect(
            try transactions.readControl(marker(2, at: 25), abort)
                == .init(isObsolete: false, aborted: aborted(2, 5, 25)))
        #expect(try !transactions.readData(data(2, at: 26)))
        #expect(
            try transactions.readControl(marker(1, at: 34), abort)
                == .init(isObsolete: false, aborted: aborted(1, 10, 34)))
    }

    @Test func whatIsInNoTransactionIsNotAborted() throws {
        var transactions = CleanedTransactions()
        transactions.add([aborted(1, 10, 34)])
        var plain = try TestBatch(
            keyed: [("k", "v")], producer: .init(id: 1, epoch: 0, baseSequence: 0)
        ).header
        plain.baseOffset = 12
        let isAborted = transactions.readData(plain)
        #expect(!isAborted)
    }
}
