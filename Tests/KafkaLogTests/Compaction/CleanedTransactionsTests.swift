import KafkaRecords
import NIOCore
import Testing

@testable import KafkaLog

@Suite struct CleanedTransactionsTests {
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
        var header = try TestBatch(marker: true, producerID: producer).header
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
            try transactions.readControl(marker(1, at: 14), .abort)
                == .init(isObsolete: false, aborted: entry))
        // The producer's next transaction is another one.
        #expect(try !transactions.readData(data(1, at: 15)))
        #expect(
            try transactions.readControl(marker(1, at: 16), .commit) == .init(isObsolete: false))
    }

    @Test func markersWithoutDataAreObsolete() throws {
        var transactions = CleanedTransactions()
        transactions.add([aborted(1, 10, 14)])
        #expect(
            try transactions.readControl(marker(1, at: 14), .abort) == .init(isObsolete: true))
        #expect(
            try transactions.readControl(marker(2, at: 15), .commit) == .init(isObsolete: true))
        #expect(try transactions.readControl(marker(2, at: 16), nil) == .init(isObsolete: true))
        #expect(
            try transactions.readControl(marker(2, at: 17), .other) == .init(isObsolete: false))
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
            try transactions.readControl(marker(2, at: 25), .abort)
                == .init(isObsolete: false, aborted: aborted(2, 5, 25)))
        #expect(try !transactions.readData(data(2, at: 26)))
        #expect(
            try transactions.readControl(marker(1, at: 34), .abort)
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

    @Test func markersByTheirKeys() {
        let types: [([UInt8]?, ControlMarker)] = [
            ([0, 0, 0, 0], .abort), ([0, 0, 0, 1], .commit), ([0, 0, 0, 2], .other),
            ([0, 0, 0], .other), (nil, .other), ([0, 5, 0, 1, 9], .commit),
        ]
        for (key, marker) in types {
            guard let key else {
                #expect(ControlMarker(key: nil) == marker)
                continue
            }
            #expect(key.withUnsafeBytes { ControlMarker(key: $0) } == marker)
        }
    }
}
