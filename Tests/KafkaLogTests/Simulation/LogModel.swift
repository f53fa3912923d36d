import KafkaBase
import KafkaRecords
import NIOCore
import TestSupport
import Testing

@testable import KafkaLog

/// What a partition's log should hold, and the operations of the simulation on it.
struct LogModel {
    struct Batch {
        var baseOffset: Int64
        var values: [String]
        var timestamps: [Int64]
        var leaderEpoch: Int32
        var nextOffset: Int64 { baseOffset + Int64(values.count) }
    }

    struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    let partition: TopicPartition
    var log: PartitionLog
    var batches: [Batch] = []
    /// Records below it were told to be durable.
    var flushedEnd: Int64 = 0
    /// As the last written checkpoint has it.
    var checkpointedStart: Int64 = 0
    /// Appends that were refused after something of them may have been written. Until a flush goes
    /// beyond, a crash may bring them back: an error tells a producer nothing about the disk.
    private var refused: [[Batch]] = []
    /// The highest log start that was set.
    var highestStart: Int64 = 0
    var leaderEpoch: Int32 = 0
    var ticket: FlushTicket?
    /// Where the log began anew when all of its records were lost below its start.
    private var emptyStart: Int64 = 0
    private var counter = 0

    init(_ log: PartitionLog) {
        self.log = log
        partition = log.topicPartition
    }

    var end: Int64 { max(batches.last?.nextOffset ?? 0, emptyStart) }

    var records: [TestRecord] {
        batches.flatMap { batch in
            batch.values.enumerated().map {
                TestRecord(offset: batch.baseOffset + Int64($0.offset), value: $0.element)
            }
        }
    }

    func check(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        guard condition else { throw Wrong(description: "\(partition): \(text())") }
    }

    // MARK: Operations

