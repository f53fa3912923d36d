import KafkaBase
import KafkaRecords
import NIOCore
import TestSupport

@testable import KafkaLog

/// What a compacted log of keyed records and transactions owes to those who wrote and read it.
struct CompactionModel {
    enum Fate: Equatable { case plain, open, committed, aborted }

    struct Record {
        var record: KeyedRecord
        var fate: Fate
        var producer: Int64
    }

    struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    private static let keys = (0..<9).map { "key \($0)" }

    var log: PartitionLog
    /// Every record that was appended and not lost with a crash.
    private(set) var records: [Record] = []
    private var flushedEnd: Int64 = 0
    /// Producers within a transaction, with its first offset.
    private var open: [Int64: Int64] = [:]
    private var counter = 0

    init(_ log: PartitionLog) {
        self.log = log
    }

    func check(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        guard condition else { throw Wrong(description: text()) }
    }

    var isInTransaction: Bool { !open.isEmpty }

    // MARK: Writing

    mutating func append(_ generator: inout SeededGenerator, nowMs: Int64) throws {
        let producer = Int64.random(in: 0...3, using: &generator)
        let isTransactional = producer > 1
        let first = log.logEndOffset
        var fields: [(key: String?, value: String?)] = []
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            counter += 1
            let isTombstone = Int.random(in: 0..<4, using: &generator) == 0
            let padding = String(repeating: "x", count: Int.random(in: 0...40, using: &generator))
            fields.append(
                (
                    Self.keys.randomElement(using: &generator),
                    isTombstone ? nil : "\(counter)\(padding)"
                )
            )
        }
        let codec = ["none", "lz4", "zstd", "gzip", "snappy"].randomElement(using: &generator)
        let state: RecordBatchBuilder.ProducerState =
            producer == 0
            ? .none
            : .init(
                id: producer, epoch: 0, baseSequence: Int32(counter),
                isTransactional: isTransactional)
        let batch = try TestBatch(
            keyed: fields, timestamp: nowMs, codec: codec ?? "none", producer: state)
        try log.append(batch, origin: .replication, nowMs: nowMs)
        for (index, field) in fields.enumerated() {
            records.append(
                Record(
                    record: KeyedRecord(
                        offset: first + Int64(index), timestamp: nowMs + Int64(index),
                        key: field.key, value: field.value),
                    fate: isTransactional ? .open : .plain, producer: producer))
        }
        if isTransactional, open[producer] == nil { open[producer] = first }
    }

    /// Ends a transaction, as its coordinator would.
    mutating func endTransaction(_ generator: inout SeededGenerator, nowMs: Int64) throws {
        guard let producer = open.keys.sorted().randomElement(using: &generator) else { return }
        let isCommit = Bool.random(using: &generator)
        let marker = EndTransactionMarker(isCommit: isCommit, coordinatorEpoch: 0)
        try log.append(
            TestBatch(marker, producerID: producer, epoch: 0, timestamp: nowMs),
            origin: .coordinator, nowMs: nowMs)
        try flush()
        open[producer] = nil
        for index in records.indices
        where records[index].fate == .open && records[index].producer == producer {
            records[index].fate = isCommit ? .committed : .aborted
        }
    }

    mutating func flush() throws {
        try log.flush()
        flushedEnd = log.logEndOffset
    }

    /// A round makes all durable that was there when it began.
    mutating func hasCompacted() { flushedEnd = log.logEndOffset }

    // MARK: Checking

    /// A log that was compacted in between.
    func checkCompacted(_ before: [LoggedBatch], _ after: [LoggedBatch], nowMs: Int64) throws {
        let old = Dictionary(
            before.map { ($0.header.baseOffset, $0) }, uniquingKeysWith: { $1 })
        var kept: Set<KeyedRecord> = []
        for batch in after {
            guard let was = old[batch.header.baseOffset] else {
                throw Wrong(description: "a batch at \(batch.header.baseOffset) that was not there")
            }
            try check(
                batch.header.lastOffset == was.header.lastOffset
                    && batch.header.producerID == was.header.producerID
                    && batch.header.baseSequence == was.header.baseSequence
                    && batch.header.partitionLeaderEpoch == was.header.partitionLeaderEpoch,
                "the batch at \(batch.header.baseOffset) is another one")
            try check(
                Set(batch.records).isSubset(of: was.records),
                "other records at \(batch.header.baseOffset)")
            kept.formUnion(batch.records)
        }
        for batch in before {
            let hasExpired =
                batch.header.attributes.hasDeleteHorizon && batch.header.baseTimestamp <= nowMs
            for record in batch.records where !kept.contains(record) {
                if batch.header.attributes.isControl {
                    try check(hasExpired, "the marker at \(record.offset) is gone early")
                } else {
                    try checkGone(record, hasExpired: hasExpired)
                }
            }
        }
    }

    /// A record may go when it was aborted, when its key came again, and as a tombstone in time.
    private func checkGone(_ record: KeyedRecord, hasExpired: Bool) throws {
        let known = records.first { $0.record.offset == record.offset }
        if known?.fate == .aborted { return }
        try check(known?.fate != .open, "offset \(record.offset) of an open transaction is gone")
        let isSuperseded = records.contains {
            $0.record.offset > record.offset && $0.record.key == record.key
                && ($0.fate == .plain || $0.fate == .committed)
        }
        if isSuperseded { return }
        try check(
            record.value == nil && hasExpired,
            "\(record.key ?? "no key") at \(record.offset) is gone, the latest of its key")
    }

    /// What a reader of the whole log gets.
    func checkContents() throws {
        let batches = try log.batches()
        var next = log.segments[0].baseOffset
        for batch in batches {
            try check(batch.header.baseOffset >= next, "offsets go back at \(next)")
            next = batch.header.lastOffset + 1
        }
        try check(next <= log.logEndOffset, "offsets beyond the end")
        let known = Dictionary(uniqueKeysWithValues: records.map { ($0.record.offset, $0) })
        var latest: [String: String] = [:]
        for batch in batches where !batch.header.attributes.isControl {
            for record in batch.records {
                guard let written = known[record.offset], written.record == record else {
                    throw Wrong(description: "\(record) was never written")
                }
                if written.fate == .aborted || written.fate == .open { continue }
                latest[record.key ?? ""] = record.value
            }
        }
        var expected: [String: String] = [:]
        for record in records where record.fate == .plain || record.fate == .committed {
            expected[record.record.key ?? ""] = record.record.value
        }
        let wrong = Set(latest.keys).union(expected.keys).filter { latest[$0] != expected[$0] }
        try check(
            wrong.isEmpty,
            "wrong values of \(wrong.sorted()) in \(batches.map(\.header.baseOffset)) of "
                + "\(log.segments.map(\.baseOffset)), end \(log.logEndOffset); written: "
                + "\(records.filter { wrong.contains($0.record.key ?? "") })")
        try checkMarkers(batches)
        try checkReads(batches)
    }

    /// As long as there is data of a transaction there is its marker, and of an aborted one its
    /// entry in an index.
    private func checkMarkers(_ batches: [LoggedBatch]) throws {
        var entries: [TransactionIndexEntry] = []
        for segment in log.segments {
            entries += try TransactionIndex.entries(segment.path(.txnindex), disk: log.disk)
        }
        let fates = Dictionary(
            uniqueKeysWithValues: records.map { ($0.record.offset, $0.fate) })
        for batch in batches
        where batch.header.attributes.isTransactional && !batch.header.attributes.isControl {
            guard let record = batch.records.first, let fate = fates[record.offset],
                fate != .open
            else { continue }
            let marker = batches.first {
                $0.header.attributes.isControl && $0.header.recordCount > 0
                    && $0.header.producerID == batch.header.producerID
                    && $0.header.baseOffset > batch.header.lastOffset
            }
            try check(marker != nil, "the marker for offset \(record.offset) is gone")
            let entry = entries.first {
                $0.producerID == batch.header.producerID && $0.firstOffset <= record.offset
                    && $0.lastOffset > record.offset
            }
            try check(
                (entry != nil) == (fate == .aborted), "offset \(record.offset) is \(fate)")
        }
    }

    /// From any offset a read begins with the first batch that reaches it.
    private func checkReads(_ batches: [LoggedBatch]) throws {
        for offset in stride(from: log.logStartOffset, to: log.logEndOffset, by: 5) {
            let read = try log.read(
                from: offset, maxBytes: 1, upTo: .max, atLeastOneBatch: true)
            let found = try LoggedBatch.all(in: Array(read.bytes().readableBytesView)).first
            let expected = batches.first { $0.header.lastOffset >= offset }
            try check(found == expected, "a read from \(offset) finds \(String(describing: found))")
        }
    }

    /// After a crash: what was flushed is there.
    mutating func adopt(_ restarted: PartitionLog) throws {
        log = restarted
        try check(
            log.logEndOffset >= flushedEnd, "ends at \(log.logEndOffset), flushed to \(flushedEnd)")
        // A tail that was not flushed may be missing in front of a segment that was begun since:
        // in a compacted log that is a gap like any other. A batch that a round has emptied before
        // the crash is there all the same.
        let found = Set(
            try log.batches().flatMap { $0.header.baseOffset...$0.header.lastOffset })
        records.removeAll { $0.record.offset >= flushedEnd && !found.contains($0.record.offset) }
        open = [:]
        for record in records where record.fate == .open && open[record.producer] == nil {
            open[record.producer] = record.record.offset
        }
        try check(
            log.producers.firstUnstableOffset == open.values.min(),
            "open from \(String(describing: log.producers.firstUnstableOffset)), not \(open)")
        try checkContents()
        try checkProducers()
    }

    /// Compaction has left the batches from which a start knows how producers go on.
    private func checkProducers() throws {
        for producer in Set(records.map(\.producer)).subtracting([0]) {
            let last = records.last { $0.producer == producer }?.record.offset
            let known = log.producers.entries[producer]?.lastDataOffset
            try check(
                known == last,
                "producer \(producer) ended at \(String(describing: last)), "
                    + "not \(String(describing: known))")
        }
    }
}
