import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

/// Whatever the bytes are, an inspection ends, and says nothing that is not so.
@Suite struct InspectionFuzzTests {
    /// What damage does to a file: bits, runs of bytes, cuts, copies of parts.
    static func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<3: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 3: bytes[at] = .random(in: 0...255, using: &random)
            case 4:
                let values: [Int32] = [-1, 0, 1, 13, 14, 49, .max, .min, Int32(bytes.count)]
                let value = values.randomElement(using: &random) ?? 0
                for (index, byte) in withUnsafeBytes(of: value.bigEndian, Array.init).enumerated()
                where at + index < bytes.count { bytes[at + index] = byte }
            case 5: bytes.removeSubrange(at...)
            case 6:
                let end = min(bytes.count, at + Int.random(in: 1...400, using: &random))
                bytes.insert(
                    contentsOf: bytes[at..<end],
                    at: Int.random(in: 0...bytes.count, using: &random))
            default:
                let end = min(bytes.count, at + Int.random(in: 1...100, using: &random))
                for index in at..<end { bytes[index] = 0 }
            }
        }
    }

    /// Inspects bytes as a log in every mode, and holds what comes out against itself.
    static func inspectLog(_ bytes: [UInt8], _ random: inout SeededGenerator) throws {
        let newerMagic = Bool.random(using: &random)
        for resynchronizes in [false, true] {
            let (found, totals) = try TestLog.inspect(bytes) {
                $0.baseOffset = 0
                $0.resynchronizes = resynchronizes
                $0.readsNewerMagic = newerMagic
                $0.maxDecompressedBytes = 1 << 20
            }
            try hold(found, totals, over: bytes)
        }
    }

    private static func hold(
        _ found: Collector, _ totals: LogInspection.Totals, over bytes: [UInt8]
    ) throws {
        #expect(
            totals.contents.batchCount == found.batches.count && totals.endPosition <= bytes.count)
        #expect(found.batches.allSatisfy { $0.position + $0.sizeBytes <= bytes.count })
        // The batches do not overlap; where one does, its length was wrong and so was its CRC.
        for (left, right) in zip(found.batches, found.batches.dropFirst()) {
            #expect(left.position < right.position)
            #expect(left.position + left.sizeBytes <= right.position || !left.isValid)
        }
        // Every wrong CRC is named, and nothing else is called one.
        let wrong = found.batches.filter { !$0.isValid }.map(\.position)
        #expect(found.findings.filter { $0.kind == .crcMismatch }.map(\.position) == wrong)
        // What is neither batch nor named is nothing.
        #expect(totals.endPosition == bytes.count || !found.findings.isEmpty)
    }

    @Test func `Damaged logs of every codec`() throws {
        let logs = try CompressionCodec.allCases.map { codec in
            try TestLog(batchCount: 8, compression: Compression(codec.description) ?? .none).bytes
        }
        try Seeds.run(400) { _, random in
            var bytes = logs.randomElement(using: &random) ?? []
            InspectionFuzzTests.damage(&bytes, &random)
            try InspectionFuzzTests.inspectLog(bytes, &random)
        }
    }

    @Test func `Bytes that were never a log`() throws {
        try Seeds.run(200) { _, random in
            let top = ([2, 3, 255] as [UInt8]).randomElement(using: &random) ?? 2
            let bytes = (0..<Int.random(in: 0...3000, using: &random)).map { _ in
                UInt8.random(in: 0...top, using: &random)
            }
            try InspectionFuzzTests.inspectLog(bytes, &random)
        }
    }

    /// Inspects bytes as both kinds of index over a log.
    static func inspectIndex(_ bytes: [UInt8], log: [UInt8], baseOffset: Int64) throws {
        let disk = BytesDisk(files: ["i": bytes, "l": log])
        for kind in [IndexInspection.Kind.offset, .time] {
            var index = try IndexInspection(
                path: "i", kind: kind, baseOffset: baseOffset, on: disk)
            var collector = Collector()
            try index.run(&collector, verifyingWith: "l", on: disk)
            let seen = collector.offsetEntries.count + collector.timeEntries.count
            #expect(seen == index.entryCount && seen <= bytes.count / kind.entryBytes)
        }
    }

    @Test func `Damaged indexes over damaged logs`() throws {
        let log = try TestLog(batchCount: 8)
        let entries = try log.inspect().found.batches.flatMap { batch -> [UInt8] in
            var bytes = [UInt8](repeating: 0, count: OffsetIndexEntry.byteCount)
            let entry = OffsetIndexEntry(
                relativeOffset: Int32(batch.lastOffset - TestLog.baseOffset),
                position: Int32(batch.position))
            bytes.withUnsafeMutableBytes { entry.encode(into: $0) }
            return bytes
        }
        try Seeds.run(400) { _, random in
            var (index, log) = (entries, log.bytes)
            InspectionFuzzTests.damage(&index, &random)
            if Bool.random(using: &random) { InspectionFuzzTests.damage(&log, &random) }
            try InspectionFuzzTests.inspectIndex(index, log: log, baseOffset: TestLog.baseOffset)
        }
    }
}

/// The same over the files of a real Kafka.
@Suite struct InspectionFuzzConformanceTests {
    @Test func `Damaged copies of logs and indexes`() throws {
        for set in try FixtureDirectories.all() {
            let paths = Fixtures.files(under: set.set, suffix: ".log")
            #expect(!paths.isEmpty)
            try Seeds.run(1000) { _, random in
                let path = paths.randomElement(using: &random) ?? ""
                let intact = try Fixtures.bytes(path)
                var log = intact
                InspectionFuzzTests.damage(&log, &random)
                try InspectionFuzzTests.inspectLog(log, &random)
                let stem = path.dropLast(".log".count)
                let baseOffset = Int64(stem.split(separator: "/").last ?? "") ?? 0
                for index in ["\(stem).index", "\(stem).timeindex"] where Fixtures.isFile(index) {
                    var bytes = try Fixtures.bytes(index)
                    InspectionFuzzTests.damage(&bytes, &random)
                    try InspectionFuzzTests.inspectIndex(
                        bytes, log: intact, baseOffset: baseOffset)
                }
            }
        }
    }
}
