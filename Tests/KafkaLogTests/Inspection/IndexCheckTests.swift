import KafkaRecords
import Testing

@testable import KafkaLog

/// Batches in memory, for the checks to walk over.
private struct FrameList: BatchFrameSource {
    var frames: [BatchFrame]
    var index = 0
    var isBroken = false

    var position: Int { index < frames.count ? frames[index].position : frames.last?.end ?? 0 }

    mutating func next() throws(LogError) -> BatchFrame? {
        guard index < frames.count else { return nil }
        index += 1
        return frames[index - 1]
    }

    mutating func rewind(to position: Int) {
        index = frames.firstIndex { $0.position == position } ?? frames.count
    }

    /// Batches of these offsets and largest timestamps, 100 bytes each, or as long as they say.
    init(_ batches: [(offsets: ClosedRange<Int64>, timestamp: Int64)]) throws {
        frames = try batches.enumerated().map { index, batch in
            var bytes = [UInt8](repeating: 0, count: RecordBatchHeader.byteCount)
            bytes.withUnsafeMutableBytes { room in
                room.storeBigEndian(batch.offsets.lowerBound, at: 0)
                room.storeBigEndian(Int32(88), at: 8)
                room.storeBigEndian(Int8(2), at: 16)
                room.storeBigEndian(Int32(batch.offsets.count - 1), at: 23)
                room.storeBigEndian(batch.timestamp, at: 35)
            }
            return try bytes.withUnsafeBytes { try BatchFrame($0, position: index * 100) }
        }
    }
}

@Suite struct IndexCheckTests {
    /// 0..9 at 0, 10..19 at 100, and so on to 50..59; the timestamps rise and fall.
    private func log() throws -> FrameList {
        try FrameList([
            (0...9, 5), (10...19, 7), (20...29, 6), (30...39, 9), (40...49, 9), (50...59, 11),
        ])
    }

    private func offsetProblems(_ entries: [(offset: Int64, position: Int32)]) throws -> [Int:
        Finding.Kind]
    {
        var check = OffsetIndexCheck(baseOffset: 0)
        var log = try log()
        let all = entries.enumerated().map { number, entry in
            InspectedOffsetEntry(number: number, offset: entry.offset, position: entry.position)
        }
        var problems: [Int: Finding.Kind] = [:]
        for entry in all {
            let next = entry.number + 1 < all.count ? all[entry.number + 1] : nil
            var problem = check.checkOrder(entry)
            if problem == nil { problem = try check.check(entry, next: next, in: &log) }
            if let problem { problems[entry.number] = problem.kind } else { check.accept(entry) }
        }
        return problems
    }

    private func timeProblems(_ entries: [(timestamp: Int64, offset: Int64)]) throws -> [Int:
        Finding.Kind]
    {
        var check = TimeIndexCheck(baseOffset: 0)
        var log = try log()
        var problems: [Int: Finding.Kind] = [:]
        for (number, entry) in entries.enumerated() {
            let entry = InspectedTimeEntry(
                number: number, timestamp: entry.timestamp, offset: entry.offset)
            var problem = check.checkOrder(entry)
            if problem == nil { problem = try check.check(entry, in: &log) }
            if let problem { problems[number] = problem.kind } else { check.accept(entry) }
        }
        return problems
    }

    @Test func `Offset entries of appends and of cleaned segments are right`() throws {
        #expect(try offsetProblems([(19, 100), (39, 300), (59, 500)]) == [:])
        // The last offset of an append of two batches, and one inside of a batch.
        #expect(try offsetProblems([(29, 100), (45, 300)]) == [:])
        #expect(try offsetProblems([]) == [:])
    }

    @Test func `A wrong offset entry is told once and those behind it are checked`() throws {
        // Inside of a batch.
        #expect(try offsetProblems([(19, 100), (29, 217), (39, 300)]) == [1: .entryPosition])
        // At another batch, behind the offset; the next entry's position is lower.
        #expect(try offsetProblems([(19, 100), (29, 400), (39, 300)]) == [1: .entryOffset])
        // Past the end, more than once.
        #expect(
            try offsetProblems([(19, 100), (29, 5000), (39, 6000), (49, 400)])
                == [1: .entryPosition, 2: .entryPosition])
        #expect(try offsetProblems([(19, 100), (29, -4), (39, 300)]) == [1: .entryPosition])
        // Offsets and positions that do not rise.
        #expect(try offsetProblems([(19, 100), (18, 200), (39, 300)]) == [1: .entryOrder])
        #expect(try offsetProblems([(19, 100), (29, 100), (39, 300)]) == [1: .entryOrder])
        // Offset only found behind the next entry's position; nowhere; before the base offset.
        #expect(try offsetProblems([(35, 100), (39, 300)]) == [0: .entryOffset])
        #expect(try offsetProblems([(19, 100), (77, 500)]) == [1: .entryOffset])
        #expect(try offsetProblems([(-1, 100), (29, 200)]) == [0: .entryOffset])
    }

    @Test func `Time entries hold the largest timestamp up to their offset`() throws {
        #expect(try timeProblems([(5, 9), (7, 19), (9, 39), (11, 59)]) == [:])
        #expect(try timeProblems([(7, 15), (11, 59)]) == [:])
        // The second batch with the same largest timestamp will do as well.
        #expect(try timeProblems([(9, 49)]) == [:])
    }

    @Test func `A wrong time entry is told once and those behind it are checked`() throws {
        #expect(try timeProblems([(5, 9), (8, 19), (9, 39)]) == [1: .entryTimestamp])
        // Not the largest so far.
        #expect(try timeProblems([(6, 29), (9, 39)]) == [0: .entryTimestamp])
        // One offset too many.
        #expect(try timeProblems([(5, 10), (7, 19)]) == [0: .entryTimestamp])
        #expect(try timeProblems([(7, 19), (7, 29), (9, 39)]) == [1: .entryOrder])
        #expect(try timeProblems([(7, 19), (9, 12), (9, 39)]) == [1: .entryOrder])
        #expect(try timeProblems([(5, 9), (99, 60), (7, 19)]) == [1: .entryOffset])
        #expect(try timeProblems([(5, -1), (7, 19)]) == [0: .entryOffset])
    }

    @Test func `An offset in a gap of the log is in no batch`() throws {
        var check = TimeIndexCheck(baseOffset: 0)
        var log = try FrameList([(0...9, 5), (30...39, 6)])
        let entry = InspectedTimeEntry(number: 0, timestamp: 6, offset: 20)
        #expect(try check.check(entry, in: &log)?.kind == .entryOffset)
    }

    @Test func `Entries behind damage in the log are not verified`() throws {
        var log = try log()
        log.isBroken = true
        var offsets = OffsetIndexCheck(baseOffset: 0)
        let beyond = InspectedOffsetEntry(number: 0, offset: 70, position: 700)
        #expect(try offsets.check(beyond, next: nil, in: &log)?.kind == .notVerified)
        var times = TimeIndexCheck(baseOffset: 0)
        let later = InspectedTimeEntry(number: 0, timestamp: 12, offset: 70)
        #expect(try times.check(later, in: &log)?.kind == .notVerified)
    }
}