    /// One to three batches; returns the error that kept them out.
    mutating func append(_ generator: inout SeededGenerator) throws -> LogError? {
        var buffer = ByteBuffer()
        var headers: [RecordBatchHeader] = []
        var new: [Batch] = []
        var next = end
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let batch = makeBatch(at: next, &generator)
            let codec = Bool.random(using: &generator) ? "none" : "lz4"
            let encoded = try TestBatch(
                batch.values, timestamps: batch.timestamps,
                compression: Compression(codec) ?? .none)
            buffer.writeImmutableBuffer(encoded.buffer)
            headers.append(encoded.header)
            next = batch.nextOffset
            new.append(batch)
        }
        do {
            let result = try log.append(
                buffer, batches: headers, leaderEpoch: leaderEpoch, nowMs: 1_000)
            try check(result.firstOffset == end, "appended at \(result.firstOffset), not \(end)")
            try check(result.lastOffset == next - 1, "ends at \(result.lastOffset)")
            batches += new
            return nil
        } catch let error as LogError {
            try check(log.logEndOffset == end, "a failed append moved the end")
            refused.append(new)
            return error
        }
    }

    private mutating func makeBatch(at offset: Int64, _ generator: inout SeededGenerator) -> Batch {
        var batch = Batch(
            baseOffset: offset, values: [], timestamps: [], leaderEpoch: leaderEpoch)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            counter += 1
            let padding = String(
                repeating: "x", count: Int.random(in: 0...60, using: &generator))
            batch.values.append("\(counter)-\(padding)")
            batch.timestamps.append(Int64.random(in: 0...100_000, using: &generator))
        }
        return batch
    }

    /// Runs a ticket that may have been taken some operations ago.
    mutating func runTicket() throws -> LogError? {
        guard let ticket else { return nil }
        self.ticket = nil
        do throws(LogError) {
            try FlushWork.run(ticket)
            log.didFlush(ticket)
            flushedEnd = max(flushedEnd, ticket.endOffset)
            return nil
        } catch {
            return error
        }
    }

    // MARK: Checks

    /// A read from a random place gives the right records.
    func checkRead(_ generator: inout SeededGenerator) throws {
        guard log.logEndOffset > log.logStartOffset else { return }
        let from = Int64.random(in: log.logStartOffset..<log.logEndOffset, using: &generator)
        let upTo = Int64.random(in: from...log.logEndOffset + 1, using: &generator)
        let maxBytes = Int.random(in: 0...2_000, using: &generator)
        let isForced = Bool.random(using: &generator)
        let read = try log.read(
            from: from, maxBytes: maxBytes, upTo: upTo, atLeastOneBatch: isForced)
        guard read.slice != nil else {
            let holding = batches.first { $0.nextOffset > from }
            try check(
                !isForced || (holding?.nextOffset ?? 0) > upTo,
                "nothing read from \(from) up to \(upTo)")
            return
        }
        let what = "\(from) up to \(upTo), \(maxBytes) bytes, at \(read.slice?.position ?? -1)"
        try check((try? decode(read.bytes())) != nil, "no batches in \(what)")
        let (found, next) = try decode(read.bytes())
        let batch = batches.first { $0.nextOffset > from }
        let expected = records.filter { $0.offset >= batch?.baseOffset ?? 0 && $0.offset < next }
        try check(found == expected, "read from \(from): \(found) is not \(expected)")
        try check(next <= max(upTo, 0), "read up to \(next), not \(upTo)")
        try check(
            read.sizeBytes <= maxBytes || found.count <= 4, "\(read.sizeBytes) bytes read")
        try check(
            log.bytesAvailable(from: from, upTo: upTo) >= read.sizeBytes, "bytes available")
    }

    /// A search by time finds the first record that is late enough.
    func checkTimestamp(_ generator: inout SeededGenerator) throws {
        let target = Int64.random(in: 0...100_000, using: &generator)
        var expected: Int64?
        for batch in batches {
            for (index, timestamp) in batch.timestamps.enumerated() where expected == nil {
                let offset = batch.baseOffset + Int64(index)
                if timestamp >= target, offset >= log.logStartOffset { expected = offset }
            }
        }
        let found = try log.timestampSearch().first(atOrAfter: target)
        try check(
            found?.offset == expected,
            "timestamp \(target): \(String(describing: found)), not \(String(describing: expected))"
        )
    }

    /// After a restart: every flushed record is there, what is there is right, and can be found.
    mutating func adopt(_ restarted: PartitionLog, wasClean: Bool) throws {
        log = restarted
        ticket = nil
        if !wasClean { try takeRefused() }
        refused = []
        let oldEnd = end
        try check(log.logEndOffset >= flushedEnd, "ends at \(log.logEndOffset) below \(flushedEnd)")
        try check(log.logEndOffset <= oldEnd, "ends at \(log.logEndOffset) above \(oldEnd)")
        try check(!wasClean || log.logEndOffset == oldEnd, "a clean restart lost records")
        try check(log.flushedOffset <= log.logEndOffset, "flushed beyond the end")
        try check(log.logStartOffset >= checkpointedStart, "starts at \(log.logStartOffset)")
        batches.removeAll { $0.baseOffset >= log.logEndOffset }
        if log.logStartOffset == log.logEndOffset {
            // DeleteRecords may have been asked for an offset inside of a batch that is lost.
            batches.removeAll { $0.nextOffset > log.logEndOffset }
            emptyStart = log.logEndOffset
        }
        try check(end == log.logEndOffset, "\(log.logEndOffset) lies inside of a batch")
        let expected = records.filter { $0.offset >= log.logStartOffset }
        try check(log.records() == expected, "other records than were written")
        for offset in log.logStartOffset..<log.logEndOffset {
            let read = try log.read(from: offset, maxBytes: 1, upTo: .max, atLeastOneBatch: true)
            let (found, _) = try decode(read.bytes())
            try check(found.contains { $0.offset == offset }, "offset \(offset) is not found")
        }
        try checkEpochs()
        try checkIndexes()
    }

    /// If the log holds a refused append, so does the model.
    private mutating func takeRefused() throws {
        let found = try log.records()
        if records.filter({ $0.offset >= log.logStartOffset }).starts(with: found) { return }
        for new in refused where new[0].baseOffset >= flushedEnd {
            var other = self
            other.batches.removeAll { $0.baseOffset >= new[0].baseOffset }
            other.batches += new
            if other.records.filter({ $0.offset >= log.logStartOffset }).starts(with: found) {
                batches = other.batches
                return
            }
        }
    }

    /// Each offset has the epoch that it was written in. A log start that was not checkpointed may
    /// come back lower, without the epochs below.
    private func checkEpochs() throws {
        for batch in batches where batch.baseOffset >= highestStart {
            let found = log.leaderEpochs.epoch(at: batch.baseOffset)
            try check(
                found == batch.leaderEpoch,
                "offset \(batch.baseOffset) has epoch \(String(describing: found))")
        }
    }

    private func checkIndexes() throws {
        for segment in log.segments.dropLast() {
            let check = IndexCheck(
                disk: log.disk, baseOffset: segment.baseOffset, log: try segment.logFile(),
                logBytes: segment.sizeBytes)
            guard case .good = try check.offsetIndex(segment.path(.index)),
                case .good = try check.timeIndex(segment.path(.timeindex))
            else { throw Wrong(description: "\(partition): bad index of \(segment.baseOffset)") }
        }
    }
}
