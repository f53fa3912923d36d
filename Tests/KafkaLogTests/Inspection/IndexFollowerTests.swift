import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

/// An index that is compared while its log is walked over fits exactly when a walk of its own finds
/// nothing wrong with its entries.
@Suite struct IndexFollowerTests {
    private func fits(
        _ index: [UInt8], _ kind: IndexInspection.Kind, _ log: [UInt8]
    ) throws -> Bool {
        let disk = BytesDisk(files: ["i": index, TestLog.path: log])
        var inspection = try LogInspection(
            path: TestLog.path, options: .init(baseOffset: TestLog.baseOffset), on: disk)
        let fitsAlready = inspection.fits(kind)
        #expect(!fitsAlready)
        try inspection.follow(kind, at: "i", on: disk)
        var collector = Collector()
        try inspection.run(&collector)
        return inspection.fits(kind)
    }

    /// What a walk of its own finds wrong with the entries.
    private func problems(
        _ index: [UInt8], _ kind: IndexInspection.Kind, _ log: [UInt8]
    ) throws -> [Finding] {
        let disk = BytesDisk(files: ["i": index, TestLog.path: log])
        var inspection = try IndexInspection(
            path: "i", kind: kind, baseOffset: TestLog.baseOffset, on: disk)
        var collector = Collector()
        try inspection.run(&collector, verifyingWith: TestLog.path, on: disk)
        return collector.findings.filter { $0.kind != .partialEntry && $0.kind != .zeroTail }
    }

    /// A log, and an index as an append or the cleaner may have left it.
    private func segment(
        _ kind: IndexInspection.Kind, _ random: inout SeededGenerator
    ) throws -> (log: [UInt8], index: [UInt8]) {
        var log = TestLog()
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            // Timestamps may go back, and offsets have gaps.
            let values = (0...Int.random(in: 0...3, using: &random)).map { "value \($0)" }
            log.nextOffset += Int64(Int.random(in: 0...2, using: &random) / 2 * 5)
            try log.append(values, firstTimestamp: .random(in: 1000...1200, using: &random))
        }
        var index: [UInt8] = []
        var maxTimestamp: Int64 = -1
        for batch in try log.inspect().found.batches {
            let isLargest = batch.maxTimestamp > maxTimestamp
            maxTimestamp = max(maxTimestamp, batch.maxTimestamp)
            guard Bool.random(using: &random) else { continue }
            let relative = Int32(batch.lastOffset - TestLog.baseOffset)
            switch kind {
            case .offset:
                index += encode(
                    OffsetIndexEntry(relativeOffset: relative, position: Int32(batch.position)))
            case .time where isLargest:
                index += encode(
                    TimeIndexEntry(timestamp: batch.maxTimestamp, relativeOffset: relative))
            default: break
            }
        }
        return (log.bytes, index)
    }

    private func encode(_ entry: some IndexEntry) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: type(of: entry).byteCount)
        bytes.withUnsafeMutableBytes { entry.encode(into: $0) }
        return bytes
    }

    @Test(arguments: [IndexInspection.Kind.offset, .time])
    func `A right index fits`(kind: IndexInspection.Kind) throws {
        try Seeds.run(300) { seed, random in
            let (log, index) = try segment(kind, &random)
            #expect(try problems(index, kind, log) == [], "SIM_SEED=\(seed)")
            #expect(try fits(index, kind, log), "SIM_SEED=\(seed)")
        }
    }

    @Test(arguments: [IndexInspection.Kind.offset, .time])
    func `A damaged index, or one of a damaged log, fits when nothing is wrong with it`(
        kind: IndexInspection.Kind
    ) throws {
        var counts = [false: 0, true: 0]
        try Seeds.run(600) { seed, random in
            var (log, index) = try segment(kind, &random)
            if Int.random(in: 0..<4, using: &random) == 0 { log.removeLast(10) }
            for _ in 0..<Int.random(in: 1...2, using: &random) where !index.isEmpty {
                let at = Int.random(in: 0..<index.count, using: &random)
                index[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            let isRight = try problems(index, kind, log).isEmpty
            counts[isRight, default: 0] += 1
            #expect(try fits(index, kind, log) == isRight, "SIM_SEED=\(seed)")
        }
        if Seeds.range(600).count > 1 { #expect(counts.values.allSatisfy { $0 > 10 }) }
    }

    @Test func `Entries that the walk did not come to do not fit`() throws {
        let log = try TestLog(batchCount: 5)
        let disk = BytesDisk(files: [
            "i": encode(OffsetIndexEntry(relativeOffset: 14, position: Int32(log.positions[4]))),
            TestLog.path: log.bytes,
        ])
        for stop in [2, 5] {
            var options = LogInspection.Options(baseOffset: TestLog.baseOffset)
            options.maxBytes = stop == 5 ? .max : log.positions[stop]
            var inspection = try LogInspection(path: TestLog.path, options: options, on: disk)
            try inspection.follow(.offset, at: "i", on: disk)
            var collector = Collector()
            try inspection.run(&collector)
            let fits = inspection.fits(.offset)
            #expect(fits == (stop == 5))
        }
    }
}
